"""Case files as the archive receives them: database rows to the values of ``retention.offered``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.verdicts import verdict_of
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference, document_reference, sub_file_reference
from eakte.records.states import MEDIUM_CODES
from eakte.store.documents import Document, DocumentVersion, StoredObject
from eakte.store.files import BusinessCase, CaseFile, SubFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import rules_on_path
from retention.offered import (
    HistoryLine,
    OfferedCase,
    OfferedDocument,
    OfferedFile,
    OfferedSubFile,
    PrimaryFile,
    RetentionData,
    retention_data,
)

ADMINISTRATIVE = {
    "case_file.opened": "Akte angelegt",
    "case_file.closed": "z.d.A. verfügt",
    "case_file.reopened": "z.d.A. aufgehoben",
    "case_file.moved": "Akte umprotokolliert",
    "case.moved": "Vorgang umprotokolliert",
    "document.moved": "Dokument umprotokolliert",
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
    closed_on = file.closed_on or today
    days = [_day(document, closed_on) for rows in documents.values() for document in rows]
    retention = _retention(session, file, today)
    inside = _Inside(session, file, documents, retention, closed_on)
    return OfferedFile(
        file_id=str(file.id),
        subject=file.subject,
        reference=file.file_reference,
        plan_code=file.plan_unit.code,
        plan_title=file.plan_unit.title,
        lead_unit=f"{file.org_unit.current.code} {file.org_unit.current.name}",
        period_from=min([file.opened_on, closed_on, *days]),
        period_to=max([closed_on, *days]),
        closed_on=closed_on,
        retention=retention,
        medium=MEDIUM_CODES[file.medium],
        cases=inside.cases_in(None),
        sub_files=inside.sub_files_in(None),
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


def _day(document: Document, closed_on: date) -> date:
    """Return the day of a document; what bears none was there when the file came to its end, also if migrated later."""
    return document.letter_date or min(day_of(document.item.received_at), closed_on)


@dataclass(frozen=True)
class _Inside:
    """Builds what lies in one case file: sub-files, cases and sub-cases, each with its own period and closing."""

    session: Session
    file: CaseFile
    documents: Mapping[UUID, list[Document]]
    retention: RetentionData
    closed_on: date

    def sub_files_in(self, parent_id: UUID | None) -> tuple[OfferedSubFile, ...]:
        """Return the sub-files directly in the case file (``None``) or in a sub-file."""
        return tuple(self._sub_file(row) for row in self.file.sub_files if row.parent_id == parent_id)

    def cases_in(self, sub_file_id: UUID | None) -> tuple[OfferedCase, ...]:
        """Return the cases directly in the case file (``None``) or in a sub-file."""
        here = (row for row in self.file.cases if row.parent_id is None and row.sub_file_id == sub_file_id)
        return tuple(self._case(row) for row in here)

    def _sub_file(self, row: SubFile) -> OfferedSubFile:
        cases, sub_files = self.cases_in(row.id), self.sub_files_in(row.id)
        inside: tuple[OfferedCase | OfferedSubFile, ...] = (*cases, *sub_files)
        closed_on = row.closed_on or self.closed_on
        return OfferedSubFile(
            sub_file_id=str(row.id),
            subject=row.subject,
            reference=sub_file_reference(self.file.file_reference, row.number),
            period_from=min([row.opened_on, closed_on, *(each.period_from for each in inside)]),
            period_to=max([closed_on, *(each.period_to for each in inside)]),
            closed_on=closed_on,
            retention=self.retention,
            position=row.number,
            cases=cases,
            sub_files=sub_files,
        )

    def _case(self, row: BusinessCase) -> OfferedCase:
        reference = case_reference(self.file.file_reference, row.number)
        documents = self.documents.get(row.id, [])
        parts = tuple(self._case(part) for part in self.file.cases if part.parent_id == row.id)
        closed_on = row.closed_on or self.closed_on
        days = [_day(document, closed_on) for document in documents]
        return OfferedCase(
            case_id=str(row.id),
            subject=row.subject,
            reference=reference,
            period_from=min([row.opened_on, closed_on, *days, *(part.period_from for part in parts)]),
            period_to=max([closed_on, *days, *(part.period_to for part in parts)]),
            closed_on=closed_on,
            retention=self.retention,
            position=row.number,
            documents=tuple(_document(self.session, document, reference) for document in documents),
            sub_cases=parts,
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
        original_name=version.filename or document.item.filename,
        media_type=version.media_type,
        sha256=version.original,
        size=kept.size,
        version=str(version.number),
        created_at=version.created_at or document.item.received_at,
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
