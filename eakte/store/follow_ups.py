"""Follow-ups (Wiedervorlagen): on which day somebody wants to see a case file, a case or a document again, and why."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from eakte.store.base import Base, UtcDateTime
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile


class FollowUp(Base):
    """One follow-up of a case file, a case or a document: exactly one of the three; it goes wherever that is moved."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("ix_follow_up_done_on_due_on", "done_on", "due_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("business_case.id", ondelete="RESTRICT"), index=True)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"), index=True)
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500))
    login: Mapped[str] = mapped_column(String(80), default="", index=True)
    """Whom it is for; empty: for a unit."""
    access_key: Mapped[str] = mapped_column(String(80), default="", index=True)
    """The unit it is for, by its key; empty: for a person."""
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    postponed_because: Mapped[str] = mapped_column(Text, default="")
    """Why it was postponed last."""
    done_on: Mapped[date | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(Text, default="")
    """What came of it."""
    revision: Mapped[int] = mapped_column(default=1)


def follow_ups_with_places() -> Select[FollowUp, CaseFile, BusinessCase, Document]:
    """Return every follow-up with the case file it lies in now, and the case and document it is about, if it is."""
    lies_in = aliased(BusinessCase)
    return (
        select(FollowUp, CaseFile, BusinessCase, Document)
        .outerjoin(Document, Document.id == FollowUp.document_id)
        .outerjoin(lies_in, lies_in.id == Document.case_id)
        .outerjoin(BusinessCase, BusinessCase.id == FollowUp.case_id)
        .join(
            CaseFile,
            CaseFile.id == func.coalesce(lies_in.case_file_id, BusinessCase.case_file_id, FollowUp.case_file_id),
        )
    )
