"""What the index should know, derived from the database: the database is the truth."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from eakte.actions.metadata import entry_fields, file_fields
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseFileState
from eakte.store.documents import Document, page_texts
from eakte.store.files import BusinessCase, CaseFile, access_of
from eakte.store.people import OrgUnit
from eakte.store.processing import unlifted_document, unlifted_file
from eakte.store.references import former_references
from search.model import Entry, EntryPage


def entry_of(session: Session, document_id: UUID, now: datetime) -> Entry | None:
    """Return the index entry of a document, or ``None`` if it must not be in the index."""
    document = session.get(Document, document_id)
    if document is None or document.case is None or gone(session, [str(document_id)]):
        return None
    case_file = document.case.case_file
    return _entry(session, document, document.case, case_file, now)


def entry_of_empty(session: Session, case_file: CaseFile) -> Entry:
    """Return a case file without documents as if it were one: subject, fields and references, and no text."""
    return Entry(
        document_id=str(case_file.id),
        version=case_file.index_revision,
        access_keys=frozenset(),
        blocked_keys=frozenset(),
        case_file_id=str(case_file.id),
        case_file_reference=case_file.file_reference,
        case_file_subject=case_file.subject,
        document_reference=case_file.file_reference,
        subject="",
        document_type="",
        sender="",
        org_unit=case_file.org_unit.current.code,
        file_plan_code=case_file.plan_unit.code,
        state=case_file.state.value,
        document_date=None,
        pages=(),
        fields=file_fields(session, case_file),
        aliases=frozenset(former_references(session, [case_file.id]).get(case_file.id, ())),
    )


def entries_of_file(session: Session, case_file_id: UUID, now: datetime) -> Iterator[Entry]:
    """Yield the entries of all documents of a case file."""
    cases = select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)
    return _entries(session, cases, now)


def entries_of_case(session: Session, case_id: UUID, now: datetime) -> Iterator[Entry]:
    """Yield the entries of all documents of a case and its sub-cases."""
    return _entries(session, case_and_below([case_id]), now)


def case_and_below(case_ids: Collection[UUID] | Select[UUID]) -> Select[UUID]:
    """Return the query for cases and their sub-cases."""
    top = select(BusinessCase.id).where(BusinessCase.id.in_(case_ids)).cte(recursive=True)
    below = select(BusinessCase.id).join(top, BusinessCase.parent_id == top.c.id)
    return select(top.union_all(below).c.id)


def _entries(session: Session, cases: Select[UUID], now: datetime) -> Iterator[Entry]:
    for document_id in session.scalars(select(Document.id).where(Document.case_id.in_(cases))).all():
        if (entry := entry_of(session, document_id, now)) is not None:
            yield entry


def case_files_of_unit(session: Session, unit_id: UUID) -> list[UUID]:
    """Return the case files a unit leads, or led until another one took it over."""
    return list(session.scalars(select(CaseFile.id).where(CaseFile.org_unit_id == unit_id).order_by(CaseFile.id)))


def documents_of_file(session: Session, case_file_id: UUID) -> list[str]:
    """Return the ids of all documents of a case file, in the index or not."""
    cases = select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)
    return [str(found) for found in session.scalars(select(Document.id).where(Document.case_id.in_(cases)))]


def expected_versions(session: Session) -> Iterator[tuple[str, int]]:
    """Yield (document id, version) of everything the index should hold, for the reconciler."""
    rows = session.execute(_expected(), execution_options={"yield_per": 1_000})
    for document_id, version in rows:
        yield str(document_id), version


def expected_after(session: Session, document_id: str, most: int) -> list[str]:
    """Return the ids of the next documents the index should hold, in their order behind *document_id*, or the first."""
    wanted = _expected().order_by(Document.id).limit(most)
    if document_id:
        wanted = wanted.where(Document.id > UUID(document_id))
    return [str(found) for found, _ in session.execute(wanted)]


def gone(session: Session, document_ids: Collection[str]) -> list[str]:
    """Return those of the documents that must not be in the index: of destroyed files, or restricted in processing."""
    ids = {UUID(document_id) for document_id in document_ids}
    there = set(session.scalars(_expected().with_only_columns(Document.id).where(Document.id.in_(ids))))
    return [str(document_id) for document_id in ids - there]


def expected_count(session: Session) -> int:
    """Return how many documents the index should hold."""
    return session.scalar(select(func.count()).select_from(_expected().subquery())) or 0


def _expected() -> Select[UUID, int]:
    return (
        select(Document.id, Document.revision + CaseFile.revision + OrgUnit.revision)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .join(OrgUnit, OrgUnit.id == CaseFile.org_unit_id)
        .where(
            CaseFile.state != CaseFileState.DESTROYED,
            ~unlifted_file(CaseFile.id),
            ~unlifted_document(Document.id),
        )
    )


def _entry(session: Session, document: Document, case: BusinessCase, case_file: CaseFile, now: datetime) -> Entry:
    access = access_of(session, case_file, now)
    case_ref = case_reference(case_file.file_reference, case.number)
    return Entry(
        document_id=str(document.id),
        version=document.revision + case_file.index_revision,
        access_keys=access.carried,
        blocked_keys=access.blocked,
        case_file_id=str(case_file.id),
        case_file_reference=case_file.file_reference,
        case_file_subject=case_file.subject,
        document_reference=document_reference(case_ref, document.position or 0),
        subject=document.subject,
        document_type=document.document_type,
        sender=document.sender,
        org_unit=case_file.org_unit.current.code,
        file_plan_code=case_file.plan_unit.code,
        state=case_file.state.value,
        document_date=document.letter_date or day_of(document.item.received_at),
        pages=tuple(EntryPage(number, text) for number, text in page_texts(session, document.id)),
        origin=document.item.source,
        fields=entry_fields(session, document, case_file),
        aliases=_aliases(session, document, case, case_file),
    )


def _aliases(session: Session, document: Document, case: BusinessCase, case_file: CaseFile) -> frozenset[str]:
    """Return every reference the document, its case and its case file had before, and what follows from them."""
    former = former_references(session, [document.id, case.id, case_file.id])
    files = former.get(case_file.id, ())
    cases = [*former.get(case.id, ()), *(case_reference(reference, case.number) for reference in files)]
    documents = [document_reference(reference, document.position or 0) for reference in cases]
    return frozenset({*files, *cases, *documents, *former.get(document.id, ())})
