"""Incoming items, documents, their versions, renditions and pages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    not_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from eakte.records.states import DocumentState, ItemState
from eakte.store.base import Base, UtcDateTime
from eakte.store.files import BusinessCase
from eakte.store.people import OrgUnit
from eakte.store.processing import closed_document


class StoredObject(Base):
    """Bytes in the object store, named by their SHA-256. SHA-512 is kept for later evidence."""

    __tablename__ = "stored_object"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha512: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class IncomingItem(Base):
    """One received file. ``received_at`` is a legal fact and never changes."""

    __tablename__ = "incoming_item"
    __table_args__ = (Index("ix_incoming_item_access_key_state_received_at", "access_key", "state", "received_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    upload_id: Mapped[str] = mapped_column(String(200), unique=True)
    """Chosen by the sender: the same upload twice is one item."""
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    access_key: Mapped[str] = mapped_column(String(80))
    """Key of the unit whose inbox this is."""
    source: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(500))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_by: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    state: Mapped[ItemState] = mapped_column(default=ItemState.RECEIVED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    fault_code: Mapped[str | None] = mapped_column(String(60))
    drop_reason: Mapped[str | None] = mapped_column(Text)
    proposals: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Type, file plan unit and case file proposals with reasons, as :mod:`eakte.actions.proposals` writes them."""
    confidence: Mapped[int | None] = mapped_column(index=True)
    """Confidence of the best case file proposal in per cent."""
    best_case_file_id: Mapped[UUID | None] = mapped_column(index=True)
    """The case file proposed first; it may be gone by now."""
    batch_id: Mapped[UUID | None] = mapped_column(index=True)
    """The batch (Stapel) of the scanning desk it came in, see :mod:`eakte.store.scanning`."""
    arrangement_id: Mapped[UUID | None] = mapped_column(index=True)
    """The last arrangement of its pages that was not undone, see :mod:`eakte.store.arranging`."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    org_unit: Mapped[OrgUnit] = relationship()
    document: Mapped[Document | None] = relationship(back_populates="item")


class Document(Base):
    """A document; without a case it waits in the inbox."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="RESTRICT"), unique=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("business_case.id", ondelete="RESTRICT"))
    position: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(500), default="")
    document_type: Mapped[str] = mapped_column(String(80), default="")
    direction: Mapped[str] = mapped_column(String(20), default="incoming")
    sender: Mapped[str] = mapped_column(String(300), default="")
    foreign_reference: Mapped[str] = mapped_column(String(200), default="")
    letter_date: Mapped[date | None]
    field_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """Typed metadata in stored form; never changed in place, always replaced."""
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filed_by: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[DocumentState] = mapped_column(default=DocumentState.DRAFT)
    finalised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finalised_by: Mapped[str | None] = mapped_column(String(200))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(String(200))
    void_reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    item: Mapped[IncomingItem] = relationship(back_populates="document")
    case: Mapped[BusinessCase | None] = relationship()
    versions: Mapped[list[DocumentVersion]] = relationship(
        order_by="DocumentVersion.number", back_populates="document", cascade="all"
    )


class DocumentVersion(Base):
    """A state of a document: its original, what was derived from it, and its pages."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"))
    number: Mapped[int]
    original: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    media_type: Mapped[str] = mapped_column(String(100))
    software: Mapped[str] = mapped_column(String(200), default="")
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    filename: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(String(500), default="")
    """What the person said about the change."""

    document: Mapped[Document] = relationship(back_populates="versions")
    renditions: Mapped[list[RenditionRow]] = relationship(cascade="all")
    pages: Mapped[list[PageRow]] = relationship(order_by="PageRow.number", cascade="all")


class RenditionRow(Base):
    """A file derived from a version's original."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("version_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("document_version.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(100))
    standard: Mapped[str] = mapped_column(String(20), default="")
    """What it was validated to conform to, for example ``PDF/A-2b``; empty if to none."""
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)


class PageRow(Base):
    """A page: its text, its words as ``[text, left, top, width, height, confidence]`` and its images.

    Where ``image`` names a rendition of the version, the page is drawn of that PDF when somebody looks at it.
    """

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("document_version.id", ondelete="RESTRICT"))
    number: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    source: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[int | None]
    languages: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """With which languages it was recognised; empty where it was not, or before this was kept."""
    is_blank: Mapped[bool] = mapped_column(default=False)
    """Nothing is on it but paper; it is passed over in reading and stays in the original and in every rendition."""
    # Long, and wanted for one page at a time: lists and counts must not load them.
    text: Mapped[str] = mapped_column(Text, deferred=True)
    words: Mapped[list[list[Any]]] = mapped_column(JSON, deferred=True)
    image: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    thumbnail: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)

    poor: Mapped[PoorPage | None] = relationship(cascade="all", passive_deletes=True)


class PoorPage(Base):
    """A page that reads badly. It is made with the page, goes with it, and waits until a person has looked at it.

    A table of its own, because what is signed off never changes and looking at it must be possible all the same.
    """

    __tablename__ = "poor_page"
    __table_args__ = (
        Index(
            "ix_poor_page_open",
            "page_id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    page_id: Mapped[UUID] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(String(200))
    """Who found the page in order as it is."""


def unrestricted(keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the predicate "no restriction of processing on the document itself stands against these keys".

    With ``visible`` of its case file it is the whole right to see a filed document.
    """
    return not_(closed_document(Document.id, keys, now))


def is_newest() -> ColumnElement[bool]:
    """Return the predicate "this version is the newest of its document"."""
    other = aliased(DocumentVersion)
    newest = select(func.max(other.number)).where(other.document_id == DocumentVersion.document_id)
    return DocumentVersion.number == newest.scalar_subquery()


def page_counts(session: Session, document_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many pages the newest version of each document has; documents without pages are left out."""
    rows = session.execute(
        select(DocumentVersion.document_id, func.count())
        .join(PageRow, PageRow.version_id == DocumentVersion.id)
        .where(DocumentVersion.document_id.in_(document_ids), is_newest())
        .group_by(DocumentVersion.document_id)
    ).all()
    return dict(rows)


def version_numbers(session: Session, document_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the number of the newest version of each document."""
    rows = session.execute(
        select(DocumentVersion.document_id, func.max(DocumentVersion.number))
        .where(DocumentVersion.document_id.in_(document_ids))
        .group_by(DocumentVersion.document_id)
    ).all()
    return dict(rows)


def page_texts(session: Session, document_id: UUID) -> list[tuple[int, str]]:
    """Return number and text of every page of a document's newest version, in order."""
    newest = (
        select(DocumentVersion.id)
        .where(DocumentVersion.document_id == document_id)
        .order_by(DocumentVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(PageRow.number, PageRow.text).where(PageRow.version_id == newest).order_by(PageRow.number)
    )
    return [(number, text) for number, text in rows]
