"""The exchange with the archive: offer (0501), appraisal (0502), hand-over (0503), confirmation (0506).

Requests mark and queue here; the worker writes, checks and sends with ``actions.messages``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from eakte.actions.archive_terms import DEFAULT, AppraisalOpen, Terms, groups, wanted_in_advance
from eakte.actions.cases import changed
from eakte.actions.guard import case_files_of
from eakte.errors import ArchiveNotConfigured, MoveRefused, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.differences import DifferencesOpen
from eakte.records.states import LABELS, CaseFileState, move_case_file
from eakte.store.disposal_runs import processes_by_hand
from eakte.store.exchange import DisposalMessage, DisposalProcess, blocked, settle_differences
from eakte.store.files import CaseFile, visible
from eakte.store.jobs import enqueue
from retention.archive import ArchiveGateway
from retention.procedure import Procedure

OFFER, APPRAISAL, TRANSFER, RECEIPT, RESULT = "0501", "0502", "0503", "0505", "0506"


def offer(
    session: Session,
    actor: Actor,
    case_file_ids: Sequence[UUID],
    gateway: ArchiveGateway | None,
    now: datetime,
    *,
    terms: Terms = DEFAULT,
) -> UUID:
    """Begin with case files whose period is over; they are frozen at once. Return the (first) process.

    In four steps they are offered to the archive; in two steps, where it wants them by their rules, they wait to be
    handed over.

    Raises:
        ArchiveNotConfigured: There is nowhere to send.
        AppraisalOpen: In two steps, a file's rule leaves it open whether the archive wants it.
        NotDue: A file's verdict is not "offer".
        MoveRefused: A file is not closed, or there is none.
    """
    if gateway is None:
        raise ArchiveNotConfigured
    process_ids = lay_before_archive(session, actor, case_file_ids, now, terms)
    if not terms.two_step:
        for process_id in process_ids:
            send_offer(session, process_id)
    elif session.scalar(select(CaseFile.id).where(CaseFile.process_id.in_(process_ids), _OPEN).limit(1)):
        raise AppraisalOpen
    return process_ids[0]


_OPEN = CaseFile.state == CaseFileState.OFFERED


def lay_before_archive(
    session: Session, actor: Actor, case_file_ids: Sequence[UUID], now: datetime, terms: Terms = DEFAULT
) -> list[UUID]:
    """Freeze case files whose period is over for the archive, as one process or several; nothing is sent.

    In two steps, what it wants by an approved rule counts as decided; about the rest somebody decides here.

    Raises:
        NotDue, MoveRefused: See :func:`offer`.
    """
    actor.require(Permission.DISPOSE)
    if not case_file_ids:
        raise MoveRefused(state="keine Akte ausgewählt")
    process_ids = []
    for group in groups(session, case_files_of(session, actor, case_file_ids, now), terms):
        process_ids.append(begin_process(session, actor, terms.procedure, now))
        for file in group:
            wanted = wanted_in_advance(session, file, day_of(now)) and terms.two_step
            file.process_id = process_ids[-1]
            if wanted:
                to, action = CaseFileState.EVALUATED_ARCHIVE, "case_file.appraised"
            else:
                to, action = CaseFileState.OFFERED, "case_file.offered"
            move(session, actor, file, to, action=action, now=now)
    return process_ids


def begin_process(session: Session, actor: Actor, procedure: Procedure, now: datetime) -> UUID:
    """Begin a process with the archive; all its messages will share the id."""
    process = DisposalProcess(id=uuid4(), procedure=procedure, begun_at=now, begun_by=actor.signature)
    session.add(process)
    session.flush()
    return process.id


def send_offer(session: Session, process_id: UUID) -> None:
    """Queue the offer of a process; twice is once."""
    enqueue(session, "exchange", f"{process_id}:{OFFER}", str(process_id), OFFER)


def hand_over(session: Session, actor: Actor, process_id: UUID, gateway: ArchiveGateway | None, now: datetime) -> None:
    """Queue the hand-over of all case files of a process that the archive wants.

    Raises:
        ArchiveNotConfigured: There is nowhere to send.
        MoveRefused: A file has not been appraised yet, or nothing is to be handed over.
        DifferencesOpen: A person has to decide about a difference first.
    """
    actor.require(Permission.DISPOSE)
    if gateway is None:
        raise ArchiveNotConfigured
    files = _visible_files(session, actor, process_id, now)
    if undecided := [file for file in files if file.state is CaseFileState.OFFERED]:
        raise MoveRefused(state=LABELS[undecided[0].state])
    if not any(file.state is CaseFileState.EVALUATED_ARCHIVE for file in files):
        raise MoveRefused(state=LABELS[files[0].state])
    check_none_open(session, [file.id for file in files])
    send_transfer(session, process_id)


def check_none_open(session: Session, case_file_ids: Collection[UUID]) -> None:
    """Check that no open difference stands against the case files.

    Raises:
        DifferencesOpen: One does.
    """
    if blocked(session, case_file_ids):
        raise DifferencesOpen


def send_transfer(session: Session, process_id: UUID) -> None:
    """Queue the hand-over of what the archive wants of a process."""
    sent = select(func.count()).where(DisposalMessage.process_id == process_id, DisposalMessage.kind == TRANSFER)
    attempt = session.scalar(sent)
    enqueue(session, "exchange", f"{process_id}:{TRANSFER}:{attempt}", str(process_id), TRANSFER)


def _visible_files(session: Session, actor: Actor, process_id: UUID, now: datetime) -> list[CaseFile]:
    query = select(CaseFile).where(CaseFile.process_id == process_id, visible(actor.keys, now))
    files = list(session.scalars(query))
    if not files:
        raise NotFound
    return files


def move(session: Session, actor: Actor, file: CaseFile, to: CaseFileState, *, action: str, now: datetime) -> None:
    """Move a case file in its disposal process, with history and index."""
    before = file.state
    file.state = move_case_file(file.state, to)
    file.revision += 1
    # What was odd about an answer has come to nothing when a better one came, or the file has left.
    if file.process_id and (before is CaseFileState.OFFERED or to in {CaseFileState.CLOSED, CaseFileState.ARCHIVED}):
        settle_differences(session, file.process_id, case_file_id=file.id, now=now)
    detail = {"process": str(file.process_id), "state": to.value}
    changed(session, actor, file, action, now=now, detail=detail, changes={"state": (before, to)})


@dataclass(frozen=True, slots=True)
class Process:
    """A disposal process with the archive: its visible case files and its messages, oldest first."""

    process_id: UUID
    files: tuple[CaseFile, ...]
    messages: tuple[DisposalMessage, ...]
    procedure: Procedure = Procedure.FOUR_STEP

    @property
    def waits_for_hand_over(self) -> bool:
        """Whether the archive has decided on everything and wants something."""
        states = {file.state for file in self.files}
        return CaseFileState.EVALUATED_ARCHIVE in states and CaseFileState.OFFERED not in states

    @property
    def unsent(self) -> bool:
        """Whether case files are offered but no offer could be sent yet."""
        asks = self.procedure is Procedure.FOUR_STEP
        return asks and not any(message.kind == OFFER for message in self.messages)


def processes(session: Session, actor: Actor, now: datetime) -> tuple[Process, ...]:
    """Return the running disposal processes of visible case files."""
    actor.require(Permission.DISPOSE)
    query = select(CaseFile).where(
        CaseFile.process_id.is_not(None),
        CaseFile.process_id.not_in(processes_by_hand(session)),
        visible(actor.keys, now),
    )
    files: dict[UUID, list[CaseFile]] = {}
    for file in session.scalars(query.order_by(CaseFile.file_reference)):
        if file.process_id is not None:
            files.setdefault(file.process_id, []).append(file)
    sent = select(DisposalMessage).where(DisposalMessage.process_id.in_(files)).order_by(DisposalMessage.at)
    sent = sent.options(selectinload(DisposalMessage.differences))
    messages: dict[UUID, list[DisposalMessage]] = {}
    for message in session.scalars(sent):
        messages.setdefault(message.process_id, []).append(message)
    procedures = {row.id: row.procedure for row in session.scalars(_begun(files))}
    return tuple(
        Process(key, tuple(found), tuple(messages.get(key, ())), procedures.get(key, Procedure.FOUR_STEP))
        for key, found in files.items()
    )


def _begun(process_ids: Collection[UUID]) -> Select[DisposalProcess]:
    return select(DisposalProcess).where(DisposalProcess.id.in_(process_ids))


def unsent_offers(session: Session) -> tuple[UUID, ...]:
    """Return the processes whose offer was ordered but never kept, because it could not be written."""
    kept = select(DisposalMessage.process_id).where(DisposalMessage.kind == OFFER)
    asks_nothing = select(DisposalProcess.id).where(DisposalProcess.procedure == Procedure.TWO_STEP)
    query = select(CaseFile.process_id).where(
        CaseFile.state == CaseFileState.OFFERED,
        CaseFile.process_id.not_in(kept),
        CaseFile.process_id.not_in(asks_nothing),
    )
    by_hand = processes_by_hand(session)
    return tuple(found for found in session.scalars(query.distinct()) if found is not None and found not in by_hand)
