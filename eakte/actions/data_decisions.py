"""What is decided about each case file of a data subject's request, and the answer that follows from it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import disposal, restricting
from eakte.actions.data_requests import record_of, request_of, tell
from eakte.actions.desk import open_disposals
from eakte.actions.guard import check_revision, sees
from eakte.actions.moving_places import holds_on
from eakte.actions.restricting import Terms
from eakte.actions.verdicts import verdict_of
from eakte.errors import EakteError, InvalidInput, MissingReason, MoveRefused
from eakte.records import data_requests as rules
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.data_requests import RecordDecision, RequestKind, RequestState, Standing
from eakte.records.holding import in_a_year
from eakte.records.processing import PROVISIONAL, Ground
from eakte.records.states import CaseFileState, DisposalState
from eakte.store.data_requests import DataRequest, DataRequestRecord
from eakte.store.disposal import Disposal
from eakte.store.files import CaseFile
from eakte.store.history import noted, since
from eakte.store.plan import RetentionRule
from eakte.store.processing import ProcessingRestriction, running_on
from retention.model import Outcome

REASON = "Betroffenenantrag (Art. 17 DSGVO)"
"""Of the destructions that are proposed: the words of a person do not stand in them."""


class RecordsUndecided(EakteError):
    """A request is answered only when every case file of it is decided."""

    code, status = "records-undecided", 409


class DecisionRefused(EakteError):
    """What stands against an erasure does not allow the decision, or it is none for this kind of request."""

    code, status = "decision-refused", 409


def standing_of(session: Session, actor: Actor, file: CaseFile, now: datetime) -> Standing:
    """Return what a case file meets today, from the facts."""
    today = day_of(now)
    verdict = verdict_of(session, file, today)
    rule = session.get(RetentionRule, verdict.rule_id) if verdict.rule_id else None
    ended = verdict.retention_end is not None and verdict.retention_end < today
    return Standing(
        is_open=file.state is CaseFileState.OPEN,
        holds=tuple(holds_on(session, file, now)),
        retention_end=verdict.retention_end,
        rule=verdict.rule_id or "",
        source=rule.legal_basis if rule else "",
        runs=verdict.outcome not in {Outcome.DESTROY, Outcome.OFFER} and not ended,
        to_offer=verdict.outcome is Outcome.OFFER and file.state not in disposal.DECIDED,
        restricted=bool(running_on(session, file.id, now)),
        seen=sees(session, actor, file.id, now),
        may_dispose=actor.may(Permission.DISPOSE),
        may_go=bool(open_disposals(session, [file.id])) or _may_go(session, file, today),
    )


def _may_go(session: Session, file: CaseFile, today: date) -> bool:
    try:
        disposal.check_may_go(session, file, today)
    except disposal.AGAINST:
        return False
    return True


def decide(
    session: Session,
    actor: Actor,
    record_id: UUID,
    decision: RecordDecision,
    *,
    reason: str,
    ground: Ground = Ground.RETENTION,
    now: datetime,
) -> UUID:
    """Decide about one case file of a request, and do it; return the request.

    Restricting restricts it at once, erasing proposes its destruction on the one delete path, where a second person
    approves. *ground* is asked where a restriction was requested; in place of an erasure it is the duty to keep.

    Raises:
        NotFound: There is none, or the actor may not know of the case file.
        MissingReason: No reason was given.
        MoveRefused: It is decided or destroyed already, or the request is answered.
        DecisionRefused: A duty, a hold or the archive stands against erasing it.
        AnotherWorks: Somebody else works on the request.
    """
    row, found = record_of(session, actor, record_id, now)
    if row.decision is not None:
        raise MoveRefused(state="entschieden")
    if row.case_file.state is CaseFileState.DESTROYED:
        raise MoveRefused(state="vernichtet")
    if not reason.strip():
        raise MissingReason
    standing = standing_of(session, actor, row.case_file, now)
    if decision not in rules.allowed(found.kind, standing):
        raise DecisionRefused
    row.decision, row.reason, row.decided_by, row.decided_at = decision, reason.strip(), actor.login, now
    # Destructions and case files are locked by what is done, before the history is.
    if decision is RecordDecision.ERASE:
        row.disposal_id = _disposal(session, actor, row.case_file, now)
    elif decision is RecordDecision.RESTRICT:
        why = Ground.RETENTION if found.kind is RequestKind.ERASURE else ground
        row.restriction_id = _restriction(session, actor, row, found, why, standing, now)
    told = {"record_decision": (None, decision.value)}
    tell(session, actor, found, "data_request.decided", now, told, case_file_id=row.case_file_id)
    return found.id


def _disposal(session: Session, actor: Actor, file: CaseFile, now: datetime) -> UUID:
    if there := open_disposals(session, [file.id]):
        return there[file.id].id
    [made] = disposal.propose(session, actor, [file.id], reason=REASON, now=now)
    return made


def _restriction(
    session: Session,
    actor: Actor,
    row: DataRequestRecord,
    found: DataRequest,
    ground: Ground,
    standing: Standing,
    now: datetime,
) -> UUID:
    if there := running_on(session, row.case_file_id, now):
        return there[0].id
    today = day_of(now)
    end = standing.retention_end
    if ground in PROVISIONAL:
        review_on = rules.due_on(today, extended=True)
    else:
        review_on = end if ground is Ground.RETENTION and end is not None and end > today else in_a_year(today)
    terms = Terms(ground, row.reason, found.owner, review_on)
    return restricting.restrict_file(session, actor, row.case_file_id, terms, now=now)


def reconsider(session: Session, actor: Actor, record_id: UUID, *, now: datetime) -> UUID:
    """Take a decision back before the answer; return the request.

    Raises:
        NotFound, AnotherWorks: As for deciding.
        MoveRefused: Nothing is decided, or what was done because of it stands: that has to be ended first.
    """
    row, found = record_of(session, actor, record_id, now)
    if row.decision is None:
        raise MoveRefused(state="nicht entschieden")
    ordered = session.get(Disposal, row.disposal_id) if row.disposal_id else None
    if ordered is not None and ordered.state is not DisposalState.REJECTED:
        raise MoveRefused(state="Vernichtung vorgeschlagen")
    placed = session.get(ProcessingRestriction, row.restriction_id) if row.restriction_id else None
    if placed is not None and placed.until is None:
        raise MoveRefused(state="Verarbeitung eingeschränkt")
    told = {"record_decision": (row.decision.value, None)}
    row.decision = row.decided_by = row.decided_at = row.disposal_id = row.restriction_id = None
    row.reason = ""
    tell(session, actor, found, "data_request.reconsidered", now, told, case_file_id=row.case_file_id)
    return found.id


def keep_draft(
    session: Session, actor: Actor, request_id: UUID, text: str, *, revision: int | None = None, now: datetime
) -> None:
    """Keep the answer as it is written so far; an empty text makes it follow from the decisions again.

    Raises:
        NotFound, AnotherWorks, MoveRefused: See ``data_requests.request_of``.
        StaleRevision: Somebody else changed the request since.
    """
    found = request_of(session, actor, request_id, now, change=True)
    check_revision(found.revision, revision)
    written = bool(found.answer)
    found.answer = text.strip()
    tell(session, actor, found, "data_request.drafted", now, {"drafted": (written, bool(found.answer))})


def answer(
    session: Session, actor: Actor, request_id: UUID, text: str, *, revision: int | None = None, now: datetime
) -> None:
    """Keep the answer as it goes to the person; with that the request is closed.

    Raises:
        InvalidInput: There is no text.
        RecordsUndecided: A case file of it is not decided.
        NotFound, AnotherWorks, MoveRefused, StaleRevision: As for a draft.
    """
    found = request_of(session, actor, request_id, now, change=True)
    check_revision(found.revision, revision)
    if not text.strip():
        raise InvalidInput(problem="Die Antwort ist leer.", field="answer")
    undecided = (
        select(DataRequestRecord.id)
        .join(CaseFile, CaseFile.id == DataRequestRecord.case_file_id)
        .where(
            DataRequestRecord.request_id == found.id,
            DataRequestRecord.decision.is_(None),
            CaseFile.state != CaseFileState.DESTROYED,
        )
    )
    if session.scalar(undecided.limit(1)) is not None:
        raise RecordsUndecided
    before = noted(found, "state")
    found.state, found.answer = RequestState.ANSWERED, text.strip()
    found.answered_on, found.answered_by = day_of(now), actor.login
    tell(session, actor, found, "data_request.answered", now, since(before, found))
