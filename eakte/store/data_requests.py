"""Requests of data subjects, and the case files each of them concerns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.records.access import ALL, Actor, Permission
from eakte.records.data_requests import Channel, RecordDecision, RequestKind, RequestState
from eakte.store.base import Base, UtcDateTime
from eakte.store.files import CaseFile, ordinarily


class DataRequest(Base):
    """A request of a data subject (Betroffenenantrag), from its arrival to the answer."""

    __tablename__ = "data_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[RequestKind]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN, index=True)
    channel: Mapped[Channel]
    received_on: Mapped[date]
    applicant: Mapped[str] = mapped_column(String(300))
    """Emptied some years after the answer, as are all other words (``records.data_requests.forget_on``)."""
    wish: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the person wrote, in a few words."""
    letter_id: Mapped[UUID | None]
    """The document of the request, where it lies in a case file; that may be destroyed before."""
    searched: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """Names and marks that were looked for last; replaced, never changed."""
    owner: Mapped[str] = mapped_column(String(80), index=True)
    """Login of who works on it: nobody else changes it."""
    due_on: Mapped[date] = mapped_column(index=True)
    extended_because: Mapped[str] = mapped_column(Text, default="", server_default="")
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    """While it is open, a draft somebody kept."""
    answered_on: Mapped[date | None]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    forgotten_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)


class DataRequestRecord(Base):
    """A case file that a request concerns, with what was decided about it."""

    __tablename__ = "data_request_record"
    __table_args__ = (UniqueConstraint("request_id", "case_file_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("data_request.id", ondelete="RESTRICT"))
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    decision: Mapped[RecordDecision | None]
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    restriction_id: Mapped[UUID | None]
    disposal_id: Mapped[UUID | None]

    case_file: Mapped[CaseFile] = relationship()


def known(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know of this request".

    Who works on it, or stands in for them, knows it; so do those who read every record, unless it concerns a case
    file that they would not see. So the name of a person who asks stays with those who have to do with it.
    """
    hidden = (
        select(DataRequestRecord.id)
        .join(CaseFile, CaseFile.id == DataRequestRecord.case_file_id)
        .where(DataRequestRecord.request_id == DataRequest.id, not_(ordinarily(actor.keys, now)))
        .correlate(DataRequest)
        .exists()
    )
    reads_all = true() if ALL in actor.keys else false()
    return or_(DataRequest.owner.in_(stands_for(actor)), and_(reads_all, not_(hidden)))


def stands_for(actor: Actor) -> frozenset[str]:
    """Return the logins whose requests are the actor's: their own, and those of whom they stand in for."""
    mandates = (one for one in actor.mandates if Permission.DATA_SUBJECTS in one.permissions)
    return frozenset({actor.login, *(one.on_behalf_of for one in mandates)})
