"""Lists page by page: a cursor names the last row seen, so that new rows shift nothing (keyset paging)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request
from pydantic import BaseModel, ConfigDict

from eakte.api.errors import InvalidCursor
from eakte.api.models import Item, Page, PageQuery
from eakte.api.reading import valid


class Place(BaseModel):
    """What a list is ordered by: the values of the last row seen. They bound a query and open nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid")

    list: str
    place: dict[str, Any]


At = TypeVar("At", bound=Place)
Row = TypeVar("Row")


def place(query: PageQuery, kind: type[At]) -> At | None:
    """Return where the list goes on; ``None`` at its start.

    Raises:
        InvalidCursor: It is not one that this list gave out for these filters.
    """
    if query.cursor is None:
        return None
    try:
        raw = base64.b64decode(query.cursor + "=" * (-len(query.cursor) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor from error
    found: _Cursor | None = valid(_Cursor, raw)
    if found is None or found.list != _list(query):
        raise InvalidCursor
    try:
        return kind.model_validate(found.place)
    except ValueError as error:
        raise InvalidCursor from error


def page(kind: type[Page[Item]], query: PageQuery, rows: Sequence[Row], at: Callable[[Row], Place], **more: Any) -> Any:
    """Return the page of *rows*, of which one more than ``query.limit`` was asked for."""
    shown = rows[: query.limit]
    return piece(kind, query, shown, at(shown[-1]) if len(rows) > query.limit else None, **more)


def piece(kind: type[Page[Item]], query: PageQuery, rows: Sequence[Any], then: Place | None, **more: Any) -> Any:
    """Return the page that holds *rows* and goes on at *then*."""
    after = _address(query, then) if then else None
    return kind.model_validate({"items": list(rows), "next": after, **more}, from_attributes=True)


def _address(query: PageQuery, place: Place) -> str:
    cursor = _Cursor(list=_list(query), place=place.model_dump(mode="json"))
    written = base64.urlsafe_b64encode(cursor.model_dump_json().encode()).decode().rstrip("=")
    given = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f"{request.path}?{urlencode([*given, ('cursor', written)])}"


def _list(query: PageQuery) -> str:
    """Return what names a list: its address and filters."""
    asked = request.path + query.model_dump_json(exclude={"cursor", "limit"})
    return hashlib.sha256(asked.encode()).hexdigest()[:12]
