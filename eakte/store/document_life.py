"""What happens to documents after filing: check-out, further versions on their way, references from other files."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.records.legibility import RereadingState
from eakte.records.states import VersionUploadState
from eakte.store.base import Base, UtcDateTime
from eakte.store.documents import Document
from eakte.store.files import BusinessCase


class DocumentLock(Base):
    """A document that one person has checked out; from ``until`` on it is as if it were not there."""

    __tablename__ = "document_lock"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    person_name: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class VersionUpload(Base):
    """A further version whose bytes are safe and whose text has not been read yet. Read, it is a version and gone."""

    __tablename__ = "version_upload"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    filename: Mapped[str] = mapped_column(String(500))
    remark: Mapped[str] = mapped_column(String(500), default="")
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by: Mapped[str] = mapped_column(String(200))
    state: Mapped[VersionUploadState] = mapped_column(default=VersionUploadState.RECEIVED)
    attempts: Mapped[int] = mapped_column(default=0)
    fault_code: Mapped[str | None] = mapped_column(String(60))

    document: Mapped[Document] = relationship()


class DocumentReference(Base):
    """A document shown in a case of another file too (in several files by reference). It grants no rights."""

    __tablename__ = "document_reference"
    __table_args__ = (UniqueConstraint("document_id", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("business_case.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))

    document: Mapped[Document] = relationship()
    case: Mapped[BusinessCase] = relationship()


class Rereading(Base):
    """The last order to read a document again, and what became of it. It goes with the document."""

    __tablename__ = "rereading"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    """Number of the version that is read."""
    languages: Mapped[str] = mapped_column(String(80))
    pages: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Numbers of the pages to read with these languages; none: all of them."""
    insists: Mapped[bool] = mapped_column(default=False)
    """Whether the new reading is taken even if it is not better."""
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ordered_by: Mapped[str] = mapped_column(String(200))
    orders: Mapped[int] = mapped_column(default=0)
    """How often the document was ordered to be read again."""
    state: Mapped[RereadingState] = mapped_column(default=RereadingState.ORDERED)
    fault_code: Mapped[str | None] = mapped_column(String(60))
    before: Mapped[int | None]
    after: Mapped[int | None]
    """Mean confidence of the pages in per cent, before and after."""
    left_over: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Hashes of files that nothing needs any more, until they are deleted."""
