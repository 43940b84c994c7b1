"""Messages to the archive: drafted, written, checked and kept by the worker before they are sent.

Every message, sent or received, is kept unchanged until its last case file is destroyed. What comes in is the matter of
``eakte.actions.archive_answers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.appraisals import decisions_of, read_kept
from eakte.actions.archive_terms import MEGABYTE
from eakte.actions.exchange import APPRAISAL, OFFER, RECEIPT, TRANSFER, move
from eakte.actions.offered import files_of_process, offered_file
from eakte.errors import FaultyMessage
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.records.states import CaseFileState
from eakte.settings import Settings
from eakte.store.exchange import DisposalMessage, TransferredFile, blocked
from eakte.store.files import CaseFile
from eakte.store.history import record
from eakte.store.objects import ObjectStore
from eakte.store.stored import Fingerprint, keep
from retention.differences import transfer_differences
from retention.messages import Message
from retention.offer import write_appraisal_receipt, write_offer
from retention.offered import MessageHead, Naming, OfferedFile, Party, archived_part, handed_over
from retention.package import packages, write_transfer
from retention.xdomea.dialect import WRITTEN_VERSIONS
from retention.xdomea.validate import validate
from retention.xdomea.write import Written


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to write: its head and the case files it is about."""

    head: MessageHead
    files: tuple[OfferedFile, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that was written and stored, and is to be entered before it is sent."""

    draft: Draft
    written: Written
    stored: Fingerprint


def draft(
    session: Session, objects: ObjectStore, settings: Settings, *, process_id: UUID, kind: str, now: datetime
) -> tuple[Draft, ...]:
    """Return what to send as *kind*: several messages where one package would be too big, none if nothing is left."""
    head = message_head(settings, process_id, now)
    sent = _count(session, process_id, kind)
    if kind == RECEIPT:
        if sent >= _count(session, process_id, APPRAISAL):
            return ()
        answering = _answering(session, objects, head)
        counted = sent + 1 if answering.version.startswith("4.") else 1
        return (Draft(replace(answering, number=counted, total=counted), ()),)
    if kind == OFFER:
        return () if sent else _drafts(head, [_offered(session, process_id, now)], sent)
    parts = _wanted(session, objects, process_id, now)
    # Before 4.0.0 a process has one message of a kind; there it is made small enough from the beginning.
    numbered = head.version.startswith("4.")
    limit = settings.archive_package_mb * MEGABYTE if numbered else 0
    most = settings.archive_package_files if numbered else 0
    return _drafts(head, packages(parts, limit, most), sent)


def _drafts(head: MessageHead, parts: Sequence[Sequence[OfferedFile]], sent: int) -> tuple[Draft, ...]:
    """Return a draft for each part that holds something, counted on from what was sent before."""
    filled = [tuple(part) for part in parts if part]
    if not head.version.startswith("4."):  # before 4.0.0 nothing is counted
        return tuple(Draft(replace(head, message_id=str(uuid4())), part) for part in filled)
    total = sent + len(filled)
    return tuple(
        Draft(replace(head, number=number, total=total, message_id=str(uuid4())), part)
        for number, part in enumerate(filled, sent + 1)
    )


def _offered(session: Session, process_id: UUID, now: datetime) -> list[OfferedFile]:
    files = [file for file in files_of_process(session, process_id) if file.state is CaseFileState.OFFERED]
    return [offered_file(session, file, day_of(now)) for file in files]


def _wanted(session: Session, objects: ObjectStore, process_id: UUID, now: datetime) -> list[OfferedFile]:
    """Return what is to be handed over now: all that the archive wants and no open difference stands against."""
    files = [file for file in files_of_process(session, process_id) if file.state is CaseFileState.EVALUATED_ARCHIVE]
    waiting = blocked(session, [file.id for file in files])
    offered = [offered_file(session, file, day_of(now)) for file in files if file.id not in waiting]
    if not offered:
        return []
    decisions = decisions_of(session, objects, process_id, offered)
    parts = [part for file in offered if (part := archived_part(file, decisions)) is not None]
    if missing := transfer_differences(handed_over(parts), decisions):
        raise FaultyMessage(reason=missing[0].text)
    return parts


def _answering(session: Session, objects: ObjectStore, head: MessageHead) -> MessageHead:
    """Return the head of a receipt: it names the message it answers, in the version that one was written in."""
    query = select(DisposalMessage).where(
        DisposalMessage.process_id == UUID(head.process_id), DisposalMessage.kind == APPRAISAL
    )
    newest = session.scalar(query.order_by(DisposalMessage.at.desc()).limit(1))
    if newest is None:
        raise FaultyMessage(reason="Die Bewertung des Archivs fehlt.")
    message = read_kept(objects, newest)
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


def record_written(session: Session, objects: ObjectStore, made: Sequence[Kept], *, kind: str, now: datetime) -> None:
    """Keep messages before they are sent; after a hand-over its case files wait for the archive's confirmation.

    What is sent is always the kept message, so that sending it again sends the same bytes.
    """
    for each in made:
        process_id = UUID(each.written.process_id)
        files = files_of_process(session, process_id, lock=True) if kind == TRANSFER else []
        head = each.draft.head
        row = keep_message(
            session, objects, each.stored, process_id=process_id, kind=kind, name=each.written.path.name, now=now
        )
        row.message_id, row.answers = head.message_id if head.version.startswith("4.") else None, head.answers or None
        row.number, row.total = head.number, head.total
        held = {file.file_id for file in each.draft.files}
        _transferred(session, row, [file for file in files if str(file.id) in held], now)


def _transferred(session: Session, row: DisposalMessage, files: Sequence[CaseFile], now: datetime) -> None:
    for file in files:
        if file.state is CaseFileState.EVALUATED_ARCHIVE:
            session.add(TransferredFile(message_id=row.id, case_file_id=file.id))
            move(session, SYSTEM, file, CaseFileState.TRANSFERRED, action="case_file.transferred", now=now)


def record_failure(session: Session, process_id: UUID, kind: str, *, code: str, now: datetime) -> None:
    """Write into the history of every case file of a process that a message could not be written or sent."""
    for file in files_of_process(session, process_id, lock=True):
        detail = {"process": str(process_id), "number": kind, "code": code}
        about = ("case_file", file.id)
        record(session, SYSTEM, "exchange.failed", about=about, now=now, case_file_id=file.id, detail=detail)


def to_send(session: Session, process_id: UUID, kind: str) -> list[DisposalMessage]:
    """Return the kept messages of a kind that wait for delivery, oldest first."""
    query = select(DisposalMessage).where(
        DisposalMessage.process_id == process_id,
        DisposalMessage.kind == kind,
        DisposalMessage.direction == "out",
        DisposalMessage.sent_at.is_(None),
    )
    return list(session.scalars(query.order_by(DisposalMessage.at, DisposalMessage.number)))


def record_sent(session: Session, message_id: UUID, now: datetime) -> None:
    """Note that a message was delivered; only a person has it delivered once more."""
    session.get_one(DisposalMessage, message_id).sent_at = now


def _count(session: Session, process_id: UUID, kind: str) -> int:
    query = select(func.count()).where(DisposalMessage.process_id == process_id, DisposalMessage.kind == kind)
    return session.scalar(query) or 0


def keep_message(
    session: Session,
    objects: ObjectStore,
    stored: Fingerprint,
    *,
    process_id: UUID,
    kind: str,
    name: str,
    now: datetime,
    message: Message | None = None,
) -> DisposalMessage:
    """Enter a stored message; *message* is what an incoming one says of itself."""
    keep(session, objects, stored, media_type="application/zip", now=now)
    row = DisposalMessage(
        process_id=process_id,
        kind=kind,
        direction="in" if message else "out",
        name=name,
        sha256=stored.sha256,
        at=now,
    )
    if message:
        row.message_id, row.answers, row.number, row.total = (
            message.message_id,
            message.answers,
            message.number,
            message.total,
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
