"""Rows straight into tables, millions at a time: for generated stocks, never for records of anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Table, make_url

BATCH = 20_000


class Bulk:
    """Writes rows of our tables by the quickest way the database has."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._sqlite = parsed.get_backend_name() == "sqlite"
        if self._sqlite:
            self._file = sqlite3.connect(str(parsed.database), isolation_level=None)
            for setting in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
                self._file.execute(f"PRAGMA {setting}")
        else:
            self._server = psycopg.connect(url, autocommit=True)

    def insert(self, table: Table, rows: Iterable[Mapping[str, Any]], **same: Any) -> int:
        """Add rows given by column name; *same* holds in every row, what is left out has its default."""
        fixed = {**_defaults(table), **same}
        made = iter(rows)
        first = next(made, None)
        if first is None:
            return 0
        names = [column.name for column in table.columns if column.name in fixed or column.name in first]
        values = ([self._plain(row.get(name, fixed.get(name))) for name in names] for row in _chained(first, made))
        return (
            self._by_statement(table.name, names, values) if self._sqlite else self._by_copy(table.name, names, values)
        )

    def _by_statement(self, table: str, names: list[str], values: Iterator[list[Any]]) -> int:
        statement = f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - our own names
        count = 0
        while batch := list(islice(values, BATCH)):
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany(statement, batch)
            self._file.execute("COMMIT")
            count += len(batch)
        return count

    def _by_copy(self, table: str, names: list[str], values: Iterator[list[Any]]) -> int:
        count = 0
        with self._server.cursor().copy(f'COPY "{table}" ({", ".join(names)}) FROM STDIN'.encode()) as copy:
            for row in values:
                copy.write_row(row)
                count += 1
        return count

    def close(self) -> None:
        """Let the database learn what the tables hold, and end."""
        if self._sqlite:
            self._file.execute("ANALYZE")
            self._file.close()
        else:
            self._server.execute("ANALYZE")
            self._server.close()

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value.value
        if not self._sqlite:
            return value
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M:%S.%f}"
        return value.isoformat() if isinstance(value, date) else value


def _chained(first: Mapping[str, Any], rest: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield first
    yield from rest


def _defaults(table: Table) -> dict[str, Any]:
    """Return what the columns hold if nothing is said: their plain default, empty JSON, or nothing at all."""
    found: dict[str, Any] = {}
    for column in table.columns:
        default = column.default
        if default is not None and default.is_scalar:
            found[column.name] = default.arg
        elif default is not None and column.type.__class__.__name__ == "JSON":
            found[column.name] = "[]" if default.arg.__name__ == "list" else "{}"
    return found
