"""Moving a case with its sub-cases: to another place in its case file, or to another case file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from eakte.actions.guard import case_of
from eakte.actions.moving_documents import tell
from eakte.actions.moving_places import audience, both, locked_by_others, refusals, retention_of
from eakte.actions.structure import Outline, check_case_place, outline_of
from eakte.errors import CaseClosed, TooDeep
from eakte.records import structure
from eakte.records.access import Actor, Permission
from eakte.records.moving import Preview, retention_sentences
from eakte.records.reference import case_reference, sub_file_reference
from eakte.records.states import CaseState
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, next_case_number
from eakte.store.jobs import enqueue
from eakte.store.references import CASE, keep_alias
from eakte.texts import sentence


@dataclass(frozen=True, slots=True)
class CaseMove:
    """A case is to lie in a case file: directly, in a sub-file of it, or as a part of another case."""

    case_id: UUID
    case_file_id: UUID
    sub_file_id: UUID | None = None
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A move with the rows it is about."""

    case: BusinessCase
    branch: tuple[BusinessCase, ...]
    """The case and its sub-cases, by number."""
    from_file: CaseFile
    to_file: CaseFile
    move: CaseMove
    preview: Preview


def plan(session: Session, actor: Actor, move: CaseMove, now: datetime, *, lock: bool = False) -> Plan:
    """Look at everything the move touches; ``lock`` keeps the rows until the transaction ends."""
    actor.require(Permission.FILE)
    case = case_of(session, actor, move.case_id, now)
    leaves, enters = both(session, actor, case.case_file_id, move.case_file_id, now, lock=lock)
    case = session.get_one(BusinessCase, case.id, populate_existing=lock)
    outline = outline_of(session, leaves.id)
    target = outline if leaves is enters else outline_of(session, enters.id)
    branch = tuple(sorted(outline.branch_of_case(case.id), key=lambda each: each.number))
    ids = [each.id for each in branch]
    gained, lost = audience(session, leaves, enters, now)
    preview = Preview(
        subject=case.subject,
        old_reference=case_reference(leaves.file_reference, case.number),
        new_reference=case_reference(leaves.file_reference, case.number)
        if leaves is enters
        else f"{enters.file_reference}-…",
        old_place=_place(outline, leaves, outline.sub_file_of_case(case.id), case.parent_id),
        new_place=_place(target, enters, move.sub_file_id, move.parent_id),
        documents=session.scalar(select(func.count()).where(Document.case_id.in_(ids))) or 0,
        gained=gained,
        lost=lost,
        retention=retention_sentences(
            retention_of(session, leaves, leaves.file_plan_unit_id, now),
            retention_of(session, enters, enters.file_plan_unit_id, now),
        ),
        refusals=(
            *refusals(session, leaves, enters, now),
            *_own_refusals(case, outline, target, enters, move),
            *locked_by_others(session, actor, ids, now),
        ),
    )
    return Plan(case, branch, leaves, enters, move, preview)


def _place(outline: Outline, file: CaseFile, sub_file_id: UUID | None, parent_id: UUID | None) -> str:
    if parent_id is not None and parent_id in outline.cases:
        parent = outline.cases[parent_id]
        return f"{case_reference(file.file_reference, parent.number)} {parent.subject}"
    if sub_file_id is not None and sub_file_id in outline.sub_files:
        sub_file = outline.sub_files[sub_file_id]
        return f"{sub_file_reference(file.file_reference, sub_file.number)} {sub_file.subject}"
    return f"{file.file_reference} {file.subject}"


def _own_refusals(
    case: BusinessCase, outline: Outline, target: Outline, enters: CaseFile, move: CaseMove
) -> tuple[str, ...]:
    found = []
    if case.state is not CaseState.OPEN:
        found.append("Der Vorgang ist abgeschlossen.")
    branch = structure.branch(case.id, outline.case_parents)
    if move.parent_id in branch:
        return (*found, "Ein Vorgang kann nicht in sich selbst liegen.")
    if case.case_file_id == enters.id and (case.parent_id, case.sub_file_id) == (move.parent_id, move.sub_file_id):
        found.append("Der Vorgang liegt schon dort.")
    height = structure.height(case.id, outline.case_parents)
    try:
        check_case_place(target, enters, sub_file_id=move.sub_file_id, parent_id=move.parent_id, height=height)
    except (TooDeep, CaseClosed) as refused:
        found.append(sentence(refused.code, refused.detail))
    return tuple(found)


def carry_out(session: Session, actor: Actor, plan: Plan, reason: str, now: datetime) -> str:
    """Move the case with its sub-cases and return its reference; each of them tells it in its own history."""
    case, move = plan.case, plan.move
    former = {each: case_reference(plan.from_file.file_reference, each.number) for each in plan.branch}
    case.parent_id, case.sub_file_id = move.parent_id, None if move.parent_id else move.sub_file_id
    case.revision += 1
    if plan.from_file is plan.to_file:
        places = (plan.preview.old_place, plan.preview.new_place)
        tell(session, actor, ("case", case.id), plan.from_file, plan.to_file, places, reason, now)
        return former[case]
    for each in plan.branch:
        keep_alias(session, CASE, each.id, former[each], within=(plan.from_file.id, each.number), now=now)
        each.case_file_id, each.number = plan.to_file.id, next_case_number(session, plan.to_file.id)
        each.revision += each is not case
    session.flush()
    _raise_revisions(session, plan)
    session.expire(plan.from_file, ["cases"])
    session.expire(plan.to_file, ["cases"])
    for each in plan.branch:
        references = (former[each], case_reference(plan.to_file.file_reference, each.number))
        tell(session, actor, ("case", each.id), plan.from_file, plan.to_file, references, reason, now)
    enqueue(session, "case_indexing", f"{case.id}:{case.revision}", str(case.id))
    return case_reference(plan.to_file.file_reference, case.number)


def _raise_revisions(session: Session, plan: Plan) -> None:
    """Let every document count as newer than it was in the file it leaves: the index takes no older version."""
    rows = update(Document).where(Document.case_id.in_([each.id for each in plan.branch]))
    higher = Document.revision + plan.from_file.index_revision + 1
    session.execute(rows.values(revision=higher), execution_options={"synchronize_session": "fetch"})
