"""Documents: what a person sees of one, its pages and its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from eakte.actions.guard import document_of, item_of
from eakte.actions.metadata import FieldView, document_fields, views
from eakte.errors import InfectedKept, NotFound
from eakte.records.access import Actor
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseFileState, DocumentState
from eakte.store.documents import Document, DocumentVersion, PageRow, RenditionRow, page_counts
from eakte.store.history import record
from ingest.errors import InfectedFile


@dataclass(frozen=True, slots=True)
class PageView:
    """One page; words are ``[text, left, top, width, height, confidence]`` in pixels of the raster."""

    number: int
    width: int
    height: int
    text: str
    words: tuple[list[Any], ...]
    confidence: int | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its metadata; page texts and words are loaded page by page."""

    document_id: UUID
    item_id: UUID
    case_file_id: UUID | None
    case_file_reference: str
    case_file_subject: str
    reference: str
    subject: str
    document_type: str
    direction: str
    sender: str
    foreign_reference: str
    letter_date: date | None
    received_at: datetime
    received_by: str
    filed_at: datetime | None
    filed_by: str | None
    filename: str
    media_type: str
    sha256: str
    software: str
    warnings: tuple[str, ...]
    pages: int
    renditions: tuple[str, ...]
    revision: int
    changeable: bool
    """Whether its metadata may still be changed: it is filed, not signed off or voided, in an open case file."""
    fields: tuple[FieldView, ...]


def show(session: Session, actor: Actor, document_id: UUID, now: datetime) -> DocumentView:
    """Return a document the actor may see."""
    document = document_of(session, actor, document_id, now)
    version, item, case = document.versions[-1], document.item, document.case
    file = case.case_file if case else None
    reference = case_reference(file.file_reference, case.number) if case and file else ""
    return DocumentView(
        document_id=document.id,
        item_id=item.id,
        case_file_id=file.id if file else None,
        case_file_reference=file.file_reference if file else "",
        case_file_subject=file.subject if file else "",
        reference=document_reference(reference, document.position or 0) if reference else "",
        subject=document.subject,
        document_type=document.document_type,
        direction=document.direction,
        sender=document.sender,
        foreign_reference=document.foreign_reference,
        letter_date=document.letter_date,
        received_at=item.received_at,
        received_by=item.received_by,
        filed_at=document.filed_at,
        filed_by=document.filed_by,
        filename=item.filename,
        media_type=version.media_type,
        sha256=version.original,
        software=version.software,
        warnings=tuple(version.warnings),
        pages=page_counts(session, [document.id]).get(document.id, 0),
        renditions=tuple(made.kind for made in version.renditions),
        revision=document.revision,
        changeable=file is not None and file.state is CaseFileState.OPEN and document.state is DocumentState.REGISTERED,
        fields=views(session, document_fields(session, document.document_type), document.field_values),
    )


def page(
    session: Session, actor: Actor, document_id: UUID, number: int, now: datetime, *, version: int | None = None
) -> PageView:
    """Return one page of a document the actor may see, from number 1 on; the newest version unless one is named."""
    document = document_of(session, actor, document_id, now)
    row = session.scalar(
        select(PageRow)
        .where(PageRow.version_id == version_of(session, document, version).id, PageRow.number == number)
        .options(undefer(PageRow.text), undefer(PageRow.words))
    )
    if row is None:
        raise NotFound
    return PageView(row.number, row.width, row.height, row.text, tuple(row.words), row.confidence)


@dataclass(frozen=True, slots=True)
class PageSize:
    """Number and raster size of a page, without its text and words."""

    number: int
    width: int
    height: int


def outline(
    session: Session, actor: Actor, document_id: UUID, now: datetime, *, version: int | None = None
) -> tuple[PageSize, ...]:
    """Return the pages of a document the actor may see, without loading what is on them."""
    document = document_of(session, actor, document_id, now)
    rows = session.execute(
        select(PageRow.number, PageRow.width, PageRow.height)
        .where(PageRow.version_id == version_of(session, document, version).id)
        .order_by(PageRow.number)
    )
    return tuple(PageSize(*row) for row in rows.all())


def version_of(session: Session, document: Document, number: int | None = None) -> DocumentVersion:
    """Return a version of a document, the newest unless one is named.

    Raises:
        NotFound: There is no such version.
    """
    query = select(DocumentVersion).where(DocumentVersion.document_id == document.id)
    if number is not None:
        query = query.where(DocumentVersion.number == number)
    found = session.scalar(query.order_by(DocumentVersion.number.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes a person may take: where they lie, what they are, how they are called."""

    sha256: str
    media_type: str
    filename: str


def original(
    session: Session, actor: Actor, document_id: UUID, now: datetime, *, version: int | None = None
) -> Download:
    """Return the original of a document's newest version, or of the one named, and write that it was taken."""
    document = document_of(session, actor, document_id, now)
    chosen = version_of(session, document, version)
    _taken(session, actor, document, "original", chosen.number, now)
    return Download(chosen.original, chosen.media_type, chosen.filename or document.item.filename)


def rendition(
    session: Session, actor: Actor, document_id: UUID, kind: str, now: datetime, *, version: int | None = None
) -> Download:
    """Return a derived file of a document, like :func:`original`."""
    document = document_of(session, actor, document_id, now)
    chosen = version_of(session, document, version)
    made = session.scalar(select(RenditionRow).where(RenditionRow.version_id == chosen.id, RenditionRow.kind == kind))
    if made is None:
        raise NotFound
    _taken(session, actor, document, kind, chosen.number, now)
    stem = (chosen.filename or document.item.filename).rsplit(".", 1)[0]
    return Download(made.sha256, made.media_type, f"{stem}.pdf")


def item_original(session: Session, actor: Actor, item_id: UUID, now: datetime) -> Download:
    """Return the bytes of an incoming item as they came, also of one that could not be read.

    Raises:
        InfectedKept: The virus scanner found something in them.
    """
    item = item_of(session, actor, item_id, now)
    if item.fault_code == InfectedFile.code:
        raise InfectedKept
    record(session, actor, "item.downloaded", about=("item", item.id), now=now)
    return Download(item.sha256, "application/octet-stream", item.filename)


def _taken(session: Session, actor: Actor, document: Document, what: str, number: int, now: datetime) -> None:
    record(
        session,
        actor,
        "document.downloaded",
        about=("document", document.id),
        now=now,
        case_file_id=document.case.case_file_id if document.case else None,
        detail={"what": what, "number": number},
    )
