"""Two people let a disposal run go: one lays it before the other, whose approval starts the cooling-off time.

What is to be destroyed becomes a destruction of its own for each case file, proposed and approved by the same
functions as any other; what the archive wants is handed over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import disposal, exchange, run_appraisal
from eakte.actions.archive_terms import DEFAULT, Terms
from eakte.actions.disposal_runs import all_locked, begin_review, in_state, locked, run_of, unsettled
from eakte.actions.run_settling import end_if_done, leave, lock_run, settle, step
from eakte.errors import ArchiveNotConfigured, EakteError, MoveRefused, OnHold, SamePerson
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.disposal_runs import RunAnswer, RunResult
from eakte.records.states import LABELS, RUN_LABELS, CaseFileState, DisposalRunState
from eakte.store.disposal import Disposal
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.history import record
from eakte.texts import sentence
from retention.archive import ArchiveGateway

WANTED = CaseFileState.EVALUATED_ARCHIVE


def go_on(
    session: Session,
    actor: Actor,
    run_id: UUID,
    gateway: ArchiveGateway | None,
    now: datetime,
    *,
    terms: Terms = DEFAULT,
) -> None:
    """Move a run on as its records manager: to the departments, to the archive, or before the second person.

    Raises:
        MoveRefused: Somebody else has to act first, or the run has ended.
    """
    actor.require(Permission.DISPOSE)
    run = run_of(session, actor, run_id, now)
    state = run.state
    if state is DisposalRunState.DRAFT:
        begin_review(session, actor, run_id, now)
    elif state is DisposalRunState.REVIEW:
        waits = run_appraisal.offer(session, actor, run_id, gateway, now, terms=terms)
        if not waits and run.state in {DisposalRunState.REVIEW, DisposalRunState.APPRAISAL}:
            submit(session, actor, run_id, now)
    elif state is DisposalRunState.APPRAISAL:
        submit(session, actor, run_id, now)
    else:
        raise MoveRefused(state=RUN_LABELS[state])


def submit(session: Session, actor: Actor, run_id: UUID, now: datetime) -> None:
    """Lay a run before the second person: destructions are proposed, what may not go leaves with the reason.

    Raises:
        MoveRefused: The departments or the archive have not decided about everything.
        DifferencesOpen: A person has to decide about a difference in the exchange with the archive first.
    """
    actor.require(Permission.DISPOSE)
    rows = all_locked(session, actor, run_of(session, actor, run_id, now), now)
    run = in_state(lock_run(session, run_id), DisposalRunState.REVIEW, DisposalRunState.APPRAISAL)
    if any(row.answer in {None, RunAnswer.KEEP_LONGER} for row in rows):
        raise MoveRefused(state="Antworten des Fachamts fehlen noch")
    if any(row.case_file.state is CaseFileState.OFFERED for row in rows):
        raise MoveRefused(state=LABELS[CaseFileState.OFFERED])
    exchange.check_none_open(session, [row.case_file_id for row in rows])
    settle(session, now, case_file_ids=[row.case_file_id for row in rows])
    for row in rows:
        if row.result is None and row.case_file.state is not WANTED:
            _propose(session, actor, run, row, now)
    run.submitted_by_id, run.submitted_by, run.submitted_at = actor.person_id, actor.signature, now
    session.flush()
    if unsettled(session, actor, run_id, now):
        step(session, actor, run, DisposalRunState.APPROVAL, now)
    else:
        end_if_done(session, run_id, now)


def _propose(session: Session, actor: Actor, run: DisposalRun, row: DisposalRunFile, now: datetime) -> None:
    try:
        [made] = disposal.propose(
            session, actor, [row.case_file_id], reason=f"Aussonderungslauf „{run.title}“", now=now
        )
    except disposal.AGAINST as refusal:
        _refuse(session, actor, row, refusal, now)
    else:
        row.disposal_id = made
        row.disposal = session.get_one(Disposal, made)


def _refuse(session: Session, actor: Actor, row: DisposalRunFile, refusal: EakteError, now: datetime) -> None:
    result = RunResult.ON_HOLD if isinstance(refusal, OnHold) else RunResult.REFUSED
    leave(session, actor, row, result, reason=sentence(refusal.code, refusal.detail), now=now)


def waiting_for_approval(session: Session, actor: Actor, run_id: UUID, now: datetime) -> list[DisposalRunFile]:
    """Return what of a run the actor would approve: all they may see that is not approved yet."""
    return [row for row in unsettled(session, actor, run_id, now) if row.approved_at is None]


def approve(
    session: Session,
    actor: Actor,
    run_id: UUID,
    *,
    typed_count: int | None,
    cooling_off_days: int,
    gateway: ArchiveGateway | None,
    now: datetime,
) -> None:
    """Approve everything of a run the actor may see, as the second person, who has typed the number of case files.

    Case files that may not go (any more) leave with the reason. Others that the actor may not see wait for somebody
    who may; only then the cooling-off time counts as the run's own and what the archive wants is handed over.

    Raises:
        CountNotConfirmed: See :func:`eakte.actions.disposal.check_count`.
        SamePerson: The actor laid the run before the second person.
        ArchiveNotConfigured: The archive decided by messages, and there is nowhere to send any more.
        DifferencesOpen: A person has to decide about a difference in the exchange with the archive first.
    """
    actor.require(Permission.DISPOSE)
    ids = [row.case_file_id for row in waiting_for_approval(session, actor, run_id, now)]
    found = in_state(run_of(session, actor, run_id, now), DisposalRunState.APPROVAL)
    disposal.check_count(typed_count, len(ids))
    rows, run = locked(session, actor, run_id, ids, now)
    in_state(run, DisposalRunState.APPROVAL)
    if actor.person_id is None or actor.person_id == found.submitted_by_id:
        raise SamePerson
    exchange.check_none_open(session, ids)
    for row in rows:
        _approve(session, actor, row, cooling_off_days, now)
    session.flush()
    _execute(session, actor, run, cooling_off_days, gateway, now)


def _approve(session: Session, actor: Actor, row: DisposalRunFile, cooling_off_days: int, now: datetime) -> None:
    if row.disposal_id is not None:
        try:
            disposal.approve(session, actor, row.disposal_id, cooling_off_days=cooling_off_days, now=now)
        except disposal.AGAINST as refusal:
            _refuse(session, actor, row, refusal, now)
            return
    row.approved_by, row.approved_at = actor.signature, now
    record(
        session,
        actor,
        "disposal_run.approved",
        about=("disposal_run", row.run_id),
        now=now,
        case_file_id=row.case_file_id,
        changes={"decided_by": (None, row.approved_by)},
    )


def _execute(
    session: Session,
    actor: Actor,
    run: DisposalRun,
    cooling_off_days: int,
    gateway: ArchiveGateway | None,
    now: datetime,
) -> None:
    rows = list(
        session.scalars(
            select(DisposalRunFile).where(DisposalRunFile.run_id == run.id, DisposalRunFile.result.is_(None))
        )
    )
    if any(row.approved_at is None for row in rows):
        return
    destroys = any(row.disposal_id is not None for row in rows)
    run.not_before = day_of(now) + timedelta(days=cooling_off_days) if destroys else None
    cools = destroys and cooling_off_days > 0
    if rows:
        step(session, actor, run, DisposalRunState.COOLING_OFF if cools else DisposalRunState.EXECUTION, now)
    wanted = {row.case_file.process_id for row in rows if row.disposal_id is None} - {None}
    if wanted and not run.by_hand:
        if gateway is None:
            raise ArchiveNotConfigured
        for process_id in sorted(each for each in wanted if each):
            exchange.send_transfer(session, process_id)
    end_if_done(session, run.id, now)
