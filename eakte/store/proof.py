"""The history as it really lies in the database: every stored byte must be what we would write.

Reading through the usual types forgives much (another separator in a time, a space in JSON, capitals in an id);
here a row whose stored form differs from ours in a single byte does not count as an entry.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from eakte.records.chain import Link, canonical
from eakte.store.history import HistoryEntry

_AT_ONCE = 1_000
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLite keeps a moment."""
_COLUMNS = (
    "at", "actor_id", "actor_login", "on_behalf_of", "action", "about_kind", "about_id", "case_file_id", "detail",
    "reason", "changes", "previous_hash", "entry_hash",
)  # fmt: skip
_VALUES = frozenset({"old", "new"})
_JSON = frozenset({"detail", "changes"}) | _VALUES
_IDS = frozenset({"actor_id", "case_file_id"})


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One row of the history; without a link if it is not as we write rows."""

    sequence: int
    link: Link | None = None
    at: datetime | None = None
    about_id: str = ""
    case_file_id: UUID | None = None
    changes: dict[str, list[str]] | None = None


@dataclass(frozen=True, slots=True)
class StoredValue:
    """Old and new value of a field beside its entry; without a salt if the row is not as we write rows."""

    field: str
    salt: str = ""
    old: Any = None
    new: Any = None


def entries(session: Session) -> Generator[StoredEntry, None, None]:
    """Yield all entries in order, with flat memory."""
    with closing(_rows(session, "history_entry", _COLUMNS, "sequence")) as rows:
        for sequence, *raw in rows:
            try:
                yield _entry(sequence, dict(zip(_COLUMNS, _decoded(raw, _COLUMNS), strict=True)))
            except ValueError:
                yield StoredEntry(sequence)


def values(session: Session) -> Generator[tuple[int, list[StoredValue]], None, None]:
    """Yield number and values of every entry that has any, in order, with flat memory."""
    columns = ("field", "salt", "old", "new")
    with closing(_rows(session, "history_value", columns, "sequence, field")) as rows:
        for sequence, of_entry in groupby(rows, key=lambda row: row[0]):
            yield sequence, [_value(raw, columns) for _, *raw in of_entry]


def _value(raw: Sequence[Any], columns: Sequence[str]) -> StoredValue:
    try:
        return StoredValue(*_decoded(raw, columns))
    except ValueError:
        return StoredValue("?")


def _rows(session: Session, table: str, columns: Sequence[str], order: str) -> Generator[Sequence[Any], None, None]:
    """Read raw columns: on SQLite kind and bytes, on PostgreSQL what has one form only, JSON as its text."""
    if session.get_bind().dialect.name == "sqlite":
        chosen = [f"typeof({name}), CAST({name} AS BLOB)" for name in columns]
    else:
        chosen = [f"CAST({name} AS TEXT)" if name in _JSON else name for name in columns]
    query = text(f"SELECT sequence, {', '.join(chosen)} FROM {table} ORDER BY {order}")  # noqa: S608 - names of ours
    with closing(session.execute(query, execution_options={"yield_per": _AT_ONCE})) as found:
        for sequence, *raw in found:
            yield [sequence, *(raw if len(raw) == len(columns) else zip(raw[::2], raw[1::2], strict=True))]


def _decoded(raw: Sequence[Any], columns: Sequence[str]) -> list[Any]:
    """Return the values of a row.

    Raises:
        ValueError: A value does not lie there as we would write it.
    """
    return [_plain(name, value) for name, value in zip(columns, raw, strict=True)]


def _plain(name: str, raw: Any) -> Any:
    if isinstance(raw, tuple):
        kind, stored = raw
        if kind == "null":
            return None
        if kind != "text":
            raise ValueError(kind)
        raw = stored.decode()
        if name == "at":
            return _same(datetime.strptime(raw, _MOMENT).replace(tzinfo=UTC), raw, lambda at: at.strftime(_MOMENT))
        if name in _IDS:
            return _same(UUID(raw), raw, lambda found: found.hex)
    if raw is None or name not in _JSON:
        return raw
    if name == "changes" and raw == "null":
        raise ValueError(raw)  # written as nothing at all
    return _same(json.loads(raw), raw, canonical if name in _VALUES else json.dumps)


def _same(value: Any, raw: str, write: Any) -> Any:
    if write(value) != raw:
        raise ValueError(raw)
    return value


def _entry(sequence: int, row: dict[str, Any]) -> StoredEntry:
    optional = {"actor_id", "case_file_id", "on_behalf_of", "changes"}
    if any(value is None for name, value in row.items() if name not in optional):
        raise ValueError("empty")
    entry = HistoryEntry(sequence=sequence, **row)
    return StoredEntry(sequence, entry.link(), entry.at, entry.about_id, entry.case_file_id, entry.changes)
