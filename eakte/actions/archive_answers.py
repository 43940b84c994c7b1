"""What the archive answers: kept unchanged, compared with what was sent, applied as far as it fits.

What does not fit becomes a difference for a person (``eakte.actions.differences``); a message twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from eakte.actions import run_settling
from eakte.actions.appraisals import decisions_of, doubtful, open_ones, owners, passed_over, under_its_name
from eakte.actions.exchange import APPRAISAL, OFFER, RECEIPT, RESULT, TRANSFER, move
from eakte.actions.messages import keep_message
from eakte.actions.offered import files_of_process, offered_file
from eakte.errors import FaultyMessage
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.records.differences import NOTHING_FOLLOWS, DifferenceDecision, blocks
from eakte.records.states import CaseFileState
from eakte.settings import Settings
from eakte.store.exchange import (
    DisposalMessage,
    DisposalProcess,
    ExchangeDifference,
    TransferredFile,
    settle_differences,
)
from eakte.store.files import CaseFile
from eakte.store.history import record
from eakte.store.objects import ObjectStore
from eakte.store.stored import Fingerprint
from retention.differences import Difference
from retention.messages import Message
from retention.model import DisposalAction
from retention.offer import read_appraisal
from retention.offered import archived_part, handed_over, parents
from retention.package import ObjectResult, read_import_result
from retention.procedure import Exchanged, arrival_differences

ASKED_BY: Mapping[str, str] = {APPRAISAL: OFFER, RESULT: TRANSFER}
"""Which message of ours an answer answers, of those whose answers change something."""


def receive(
    session: Session,
    objects: ObjectStore,
    settings: Settings,
    message: Message,
    path: Path,
    *,
    stored: Fingerprint,
    now: datetime,
) -> tuple[str, ...]:
    """Keep and apply a message of the archive; return which messages are due in return.

    Raises:
        FaultyMessage: It names no process that could be one.
    """
    process_id = _process(message)
    files = files_of_process(session, process_id, lock=True)
    known = select(DisposalMessage.id).where(
        DisposalMessage.process_id == process_id, DisposalMessage.sha256 == stored.sha256
    )
    if session.scalar(known) is not None:
        return ()
    earlier = _exchanged(session, process_id)
    odd = _oddities(session, message, earlier, process_id, stored.sha256, due_day(session, settings, message, now), now)
    row = keep_message(
        session, objects, stored, process_id=process_id, kind=message.code, name=path.name, now=now, message=message
    )
    row.acted_on = not any(each.code in NOTHING_FOLLOWS for each in odd)
    _note(session, row, odd, {}, now)
    if not any(each.code == "part-missing" for each in odd):
        settle_differences(session, process_id, case_file_id=None, codes={"part-missing"}, now=now)
    if not row.acted_on:
        return ()
    apply(session, objects, row, files, path, now)
    return (RECEIPT,) if message.code == APPRAISAL else ()


def _oddities(
    session: Session,
    message: Message,
    earlier: Sequence[Exchanged],
    process_id: UUID,
    sha256: str,
    due: date | None,
    now: datetime,
) -> list[Difference]:
    if session.get(DisposalProcess, process_id) is None:
        text = f"Die Nachricht {message.code} gehört zum Verfahren {process_id}, das hier nicht bekannt ist."
        return [Difference("wrong-process", None, text)]
    found = arrival_differences(message, earlier, process_id=str(process_id), sha256=sha256, on=day_of(now), due=due)
    if _is_wanted_again(session, process_id, message.code):
        found = tuple(each for each in found if each.code != "duplicate")
    return list(found)


def _is_wanted_again(session: Session, process_id: UUID, kind: str) -> bool:
    """Whether a further answer of this kind is no surprise: the last one left files open, or was asked for anew."""
    of_kind = select(DisposalMessage.id).where(DisposalMessage.process_id == process_id, DisposalMessage.kind == kind)
    newest = session.scalar(of_kind.order_by(DisposalMessage.at.desc()).limit(1))
    wanted = select(ExchangeDifference.id).where(
        or_(
            and_(
                ExchangeDifference.message_id.in_(of_kind),
                ExchangeDifference.decision.is_(None),
                ExchangeDifference.case_file_id.is_not(None),
            ),
            and_(ExchangeDifference.message_id == newest, ExchangeDifference.decision == DifferenceDecision.REPEAT),
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def due_day(session: Session, settings: Settings, message: Message, now: datetime) -> date | None:
    """Return the last day on which an answer is in time; ``None`` where none is waited for."""
    asked = ASKED_BY.get(message.code)
    if asked is None:
        return None
    query = select(DisposalMessage).where(
        DisposalMessage.process_id == _process(message), DisposalMessage.kind == asked, DisposalMessage.at <= now
    )
    newest = session.scalar(query.order_by(DisposalMessage.at.desc()).limit(1))
    return None if newest is None else overdue_after(newest, settings)


def overdue_after(row: DisposalMessage, settings: Settings) -> date:
    """Return the last day on which the answer to a message of ours, or to its last reminder, is in time."""
    days = settings.archive_import_days if row.kind == TRANSFER else settings.archive_appraisal_days
    return day_of(row.reminded_at or row.sent_at or row.at) + timedelta(days=days)


def _exchanged(session: Session, process_id: UUID) -> list[Exchanged]:
    """Return what was sent and received in a process so far; only from 4.0.0 on messages have ids."""
    rows = session.scalars(
        select(DisposalMessage).where(DisposalMessage.process_id == process_id).order_by(DisposalMessage.at)
    )
    return [
        Exchanged(row.kind, row.direction == "in", row.at, row.sha256, row.message_id, row.number, row.answers)
        for row in rows
    ]


def _process(message: Message) -> UUID:
    try:
        return UUID(message.process_id)
    except ValueError as error:
        raise FaultyMessage(reason="Die Prozess-ID ist keine UUID.") from error


def apply_kept(session: Session, objects: ObjectStore, row: DisposalMessage, now: datetime) -> None:
    """Apply a kept message anew, now that a person has decided about its differences; rows of files are locked."""
    files = files_of_process(session, row.process_id, lock=True)
    with under_its_name(objects, row) as named:
        apply(session, objects, row, files, named, now)


def apply(
    session: Session, objects: ObjectStore, row: DisposalMessage, files: Sequence[CaseFile], path: Path, now: datetime
) -> None:
    """Apply what a message says as far as it fits, and note what does not."""
    applied = _Applied(session, objects, row, tuple(files), path, passed_over(session, row.id), now)
    if row.kind == APPRAISAL:
        _note(session, row, _apply_appraisal(applied), owners(session, files), now)
    elif row.kind == RESULT:
        _note(session, row, _apply_result(applied), owners(session, files), now)


@dataclass(frozen=True)
class _Applied:
    """One message on its way into the case files of its process."""

    session: Session
    objects: ObjectStore
    row: DisposalMessage
    files: tuple[CaseFile, ...]
    path: Path
    over: frozenset[str]
    """Objects whose differences a person has accepted or set aside."""
    now: datetime


def _apply_appraisal(of: _Applied) -> list[Difference]:
    waiting = {str(file.id): file for file in of.files if file.state is CaseFileState.OFFERED}
    offered = [offered_file(of.session, file, day_of(of.now)) for file in waiting.values()]
    appraisal = read_appraisal(of.path, str(of.row.process_id), parents(offered), others=handed_over(offered).others)
    differences = open_ones(appraisal.differences, of.over)
    doubted = doubtful(differences, offered)
    for part in offered:
        if part.file_id not in appraisal.decisions or part.file_id in doubted:
            continue
        wanted = archived_part(part, appraisal.decisions) is not None
        to = CaseFileState.EVALUATED_ARCHIVE if wanted else CaseFileState.EVALUATED_DESTROY
        file = waiting[part.file_id]
        move(of.session, SYSTEM, file, to, action="case_file.appraised", now=of.now)
        action = DisposalAction.ARCHIVE if wanted else DisposalAction.DESTROY
        run_settling.appraised(of.session, SYSTEM, file.id, action, by="Archiv", now=of.now)
    return _still_odd(of, differences, "undecided")


def _still_odd(of: _Applied, differences: Iterable[Difference], silent: str) -> list[Difference]:
    """Leave out what is no difference: objects of files that are decided already, and parts that may yet come."""
    ours = owners(of.session, of.files)
    waits_for_parts = of.row.total > 1 and any(each.code == "part-missing" for each in of.row.differences)
    return [
        each
        for each in differences
        if not (each.code == "unknown-object" and each.object_id in ours)
        and not (each.code == silent and waits_for_parts)
    ]


def _apply_result(of: _Applied) -> list[Difference]:
    sent = {str(file.id): file for file in _held(of) if file.state is CaseFileState.TRANSFERRED}
    offered = [offered_file(of.session, file, day_of(of.now)) for file in sent.values()]
    decisions = decisions_of(of.session, of.objects, of.row.process_id, offered) if offered else {}
    parts = [part for file in offered if (part := archived_part(file, decisions)) is not None]
    result = read_import_result(of.path, str(of.row.process_id), handed_over(parts), known=parents(offered))
    differences = open_ones(result.differences, of.over)
    if any(each.code == "import-failed" for each in differences) and not _failure_accepted(of):
        return _still_odd(of, [each for each in differences if each.code == "import-failed"], "")
    differences = [each for each in differences if each.code != "import-failed"]
    answers = {each.object_id: each for each in result.results}
    rejected = {each.object_id for each in differences if each.code == "rejected"}
    doubted = doubtful([each for each in differences if each.code != "rejected"], parts)
    for part in parts:
        own = [answers[key] for key in parents([part]) if key in answers]
        if rejected & parents([part]).keys():
            _back(of, sent[part.file_id])
        elif part.file_id not in doubted and (own or part.file_id in of.over):
            _confirm(of, sent[part.file_id], own)
    return _still_odd(of, differences, "unconfirmed")


def _held(of: _Applied) -> list[CaseFile]:
    """Return the case files whose newest hand-over is the one that is answered; of an older process, all."""
    query = (
        select(TransferredFile.case_file_id, DisposalMessage.message_id, DisposalMessage.at)
        .join(DisposalMessage, DisposalMessage.id == TransferredFile.message_id)
        .where(DisposalMessage.process_id == of.row.process_id)
        .order_by(DisposalMessage.at, DisposalMessage.number)
    )
    rows = of.session.execute(query).all()
    newest = {file_id: ((message_id or "").lower(), at) for file_id, message_id, at in rows}
    origin = (of.row.answers or "").lower()
    # Before 4.0.0 nothing says which hand-over is meant, nor does an origin that a person passed over.
    told = origin in {(message_id or "").lower() for _, message_id, _ in rows}
    return [
        file
        for file in of.files
        if file.id not in newest or (newest[file.id][1] <= of.row.at and (not told or newest[file.id][0] == origin))
    ]


def _failure_accepted(of: _Applied) -> bool:
    return any(each.code == "import-failed" and each.decision is not None for each in of.row.differences)


def _back(of: _Applied, file: CaseFile) -> None:
    move(of.session, SYSTEM, file, CaseFileState.EVALUATED_ARCHIVE, action="case_file.import_failed", now=of.now)


def _confirm(of: _Applied, file: CaseFile, answers: Sequence[ObjectResult]) -> None:
    file.archive_reference = next((each.archive_reference for each in answers if each.archive_reference), None)
    move(of.session, SYSTEM, file, CaseFileState.ARCHIVED, action="case_file.archived", now=of.now)
    run_settling.settle(of.session, of.now, case_file_ids=[file.id])


def _note(
    session: Session,
    row: DisposalMessage,
    differences: Iterable[Difference],
    owner: Mapping[str, UUID],
    now: datetime,
) -> None:
    """Enter differences that were not noted of this message before; the history of the case file tells them."""
    there = {(each.code, each.object_id) for each in row.differences}
    for each in differences:
        if (each.code, each.object_id) in there:
            continue
        made = ExchangeDifference(
            process_id=row.process_id,
            case_file_id=owner.get(each.object_id or ""),
            code=each.code,
            object_id=each.object_id,
            found=each.text,
            blocks=blocks(each.code),
            noticed_at=now,
        )
        row.differences.append(made)
        session.flush()
        detail = {"process": str(row.process_id), "number": row.kind, "difference": each.code}
        about = ("exchange_difference", made.id)
        record(session, SYSTEM, "exchange.differs", about=about, now=now, case_file_id=made.case_file_id, detail=detail)
