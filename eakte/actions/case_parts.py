"""One aspect of a case file at a time, for programs that need no more: facts, cases, documents, retention, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.audit import HistoryLine, of_case_file
from eakte.actions.case_lists import CaseFileRow, row_of
from eakte.actions.closing import closing_preconditions
from eakte.actions.guard import case_file_of
from eakte.actions.metadata import FieldView, case_file_fields, views
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.closing import Precondition
from eakte.records.reference import case_reference, document_reference, sub_file_reference
from eakte.records.states import CaseFileState, CaseState, Medium, SubFileState
from eakte.store.documents import Document, IncomingItem, page_counts, unrestricted
from eakte.store.files import BusinessCase
from eakte.store.plan import plan_path
from eakte.store.references import CASE, CASE_FILE, resolve


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A unit on the way down the file plan."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class CaseFileFacts:
    """What a case file says of itself. Everything in it changes its revision."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    restricted: bool
    unit_code: str
    unit_name: str
    opened_on: date
    opened_by: str
    closed_on: date | None
    archive_reference: str | None
    plan: tuple[PlanStep, ...]
    """Most general first."""
    file_type: str
    fields: tuple[FieldView, ...]
    medium: Medium
    revision: int


def facts(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> CaseFileFacts:
    """Return the facts of a case file the actor may see."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    path = reversed(plan_path(session, file.file_plan_unit_id))
    return CaseFileFacts(
        case_file_id=file.id,
        reference=file.file_reference,
        subject=file.subject,
        state=file.state,
        restricted=file.restricted,
        unit_code=file.org_unit.current.code,
        unit_name=file.org_unit.current.name,
        opened_on=file.opened_on,
        opened_by=file.opened_by,
        closed_on=file.closed_on,
        archive_reference=file.archive_reference,
        plan=tuple(PlanStep(unit.code, unit.title) for unit in path),
        file_type=file.file_type,
        medium=file.medium,
        fields=views(session, case_file_fields(session, file), file.field_values),
        revision=file.revision,
    )


def by_reference(session: Session, actor: Actor, reference: str, now: datetime) -> CaseFileRow:
    """Return the case file that the actor may see with a reference, present or former, or that of a case in it.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    kind, record_id = resolve(session, reference) or ("", None)
    if record_id is not None and kind == CASE:
        record_id = session.get_one(BusinessCase, record_id).case_file_id
    if record_id is None or kind not in {CASE_FILE, CASE}:
        raise NotFound
    return row_of(case_file_of(session, actor, record_id, now))


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case (Vorgang) of a case file with the number of its documents."""

    case_id: UUID
    number: int
    reference: str
    subject: str
    state: CaseState
    opened_on: date
    closed_on: date | None
    parent_id: UUID | None
    """The case this one is a part of (Teilvorgang)."""
    sub_file_id: UUID | None
    documents: int


def cases_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[CaseRow, ...]:
    """Return the cases of a case file the actor may see, by number."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    counted = (
        select(Document.case_id, func.count().label("documents"))
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .where(BusinessCase.case_file_id == file.id, unrestricted(actor.keys, now))
        .group_by(Document.case_id)
        .subquery()
    )
    rows = session.execute(
        select(BusinessCase, func.coalesce(counted.c.documents, 0))
        .outerjoin(counted, counted.c.case_id == BusinessCase.id)
        .where(BusinessCase.case_file_id == file.id)
        .order_by(BusinessCase.number)
    ).all()
    return tuple(
        CaseRow(
            case.id,
            case.number,
            case_reference(file.file_reference, case.number),
            case.subject,
            case.state,
            case.opened_on,
            case.closed_on,
            case.parent_id,
            case.sub_file_id,
            count,
        )
        for case, count in rows
    )


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in its case."""

    document_id: UUID
    case_id: UUID
    case_number: int
    position: int
    reference: str
    subject: str
    document_type: str
    direction: str
    sender: str
    document_date: date
    pages: int


def documents_of(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    case_id: UUID | None = None,
    after: tuple[int, int] | None = None,
    limit: int,
    now: datetime,
) -> tuple[DocumentRow, ...]:
    """Return the documents of a case file the actor may see, or of one of its cases, by case and position.

    ``after`` goes on behind the document with that case number and position.
    """
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    query = (
        select(BusinessCase, Document, IncomingItem.received_at)
        .join(Document, Document.case_id == BusinessCase.id)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .where(BusinessCase.case_file_id == file.id, unrestricted(actor.keys, now))
        .order_by(BusinessCase.number, Document.position)
    )
    if case_id is not None:
        query = query.where(BusinessCase.id == case_id)
    if after is not None:
        number, position = after
        behind = (BusinessCase.number == number) & (Document.position > position)
        query = query.where((BusinessCase.number > number) | behind)
    rows = session.execute(query.limit(limit)).all()
    pages = page_counts(session, [document.id for _, document, _ in rows])
    return tuple(
        DocumentRow(
            document_id=document.id,
            case_id=case.id,
            case_number=case.number,
            position=document.position or 0,
            reference=document_reference(case_reference(file.file_reference, case.number), document.position or 0),
            subject=document.subject,
            document_type=document.document_type,
            direction=document.direction,
            sender=document.sender,
            document_date=document.letter_date or day_of(received_at),
            pages=pages.get(document.id, 0),
        )
        for case, document, received_at in rows
    )


def preconditions_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[Precondition, ...]:
    """Return what must hold before a case file the actor may see can be closed, and whether it does."""
    actor.require(Permission.READ)
    return closing_preconditions(session, case_file_of(session, actor, case_file_id, now), now)


def history_of(
    session: Session, actor: Actor, case_file_id: UUID, *, before: int | None, limit: int, now: datetime
) -> tuple[HistoryLine, ...]:
    """Return the entries of a case file the actor may see, newest first; ``before`` is where to go on."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    return of_case_file(session, actor, file.id, before=before, limit=limit, now=now)


@dataclass(frozen=True, slots=True)
class SubFileRow:
    """A sub-file of a case file."""

    sub_file_id: UUID
    parent_id: UUID | None
    number: int
    reference: str
    subject: str
    state: SubFileState
    opened_on: date
    closed_on: date | None


def sub_files_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> tuple[SubFileRow, ...]:
    """Return the sub-files of a case file the actor may see, at every depth, by number."""
    actor.require(Permission.READ)
    file = case_file_of(session, actor, case_file_id, now)
    return tuple(
        SubFileRow(
            row.id,
            row.parent_id,
            row.number,
            sub_file_reference(file.file_reference, row.number),
            row.subject,
            row.state,
            row.opened_on,
            row.closed_on,
        )
        for row in file.sub_files
    )
