"""What a person sees of one case file: structure, documents, retention, holds, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.audit import HistoryLine, of_case_file
from eakte.actions.cases import closing_preconditions
from eakte.actions.guard import case_file_of
from eakte.actions.verdicts import verdict_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.closing import Precondition
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseFileState
from eakte.store.disposal import Disposal, DisposalHold, RetentionEvent
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.plan import FilePlanUnit, plan_path
from retention.model import Verdict


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


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case (Vorgang) with its documents, newest first."""

    case_id: UUID
    number: int
    reference: str
    subject: str
    documents: tuple[DocumentRow, ...]


@dataclass(frozen=True, slots=True)
class CaseFileView:
    """A case file with everything its page shows."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    revision: int
    restricted: bool
    unit_code: str
    unit_name: str
    opened_on: date
    opened_by: str
    closed_on: date | None
    archive_reference: str | None
    plan: tuple[FilePlanUnit, ...]
    """Path in the file plan, most general first."""
    cases: tuple[CaseView, ...]
    verdict: Verdict
    holds: tuple[DisposalHold, ...]
    events: tuple[RetentionEvent, ...]
    disposals: tuple[Disposal, ...]
    preconditions: tuple[Precondition, ...]
    history: tuple[HistoryLine, ...]

    @property
    def document_count(self) -> int:
        """Documents in all cases."""
        return sum(len(case.documents) for case in self.cases)

    @property
    def page_count(self) -> int:
        """Pages of all documents."""
        return sum(row.pages for case in self.cases for row in case.documents)


def show(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> CaseFileView:
    """Return a case file the actor may see."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)

    return CaseFileView(
        case_file_id=file.id,
        reference=file.file_reference,
        subject=file.subject,
        state=file.state,
        revision=file.revision,
        restricted=file.restricted,
        unit_code=file.org_unit.code,
        unit_name=file.org_unit.name,
        opened_on=file.opened_on,
        opened_by=file.opened_by,
        closed_on=file.closed_on,
        archive_reference=file.archive_reference,
        plan=tuple(reversed(plan_path(session, file.file_plan_unit_id))),
        cases=_cases(session, file),
        verdict=verdict_of(session, file, day_of(now)),
        holds=tuple(session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == file.id))),
        events=tuple(session.scalars(select(RetentionEvent).where(RetentionEvent.case_file_id == file.id))),
        disposals=tuple(session.scalars(select(Disposal).where(Disposal.case_file_id == file.id))),
        preconditions=closing_preconditions(session, file),
        history=of_case_file(session, file.id, limit=30),
    )


def _cases(session: Session, file: CaseFile) -> tuple[CaseView, ...]:
    pages = (
        select(DocumentVersion.document_id, func.count(PageRow.id).label("pages"))
        .join(PageRow, PageRow.version_id == DocumentVersion.id)
        .group_by(DocumentVersion.document_id)
        .subquery()
    )
    rows = session.execute(
        select(BusinessCase, Document, IncomingItem, func.coalesce(pages.c.pages, 0))
        .join(Document, Document.case_id == BusinessCase.id)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .outerjoin(pages, pages.c.document_id == Document.id)
        .where(BusinessCase.case_file_id == file.id)
        .order_by(Document.position.desc())
    ).all()
    by_case: dict[UUID, list[DocumentRow]] = {}
    for case, document, item, count in rows:
        by_case.setdefault(case.id, []).append(_document_row(file, case, document, item, count))
    return tuple(
        CaseView(
            case.id,
            case.number,
            case_reference(file.file_reference, case.number),
            case.subject,
            tuple(by_case.get(case.id, ())),
        )
        for case in file.cases
    )


def _document_row(
    file: CaseFile, case: BusinessCase, document: Document, item: IncomingItem, pages: int
) -> DocumentRow:
    position = document.position or 0
    return DocumentRow(
        document_id=document.id,
        reference=document_reference(case_reference(file.file_reference, case.number), position),
        position=position,
        subject=document.subject,
        document_type=document.document_type,
        direction=document.direction,
        sender=document.sender,
        document_date=document.letter_date or day_of(item.received_at),
        source=item.source,
        pages=pages,
    )
