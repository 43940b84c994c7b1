"""The department reviews the case files of a disposal run; the records manager decides about what it wishes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import holds
from eakte.actions.disposal_runs import in_state, locked
from eakte.actions.run_settling import end_if_done, leave
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.disposal_runs import ANSWER_LABELS, RunAnswer, RunResult
from eakte.records.states import DisposalRunState
from eakte.store.disposal_runs import DisposalRunFile
from eakte.store.history import noted, record, since

ANSWER_FIELDS = ("answer", "answer_reason", "keep_until")


def answer(
    session: Session,
    actor: Actor,
    run_id: UUID,
    case_file_ids: Collection[UUID],
    given: RunAnswer,
    *,
    reason: str = "",
    keep_until: date | None = None,
    now: datetime,
) -> None:
    """Answer for the department that keeps the case files: agree, object, or ask to keep them until a day.

    An objection takes a file out at once; a wish waits for the records manager. An answer may be changed while the
    run is with the departments.

    Raises:
        MissingReason: An objection or a wish needs one.
        InvalidInput: A wish needs a day in the future.
        NotFound: A file is not the actor's department's.
        MoveRefused: The run is not with the departments.
    """
    actor.require(Permission.CLOSE)
    if given is RunAnswer.OVERRULED:
        raise InvalidInput(problem="So antwortet kein Fachamt.", field="answer")
    if given is not RunAnswer.AGREED and not reason.strip():
        raise MissingReason
    wishes = given is RunAnswer.KEEP_LONGER
    if wishes and (keep_until is None or keep_until <= day_of(now)):
        raise InvalidInput(problem="Bitte nennen Sie den Tag, bis zu dem die Akte gebraucht wird.", field="until")
    rows, run = locked(session, actor, run_id, case_file_ids, now)
    in_state(run, DisposalRunState.REVIEW)
    if any(row.case_file.access_key not in actor.keys for row in rows):
        raise NotFound
    for row in rows:
        _note(session, actor, row, given, reason=reason, keep_until=keep_until if wishes else None, now=now)
        if given is RunAnswer.OBJECTED:
            leave(session, actor, row, RunResult.OBJECTED, reason=reason, now=now)
    end_if_done(session, run_id, now)


def _note(
    session: Session,
    actor: Actor,
    row: DisposalRunFile,
    given: RunAnswer,
    *,
    reason: str,
    keep_until: date | None,
    now: datetime,
) -> None:
    before = noted(row, *ANSWER_FIELDS)
    row.answer, row.answer_reason, row.keep_until = given, reason.strip(), keep_until
    row.answered_by, row.answered_at = actor.signature, now
    record(
        session,
        actor,
        "disposal_run.answered",
        about=("disposal_run", row.run_id),
        now=now,
        case_file_id=row.case_file_id,
        detail={"run_answer": given.value},
        changes=since(before, row),
    )


def grant(session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], now: datetime) -> None:
    """Grant the department's wish: a hold protects each case file until the day, and it leaves the run.

    Raises:
        MoveRefused: A file has no open wish, or the run is not with the departments.
    """
    actor.require(Permission.HOLD)
    for row in _wished(session, actor, run_id, case_file_ids, now):
        leave(session, actor, row, RunResult.KEPT_LONGER, reason=row.answer_reason, now=now)
        holds.place(session, actor, row.case_file_id, reason=row.answer_reason, review_on=row.keep_until, now=now)
    end_if_done(session, run_id, now)


def decline(
    session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], *, reason: str, now: datetime
) -> None:
    """Decline the department's wish with a reason: the case files stay in the run.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: See :func:`grant`.
    """
    actor.require(Permission.DISPOSE)
    if not reason.strip():
        raise MissingReason
    for row in _wished(session, actor, run_id, case_file_ids, now):
        _note(session, actor, row, RunAnswer.OVERRULED, reason=reason, keep_until=None, now=now)


def _wished(
    session: Session, actor: Actor, run_id: UUID, case_file_ids: Collection[UUID], now: datetime
) -> Sequence[DisposalRunFile]:
    rows, run = locked(session, actor, run_id, case_file_ids, now)
    in_state(run, DisposalRunState.REVIEW)
    for row in rows:
        if row.answer is not RunAnswer.KEEP_LONGER:
            raise MoveRefused(state=ANSWER_LABELS[row.answer] if row.answer else "das Fachamt hat nicht geantwortet")
    return rows
