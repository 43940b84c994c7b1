"""What a person sees of one case file: structure, documents, retention, holds, history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.audit import HistoryLine, of_case_file
from eakte.actions.closing import closing_preconditions
from eakte.actions.document_rows import DocumentRow, linked_rows, rows_of_file
from eakte.actions.guard import case_file_of
from eakte.actions.metadata import FieldView, case_file_fields, views
from eakte.actions.restricted_access import restricted_documents
from eakte.actions.sharing import moving_on
from eakte.actions.verdicts import verdict_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.closing import Precondition
from eakte.records.reference import case_reference, sub_file_reference
from eakte.records.states import CaseFileState, CaseState, SubFileState
from eakte.store.disposal import Disposal, DisposalHold, RetentionEvent
from eakte.store.files import CaseFile
from eakte.store.plan import FilePlanUnit, plan_path
from eakte.store.processing import running_on
from retention.model import Verdict


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case (Vorgang) with its documents, newest first."""

    case_id: UUID
    number: int
    reference: str
    subject: str
    state: CaseState
    closed_on: date | None
    revision: int
    parent_id: UUID | None
    sub_file_id: UUID | None
    documents: tuple[DocumentRow, ...]
    linked: tuple[DocumentRow, ...]
    """Documents of other files that lie here by reference, as far as the actor may see them."""


@dataclass(frozen=True, slots=True)
class SubFileView:
    """A sub-file (Teilakte)."""

    sub_file_id: UUID
    number: int
    reference: str
    subject: str
    state: SubFileState
    opened_on: date
    closed_on: date | None
    revision: int
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Node:
    """A sub-file or a case in the tree of its case file, sub-files first."""

    part: SubFileView | CaseView
    documents: int
    """In it and below."""
    children: tuple[Node, ...]

    @property
    def is_case(self) -> bool:
        """Whether it is a case (Vorgang or Teilvorgang)."""
        return isinstance(self.part, CaseView)


@dataclass(frozen=True, slots=True)
class CaseFileView:
    """A case file with everything its page shows."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    revision: int
    restricted: bool
    is_closed: bool
    """Its processing is restricted, and the actor has opened it."""
    hidden_documents: int
    """Documents that a restriction of processing hides from the actor."""
    unit_code: str
    unit_name: str
    opened_on: date
    opened_by: str
    closed_on: date | None
    archive_reference: str | None
    plan: tuple[FilePlanUnit, ...]
    """Path in the file plan, most general first."""
    sub_files: tuple[SubFileView, ...]
    fields: tuple[FieldView, ...]
    """Typed metadata."""
    cases: tuple[CaseView, ...]
    tree: tuple[Node, ...]
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
    sub_files, cases = _sub_files(file), _cases(session, actor, file, now)
    verdict = verdict_of(session, file, day_of(now))
    return CaseFileView(
        case_file_id=file.id,
        reference=file.file_reference,
        subject=file.subject,
        state=file.state,
        revision=file.revision,
        restricted=file.restricted,
        is_closed=bool(running_on(session, file.id, now)),
        hidden_documents=restricted_documents(session, actor, file.id, now),
        unit_code=file.org_unit.current.code,
        unit_name=file.org_unit.current.name,
        opened_on=file.opened_on,
        opened_by=file.opened_by,
        closed_on=file.closed_on,
        archive_reference=file.archive_reference,
        fields=views(session, case_file_fields(session, file), file.field_values),
        plan=tuple(reversed(plan_path(session, file.file_plan_unit_id))),
        sub_files=sub_files,
        cases=cases,
        tree=tree(sub_files, cases),
        verdict=replace(verdict, steps=(*verdict.steps, *moving_on(session, actor, file, now))),
        holds=tuple(session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == file.id))),
        events=tuple(
            session.scalars(
                select(RetentionEvent)
                .where(RetentionEvent.case_file_id == file.id)
                .order_by(RetentionEvent.trigger, RetentionEvent.recorded_at)
            )
        ),
        disposals=tuple(session.scalars(select(Disposal).where(Disposal.case_file_id == file.id))),
        preconditions=closing_preconditions(session, file, now),
        history=of_case_file(session, actor, file.id, limit=30, now=now),
    )


def _sub_files(file: CaseFile) -> tuple[SubFileView, ...]:
    return tuple(
        SubFileView(
            row.id,
            row.number,
            sub_file_reference(file.file_reference, row.number),
            row.subject,
            row.state,
            row.opened_on,
            row.closed_on,
            row.revision,
            row.parent_id,
        )
        for row in file.sub_files
    )


def _cases(session: Session, actor: Actor, file: CaseFile, now: datetime) -> tuple[CaseView, ...]:
    filed, linked = rows_of_file(session, actor, file, now), linked_rows(session, actor, file, now)
    return tuple(
        CaseView(
            case.id,
            case.number,
            case_reference(file.file_reference, case.number),
            case.subject,
            case.state,
            case.closed_on,
            case.revision,
            case.parent_id,
            case.sub_file_id,
            tuple(filed.get(case.id, ())),
            tuple(linked.get(case.id, ())),
        )
        for case in file.cases
    )


def tree(sub_files: Sequence[SubFileView], cases: Sequence[CaseView]) -> tuple[Node, ...]:
    """Return what lies directly in the case file, each with what lies in it."""
    folders: dict[UUID | None, list[SubFileView]] = defaultdict(list)
    lying: dict[UUID | None, list[CaseView]] = defaultdict(list)
    for sub_file in sub_files:
        folders[sub_file.parent_id].append(sub_file)
    for case in cases:
        lying[case.parent_id or case.sub_file_id].append(case)

    def inside(key: UUID | None) -> tuple[Node, ...]:
        return (*(folder(each) for each in folders[key]), *(leaf(each) for each in lying[key]))

    def folder(sub_file: SubFileView) -> Node:
        children = inside(sub_file.sub_file_id)
        return Node(sub_file, sum(child.documents for child in children), children)

    def leaf(case: CaseView) -> Node:
        children = inside(case.case_id)
        return Node(case, len(case.documents) + sum(child.documents for child in children), children)

    return inside(None)
