"""The archive decides about the case files of a disposal run: by the messages of an exchange, or by hand.

Where an exchange is set up, offer and hand-over are those of ``actions.exchange``; where none is, the archivist
decides here and confirms what was taken over. The states of the case files are the same either way.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import exchange
from eakte.actions.archive_terms import DEFAULT, Terms
from eakte.actions.disposal_runs import all_locked, in_state, locked, run_of
from eakte.actions.run_settling import appraised as note_appraisal
from eakte.actions.run_settling import end_if_done, leave, lock_run, outcomes_of, settle, step
from eakte.errors import InvalidInput, MoveRefused
from eakte.records.access import Actor, Permission
from eakte.records.disposal_runs import RunAnswer, RunResult, needs_appraisal
from eakte.records.states import LABELS, CaseFileState, DisposalRunState
from retention.archive import ArchiveGateway
from retention.model import DisposalAction


def offer(
    session: Session,
    actor: Actor,
    run_id: UUID,
    gateway: ArchiveGateway | None,
    now: datetime,
    *,
    terms: Terms = DEFAULT,
) -> bool:
    """Offer what the archive has to decide about when all departments have answered; return whether it has to.

    In two steps it wants by the rules what they call A; about the rest the archivist decides here.

    Raises:
        MoveRefused: An answer is missing, a wish is open, or the run holds files the actor may not see.
    """
    actor.require(Permission.DISPOSE)
    rows = all_locked(session, actor, run_of(session, actor, run_id, now), now)
    run = in_state(lock_run(session, run_id), DisposalRunState.REVIEW)
    if any(row.answer in {None, RunAnswer.KEEP_LONGER} for row in rows):
        raise MoveRefused(state="Antworten des Fachamts fehlen noch")
    settle(session, now, case_file_ids=[row.case_file_id for row in rows])
    outcomes = outcomes_of(session, rows, now)
    rows = [row for row in rows if row.result is None]
    rows = [row for row in rows if needs_appraisal(outcomes[row.case_file_id], row.case_file.state)]
    if not rows:
        return False
    chosen = DEFAULT if gateway is None else terms
    process_ids = exchange.lay_before_archive(session, actor, [row.case_file_id for row in rows], now, chosen)
    run.process_id, run.by_hand = process_ids[0], gateway is None
    if not run.by_hand and not chosen.two_step:
        for process_id in process_ids:
            exchange.send_offer(session, process_id)
    for row in rows:
        row.offered_at = now
        if row.case_file.state is CaseFileState.EVALUATED_ARCHIVE:
            by = f"Regel {row.rule_id}"
            note_appraisal(session, actor, row.case_file_id, DisposalAction.ARCHIVE, by=by, now=now)
    step(session, actor, run, DisposalRunState.APPRAISAL, now)
    return any(row.case_file.state is CaseFileState.OFFERED for row in rows)


def decide(
    session: Session,
    actor: Actor,
    run_id: UUID,
    case_file_ids: Collection[UUID],
    decision: DisposalAction,
    now: datetime,
) -> None:
    """Decide for the archive, by hand: A and V stand, with B a case file leaves the run until another time.

    Raises:
        MoveRefused: The archive decides by messages, the run is not with it, or a file is decided about already.
    """
    actor.require(Permission.APPRAISE)
    rows, run = locked(session, actor, run_id, case_file_ids, now)
    in_state(run, DisposalRunState.APPRAISAL)
    if not run.decides_here:
        raise MoveRefused(state="das Archiv entscheidet mit seiner Nachricht")
    for row in rows:
        if row.case_file.state is not CaseFileState.OFFERED:
            raise MoveRefused(state=LABELS[row.case_file.state])
        note_appraisal(session, actor, row.case_file_id, decision, by=actor.signature, now=now)
        if decision is DisposalAction.REVIEW:
            leave(session, actor, row, RunResult.DEFERRED, now=now)
        else:
            wanted = decision is DisposalAction.ARCHIVE
            to = CaseFileState.EVALUATED_ARCHIVE if wanted else CaseFileState.EVALUATED_DESTROY
            exchange.move(session, actor, row.case_file, to, action="case_file.appraised", now=now)
    end_if_done(session, run_id, now)


def take_over(
    session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], *, reference: str, now: datetime
) -> None:
    """Confirm by hand that the archive has case files, under its own reference (Archivsignatur).

    Raises:
        InvalidInput: The reference is missing.
        MoveRefused: The archive confirms by messages, or a file is not on its way to it.
    """
    actor.require(Permission.APPRAISE)
    if not reference.strip():
        raise InvalidInput(problem="Bitte geben Sie die Kennung des Archivs an.", field="reference")
    rows, run = locked(session, actor, run_id, case_file_ids, now)
    in_state(run, DisposalRunState.COOLING_OFF, DisposalRunState.EXECUTION)
    for row in rows:
        if not run.by_hand or row.case_file.state is not CaseFileState.EVALUATED_ARCHIVE:
            raise MoveRefused(state=LABELS[row.case_file.state])
        exchange.move(session, actor, row.case_file, CaseFileState.TRANSFERRED, action="case_file.transferred", now=now)
        row.case_file.archive_reference = reference.strip()[:200]
        exchange.move(session, actor, row.case_file, CaseFileState.ARCHIVED, action="case_file.archived", now=now)
        leave(session, actor, row, RunResult.HANDED_OVER, now=now)
    end_if_done(session, run_id, now)
