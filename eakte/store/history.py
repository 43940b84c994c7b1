"""The history: append-only, hash-chained, written in the transaction of the change it tells of.

Entries hold ids, codes, states, references and dates, never names of third parties or free text of
records: they outlive the destruction of what they tell about. Old and new values stand beside them
(:class:`HistoryValue`) and go with the record; the entry keeps their salted hashes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Dialect, ForeignKey, Index, Integer, Select, String, Text, TypeDecorator, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.records.access import Actor
from eakte.records.chain import GENESIS, Link, canonical, differing, entry_hash, value_hashes
from eakte.store.base import Base, UtcDateTime
from eakte.store.database import chain_lock
from eakte.store.standing_in import stood_in_for

Changes = Mapping[str, tuple[object, object]]
"""Old and new value by field."""
VALUES_ERASED = "values.erased"
"""The action of an entry that tells: what was known of old and new values of this thing went with a destruction."""
_TOLD = "told_files"
_AT_ONCE = 500
"""Ids in one statement."""


class JsonText(TypeDecorator[Any]):
    """A value as its canonical JSON text: columns of the type JSON would make a number of ``1.0`` on SQLite."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Return the one text of the value, also of nothing."""
        del dialect
        return canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value."""
        del dialect
        return None if value is None else json.loads(value)


class HistoryEntry(Base):
    """One entry. Database triggers refuse to change or delete it."""

    __tablename__ = "history_entry"
    __table_args__ = (Index("ix_history_entry_case_file_id_sequence", "case_file_id", "sequence"),)

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None]
    actor_login: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(60), index=True)
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[str] = mapped_column(String(80), index=True)
    case_file_id: Mapped[UUID | None]
    """The case file the entry belongs to, for its history and for rights."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64), unique=True)
    on_behalf_of: Mapped[str | None] = mapped_column(String(80))
    """Login of the person the actor stood in for (i. V.)."""
    changes: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    """Salted hashes of the old and the new value of every changed field."""

    def link(self) -> Link:
        """Return the entry as the chain sees it."""
        return Link(self.sequence, content_of(self), self.previous_hash, self.entry_hash)


class HistoryValue(Base):
    """Old and new value of one field of an entry, with the salt of their hashes; gone with the record."""

    __tablename__ = "history_value"

    sequence: Mapped[int] = mapped_column(
        ForeignKey("history_entry.sequence", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    field: Mapped[str] = mapped_column(String(80), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    old: Mapped[Any] = mapped_column(JsonText)
    new: Mapped[Any] = mapped_column(JsonText)


def content_of(entry: HistoryEntry) -> dict[str, object]:
    """Return what the entry's hash covers; fields younger than the chain only where they are set."""
    content: dict[str, object] = {
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": str(entry.actor_id) if entry.actor_id else None,
        "actor_login": entry.actor_login,
        "action": entry.action,
        "about_kind": entry.about_kind,
        "about_id": entry.about_id,
        "case_file_id": str(entry.case_file_id) if entry.case_file_id else None,
        "detail": entry.detail,
        "reason": entry.reason,
    }
    younger = {"on_behalf_of": entry.on_behalf_of, "changes": entry.changes}
    return content | {name: value for name, value in younger.items() if value is not None}


def head(session: Session) -> tuple[int, str]:
    """Return sequence number and hash of the last entry; before the first, 0 and what the chain begins with."""
    newest = select(HistoryEntry.sequence, HistoryEntry.entry_hash).order_by(HistoryEntry.sequence.desc()).limit(1)
    found = session.execute(newest).first()
    return (found.sequence, found.entry_hash) if found else (0, GENESIS)


def record(  # noqa: PLR0913 - the one door: who, what, about what, when, why, from what to what
    session: Session,
    actor: Actor,
    action: str,
    *,
    about: tuple[str, UUID | str],
    now: datetime,
    case_file_id: UUID | None = None,
    detail: Mapping[str, object] | None = None,
    reason: str = "",
    changes: Changes | None = None,
) -> HistoryEntry:
    """Append one entry to the chain: the only way anything is logged.

    ``changes`` gives the old and the new value of each field; fields that stayed the same are left out.
    """
    chain_lock(session)
    last, previous = head(session)
    sequence = last + 1
    values = _values(sequence, changes or {})
    entry = HistoryEntry(
        sequence=sequence,
        at=now.astimezone(UTC),
        actor_id=actor.person_id,
        actor_login=actor.login,
        on_behalf_of=stood_in_for(session, actor, about, case_file_id, now),
        action=action,
        about_kind=about[0],
        about_id=str(about[1]),
        case_file_id=case_file_id,
        detail=dict(detail or {}),
        reason=reason,
        changes={value.field: value_hashes(value.salt, value.field, value.old, value.new) for value in values} or None,
        previous_hash=previous,
        entry_hash="",
    )
    entry.entry_hash = entry_hash(previous, content_of(entry))
    session.add(entry)
    session.flush()
    session.info.setdefault(_TOLD, set()).add(case_file_id)
    if values:
        session.add_all(values)
        session.flush()
    return entry


def told_files(session: Session) -> frozenset[UUID]:
    """Return the case files that this session has already written entries about."""
    return frozenset(session.info.get(_TOLD, ()))


def _values(sequence: int, changes: Changes) -> list[HistoryValue]:
    return [
        HistoryValue(sequence=sequence, field=field, salt=secrets.token_hex(16), old=old, new=new)
        for field, (old, new) in sorted(differing(changes).items())
    ]


def noted(record: Base, *fields: str) -> dict[str, object]:
    """Return the present values of *fields*, to tell later with :func:`since` what was changed."""
    return {field: getattr(record, field) for field in fields}


def since(before: Mapping[str, object], record: Base) -> Changes:
    """Return old and new value of every field that :func:`noted` took down before the change."""
    return {field: (old, getattr(record, field)) for field, old in before.items()}


def set_to(**values: object) -> Changes:
    """Return the changes of something new: every value where nothing was."""
    return {field: (None, value) for field, value in values.items()}


def forget_values(
    session: Session, case_file_id: UUID, about_ids: Collection[UUID], *, keep: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Delete the values of a case file that is being destroyed, and of its documents and items wherever they stand.

    What entries of the file tell about records in *keep*, which live on in another file, stays.
    Returns what the entries outside of the case file were about, as kind and id: the caller logs that their
    values are gone. Database triggers refuse this unless a destruction executes.
    """
    about = [str(each) for each in about_ids]
    elsewhere: set[tuple[str, str]] = set()
    for start in range(0, len(about), _AT_ONCE):
        theirs = select(HistoryEntry.sequence).where(
            HistoryEntry.about_id.in_(about[start : start + _AT_ONCE]),
            HistoryEntry.case_file_id.is_distinct_from(case_file_id),
            HistoryEntry.changes.is_not(None),
        )
        rows = select(HistoryEntry.about_kind, HistoryEntry.about_id).where(
            HistoryEntry.sequence.in_(select(HistoryValue.sequence).where(HistoryValue.sequence.in_(theirs)))
        )
        elsewhere.update((kind, name) for kind, name in session.execute(rows))
        _delete_values(session, theirs)
    own = select(HistoryEntry.sequence).where(HistoryEntry.case_file_id == case_file_id)
    _delete_values(session, own.where(HistoryEntry.about_id.not_in(keep)))
    return sorted(elsewhere)


def _delete_values(session: Session, sequences: Select[int]) -> None:
    gone = delete(HistoryValue).where(HistoryValue.sequence.in_(sequences))
    session.execute(gone, execution_options={"synchronize_session": False})
