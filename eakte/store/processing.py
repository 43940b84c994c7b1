"""Restrictions of processing (Art. 18 GDPR) and their openings, with the predicate that closes what is restricted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, false, not_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.records.access import KEEPER
from eakte.records.processing import Ground, Purpose
from eakte.store.base import Base, UtcDateTime
from eakte.store.organisation import during


class ProcessingRestriction(Base):
    """A case file, or one document of it, that is stored and nothing else until the restriction is lifted."""

    __tablename__ = "processing_restriction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    """The case file, or that the document lay in when it was restricted."""
    document_id: Mapped[UUID | None] = mapped_column(index=True)
    """``None``: the whole case file."""
    with_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("processing_restriction.id", ondelete="RESTRICT"), index=True
    )
    """The restriction of a document it came with and goes with: its mail, or what was attached to that."""
    ground: Mapped[Ground]
    reason: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(80))
    """Login of whoever is responsible for looking at it again."""
    review_on: Mapped[date | None]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[str] = mapped_column(String(80))
    hold_id: Mapped[UUID | None]
    """The hold that came and goes with it, where its ground stops destruction."""
    informed_on: Mapped[date | None]
    """When the person was told that it is going to be lifted (Art. 18 (3) GDPR)."""
    informed_how: Mapped[str] = mapped_column(String(500), default="", server_default="")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was lifted."""
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lift_reason: Mapped[str | None] = mapped_column(Text)


class RestrictedOpening(Base):
    """Somebody opened what is restricted, for a purpose the law allows and for a short time."""

    __tablename__ = "restricted_opening"
    __table_args__ = (Index("ix_restricted_opening_key_restriction_id", "key", "restriction_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    restriction_id: Mapped[UUID] = mapped_column(
        ForeignKey("processing_restriction.id", ondelete="RESTRICT"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(80))
    """Of the person (``person:…``)."""
    purpose: Mapped[Purpose]
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


def closed_file(case_file_id: Any, keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the whole case file is restricted, and none of the keys has it open"."""
    whole = (ProcessingRestriction.case_file_id == case_file_id) & ProcessingRestriction.document_id.is_(None)
    return _closed(whole, keys, now)


def closed_document(document_id: Any, keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the document itself is restricted, and none of the keys has it open"."""
    return _closed(ProcessingRestriction.document_id == document_id, keys, now)


def _closed(about: ColumnElement[bool], keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    if KEEPER in keys:
        return false()
    running = during(ProcessingRestriction.since, ProcessingRestriction.until, now)
    opened = (
        select(RestrictedOpening.id)
        .where(
            RestrictedOpening.restriction_id == ProcessingRestriction.id,
            RestrictedOpening.key.in_(keys),
            during(RestrictedOpening.since, RestrictedOpening.until, now),
        )
        .correlate(ProcessingRestriction)
        .exists()
    )
    return select(ProcessingRestriction.id).where(about, running, not_(opened)).exists()


def unlifted_file(case_file_id: Any) -> ColumnElement[bool]:
    """Return the predicate "the whole case file is restricted", whoever asks: it is in no index and teaches nothing."""
    whole = (ProcessingRestriction.case_file_id == case_file_id) & ProcessingRestriction.document_id.is_(None)
    return select(ProcessingRestriction.id).where(whole, ProcessingRestriction.until.is_(None)).exists()


def unlifted_document(document_id: Any) -> ColumnElement[bool]:
    """Return the predicate "the document itself is restricted", whoever asks."""
    about = ProcessingRestriction.document_id == document_id
    return select(ProcessingRestriction.id).where(about, ProcessingRestriction.until.is_(None)).exists()


def running_on(session: Session, case_file_id: UUID, moment: datetime) -> list[ProcessingRestriction]:
    """Return the restrictions of a whole case file at a moment, now or past."""
    query = select(ProcessingRestriction).where(
        ProcessingRestriction.case_file_id == case_file_id,
        ProcessingRestriction.document_id.is_(None),
        during(ProcessingRestriction.since, ProcessingRestriction.until, moment),
    )
    return list(session.scalars(query.order_by(ProcessingRestriction.since)))


def opened_for(session: Session, restriction_id: UUID, moment: datetime) -> frozenset[str]:
    """Return the keys of those who had a restricted record open at a moment."""
    query = select(RestrictedOpening.key).where(
        RestrictedOpening.restriction_id == restriction_id,
        during(RestrictedOpening.since, RestrictedOpening.until, moment),
    )
    return frozenset(session.scalars(query))


def restricts_by_hold(session: Session, hold_ids: Select[UUID]) -> bool:
    """Tell whether one of the holds is part of a restriction that is not lifted: it comes and goes with that."""
    query = select(ProcessingRestriction.id).where(
        ProcessingRestriction.hold_id.in_(hold_ids), ProcessingRestriction.until.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def any_on(session: Session, case_file_id: UUID) -> bool:
    """Tell whether a case file, or a document that was restricted in it, is restricted now."""
    about = ProcessingRestriction.case_file_id == case_file_id
    query = select(ProcessingRestriction.id).where(about, ProcessingRestriction.until.is_(None))
    return session.scalar(query.limit(1)) is not None


def end_with_file(session: Session, case_file_id: UUID, now: datetime) -> None:
    """End the restrictions of a case file that was destroyed, and empty what they said: nothing is left to protect."""
    mine = ProcessingRestriction.case_file_id == case_file_id
    loose = {"synchronize_session": False}
    unsaid = {"reason": "", "informed_how": "", "lift_reason": None}
    session.execute(update(ProcessingRestriction).where(mine).values(**unsaid), execution_options=loose)
    running = mine & ProcessingRestriction.until.is_(None)
    session.execute(update(ProcessingRestriction).where(running).values(until=now), execution_options=loose)
    opened = RestrictedOpening.restriction_id.in_(select(ProcessingRestriction.id).where(mine))
    session.execute(update(RestrictedOpening).where(opened).values(reason=""), execution_options=loose)


def files_opened(session: Session, key: str) -> frozenset[UUID]:
    """Return the case files of restrictions not lifted yet that a person ever opened: reading these is told."""
    query = (
        select(ProcessingRestriction.case_file_id)
        .join(RestrictedOpening, RestrictedOpening.restriction_id == ProcessingRestriction.id)
        .where(RestrictedOpening.key == key, ProcessingRestriction.until.is_(None))
    )
    return frozenset(session.scalars(query))
