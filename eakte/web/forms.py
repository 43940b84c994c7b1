"""Reading form fields and query parameters: typed values, or a refusal that names the field."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import request

from eakte.errors import InvalidInput

Kind = TypeVar("Kind", bound=StrEnum)


def text(name: str, limit: int = 1_000) -> str:
    """Return a field's text, trimmed; empty if it is missing."""
    return request.values.get(name, "").strip()[:limit]


def needed_id(name: str, problem: str) -> UUID:
    """Return an id that must be given.

    Raises:
        InvalidInput: It is missing or no id.
    """
    found = optional_id(name)
    if found is None:
        raise InvalidInput(problem=problem, field=name)
    return found


def optional_id(name: str) -> UUID | None:
    """Return an id, or ``None`` if it is missing or no id."""
    return read_id(text(name))


def read_id(written: str) -> UUID | None:
    """Return a written id, or ``None`` if it is none."""
    try:
        return UUID(written)
    except ValueError:
        return None


def ids(name: str) -> list[UUID]:
    """Return all ids chosen under a name; what is none is left out."""
    return [found for written in request.values.getlist(name) if (found := read_id(written)) is not None]


def whole(name: str, default: int | None = None) -> int | None:
    """Return a whole number from 0, or the default."""
    written = text(name, 12)
    return int(written) if written.isascii() and written.isdigit() else default


def day(name: str) -> date | None:
    """Return a date written TT.MM.JJJJ or by a date field; ``None`` if the field is empty.

    Raises:
        InvalidInput: It is no date.
    """
    return read_day(text(name, 20), name)


def needed_day(name: str, problem: str) -> date:
    """Return a date that must be given.

    Raises:
        InvalidInput: It is missing or no date.
    """
    found = day(name)
    if found is None:
        raise InvalidInput(problem=problem, field=name)
    return found


def read_day(written: str, name: str) -> date | None:
    """Return a written date, like :func:`day`; *name* is the field that a refusal names."""
    if not written:
        return None
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise InvalidInput(problem="Datum im Format TT.MM.JJJJ eingeben.", field=name)


def choice(name: str, kinds: type[Kind]) -> Kind | None:
    """Return one of an enumeration's values, or ``None``."""
    try:
        return kinds(text(name, 40))
    except ValueError:
        return None
