"""Documents as the table of their case shows them, with those that lie there by reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from eakte.records.access import Actor
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import DocumentState
from eakte.store.document_life import DocumentLock, DocumentReference
from eakte.store.documents import Document, page_counts, unrestricted, version_numbers
from eakte.store.files import BusinessCase, CaseFile, visible


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in the table of its case."""

    document_id: UUID
    reference: str
    position: int
    subject: str
    document_type: str
    direction: str
    sender: str
    document_date: date
    source: str
    pages: int
    state: DocumentState
    version: int
    """Number of its newest version."""
    checked_out_by: str
    """Name of the person who has checked it out, or empty."""
    home: str = ""
    """Reference of the case file it is filed in, where this row is only a reference to it."""
    reference_id: UUID | None = None


def rows_of_file(
    session: Session, actor: Actor, case_file: CaseFile, now: datetime
) -> Mapping[UUID, list[DocumentRow]]:
    """Return the documents of each case of a file the actor may see, newest first, but for those restricted."""
    found = session.execute(
        select(Document, BusinessCase, DocumentLock.person_name)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .outerjoin(DocumentLock, (DocumentLock.document_id == Document.id) & (DocumentLock.until > now))
        .where(BusinessCase.case_file_id == case_file.id, unrestricted(actor.keys, now))
        .options(joinedload(Document.item))
        .order_by(Document.position.desc())
    ).all()
    counted = _counted(session, [document.id for document, *_ in found])
    rows: dict[UUID, list[DocumentRow]] = defaultdict(list)
    for document, case, locked_by in found:
        rows[case.id].append(_row(document, case, case_file, counted, checked_out_by=locked_by or ""))
    return rows


def linked_rows(session: Session, actor: Actor, case_file: CaseFile, now: datetime) -> Mapping[UUID, list[DocumentRow]]:
    """Return what lies in each case of a file by reference, as far as the actor may see where it is filed."""
    holding, home = aliased(BusinessCase), aliased(BusinessCase)
    found = session.execute(
        select(DocumentReference, Document, home, CaseFile)
        .join(holding, holding.id == DocumentReference.case_id)
        .join(Document, Document.id == DocumentReference.document_id)
        .join(home, home.id == Document.case_id)
        .join(CaseFile, CaseFile.id == home.case_file_id)
        .where(holding.case_file_id == case_file.id, visible(actor.keys, now), unrestricted(actor.keys, now))
        .options(joinedload(Document.item))
        .order_by(DocumentReference.created_at.desc())
    ).all()
    counted = _counted(session, [document.id for _, document, *_ in found])
    rows: dict[UUID, list[DocumentRow]] = defaultdict(list)
    for link, document, case, file in found:
        rows[link.case_id].append(_row(document, case, file, counted, link=link))
    return rows


@dataclass(frozen=True, slots=True)
class _Counted:
    pages: Mapping[UUID, int]
    versions: Mapping[UUID, int]


def _counted(session: Session, document_ids: Collection[UUID]) -> _Counted:
    return _Counted(page_counts(session, document_ids), version_numbers(session, document_ids))


def _row(
    document: Document,
    case: BusinessCase,
    file: CaseFile,
    counted: _Counted,
    *,
    checked_out_by: str = "",
    link: DocumentReference | None = None,
) -> DocumentRow:
    return DocumentRow(
        document_id=document.id,
        reference=document_reference(case_reference(file.file_reference, case.number), document.position or 0),
        position=document.position or 0,
        subject=document.subject,
        document_type=document.document_type,
        direction=document.direction,
        sender=document.sender,
        document_date=document.letter_date or day_of(document.item.received_at),
        source=document.item.source,
        pages=counted.pages.get(document.id, 0),
        state=document.state,
        version=counted.versions.get(document.id, 0),
        checked_out_by=checked_out_by,
        home=file.file_reference if link else "",
        reference_id=link.id if link else None,
    )
