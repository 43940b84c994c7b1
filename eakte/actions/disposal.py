"""Disposal by the records manager: the proposal, and the approval by a second person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.desk import OPEN_DISPOSALS, open_disposals
from eakte.actions.guard import case_file_of, case_files_of
from eakte.actions.sharing import check_not_in_process
from eakte.actions.verdicts import verdict_of
from eakte.errors import (
    CountNotConfirmed,
    MissingReason,
    MoveRefused,
    NotDue,
    NotFound,
    OnHold,
    PaperOnLoan,
    SamePerson,
    SharedInProcess,
)
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.differences import DifferencesOpen
from eakte.records.states import LABELS, CaseFileState, DisposalState, move_disposal
from eakte.store.disposal import DestructionCertificate, Disposal, DisposalHold
from eakte.store.exchange import blocked
from eakte.store.files import CaseFile, reached, visible
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.jobs import enqueue
from eakte.store.paper import on_loan
from retention.model import Outcome

AGAINST = (OnHold, PaperOnLoan, NotDue, MoveRefused, SharedInProcess, DifferencesOpen)
"""What :func:`check_may_go` raises."""
DECIDED_FIELDS = ("state", "decided_by", "not_before")
DECIDED = frozenset({CaseFileState.EVALUATED_DESTROY, CaseFileState.ARCHIVED})
"""States in which the archive has spoken, so that destruction needs no verdict "destroy"."""


def check_may_go(session: Session, case_file: CaseFile, today: date) -> None:
    """Check everything that must hold before a case file may be destroyed, now and from the facts.

    Raises:
        OnHold: A disposal hold is active.
        PaperOnLoan: A part of it is on paper and somebody has it.
        NotDue: The period is not over, or the archive has not decided.
        MoveRefused: The state does not allow destruction.
        SharedInProcess: A document also lies in a file that is on its way out.
        DifferencesOpen: Something in its exchange with the archive waits for a person.
    """
    holds = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == case_file.id))
    if active := [row.reason for row in holds if row.hold().active(today)]:
        raise OnHold(reference=case_file.file_reference, reason="; ".join(active))
    if out := on_loan(session, case_file.id):
        raise PaperOnLoan(number=str(out[0][0]), borrower=out[0][1])
    if case_file.state not in {CaseFileState.CLOSED, *DECIDED}:
        raise MoveRefused(state=LABELS[case_file.state])
    check_not_in_process(session, case_file.id)
    if blocked(session, [case_file.id]):
        raise DifferencesOpen
    verdict = verdict_of(session, case_file, today)
    # Once the archive has decided or received the file, the period must be over all the same.
    due = {Outcome.DESTROY} if case_file.state is CaseFileState.CLOSED else {Outcome.DESTROY, Outcome.OFFER}
    if verdict.outcome not in due:
        raise NotDue(reference=case_file.file_reference)


def propose(
    session: Session, actor: Actor, case_file_ids: Collection[UUID], *, reason: str, now: datetime
) -> tuple[UUID, ...]:
    """Propose the destruction of case files whose period is over, all or none; return the disposals' ids.

    Raises:
        MissingReason: No reason was given.
        OnHold, NotDue, MoveRefused: See :func:`check_may_go`; also when a proposal is open already.
    """
    actor.require(Permission.DISPOSE)
    if not reason.strip():
        raise MissingReason
    return tuple(
        _propose_one(session, actor, case_file, reason=reason, now=now)
        for case_file in case_files_of(session, actor, case_file_ids, now)
    )


def _propose_one(session: Session, actor: Actor, case_file: CaseFile, *, reason: str, now: datetime) -> UUID:
    check_may_go(session, case_file, day_of(now))
    if open_disposals(session, [case_file.id]):
        raise MoveRefused(state=LABELS[DisposalState.PROPOSED])
    disposal = Disposal(
        case_file_id=case_file.id,
        reason=reason.strip(),
        proposed_by_id=actor.person_id,
        proposed_by=actor.signature,
        proposed_at=now,
    )
    session.add(disposal)
    session.flush()
    _log(session, actor, disposal, "disposal.proposed", now, set_to(state=disposal.state, reason=disposal.reason))
    return disposal.id


def approve(session: Session, actor: Actor, disposal_id: UUID, *, cooling_off_days: int, now: datetime) -> Disposal:
    """Approve a proposal as the second person; destruction follows when the cooling-off time is over.

    Raises:
        SamePerson: The approver made the proposal.
        OnHold, NotDue, MoveRefused: The facts have changed since the proposal.
    """
    actor.require(Permission.DISPOSE)
    disposal = disposal_of(session, actor, disposal_id, now)
    if actor.person_id is None or actor.person_id == disposal.proposed_by_id:
        raise SamePerson
    case_file = case_file_of(session, actor, disposal.case_file_id, now, lock=True)
    check_may_go(session, case_file, day_of(now))
    before = noted(disposal, *DECIDED_FIELDS)
    disposal.state = move_disposal(disposal.state, DisposalState.APPROVED)
    disposal.decided_by_id, disposal.decided_by, disposal.decided_at = actor.person_id, actor.signature, now
    disposal.not_before = day_of(now) + timedelta(days=cooling_off_days)
    _log(session, actor, disposal, "disposal.approved", now, since(before, disposal))
    if cooling_off_days == 0:
        start(session, disposal)
    return disposal


def check_count(typed: int | None, count: int) -> None:
    """Check that a person who decides about several case files at once has typed how many they are.

    Raises:
        CountNotConfirmed: Another number, or none, was typed.
    """
    if typed != count:
        raise CountNotConfirmed(count=str(count))


def start(session: Session, disposal: Disposal) -> None:
    """Queue the execution of an approved destruction; twice is once."""
    enqueue(session, "destruction", str(disposal.id), str(disposal.id))


def ready(session: Session, today: date) -> list[Disposal]:
    """Return approved destructions whose cooling-off time is over, and those that were interrupted."""
    query = select(Disposal).where(
        ((Disposal.state == DisposalState.APPROVED) & (Disposal.not_before <= today))
        | (Disposal.state == DisposalState.EXECUTING)
    )
    return list(session.scalars(query))


def reject(session: Session, actor: Actor, disposal_id: UUID, *, now: datetime) -> None:
    """Reject a proposal, or take an approval back while the cooling-off time runs."""
    actor.require(Permission.DISPOSE)
    withdraw(session, actor, disposal_of(session, actor, disposal_id, now), now)


def withdraw(session: Session, actor: Actor, disposal: Disposal, now: datetime) -> None:
    """Reject a destruction for somebody who may, or because its case file left its run; its row is locked."""
    before = noted(disposal, *DECIDED_FIELDS)
    disposal.state = move_disposal(disposal.state, DisposalState.REJECTED)
    disposal.decided_by_id, disposal.decided_by, disposal.decided_at = actor.person_id, actor.signature, now
    _log(session, actor, disposal, "disposal.rejected", now, since(before, disposal))


def disposal_of(session: Session, actor: Actor, disposal_id: UUID, now: datetime) -> Disposal:
    """Return the disposal of a case file the actor may see, its row locked."""
    disposal = session.get(Disposal, disposal_id, with_for_update=True, populate_existing=True)
    if disposal is None:
        raise NotFound
    case_file_of(session, actor, disposal.case_file_id, now)
    return disposal


def proposals(session: Session, actor: Actor, now: datetime) -> tuple[Disposal, ...]:
    """Return the open destructions of visible case files, oldest first."""
    actor.require(Permission.DISPOSE)
    return tuple(
        session.scalars(
            select(Disposal)
            .join(CaseFile, CaseFile.id == Disposal.case_file_id)
            .where(Disposal.state.in_(OPEN_DISPOSALS), visible(actor.keys, now))
            .options(joinedload(Disposal.case_file))
            .order_by(Disposal.proposed_at)
        )
    )


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A finished destruction in the list of certificates."""

    disposal_id: UUID
    reference: str
    done_at: datetime
    proposed_by: str
    decided_by: str
    signed: bool
    """Whether its JSON has a signature."""


def certificates(
    session: Session, actor: Actor, *, before: tuple[datetime, UUID] | None = None, limit: int = 100, now: datetime
) -> tuple[CertificateRow, ...]:
    """Return the finished destructions of case files the actor could see, newest first.

    *before* is the moment and the id of the last one seen.
    """
    actor.require(Permission.DISPOSE)
    query = (
        select(Disposal, CaseFile.file_reference, DestructionCertificate.signature.is_not(None))
        .join(CaseFile, CaseFile.id == Disposal.case_file_id)
        .join(DestructionCertificate, DestructionCertificate.disposal_id == Disposal.id)
        .where(Disposal.state == DisposalState.DONE, reached(actor.keys, now))
    )
    if before is not None:
        at, last_id = before
        query = query.where(or_(Disposal.done_at < at, and_(Disposal.done_at == at, Disposal.id < last_id)))
    rows = session.execute(query.order_by(Disposal.done_at.desc(), Disposal.id.desc()).limit(limit)).all()
    return tuple(
        CertificateRow(row.id, reference, row.done_at or row.proposed_at, row.proposed_by, row.decided_by or "", signed)
        for row, reference, signed in rows
    )


def certificate(session: Session, actor: Actor, disposal_id: UUID, now: datetime) -> DestructionCertificate:
    """Return the certificate of a finished destruction of a case file the actor could see."""
    actor.require(Permission.DISPOSE)
    found = session.scalar(
        select(DestructionCertificate)
        .join(Disposal, Disposal.id == DestructionCertificate.disposal_id)
        .join(CaseFile, CaseFile.id == Disposal.case_file_id)
        .where(Disposal.id == disposal_id, reached(actor.keys, now))
    )
    if found is None:
        raise NotFound
    return found


def signature(session: Session, actor: Actor, disposal_id: UUID, now: datetime) -> bytes:
    """Return the signature of a certificate's JSON, where the authority had a key."""
    found = certificate(session, actor, disposal_id, now).signature
    if found is None:
        raise NotFound
    return found


def _log(session: Session, actor: Actor, disposal: Disposal, action: str, now: datetime, changes: Changes) -> None:
    record(
        session,
        actor,
        action,
        about=("disposal", disposal.id),
        now=now,
        case_file_id=disposal.case_file_id,
        detail={"not_before": disposal.not_before.isoformat()} if disposal.not_before else {},
        changes=changes,
    )
