"""Rows as open JSON and back: what a bundle holds of each table, whatever database it came from."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, Uuid, and_, insert, or_, select, tuple_, update
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import Session

from eakte.records.states import DocumentState
from eakte.store.base import UtcDateTime
from eakte.store.tables import METADATA

Row = dict[str, Any]

LEFT_OUT = frozenset(
    {
        "api_token", "heartbeat", "index_comparison", "interruption", "kept_answer", "oidc_flow", "rule_move",
        "rule_preview", "sign_in", "throttle", "verdict", "web_session",
    }
)  # fmt: skip
"""Tables that belong to this installation alone, or are made again: nobody signs in elsewhere with our keys."""
SECRET: Mapping[str, frozenset[str]] = {"person": frozenset({"password_hash"})}
"""Columns that never leave; on the way in they stay as they are."""
FROZEN = frozenset({DocumentState.FINAL, DocumentState.VOIDED})
AT_ONCE = 500


class Differs(Exception):
    """The database holds another row under the same key; *key* names it."""

    def __init__(self, table: str, key: tuple[object, ...]) -> None:
        super().__init__(table, key)
        self.table, self.key = table, " ".join(map(str, key))


def tables() -> list[Table]:
    """Return the tables of a bundle, each behind those it refers to; old and new values go with their history."""
    return [table for table in METADATA.sorted_tables if table.name not in LEFT_OUT]


def columns(table: Table) -> list[Column[Any]]:
    """Return the columns that a bundle holds of a table."""
    return [column for column in table.columns if column.name not in SECRET.get(table.name, frozenset())]


def schema(table: Table) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a row."""
    shown = columns(table)
    return {
        "type": "object",
        "properties": {column.name: _type(column) for column in shown},
        "required": [column.name for column in shown],
        "additionalProperties": False,
    }


def _type(column: Column[Any]) -> dict[str, Any]:
    kind = column.type
    plain: dict[str, Any]
    if isinstance(kind, Uuid):
        plain = {"type": "string", "format": "uuid"}
    elif isinstance(kind, UtcDateTime):
        plain = {"type": "string", "format": "date-time"}
    elif isinstance(kind, LargeBinary):
        plain = {"type": "string", "contentEncoding": "base64"}
    elif isinstance(kind, EnumType):
        plain = {"type": "string", "enum": list(kind.enums)}
    else:
        python = kind.python_type
        named = {bool: "boolean", int: "integer", str: "string"}
        plain = {"type": "string", "format": "date"} if python is date else {"type": named.get(python, "")}
    if plain == {"type": ""}:
        return {}  # free JSON
    return {"anyOf": [plain, {"type": "null"}]} if column.nullable else plain


def rows(session: Session, table: Table) -> Iterator[Row]:
    """Yield all rows of a table in the order of their keys, with flat memory."""
    shown, key = columns(table), list(table.primary_key.columns)
    query = select(*shown).order_by(*key)
    last: tuple[Any, ...] | None = None
    while True:
        piece = query if last is None else query.where(_behind(key, last))
        found = session.execute(piece.limit(AT_ONCE)).mappings().all()
        for row in found:
            yield {column.name: _open(row[column]) for column in shown}
        if len(found) < AT_ONCE:
            return
        last = tuple(found[-1][column] for column in key)


def _behind(key: list[Column[Any]], last: tuple[Any, ...]) -> ColumnElement[bool]:
    """Return the predicate "the key comes after"; enumerations and ids compare as they are stored."""
    return or_(
        *(
            and_(*(key[same] == last[same] for same in range(place)), key[place] > last[place])
            for place in range(len(key))
        )
    )


def _open(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.value if isinstance(value, Enum) else value


def put(session: Session, table: Table, given: Iterator[Row]) -> int:
    """Add the rows that are missing and return how many; a row that is there must be the same.

    References of a table to itself are set when all of its rows are there, see :func:`tie`.

    Raises:
        Differs: Another row has the same key.
    """
    added = 0
    for batch in _batches(given):
        missing = list(_missing(session, table, batch))
        if missing:
            session.execute(insert(table), [_stored(table, row, tied=False) for row in missing])
        added += len(missing)
    return added


def put_history(session: Session, entries: Iterator[Row], values: Iterator[Row]) -> int:
    """Add history entries with their old and new values one by one: the database lets it only grow by the next."""
    entry_table, value_table = METADATA.tables["history_entry"], METADATA.tables["history_value"]
    by_entry = groupby(values, key=lambda row: row["sequence"])
    waiting = next(by_entry, None)
    added = 0
    for row in entries:
        new = put(session, entry_table, iter([row]))
        if waiting is not None and waiting[0] == row["sequence"]:
            told = list(waiting[1])
            if new:
                put(session, value_table, iter(told))
            waiting = next(by_entry, None)
        added += new
    return added


def tie(session: Session, table: Table, given: Iterator[Row]) -> None:
    """Set what could not be set while rows were still missing: references inside the table, and final states."""
    names = _own_references(table)
    if table.name == "document":
        names.append("state")
    if not names:
        return
    for row in given:
        values = {name: value for name, value in _stored(table, row, tied=True).items() if name in names}
        if table.name == "document" and values["state"] not in FROZEN:
            continue
        if any(value is not None for value in values.values()):
            session.execute(update(table).where(_is(table, row)).values(values))


def _own_references(table: Table) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _batches(given: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in given:
        batch.append(row)
        if len(batch) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _missing(session: Session, table: Table, batch: list[Row]) -> Iterator[Row]:
    shown, key = columns(table), list(table.primary_key.columns)
    wanted = [tuple(_value(column, row[column.name]) for column in key) for row in batch]
    matches = key[0].in_([one[0] for one in wanted]) if len(key) == 1 else tuple_(*key).in_(wanted)
    known = {
        tuple(_open(found[column]) for column in key): {column.name: _open(found[column]) for column in shown}
        for found in session.execute(select(*shown).where(matches)).mappings()
    }
    for row in batch:
        name = tuple(row[column.name] for column in key)
        if name not in known:
            yield row
        elif known[name] != row:
            raise Differs(table.name, name)


def _stored(table: Table, row: Row, *, tied: bool) -> Row:
    values = {column.name: _value(column, row[column.name]) for column in columns(table)}
    if not tied:
        values.update(dict.fromkeys(_own_references(table)))
        if table.name == "document" and values["state"] in FROZEN:
            values["state"] = DocumentState.REGISTERED
    return values


def _is(table: Table, row: Row) -> ColumnElement[bool]:
    return and_(*(column == _value(column, row[column.name]) for column in table.primary_key.columns))


def _value(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, EnumType) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, LargeBinary):
        return b64decode(value)
    return date.fromisoformat(value) if kind.python_type is date else value
