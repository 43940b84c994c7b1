"""What is compiled once per test process and not once per test: statements, templates, the addresses of routes.

Each test opens databases and applications of its own; compiling took a third of its time. A service that runs compiles
once, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from eakte.store import database, sqlite

MOST = 2_000
"""Statements that are kept."""


class Statements:
    """Makes engines that share what was compiled for the same kind of database."""

    def __init__(self) -> None:
        self._dialects: dict[str, Dialect] = {}
        self._kept: Any = LRUCache(MOST)

    def create_engine(self, *arguments: Any, **options: Any) -> Engine:
        """Do as the function of this name does."""
        engine = create_engine(*arguments, **options)
        engine.update_execution_options(compiled_cache=self._kept)
        kind = engine.url.drivername
        if kind in self._dialects:
            engine.dialect = self._dialects[kind]  # what was compiled belongs to the dialect
            return engine
        own = engine.dialect

        @event.listens_for(engine, "connect")
        def share(connection: object, record: object) -> None:
            """Only now the dialect knows the server."""
            del connection, record
            self._dialects.setdefault(kind, own)

        return engine


class Templates(BytecodeCache):
    """The code of templates, by their source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the code, if it was compiled before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Addresses:
    """The functions that write the addresses of routes, by route: an application has hundreds, each compiled twice."""

    def __init__(self) -> None:
        self._compile: Any = Rule._compile_builder
        self._kept: dict[object, object] = {}

    def builder(self) -> Callable[..., object]:
        """Return what a route calls to have its function compiled; the function takes the route as an argument."""

        def kept(rule: Rule, append_unknown: bool = True) -> object:  # noqa: FBT001, FBT002 - Werkzeug's own
            key = (rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown)
            if key not in self._kept:
                self._kept[key] = self._compile(rule, append_unknown)
            return self._kept[key]

        return kept


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    statements = Statements()
    with pytest.MonkeyPatch.context() as patch:
        for module in (database, sqlite):
            patch.setattr(module, "create_engine", statements.create_engine)
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
        patch.setattr(Rule, "_compile_builder", Addresses().builder())
        yield
