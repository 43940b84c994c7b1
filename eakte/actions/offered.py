"""Case files as the archive receives them: database rows to the values of ``retention.offered``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.verdicts import verdict_of
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import MEDIUM_CODES
from eakte.store.documents import Document, DocumentVersion, StoredObject
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import rules_on_path
from retention.offered import (
    HistoryLine,
    OfferedCase,
    OfferedDocument,
    OfferedFile,
    PrimaryFile,
    RetentionData,
    retention_data,
)

ADMINISTRATIVE = {
    "case_file.opened": "Akte angelegt",
    "case_file.closed": "z.d.A. verfügt",
    "case_file.reopened": "z.d.A. aufgehoben",
}
"""What of the history proves administrative action (xdomea: creation, re-filing, closing)."""


def files_of_process(session: Session, process_id: UUID, *, lock: bool = False) -> list[CaseFile]:
    """Return the case files of one disposal process, in order of their references; ``lock`` keeps their rows."""
    query = select(CaseFile).where(CaseFile.process_id == process_id).order_by(CaseFile.file_reference)
    if lock:
        query = query.with_for_update(of=CaseFile).execution_options(populate_existing=True)
    return list(session.scalars(query))


def offered_file(session: Session, file: CaseFile, today: date) -> OfferedFile:
    """Return a closed case file with its cases, documents and originals."""
    documents = _documents(session, file)
    days = [day for rows in documents.values() for day in map(_day, rows)]
    retention = _retention(session, file, today)
    closed_on = file.closed_on or today
    return OfferedFile(
        file_id=str(file.id),
        subject=file.subject,
        reference=file.file_reference,
        plan_code=file.plan_unit.code,
        plan_title=file.plan_unit.title,
        lead_unit=f"{file.org_unit.current.code} {file.org_unit.current.name}",
        period_from=min([file.opened_on, *days]),
        period_to=max([closed_on, *days]),
        closed_on=closed_on,
        retention=retention,
        medium=MEDIUM_CODES[file.medium],
        cases=tuple(
            _case(session, file, case, documents.get(case.id, []), retention, closed_on) for case in file.cases
        ),
        history=_history(session, file.id),
    )


def _retention(session: Session, file: CaseFile, today: date) -> RetentionData:
    verdict = verdict_of(session, file, today)
    rules = {rule.rule_id: rule for rule in rules_on_path(session, file.file_plan_unit_id)}
    return retention_data(rules[verdict.rule_id or ""], verdict)


def _documents(session: Session, file: CaseFile) -> dict[UUID, list[Document]]:
    rows = session.scalars(
        select(Document)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .where(BusinessCase.case_file_id == file.id)
        .order_by(Document.position)
    )
    found: dict[UUID, list[Document]] = {}
    for document in rows:
        if document.case_id is not None:
            found.setdefault(document.case_id, []).append(document)
    return found


def _day(document: Document) -> date:
    return document.letter_date or day_of(document.item.received_at)


def _case(
    session: Session,
    file: CaseFile,
    case: BusinessCase,
    documents: list[Document],
    retention: RetentionData,
    closed_on: date,
) -> OfferedCase:
    reference = case_reference(file.file_reference, case.number)
    days = [_day(document) for document in documents]
    return OfferedCase(
        case_id=str(case.id),
        subject=case.subject,
        reference=reference,
        period_from=min([case.opened_on, *days]),
        period_to=max([closed_on, *days]),
        closed_on=closed_on,
        retention=retention,
        position=case.number,
        documents=tuple(_document(session, document, reference) for document in documents),
    )


def _document(session: Session, document: Document, case_ref: str) -> OfferedDocument:
    return OfferedDocument(
        document_id=str(document.id),
        subject=document.subject,
        document_type=document.document_type,
        position=document.position,
        reference=document_reference(case_ref, document.position or 0),
        foreign_reference=document.foreign_reference,
        sender=document.sender,
        letter_date=document.letter_date,
        received_on=day_of(document.item.received_at),
        files=tuple(_primary(session, document, version) for version in document.versions),
    )


def _primary(session: Session, document: Document, version: DocumentVersion) -> PrimaryFile:
    kept = session.get_one(StoredObject, version.original)
    return PrimaryFile(
        file_id=str(uuid5(version.id, version.original)),
        original_name=document.item.filename,
        media_type=version.media_type,
        sha256=version.original,
        size=kept.size,
        version=str(version.number),
        created_at=document.item.received_at,
    )


def _history(session: Session, case_file_id: UUID) -> tuple[HistoryLine, ...]:
    entries = session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.case_file_id == case_file_id, HistoryEntry.action.in_(ADMINISTRATIVE))
        .order_by(HistoryEntry.sequence)
    )
    return tuple(HistoryLine(_moment(entry), entry.actor_login, ADMINISTRATIVE[entry.action]) for entry in entries)


def _moment(entry: HistoryEntry) -> datetime:
    return entry.at
