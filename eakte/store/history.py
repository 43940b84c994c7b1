"""The history: append-only, hash-chained, written in the transaction of the change it tells of.

Entries hold ids, codes, states, references and dates, never names of third parties or free text of
records: they outlive the destruction of what they tell about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.records.access import Actor
from eakte.records.chain import GENESIS, Link, entry_hash
from eakte.store.base import Base, UtcDateTime
from eakte.store.database import chain_lock


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

    def link(self) -> Link:
        """Return the entry as the chain sees it."""
        return Link(self.sequence, _content(self), self.previous_hash, self.entry_hash)


def _content(entry: HistoryEntry) -> dict[str, object]:
    return {
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


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    about: tuple[str, UUID | str],
    now: datetime,
    case_file_id: UUID | None = None,
    detail: Mapping[str, object] | None = None,
    reason: str = "",
) -> HistoryEntry:
    """Append one entry to the chain: the only way anything is logged."""
    chain_lock(session)
    last = session.execute(
        select(HistoryEntry.sequence, HistoryEntry.entry_hash).order_by(HistoryEntry.sequence.desc()).limit(1)
    ).first()
    sequence, previous = (last.sequence + 1, last.entry_hash) if last else (1, GENESIS)
    entry = HistoryEntry(
        sequence=sequence,
        at=now.astimezone(UTC),
        actor_id=actor.person_id,
        actor_login=actor.login,
        action=action,
        about_kind=about[0],
        about_id=str(about[1]),
        case_file_id=case_file_id,
        detail=dict(detail or {}),
        reason=reason,
        previous_hash=previous,
        entry_hash="",
    )
    entry.entry_hash = entry_hash(previous, _content(entry))
    session.add(entry)
    session.flush()
    return entry


def links(session: Session) -> Iterator[Link]:
    """Yield the whole chain in order, with flat memory."""
    entries = session.scalars(
        select(HistoryEntry).order_by(HistoryEntry.sequence), execution_options={"yield_per": 1_000}
    )
    for entry in entries:
        yield entry.link()
        session.expunge(entry)
