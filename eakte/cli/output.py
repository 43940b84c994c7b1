"""How results look: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import click

from eakte.records.calendar import BERLIN


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Print rows under their heads, numbers to the right; *empty* is said where there are none."""
    if not rows:
        click.echo(empty)
        return
    cells = [[cell(value) for value in row] for row in rows]
    widths = [max(len(line[at]) for line in [list(heads), *cells]) for at in range(len(heads))]
    numbers = [isinstance(value, int) and not isinstance(value, bool) for value in rows[0]]
    for line in [list(heads), *cells]:
        click.echo(_line(line, widths, numbers=numbers))


def _line(line: list[str], widths: list[int], *, numbers: list[bool]) -> str:
    padded = (
        text.rjust(width) if right else text.ljust(width)
        for text, width, right in zip(line, widths, numbers, strict=True)
    )
    return "  ".join(padded).rstrip()


def cell(value: object) -> str:
    """Return a value as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case datetime():
            return f"{value.astimezone(BERLIN):%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case _:
            return " ".join(str(value).split())


def print_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: object) -> Any:
    """Return dataclasses, enums, dates and ids as JSON knows them."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Enum():
            return plain(value.value)
        case Mapping():
            return {str(plain(key)): plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case date():
            return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def progress_bar(length: int, label: str) -> AbstractContextManager[Any]:
    """Return a progress bar where somebody watches, on the error stream so that the output stays clean."""
    if not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=length, label=label, file=sys.stderr)
