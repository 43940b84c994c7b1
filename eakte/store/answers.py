"""Answers to programs that are kept for a while, so that the same request twice is one (Idempotency-Key)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base, UtcDateTime

KEPT = timedelta(hours=24)
"""How long an answer is kept: longer than any program tries again."""


class KeptAnswer(Base):
    """The answer to a request with a key. It holds ids and references alone: it may outlive what it tells of."""

    __tablename__ = "kept_answer"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(220), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the request the key stands for."""
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    location: Mapped[str] = mapped_column(String(300), default="")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def reserve(session: Session, person_id: UUID, key: str, fingerprint: str, now: datetime) -> KeptAnswer | None:
    """Take a key for this transaction, or return the answer it got before.

    Another transaction with the same key is waited for: its answer is there, or it never happened.
    """
    session.execute(delete(KeptAnswer).where(KeptAnswer.expires_at <= now))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"person_id": person_id, "key": key, "fingerprint": fingerprint, "location": "", "expires_at": now + KEPT}
    taken = session.scalar(insert(KeptAnswer).values(row).on_conflict_do_nothing().returning(KeptAnswer.key))
    if taken is not None:
        return None
    return session.scalars(select(KeptAnswer).where(KeptAnswer.person_id == person_id, KeptAnswer.key == key)).one()


def keep(session: Session, person_id: UUID, key: str, content: dict[str, Any], location: str) -> None:
    """Write the answer beside its key, in the transaction of what it tells of."""
    kept = session.get_one(KeptAnswer, (person_id, key))
    kept.content, kept.location = content, location
