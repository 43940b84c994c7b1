"""How case files leave a disposal run, and how a run ends: by what a person decides, or by what the facts say.

Whatever happens to a case file of a run is told here in the same transaction: a hold is placed, its destruction is
done, the archive has it. The hourly upkeep compares all running runs with the facts once more.

Rows are locked in this order: destructions, case files, runs, history.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.desk import OPEN_DISPOSALS
from eakte.actions.disposal import withdraw
from eakte.actions.exchange import move
from eakte.actions.verdicts import decisions
from eakte.records.access import SYSTEM, Actor
from eakte.records.calendar import day_of
from eakte.records.disposal_runs import RUN_SETTLES, RUN_UNDER_WAY, RunFacts, RunResult, result_of
from eakte.records.states import CaseFileState, DisposalRunState, DisposalState, move_disposal_run
from eakte.store.disposal import Disposal
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.files import CaseFile
from eakte.store.history import record, set_to
from retention.model import DisposalAction, Outcome

RECALLED = frozenset({CaseFileState.OFFERED, CaseFileState.EVALUATED_ARCHIVE, CaseFileState.EVALUATED_DESTROY})
"""States a file got by being offered, from which it goes back to "closed" when it leaves the run."""
DONE = frozenset({RunResult.DESTROYED, RunResult.HANDED_OVER})


def running_files() -> Select[DisposalRunFile]:
    """Return the query for all case files that are in a running run."""
    return (
        select(DisposalRunFile)
        .join(DisposalRun, DisposalRun.id == DisposalRunFile.run_id)
        .join(CaseFile, CaseFile.id == DisposalRunFile.case_file_id)
        .where(DisposalRunFile.result.is_(None), DisposalRun.state.in_(RUN_UNDER_WAY))
        .options(joinedload(DisposalRunFile.case_file), joinedload(DisposalRunFile.disposal))
        .order_by(CaseFile.file_reference)
    )


def lock_disposals(session: Session, case_file_ids: Collection[UUID]) -> None:
    """Lock the open destructions of case files, before the files themselves."""
    query = select(Disposal.id).where(Disposal.case_file_id.in_(case_file_ids), Disposal.state.in_(OPEN_DISPOSALS))
    session.scalars(query.order_by(Disposal.id).with_for_update()).all()


def lock_files(session: Session, case_file_ids: Collection[UUID]) -> None:
    """Lock case files in the usual order."""
    query = select(CaseFile).where(CaseFile.id.in_(case_file_ids)).order_by(CaseFile.file_reference)
    session.scalars(query.with_for_update(of=CaseFile).execution_options(populate_existing=True)).all()


def lock_run(session: Session, run_id: UUID) -> DisposalRun:
    """Return a run, its row locked."""
    return session.get_one(DisposalRun, run_id, with_for_update=True, populate_existing=True)


def running(session: Session) -> list[UUID]:
    """Return the runs that have not ended."""
    return list(session.scalars(select(DisposalRun.id).where(DisposalRun.state.in_(RUN_UNDER_WAY))))


def settle_run(session: Session, run_id: UUID, now: datetime) -> int:
    """Compare all of a run with the facts, as :func:`settle` does, locking what it looks at."""
    ids = [row.case_file_id for row in session.scalars(running_files().where(DisposalRunFile.run_id == run_id))]
    lock_disposals(session, ids)
    lock_files(session, ids)
    found = settle(session, now, case_file_ids=ids)
    end_if_done(session, run_id, now)
    return found


def settle(session: Session, now: datetime, *, case_file_ids: Collection[UUID]) -> int:
    """Compare case files, whose rows the caller has locked, with what their runs need; return how many left."""
    query = running_files().where(DisposalRunFile.case_file_id.in_(case_file_ids))
    rows = list(session.scalars(query))
    results = _results(session, rows, now)
    for row in rows:
        if (result := results.get(row.case_file_id)) is not None:
            leave(session, SYSTEM, row, result, now=now)
    for run_id in sorted({row.run_id for row in rows}):
        end_if_done(session, run_id, now)
    return len(results)


def outcomes_of(session: Session, rows: Sequence[DisposalRunFile], now: datetime) -> dict[UUID, Outcome]:
    """Return today's verdicts of the case files of some rows; those destroyed have none."""
    ids = [row.case_file_id for row in rows]
    return {file.id: made.outcome for file, made in decisions(session, day_of(now), ids)} if ids else {}


def _results(session: Session, rows: Sequence[DisposalRunFile], now: datetime) -> dict[UUID, RunResult]:
    outcomes, found = outcomes_of(session, rows, now), {}
    for row in rows:
        outcome = outcomes.get(row.case_file_id, row.outcome)
        if (result := result_of(facts_of(row, outcome))) is not None:
            found[row.case_file_id] = result
    return found


def facts_of(row: DisposalRunFile, outcome: Outcome) -> RunFacts:
    """Return what the pure decisions need to know of a row with today's verdict."""
    return RunFacts(
        file_state=row.case_file.state,
        outcome=outcome,
        on_hold=outcome is Outcome.ON_HOLD,
        answer=row.answer,
        offered=row.offered_at is not None,
        decision=row.decision,
        approved=row.approved_at is not None,
        disposal=row.disposal.state if row.disposal else None,
        result=row.result,
    )


def leave(
    session: Session, actor: Actor, row: DisposalRunFile, result: RunResult, *, reason: str = "", now: datetime
) -> None:
    """Give a case file its result in the run; unless it was executed it stands afterwards as it did before."""
    disposal = row.disposal
    if disposal is not None and disposal.state in {DisposalState.PROPOSED, DisposalState.APPROVED}:
        withdraw(session, actor, disposal, now)
    if row.offered_at is not None and row.case_file.state in RECALLED:
        move(session, actor, row.case_file, CaseFileState.CLOSED, action="case_file.offer_withdrawn", now=now)
    row.result, row.result_reason, row.result_by, row.result_at = result, reason.strip(), actor.signature, now
    changes = set_to(run_result=result, reason=row.result_reason or None)
    # What of a destroyed file was said may not outlive it: the result alone is in the entry itself.
    told = None if result is RunResult.DESTROYED else changes
    record(
        session,
        actor,
        "disposal_run.settled",
        about=("disposal_run", row.run_id),
        now=now,
        case_file_id=row.case_file_id,
        detail={"run_result": result.value},
        changes=told,
    )


def end_if_done(session: Session, run_id: UUID, now: datetime) -> None:
    """Close a run when every record has its result."""
    session.flush()
    left = select(DisposalRunFile.case_file_id).where(
        DisposalRunFile.run_id == run_id, DisposalRunFile.result.is_(None)
    )
    if session.scalar(left.limit(1)) is not None:
        return
    run = lock_run(session, run_id)
    if run.state in RUN_SETTLES:
        step(session, SYSTEM, run, DisposalRunState.CLOSED, now)
        run.closed_at = now


def step(session: Session, actor: Actor, run: DisposalRun, to: DisposalRunState, now: datetime) -> None:
    """Move a run whose row is locked, and tell it."""
    before = run.state
    run.state = move_disposal_run(run.state, to)
    run.revision += 1
    record(
        session,
        actor,
        "disposal_run.moved",
        about=("disposal_run", run.id),
        now=now,
        detail={"run_state": to.value},
        changes={"run_state": (before, to)},
    )


def began(session: Session, disposal_id: UUID, now: datetime) -> None:
    """Tell the run of a destruction that it has begun: its cooling-off time is over."""
    row = _of_disposal(session, disposal_id)
    if row is not None and row.run.state is DisposalRunState.COOLING_OFF:
        step(session, SYSTEM, lock_run(session, row.run_id), DisposalRunState.EXECUTION, now)


def destroyed(session: Session, disposal_id: UUID, now: datetime) -> None:
    """Tell the run of a destruction that it is done."""
    row = _of_disposal(session, disposal_id)
    if row is not None and row.result is None:
        leave(session, SYSTEM, row, RunResult.DESTROYED, now=now)
        end_if_done(session, row.run_id, now)


def _of_disposal(session: Session, disposal_id: UUID) -> DisposalRunFile | None:
    return session.scalar(select(DisposalRunFile).where(DisposalRunFile.disposal_id == disposal_id))


def appraised(
    session: Session, actor: Actor, case_file_id: UUID, decision: DisposalAction, *, by: str, now: datetime
) -> None:
    """Note in a run what the archive decided about a case file; the file's history tells it."""
    row = session.scalar(running_files().where(DisposalRunFile.case_file_id == case_file_id))
    if row is None:
        return
    row.decision, row.decided_by, row.decided_at = decision, by, now
    record(
        session,
        actor,
        "disposal_run.appraised",
        about=("disposal_run", row.run_id),
        now=now,
        case_file_id=case_file_id,
        detail={"decision": decision.value},
        changes=set_to(appraisal=decision),
    )
