"""Messages with the archive: written, checked and kept by the worker, applied when they come in.

Every message, sent or received, is kept unchanged until its last case file is destroyed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import run_settling
from eakte.actions.exchange import APPRAISAL, OFFER, RECEIPT, RESULT, TRANSFER, move
from eakte.actions.offered import files_of_process, offered_file
from eakte.errors import FaultyMessage
from eakte.records import structure
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.records.states import CaseFileState
from eakte.settings import Settings
from eakte.store.disposal import DisposalMessage
from eakte.store.files import CaseFile
from eakte.store.history import record
from eakte.store.objects import ObjectStore
from eakte.store.stored import Fingerprint, keep
from retention.differences import Difference, transfer_differences
from retention.messages import Message, read_message
from retention.model import DisposalAction
from retention.offer import read_appraisal, write_appraisal_receipt, write_offer
from retention.offered import MessageHead, Naming, OfferedFile, Party, archived_part, handed_over, parents
from retention.package import ObjectResult, read_import_result, write_transfer
from retention.procedure import Exchanged, arrival_differences
from retention.xdomea.dialect import WRITTEN_VERSIONS
from retention.xdomea.validate import validate
from retention.xdomea.write import Written

_NOTHING_FOLLOWS = frozenset({"test-message", "unasked", "wrong-origin"})
"""Differences of a message that is kept and has no effect."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to write: its head and the case files it is about."""

    head: MessageHead
    files: tuple[OfferedFile, ...]


def draft(
    session: Session, objects: ObjectStore, settings: Settings, *, process_id: UUID, kind: str, now: datetime
) -> Draft | None:
    """Return what to send as *kind*, or ``None`` if nothing is left to send."""
    head = message_head(settings, process_id, now)
    if kind == RECEIPT:
        answered = _count(session, process_id, RECEIPT) >= _count(session, process_id, APPRAISAL)
        return None if answered else Draft(_answering(session, objects, head), ())
    if kind == OFFER and _kept(session, process_id, OFFER):
        return None
    wanted = {OFFER: CaseFileState.OFFERED, TRANSFER: CaseFileState.EVALUATED_ARCHIVE}[kind]
    files = [file for file in files_of_process(session, process_id) if file.state is wanted]
    offered = tuple(offered_file(session, file, day_of(now)) for file in files)
    if kind == TRANSFER and offered:
        decisions = _decisions(session, objects, process_id, offered)
        offered = tuple(part for file in offered if (part := archived_part(file, decisions)) is not None)
        if missing := transfer_differences(handed_over(offered), decisions):
            raise FaultyMessage(reason=missing[0].text)
    return Draft(head, offered) if offered else None


def _answering(session: Session, objects: ObjectStore, head: MessageHead) -> MessageHead:
    """Return the head of a receipt: it names the message it answers, in the version that one was written in."""
    newest = _kept(session, UUID(head.process_id), APPRAISAL)
    if newest is None:
        raise FaultyMessage(reason="Die Bewertung des Archivs fehlt.")
    message = _read(objects, newest)
    version = message.version if message.version in WRITTEN_VERSIONS else head.version
    return replace(head, version=version, answers=message.message_id or "")


def write(made: Draft, kind: str, objects: ObjectStore, *, schemas: Path, folder: Path) -> Written:
    """Write a message into *folder* and check it before anybody sees it.

    Raises:
        FaultyMessage: The message does not stand its own check; it must not be sent.
        RetentionError: Something is missing in a case file.
    """
    if kind == OFFER:
        written = write_offer(made.files, made.head, folder)
    elif kind == TRANSFER:
        written = write_transfer(made.files, made.head, folder, open_file=lambda file: objects.open(file.sha256))
    else:
        written = write_appraisal_receipt(made.head, folder)
    if findings := validate(written.path, schemas):
        raise FaultyMessage(reason=findings[0].text)
    return written


def record_written(
    session: Session, objects: ObjectStore, written: Written, stored: Fingerprint, *, kind: str, now: datetime
) -> None:
    """Keep a message before it is sent; after a hand-over its case files wait for the archive's confirmation.

    What is sent is always the kept message, so that sending it again sends the same bytes.
    """
    process_id = UUID(written.process_id)
    _keep_message(session, objects, stored, process_id=process_id, kind=kind, name=written.path.name, now=now)
    if kind != TRANSFER:
        return
    for file in files_of_process(session, process_id, lock=True):
        if file.state is CaseFileState.EVALUATED_ARCHIVE:
            move(session, SYSTEM, file, CaseFileState.TRANSFERRED, action="case_file.transferred", now=now)


def record_failure(session: Session, process_id: UUID, kind: str, *, code: str, now: datetime) -> None:
    """Write into the history of every case file of a process that a message could not be written or sent."""
    for file in files_of_process(session, process_id, lock=True):
        detail = {"process": str(process_id), "number": kind, "code": code}
        about = ("case_file", file.id)
        record(session, SYSTEM, "exchange.failed", about=about, now=now, case_file_id=file.id, detail=detail)


def to_send(session: Session, process_id: UUID, kind: str) -> DisposalMessage | None:
    """Return the newest kept message of a kind."""
    return _kept(session, process_id, kind)


def receive(
    session: Session, objects: ObjectStore, message: Message, path: Path, *, stored: Fingerprint, now: datetime
) -> bool:
    """Keep and apply a message of the archive; return whether a receipt (0505) is due.

    What does not fit is kept with the message as findings for a person; a message twice changes nothing.

    Raises:
        FaultyMessage: The message belongs to none of our processes.
    """
    process_id = _process(message)
    files = files_of_process(session, process_id, lock=True)
    if not files:
        raise FaultyMessage(reason=f"Der Vorgang {process_id} ist hier nicht bekannt.")
    known = select(DisposalMessage.id).where(
        DisposalMessage.process_id == process_id, DisposalMessage.sha256 == stored.sha256
    )
    if session.scalar(known) is not None:
        return False
    odd = arrival_differences(
        message,
        _exchanged(session, objects, process_id),
        process_id=str(process_id),
        sha256=stored.sha256,
        on=day_of(now),
    )
    kept = _keep_message(
        session, objects, stored, process_id=process_id, kind=message.code, name=path.name, now=now, incoming=True
    )
    kept.findings = [each.text for each in odd]
    kept.acted_on = not any(each.code in _NOTHING_FOLLOWS for each in odd)
    if not kept.acted_on:
        return False
    if message.code == APPRAISAL:
        kept.findings = [*kept.findings, *_apply_appraisal(session, files, path, process_id, now)]
        return True
    if message.code == RESULT:
        told = _apply_result(session, objects, files, path, process_id=process_id, now=now)
        kept.findings = [*kept.findings, *told]
    return False


def _exchanged(session: Session, objects: ObjectStore, process_id: UUID) -> list[Exchanged]:
    """Return what was sent and received in a process so far; only from 4.0.0 on messages have ids."""
    rows = session.scalars(
        select(DisposalMessage).where(DisposalMessage.process_id == process_id).order_by(DisposalMessage.at)
    )
    found = []
    for row in rows:
        message = _read(objects, row)
        incoming = row.direction == "in"
        found.append(Exchanged(row.kind, incoming, row.at, row.sha256, message.message_id, message.number))
    return found


def _read(objects: ObjectStore, row: DisposalMessage) -> Message:
    with objects.path(row.sha256) as path, _under_its_name(path, row.name) as named:
        return read_message(named)


def _process(message: Message) -> UUID:
    try:
        return UUID(message.process_id)
    except ValueError as error:
        raise FaultyMessage(reason="Die Prozess-ID ist keine UUID.") from error


def _apply_appraisal(
    session: Session, files: Sequence[CaseFile], path: Path, process_id: UUID, now: datetime
) -> list[str]:
    waiting = [file for file in files if file.state is CaseFileState.OFFERED]
    offered = [offered_file(session, file, day_of(now)) for file in waiting]
    appraisal = read_appraisal(path, str(process_id), parents(offered), others=handed_over(offered).others)
    doubtful = _doubtful(appraisal.differences, offered)
    for file in waiting:
        decision = appraisal.decisions.get(str(file.id))
        if decision is None or str(file.id) in doubtful:
            continue
        wanted = archived_part(_one(offered, file), appraisal.decisions) is not None
        to = CaseFileState.EVALUATED_ARCHIVE if wanted else CaseFileState.EVALUATED_DESTROY
        move(session, SYSTEM, file, to, action="case_file.appraised", now=now)
        action = DisposalAction.ARCHIVE if wanted else DisposalAction.DESTROY
        run_settling.appraised(session, SYSTEM, file.id, action, by="Archiv", now=now)
    return [difference.text for difference in appraisal.differences]


def _one(offered: Sequence[OfferedFile], file: CaseFile) -> OfferedFile:
    return next(each for each in offered if each.file_id == str(file.id))


def _doubtful(differences: Sequence[Difference], offered: Sequence[OfferedFile]) -> frozenset[str]:
    """Return the ids of case files that a difference touches: they wait for a person."""
    tree = parents(offered)
    touched = {difference.object_id for difference in differences if difference.object_id}
    return frozenset(touched.union(*(structure.above(child, tree) for child in touched)))


def _apply_result(
    session: Session, objects: ObjectStore, files: Sequence[CaseFile], path: Path, *, process_id: UUID, now: datetime
) -> list[str]:
    sent = {str(file.id): file for file in files if file.state is CaseFileState.TRANSFERRED}
    offered = [offered_file(session, file, day_of(now)) for file in sent.values()]
    decisions = _decisions(session, objects, process_id, offered) if offered else {}
    parts = [part for file in offered if (part := archived_part(file, decisions)) is not None]
    result = read_import_result(path, str(process_id), handed_over(parts), known=parents(offered))
    answers = {each.object_id: each for each in result.results}
    for part in parts:
        own = [answers[key] for key in parents([part]) if key in answers]
        if own:
            _confirm(session, sent[part.file_id], own, now)
    errors = [f"{each.object_id}: {error}" for each in result.results for error in each.errors]
    return [*(difference.text for difference in result.differences), *errors]


def _confirm(session: Session, file: CaseFile, answers: Sequence[ObjectResult], now: datetime) -> None:
    if all(each.accepted for each in answers):
        file.archive_reference = next((each.archive_reference for each in answers if each.archive_reference), None)
        move(session, SYSTEM, file, CaseFileState.ARCHIVED, action="case_file.archived", now=now)
        run_settling.settle(session, now, case_file_ids=[file.id])
    else:
        move(session, SYSTEM, file, CaseFileState.EVALUATED_ARCHIVE, action="case_file.import_failed", now=now)


def _decisions(
    session: Session, objects: ObjectStore, process_id: UUID, offered: Sequence[OfferedFile]
) -> Mapping[str, DisposalAction]:
    """Read the kept appraisals of a process again: the messages are the truth about the decisions.

    Of each case file the first appraisal counts that decided it without a doubt, as it did when that came in.
    """
    query = select(DisposalMessage).where(
        DisposalMessage.process_id == process_id, DisposalMessage.kind == APPRAISAL, DisposalMessage.acted_on
    )
    kept = session.scalars(query.order_by(DisposalMessage.at)).all()
    if not kept:
        raise FaultyMessage(reason="Die Bewertung des Archivs fehlt.")
    decided: dict[str, DisposalAction] = {}
    for row in kept:
        waiting = [file for file in offered if file.file_id not in decided]
        with objects.path(row.sha256) as path, _under_its_name(path, row.name) as named:
            appraisal = read_appraisal(named, str(process_id), parents(waiting))
        doubtful = _doubtful(appraisal.differences, waiting)
        for file in waiting:
            if file.file_id in appraisal.decisions and file.file_id not in doubtful:
                own = parents([file])
                decided |= {key: found for key, found in appraisal.decisions.items() if key in own}
    return decided


@contextmanager
def _under_its_name(path: Path, name: str) -> Iterator[Path]:
    """Lend a stored message under the name it came with: its ending tells its kind."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / name
        named.symlink_to(path)
        yield named


def _count(session: Session, process_id: UUID, kind: str) -> int:
    query = select(func.count()).where(DisposalMessage.process_id == process_id, DisposalMessage.kind == kind)
    return session.scalar(query) or 0


def _kept(session: Session, process_id: UUID, kind: str) -> DisposalMessage | None:
    query = select(DisposalMessage).where(DisposalMessage.process_id == process_id, DisposalMessage.kind == kind)
    return session.scalar(query.order_by(DisposalMessage.at.desc()).limit(1))


def _keep_message(
    session: Session,
    objects: ObjectStore,
    stored: Fingerprint,
    *,
    process_id: UUID,
    kind: str,
    name: str,
    now: datetime,
    incoming: bool = False,
) -> DisposalMessage:
    keep(session, objects, stored, media_type="application/zip", now=now)
    direction = "in" if incoming else "out"
    row = DisposalMessage(
        process_id=process_id, kind=kind, direction=direction, name=name, sha256=stored.sha256, at=now
    )
    session.add(row)
    session.flush()
    return row


def message_head(settings: Settings, process_id: UUID, now: datetime) -> MessageHead:
    """Return the head of a message from this authority to its archive."""
    sender, receiver = _party(settings.city, settings.authority_id), _party("Archiv", settings.archive_id)
    return MessageHead(
        process_id=str(process_id),
        created_at=now,
        sender=sender,
        receiver=receiver,
        version=settings.archive_xdomea,
        naming=Naming(settings.archive_naming) if settings.archive_naming else None,
    )


def _party(name: str, authority: str) -> Party:
    prefix, _, key = authority.partition(":")
    return Party(institution=name, authority_key=key, authority_prefix=prefix)
