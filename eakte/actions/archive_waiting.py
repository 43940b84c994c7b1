"""What the archive owes an answer to, since when; reminding it, and sending a message once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.archive_answers import overdue_after
from eakte.actions.differences import seen
from eakte.actions.exchange import OFFER, TRANSFER
from eakte.errors import ArchiveNotConfigured, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.states import CaseFileState
from eakte.settings import Settings
from eakte.store.exchange import DisposalMessage, TransferredFile
from eakte.store.files import CaseFile
from eakte.store.history import record
from eakte.store.jobs import enqueue
from retention.archive import ArchiveGateway

_WAITS = {OFFER: CaseFileState.OFFERED, TRANSFER: CaseFileState.TRANSFERRED}
"""The state of case files for which the answer to a message is missing."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message of ours whose answer is missing for some case files."""

    row: DisposalMessage
    references: tuple[str, ...]
    """Of the case files that wait, as far as the actor may see them."""
    due: date
    overdue: bool


def awaited(session: Session, actor: Actor, settings: Settings, now: datetime) -> tuple[Awaited, ...]:
    """Return the messages that wait for an answer and concern something the actor may see, soonest due first."""
    actor.require(Permission.EXCHANGE)
    found: list[Awaited] = []
    for kind, state in _WAITS.items():
        found += _of_kind(session, actor, settings, kind, state, now)
    return tuple(sorted(found, key=lambda one: (one.due, one.row.at, one.row.number)))


def _of_kind(
    session: Session, actor: Actor, settings: Settings, kind: str, state: CaseFileState, now: datetime
) -> list[Awaited]:
    files = session.scalars(
        select(CaseFile)
        .where(CaseFile.state == state, CaseFile.process_id.is_not(None), seen(actor, now))
        .order_by(CaseFile.file_reference)
    ).all()
    sent = select(DisposalMessage).where(
        DisposalMessage.kind == kind, DisposalMessage.process_id.in_({file.process_id for file in files})
    )
    newest: dict[UUID, DisposalMessage] = {}
    by_process: dict[UUID, DisposalMessage] = {}
    held = _held(session, [file.id for file in files]) if kind == TRANSFER else {}
    rows = {row.id: row for row in session.scalars(sent.order_by(DisposalMessage.at, DisposalMessage.number))}
    for row in rows.values():
        by_process[row.process_id] = row
    waiting: dict[UUID, list[str]] = {}
    for file in files:
        message = rows.get(held[file.id]) if file.id in held else by_process.get(file.process_id or file.id)
        if message is not None:
            newest[message.id] = message
            waiting.setdefault(message.id, []).append(file.file_reference)
    return [_line(newest[key], references, settings, now) for key, references in waiting.items()]


def _held(session: Session, case_file_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the newest hand-over of each case file."""
    query = (
        select(TransferredFile.case_file_id, TransferredFile.message_id)
        .join(DisposalMessage, DisposalMessage.id == TransferredFile.message_id)
        .where(TransferredFile.case_file_id.in_(case_file_ids))
        .order_by(DisposalMessage.at, DisposalMessage.number)
    )
    return {row.case_file_id: row.message_id for row in session.execute(query)}


def _line(row: DisposalMessage, references: Sequence[str], settings: Settings, now: datetime) -> Awaited:
    due = overdue_after(row, settings)
    return Awaited(row, tuple(references), due, day_of(now) > due)


def remind(session: Session, actor: Actor, settings: Settings, message_id: UUID, *, note: str, now: datetime) -> None:
    """Note that the archive was reminded of a message; its time begins anew. xdomea has no message for that.

    Raises:
        NotFound: Nothing waits for an answer to it, or the actor may not know of it.
    """
    one = _one(session, actor, settings, message_id, now)
    before = one.row.reminded_at
    one.row.reminded_at = now
    _tell(session, actor, one.row, "exchange.reminded", {"reminded_at": (before, now), "reason": (None, note)}, now)


def send_again(
    session: Session,
    actor: Actor,
    settings: Settings,
    message_id: UUID,
    gateway: ArchiveGateway | None,
    now: datetime,
) -> None:
    """Have a kept message delivered once more, the same bytes under the same name.

    Raises:
        NotFound: Nothing waits for an answer to it, or the actor may not know of it.
        ArchiveNotConfigured: There is nowhere to send.
    """
    actor.require(Permission.DISPOSE)
    if gateway is None:
        raise ArchiveNotConfigured
    row = _one(session, actor, settings, message_id, now).row
    before, row.sent_at = row.sent_at, None
    _tell(session, actor, row, "exchange.sent_again", {"sent_at": (before, None)}, now)
    key = f"{row.id}:{now.timestamp():.6f}"
    enqueue(session, "delivery", key, str(row.process_id), row.kind)


def _one(session: Session, actor: Actor, settings: Settings, message_id: UUID, now: datetime) -> Awaited:
    for one in awaited(session, actor, settings, now):
        if one.row.id == message_id:
            return one
    raise NotFound


def _tell(
    session: Session,
    actor: Actor,
    row: DisposalMessage,
    action: str,
    changes: dict[str, tuple[object, object]],
    now: datetime,
) -> None:
    """Write into the history of every case file that waits: its way shows who asked when."""
    query = select(CaseFile.id).where(CaseFile.process_id == row.process_id, CaseFile.state == _WAITS[row.kind])
    detail = {"process": str(row.process_id), "number": row.kind}
    for case_file_id in session.scalars(query.order_by(CaseFile.file_reference)).all():
        about = ("disposal_message", row.id)
        record(session, actor, action, about=about, now=now, case_file_id=case_file_id, detail=detail, changes=changes)
