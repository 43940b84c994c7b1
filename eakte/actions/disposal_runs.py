"""Disposal runs (Aussonderung): drawing one up, and moving it on from step to step.

A run takes case files whose period is over through review by their departments, appraisal by the archive, approval
by a second person, and the existing destruction or hand-over. Each step acts on the files its actor may see; the run
moves on when none is left that waits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from eakte.actions.desk import OPEN_DISPOSALS
from eakte.actions.guard import case_files_of
from eakte.actions.run_settling import leave, lock_disposals, lock_files, lock_run, running_files, step
from eakte.actions.verdicts import explained
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotDue, NotFound
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.calendar import day_of
from eakte.records.disposal_runs import CANDIDATES, DUE, RunResult
from eakte.records.states import LABELS, RUN_LABELS, CaseFileState, DisposalRunState
from eakte.store.disposal import Disposal, VerdictRow
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.files import CaseFile, reached, unlocked, visible
from eakte.store.history import record, set_to
from eakte.store.organisation import branch_keys
from eakte.store.people import OrgUnit
from eakte.store.plan import FilePlanUnit

MOST = 1_000
"""Case files a run takes in: approval is one transaction, and a person types their number."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run selects: a branch of the file plan, a department with all below it, the latest end."""

    plan_code: str = ""
    unit_code: str = ""
    due_until: date | None = None


def create(session: Session, actor: Actor, title: str, selection: Selection, now: datetime) -> DisposalRun:
    """Draw up a run of all case files that match, are due, and are in no other run.

    Raises:
        InvalidInput: The title is missing, the day lies ahead, or a code does not exist.
    """
    actor.require(Permission.DISPOSE)
    if not title.strip():
        raise InvalidInput(problem="Bitte geben Sie dem Lauf eine Bezeichnung.", field="title")
    if selection.due_until and selection.due_until > day_of(now):
        raise InvalidInput(problem="Der Tag liegt in der Zukunft; fällig ist nur, was abgelaufen ist.", field="until")
    run = DisposalRun(
        title=title.strip()[:200],
        selection=_as_json(selection),
        created_by_id=actor.person_id,
        created_by=actor.signature,
        created_at=now,
    )
    files = candidates(session, actor, selection, now)
    session.add(run)
    session.flush()
    _put_in(session, actor, run, files, because="", now=now)
    detail = {"files": len(files), **{key: value for key, value in run.selection.items() if value}}
    changes = set_to(run_state=run.state, title=run.title)
    record(
        session, actor, "disposal_run.created", about=("disposal_run", run.id), now=now, detail=detail, changes=changes
    )
    return run


def _as_json(selection: Selection) -> dict[str, str]:
    until = selection.due_until.isoformat() if selection.due_until else ""
    return {"plan": selection.plan_code, "unit": selection.unit_code, "until": until}


def candidates(session: Session, actor: Actor, selection: Selection, now: datetime) -> list[CaseFile]:
    """Return the case files a selection finds, soonest end first, at most :data:`MOST`; the actor may see them."""
    actor.require(Permission.DISPOSE)
    query = (
        select(CaseFile)
        .join(VerdictRow, VerdictRow.case_file_id == CaseFile.id)
        .where(VerdictRow.outcome.in_(DUE), *_free(), visible(actor.keys, now), *_matching(session, selection, now))
        .order_by(VerdictRow.retention_end, CaseFile.file_reference)
        .limit(MOST)
    )
    found = list(session.scalars(query))
    # The kept verdict is of last night; a run begins with today's.
    today = explained(session, found, day_of(now))
    return [file for file in found if today[file.id].outcome in DUE]


def _free() -> tuple[ColumnElement[bool], ...]:
    """Return the predicates "may be taken in, is not being destroyed, and is in no running run"."""
    running = exists().where(DisposalRunFile.case_file_id == CaseFile.id, DisposalRunFile.result.is_(None))
    going = exists().where(Disposal.case_file_id == CaseFile.id, Disposal.state.in_(OPEN_DISPOSALS))
    return CaseFile.state.in_(CANDIDATES), ~running, ~going


def _matching(session: Session, selection: Selection, now: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if selection.plan_code:
        where.append(CaseFile.file_plan_unit_id.in_(_branch(session, selection.plan_code)))
    if selection.unit_code:
        unit = session.scalar(
            select(OrgUnit).where(OrgUnit.code == selection.unit_code, OrgUnit.dissolved_at.is_(None))
        )
        if unit is None:
            raise InvalidInput(problem="Diese Organisationseinheit gibt es nicht.", field="unit")
        where.append(CaseFile.access_key.in_([unit_key(key) for key in branch_keys(session, unit.id, now)]))
    if selection.due_until:
        where.append(VerdictRow.retention_end <= selection.due_until)
    return where


def _branch(session: Session, code: str) -> list[UUID]:
    """Return the ids of a file plan unit and of all below it, in every version of the plan."""
    units = session.execute(select(FilePlanUnit.id, FilePlanUnit.parent_id, FilePlanUnit.code)).all()
    below: dict[UUID | None, list[UUID]] = {}
    for unit_id, parent_id, _ in units:
        below.setdefault(parent_id, []).append(unit_id)
    found = [unit_id for unit_id, _, own in units if own == code]
    if not found:
        raise InvalidInput(problem="Diese Einheit des Aktenplans gibt es nicht.", field="plan")
    for unit_id in found:
        found.extend(below.get(unit_id, ()))
    return found


def _put_in(
    session: Session, actor: Actor, run: DisposalRun, files: Sequence[CaseFile], *, because: str, now: datetime
) -> None:
    verdicts = explained(session, files, day_of(now))
    for file in files:
        made = verdicts[file.id]
        row = session.get(DisposalRunFile, (run.id, file.id)) or DisposalRunFile(run_id=run.id, case_file_id=file.id)
        row.added_by, row.added_at, row.added_because = actor.signature, now, because
        row.outcome, row.retention_end, row.rule_id = made.outcome, made.retention_end, made.rule_id
        row.steps = list(made.steps)
        row.result, row.result_reason, row.result_by, row.result_at = None, "", None, None
        session.add(row)
        record(
            session,
            actor,
            "disposal_run.file_added",
            about=("disposal_run", run.id),
            now=now,
            case_file_id=file.id,
            changes=set_to(reason=because or None, rule=made.rule_id),
        )
    session.flush()


def add(
    session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], *, reason: str, now: datetime
) -> None:
    """Put further case files into a run that is being drawn up, all or none, with a reason.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: The run has begun, is full, or a file may not be taken in or is in a run.
        NotDue: The period of a file is not over, or a hold protects it.
    """
    actor.require(Permission.DISPOSE)
    if not reason.strip():
        raise MissingReason
    run_of(session, actor, run_id, now)
    files = case_files_of(session, actor, case_file_ids, now)
    run = in_state(lock_run(session, run_id), DisposalRunState.DRAFT)
    free = set(session.scalars(select(CaseFile.id).where(CaseFile.id.in_(case_file_ids), *_free())))
    for file in files:
        if file.id not in free:
            in_run = file.state in CANDIDATES
            state = "schon in einem Lauf oder in Vernichtung" if in_run else LABELS[file.state]
            raise MoveRefused(state=state)
    verdicts = explained(session, files, day_of(now))
    for file in files:
        if verdicts[file.id].outcome not in DUE:
            raise NotDue(reference=file.file_reference)
    if len(unsettled(session, actor, run_id, now)) + len(files) > MOST:
        raise MoveRefused(state=f"höchstens {MOST} Akten in einem Lauf")
    run.revision += 1
    _put_in(session, actor, run, files, because=reason.strip(), now=now)


def take_out(
    session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], *, reason: str, now: datetime
) -> None:
    """Take case files out of a run with a reason; an approval is taken back, an offer withdrawn.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: A file has left the run, is being destroyed, or is on its way to the archive.
    """
    actor.require(Permission.DISPOSE)
    if not reason.strip():
        raise MissingReason
    rows, run = locked(session, actor, run_id, case_file_ids, now)
    for row in rows:
        _check_not_begun(row)
        leave(session, actor, row, RunResult.TAKEN_OUT, reason=reason, now=now)
    run.revision += 1


def _check_not_begun(row: DisposalRunFile) -> None:
    state = row.case_file.state
    if state in {CaseFileState.DESTROYED, CaseFileState.TRANSFERRED}:
        raise MoveRefused(state=LABELS[state])


def cancel(session: Session, actor: Actor, run_id: UUID, *, reason: str, now: datetime) -> None:
    """Cancel a run with a reason before it is executed; its case files stand as they did before.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: It is being executed, or it has ended.
    """
    actor.require(Permission.DISPOSE)
    if not reason.strip():
        raise MissingReason
    found = run_of(session, actor, run_id, now)
    rows = all_locked(session, actor, found, now)
    run = lock_run(session, run_id)
    for row in rows:
        _check_not_begun(row)
        leave(session, actor, row, RunResult.CANCELLED, reason=reason, now=now)
    step(session, actor, run, DisposalRunState.CANCELLED, now)
    run.closed_at = now


def all_locked(session: Session, actor: Actor, run: DisposalRun, now: datetime) -> list[DisposalRunFile]:
    """Return what has not left a run, locked: destructions first, then case files, as everybody does.

    Raises:
        MoveRefused: The run holds case files the actor may not see; they are not named.
    """
    ids = list(
        session.scalars(
            select(DisposalRunFile.case_file_id).where(
                DisposalRunFile.run_id == run.id, DisposalRunFile.result.is_(None)
            )
        )
    )
    if len(unsettled(session, actor, run.id, now)) != len(ids):
        raise MoveRefused(state="enthält Akten außerhalb Ihrer Rechte")
    return locked(session, actor, run.id, ids, now)[0] if ids else []


def begin_review(session: Session, actor: Actor, run_id: UUID, now: datetime) -> None:
    """Ask the departments about the case files of a run.

    Raises:
        MoveRefused: It has begun already, or there is no case file in it.
    """
    actor.require(Permission.DISPOSE)
    run_of(session, actor, run_id, now)
    run = in_state(lock_run(session, run_id), DisposalRunState.DRAFT)
    if not unsettled(session, actor, run_id, now):
        raise MoveRefused(state="keine Akte im Lauf")
    step(session, actor, run, DisposalRunState.REVIEW, now)


def seen(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know that this case file is in this run", tombstones included.

    An archivist, who reads nothing else, sees what was offered to the archive, unless a block stands against it; a
    restriction of processing does not, because offering is a duty of its own (Art. 17 (3) (d) GDPR).
    """
    own = reached(actor.keys, now)
    if not actor.may(Permission.DISPOSE):
        own &= DisposalRun.state != DisposalRunState.DRAFT
    if actor.may(Permission.APPRAISE):
        return own | (DisposalRunFile.offered_at.is_not(None) & unlocked(actor.keys, now))
    return own


def run_seen(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know of this run": of a case file in it, or they drew it up."""
    some = (
        select(DisposalRunFile.case_file_id)
        .join(CaseFile, CaseFile.id == DisposalRunFile.case_file_id)
        .where(DisposalRunFile.run_id == DisposalRun.id, seen(actor, now))
        .correlate(DisposalRun)
    )
    return some.exists() | (DisposalRun.created_by_id == actor.person_id)


def run_of(session: Session, actor: Actor, run_id: UUID, now: datetime) -> DisposalRun:
    """Return a run the actor may know of.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    actor.require(Permission.DISPOSAL_RUNS)
    found = session.scalar(select(DisposalRun).where(DisposalRun.id == run_id, run_seen(actor, now)))
    if found is None:
        raise NotFound
    return found


def unsettled(session: Session, actor: Actor, run_id: UUID, now: datetime) -> list[DisposalRunFile]:
    """Return the case files of a run that have not left it, as far as the actor may see them, by reference."""
    query = running_files().where(DisposalRunFile.run_id == run_id, seen(actor, now))
    return list(session.scalars(query))


def locked(
    session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], now: datetime
) -> tuple[list[DisposalRunFile], DisposalRun]:
    """Return case files of a run that have not left it, and the run, all rows locked.

    Raises:
        NotFound: One is not in the run, has left it, or the actor may not know of it.
        MoveRefused: None was chosen.
    """
    if not case_file_ids:
        raise MoveRefused(state="keine Akte ausgewählt")
    run_of(session, actor, run_id, now)
    lock_disposals(session, case_file_ids)
    lock_files(session, case_file_ids)
    run = lock_run(session, run_id)
    query = running_files().where(
        DisposalRunFile.run_id == run_id, DisposalRunFile.case_file_id.in_(case_file_ids), seen(actor, now)
    )
    rows = list(session.scalars(query.execution_options(populate_existing=True)))
    if len(rows) != len(set(case_file_ids)):
        raise NotFound
    return rows, run


def in_state(run: DisposalRun, *states: DisposalRunState) -> DisposalRun:
    """Return the run if it is in one of the states.

    Raises:
        MoveRefused: It is not.
    """
    if run.state not in states:
        raise MoveRefused(state=RUN_LABELS[run.state])
    return run


def ids_of(session: Session, actor: Actor, references: Collection[str], now: datetime) -> list[UUID]:
    """Return the ids of case files the actor may see, by their references.

    Raises:
        NotFound: There is none with a reference, or the actor may not know of it.
    """
    query = select(CaseFile.id).where(CaseFile.file_reference.in_(references), visible(actor.keys, now))
    found = list(session.scalars(query))
    if not references or len(found) != len(set(references)):
        raise NotFound
    return found


def ids_in_run(session: Session, actor: Actor, run_id: UUID, references: Collection[str], now: datetime) -> list[UUID]:
    """Return the ids of case files of a run that have not left it, by their references, like :func:`ids_of`.

    Raises:
        NotFound: One is not in the run, has left it, or the actor may not know of it.
    """
    known = {row.case_file.file_reference: row.case_file_id for row in unsettled(session, actor, run_id, now)}
    if not set(references) <= known.keys():
        raise NotFound
    return [known[reference] for reference in references]
