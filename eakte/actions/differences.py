"""Differences in the exchange with the archive: a worklist, and what a person decides about each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import archive_answers, exchange
from eakte.actions.run_settling import RECALLED, end_if_done, leave, lock_disposals, lock_files, running_files
from eakte.errors import ArchiveNotConfigured, MissingReason, MoveRefused, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.differences import (
    DECISION_LABELS,
    EXPECTED,
    OF_MANAGERS,
    DifferenceDecision,
    offered_decisions,
)
from eakte.records.disposal_runs import RunResult
from eakte.records.states import LABELS, CaseFileState
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.exchange import DisposalMessage, ExchangeDifference, TransferredFile
from eakte.store.files import CaseFile, reached, unblocked
from eakte.store.history import record, set_to
from eakte.store.objects import ObjectStore
from retention.archive import ArchiveGateway
from retention.differences import LABELS as DIFFERENCE_LABELS

_SENDABLE = frozenset({CaseFileState.TRANSFERRED, CaseFileState.EVALUATED_ARCHIVE})
_GOES_ON = frozenset({DifferenceDecision.ACCEPTED, DifferenceDecision.SET_ASIDE, DifferenceDecision.APPLIED})


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A difference as a line of the worklist."""

    row: ExchangeDifference
    file: CaseFile | None
    """The case file it is about, if it is about one."""
    may_open: bool
    """Whether the actor may open the case file itself."""
    decisions: tuple[DifferenceDecision, ...]
    """What the actor may decide; empty once it is decided."""

    @property
    def label(self) -> str:
        """German name of what is odd."""
        return DIFFERENCE_LABELS.get(self.row.code, self.row.code)

    @property
    def expected(self) -> str:
        """What would have fitted."""
        return EXPECTED.get(self.row.code, "")


def seen(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know that this case file is in a process with the archive".

    An archivist, who reads nothing else, sees what was offered or handed over, unless a block stands against it.
    """
    own = reached(actor.keys, now)
    if actor.may(Permission.APPRAISE):
        return own | (CaseFile.process_id.is_not(None) & unblocked(actor.keys, now))
    return own


def _known(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know of this difference"."""
    of_file = select(CaseFile.id).where(CaseFile.id == ExchangeDifference.case_file_id, seen(actor, now))
    of_process = select(CaseFile.id).where(CaseFile.process_id == ExchangeDifference.process_id)
    whole = ExchangeDifference.case_file_id.is_(None)
    return or_(
        and_(~whole, of_file.correlate(ExchangeDifference).exists()),
        and_(whole, of_process.where(seen(actor, now)).correlate(ExchangeDifference).exists()),
        # Of a process nobody knows there is nothing to hide.
        and_(whole, ~of_process.correlate(ExchangeDifference).exists()),
    )


def listing(
    session: Session, actor: Actor, *, decided: bool = False, offset: int = 0, limit: int = 50, now: datetime
) -> tuple[tuple[DifferenceLine, ...], int]:
    """Return open differences, oldest first, or decided ones, newest first; and how many there are."""
    actor.require(Permission.EXCHANGE)
    row = ExchangeDifference
    where = (_known(actor, now), row.decision.is_not(None) if decided else row.decision.is_(None))
    order = (row.decided_at.desc(), row.id) if decided else (row.noticed_at, row.process_id, row.code, row.id)
    query = (
        select(row)
        .where(*where)
        .options(joinedload(row.message), joinedload(row.case_file))
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    rows = session.scalars(query).all()
    total = session.scalar(select(func.count()).select_from(row).where(*where)) or 0
    return _lines(session, actor, rows, now), total


def _lines(
    session: Session, actor: Actor, rows: Sequence[ExchangeDifference], now: datetime
) -> tuple[DifferenceLine, ...]:
    ids = [row.case_file_id for row in rows if row.case_file_id]
    there = select(CaseFile.id).where(
        CaseFile.id.in_(ids), reached(actor.keys, now), CaseFile.state != CaseFileState.DESTROYED
    )
    may_open = set(session.scalars(there)) if actor.may(Permission.READ) else set()
    return tuple(
        DifferenceLine(row, row.case_file, row.case_file_id in may_open, _decisions(actor, row)) for row in rows
    )


def _decisions(actor: Actor, row: ExchangeDifference) -> tuple[DifferenceDecision, ...]:
    if row.decision is not None:
        return ()
    offered = offered_decisions(row.code, row.message.kind)
    return tuple(one for one in offered if one not in OF_MANAGERS or actor.may(Permission.DISPOSE))


def decide(
    session: Session,
    actor: Actor,
    objects: ObjectStore,
    difference_ids: Collection[UUID],
    decision: DifferenceDecision,
    *,
    reason: str,
    gateway: ArchiveGateway | None,
    now: datetime,
) -> None:
    """Decide about differences, all or none, with a reason; what follows happens at once.

    Raises:
        MissingReason: No reason was given.
        NotFound: One does not exist, or the actor may not know of it.
        MoveRefused: One is decided already, this cannot be decided about it, or its case file has gone on.
        NotAllowed: Only a records manager decides about handing over again and taking out.
        ArchiveNotConfigured: Something is to be handed over, and there is nowhere to send.
    """
    actor.require(Permission.EXCHANGE)
    if decision in OF_MANAGERS:
        actor.require(Permission.DISPOSE)
    if not reason.strip():
        raise MissingReason
    if decision is DifferenceDecision.RESEND and gateway is None:
        raise ArchiveNotConfigured
    rows = _chosen(session, actor, difference_ids, now)
    for row in rows:
        if row.decision is not None:
            raise MoveRefused(state=DECISION_LABELS[row.decision])
        if decision not in offered_decisions(row.code, row.message.kind):
            raise MoveRefused(state=DIFFERENCE_LABELS.get(row.code, row.code))
    files = [_files_of(session, actor, row, decision, now) for row in rows]
    for row in rows:
        _note(session, actor, row, decision, reason.strip(), now)
    session.flush()
    _follow(session, actor, objects, rows, [file for found in files for file in found], reason=reason.strip(), now=now)


def _chosen(session: Session, actor: Actor, ids: Collection[UUID], now: datetime) -> list[ExchangeDifference]:
    """Return differences the actor may know of, locked; the case files of their processes are locked before."""
    wanted = select(ExchangeDifference.process_id).where(ExchangeDifference.id.in_(ids), _known(actor, now))
    in_process = list(session.scalars(select(CaseFile.id).where(CaseFile.process_id.in_(wanted))))
    lock_disposals(session, in_process)
    lock_files(session, in_process)
    query = select(ExchangeDifference).where(ExchangeDifference.id.in_(ids), _known(actor, now))
    rows = list(
        session.scalars(
            query.order_by(ExchangeDifference.noticed_at, ExchangeDifference.id)
            .with_for_update(of=ExchangeDifference)
            .execution_options(populate_existing=True)
        )
    )
    if not rows or len(rows) != len(set(ids)):
        raise NotFound
    return rows


def _files_of(
    session: Session, actor: Actor, row: ExchangeDifference, decision: DifferenceDecision, now: datetime
) -> list[CaseFile]:
    """Return the case files that a decision moves, the difference's own or all that the hand-over held.

    Raises:
        MoveRefused: Its case file has gone on since, or the decision moves files the actor may not see.
    """
    if decision not in OF_MANAGERS:
        return []
    query = _touched(row)
    files = list(session.scalars(query.order_by(CaseFile.file_reference)))
    if not files:
        raise MoveRefused(state="keine Akte mehr im Verfahren")
    may = set(session.scalars(query.with_only_columns(CaseFile.id).where(reached(actor.keys, now))))
    if {file.id for file in files} - may:
        raise MoveRefused(state="enthält Akten außerhalb Ihrer Rechte")
    movable = _SENDABLE if decision is DifferenceDecision.RESEND else RECALLED | {CaseFileState.TRANSFERRED}
    if stuck := [file for file in files if file.state not in movable]:
        raise MoveRefused(state=LABELS[stuck[0].state])
    return files


def _touched(row: ExchangeDifference) -> Select[CaseFile]:
    """Return the query for the case file of a difference, or for all that wait with the hand-over it is about."""
    query = select(CaseFile).where(CaseFile.process_id == row.process_id)
    if row.case_file_id is not None:
        return query.where(CaseFile.id == row.case_file_id)
    held = select(TransferredFile.case_file_id).join(DisposalMessage, DisposalMessage.id == TransferredFile.message_id)
    if row.message.answers:
        held = held.where(DisposalMessage.message_id == row.message.answers)
    return query.where(CaseFile.id.in_(held), CaseFile.state == CaseFileState.TRANSFERRED)


def _note(
    session: Session, actor: Actor, row: ExchangeDifference, decision: DifferenceDecision, reason: str, now: datetime
) -> None:
    row.decision, row.reason, row.decided_by, row.decided_at = decision, reason, actor.signature, now
    detail = {
        "process": str(row.process_id),
        "number": row.message.kind,
        "difference": row.code,
        "difference_decision": decision.value,
    }
    record(
        session,
        actor,
        "exchange.decided",
        about=_about(session, row),
        now=now,
        case_file_id=row.case_file_id,
        detail=detail,
        changes=set_to(difference_decision=decision, reason=reason),
    )


def _about(session: Session, row: ExchangeDifference) -> tuple[str, UUID]:
    """Return what the history tells it of: the run of its case files, if there is one, else the difference."""
    query = (
        select(DisposalRunFile.run_id)
        .join(CaseFile, CaseFile.id == DisposalRunFile.case_file_id)
        .join(DisposalRun, DisposalRun.id == DisposalRunFile.run_id)
        .where(CaseFile.process_id == row.process_id, DisposalRunFile.offered_at.is_not(None))
        .order_by(DisposalRun.created_at.desc())
    )
    if row.case_file_id is not None:
        query = query.where(CaseFile.id == row.case_file_id)
    run_id = session.scalar(query.limit(1))
    return ("exchange_difference", row.id) if run_id is None else ("disposal_run", run_id)


def _follow(
    session: Session,
    actor: Actor,
    objects: ObjectStore,
    rows: Sequence[ExchangeDifference],
    files: Sequence[CaseFile],
    *,
    reason: str,
    now: datetime,
) -> None:
    decision = rows[0].decision
    for file in dict.fromkeys(files):
        if file.state is CaseFileState.TRANSFERRED:
            to = CaseFileState.EVALUATED_ARCHIVE
            exchange.move(session, actor, file, to, action="case_file.recalled", now=now)
        if decision is DifferenceDecision.TAKEN_OUT:
            _take_out(session, actor, file, reason, now)
    if decision is DifferenceDecision.RESEND:
        session.flush()
        for process_id in sorted({row.process_id for row in rows}):
            exchange.send_transfer(session, process_id)
    if decision in _GOES_ON:
        _apply(session, objects, rows, decision, now)


def _apply(
    session: Session,
    objects: ObjectStore,
    rows: Sequence[ExchangeDifference],
    decision: DifferenceDecision | None,
    now: datetime,
) -> None:
    """Apply the messages once more, now that some of what stood against it is decided."""
    kept = {row.message_id: row.message for row in rows}
    for message in sorted(kept.values(), key=lambda each: each.at):
        if decision is DifferenceDecision.APPLIED:
            message.acted_on = True
        if message.acted_on:
            archive_answers.apply_kept(session, objects, message, now)


def _take_out(session: Session, actor: Actor, file: CaseFile, reason: str, now: datetime) -> None:
    query = running_files().where(DisposalRunFile.case_file_id == file.id)
    row = session.scalar(query)
    if row is not None:
        leave(session, actor, row, RunResult.TAKEN_OUT, reason=reason, now=now)
        end_if_done(session, row.run_id, now)
    if file.state in RECALLED:
        exchange.move(session, actor, file, CaseFileState.CLOSED, action="case_file.offer_withdrawn", now=now)
