"""What the archive sends, taken in, or kept for a person where it cannot be: one way in for worker and people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from eakte.actions import archive_answers
from eakte.actions.appraisals import under_its_name
from eakte.actions.differences import seen
from eakte.errors import MissingReason, MoveRefused, NotFound
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.archive_arrivals import (
    ARRIVAL_DECISION_LABELS,
    NEEDS_REASON,
    ArrivalDecision,
    offered_decisions,
)
from eakte.settings import Settings
from eakte.store.documents import StoredObject
from eakte.store.exchange import ArchiveArrival
from eakte.store.files import CaseFile
from eakte.store.history import record, set_to
from eakte.store.jobs import enqueue
from eakte.store.objects import ObjectStore
from eakte.store.stored import Fingerprint, keep
from retention.arrival import LABELS, Arrival, look, only_form
from retention.errors import RetentionError
from retention.messages import Message
from retention.xdomea.findings import Finding

EXPECTED = frozenset({"0502", "0504", "0506", "0507"})
"""Codes of the messages that an archive sends us."""
MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """An arrival as a line of the worklist."""

    row: ArchiveArrival
    decisions: tuple[ArrivalDecision, ...]
    """What may be decided; empty once it is decided."""

    @property
    def label(self) -> str:
        """German name of what stands against it first."""
        code = self.row.findings[0]["code"] if self.row.findings else ""
        return LABELS.get(code, "Nicht lesbar")

    @property
    def found(self) -> tuple[str, ...]:
        """What stands against it, a German sentence each."""
        return tuple(each["text"] for each in self.row.findings)


def look_at(path: Path, settings: Settings) -> Arrival:
    """Look at something that arrived with the schemas that the settings name."""
    return look(path, Path(settings.xdomea_schemas) if settings.xdomea_schemas else None, EXPECTED)


def take_in(
    session: Session,
    objects: ObjectStore,
    settings: Settings,
    message: Message,
    path: Path,
    *,
    stored: Fingerprint,
    now: datetime,
) -> None:
    """Take in a message that can be, and order what is due in return."""
    due = archive_answers.receive(session, objects, settings, message, path, stored=stored, now=now)
    for kind in due:
        enqueue(session, "exchange", f"{message.process_id}:{kind}:{stored.sha256}", message.process_id.lower(), kind)


def settle_same(session: Session, sha256: str, now: datetime) -> None:
    """Settle what waits for a person although the same bytes were taken in."""
    same = select(ArchiveArrival).where(ArchiveArrival.sha256 == sha256, ArchiveArrival.decision.is_(None))
    for row in session.scalars(same).all():
        _decided(session, SYSTEM, row, ArrivalDecision.SETTLED, "", now)


def keep_unread(
    session: Session, objects: ObjectStore, arrival: Arrival, name: str, *, stored: Fingerprint, now: datetime
) -> None:
    """Keep what cannot be taken in, once: the same bytes under the same name change nothing, whatever was decided."""
    # Two workers with the same bytes meet in this lock.
    keep(session, objects, stored, media_type="application/zip", now=now)
    same = select(ArchiveArrival.id).where(ArchiveArrival.sha256 == stored.sha256, ArchiveArrival.name == name)
    if session.scalar(same) is not None:
        return
    message = arrival.message
    row = ArchiveArrival(
        name=name,
        sha256=stored.sha256,
        size=stored.size,
        arrived_at=now,
        process_id=UUID(arrival.process_id) if arrival.process_id else None,
        kind=message.code if message else None,
        version=message.version if message else None,
        findings=_told(arrival.findings),
    )
    session.add(row)
    session.flush()
    detail = _detail(row)
    record(session, SYSTEM, "exchange.unread", about=("archive_arrival", row.id), now=now, detail=detail)


def _told(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [asdict(each) for each in findings[:MOST_FINDINGS]]


def _detail(row: ArchiveArrival) -> dict[str, object]:
    process = {"process": str(row.process_id)} if row.process_id else {}
    return {**process, "number": row.kind or "", "arrival_problem": row.findings[0]["code"], "sha256": row.sha256}


def _known(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know of this arrival": as of a difference of the whole process."""
    of_process = select(CaseFile.id).where(CaseFile.process_id == ArchiveArrival.process_id)
    return or_(
        of_process.where(seen(actor, now)).correlate(ArchiveArrival).exists(),
        ~of_process.correlate(ArchiveArrival).exists(),
    )


def listing(
    session: Session, actor: Actor, *, decided: bool = False, offset: int = 0, limit: int = 50, now: datetime
) -> tuple[tuple[ArrivalLine, ...], int]:
    """Return arrivals that wait for a decision, oldest first, or decided ones, newest first; and how many there are."""
    actor.require(Permission.EXCHANGE)
    row = ArchiveArrival
    where = (_known(actor, now), row.decision.is_not(None) if decided else row.decision.is_(None))
    order = (row.decided_at.desc(), row.id) if decided else (row.arrived_at, row.id)
    rows = session.scalars(select(row).where(*where).order_by(*order).offset(offset).limit(limit)).all()
    total = session.scalar(select(func.count()).select_from(row).where(*where)) or 0
    return tuple(_line(each) for each in rows), total


def _line(row: ArchiveArrival) -> ArrivalLine:
    if row.decision is not None:
        return ArrivalLine(row, ())
    form = row.kind is not None and only_form(each["code"] for each in row.findings)
    return ArrivalLine(row, offered_decisions(only_form=form))


def decide(
    session: Session,
    actor: Actor,
    objects: ObjectStore,
    settings: Settings,
    arrival_ids: Collection[UUID],
    decision: ArrivalDecision,
    *,
    reason: str,
    now: datetime,
) -> int:
    """Decide about arrivals; return how many could not be taken in and wait on, with what stands against them now.

    Raises:
        MissingReason: Setting aside and taking in despite findings need a reason.
        NotFound: One does not exist, or the actor may not know of it.
        MoveRefused: One is decided already, or this cannot be decided about it.
    """
    actor.require(Permission.EXCHANGE)
    if decision in NEEDS_REASON and not reason.strip():
        raise MissingReason
    rows = _chosen(session, actor, arrival_ids, now)
    for row in rows:
        if row.decision is not None:
            raise MoveRefused(state=ARRIVAL_DECISION_LABELS[row.decision])
        if decision not in _line(row).decisions:
            raise MoveRefused(state=_line(row).label)
    left = 0
    for row in (row for row in rows if row.decision is None):
        if decision is not ArrivalDecision.SET_ASIDE and not _taken(
            session, objects, settings, row, despite=decision is ArrivalDecision.DESPITE, now=now
        ):
            left += 1
            _tried(session, actor, row, now)
            continue
        _decided(session, actor, row, decision, reason.strip(), now)
        if decision is not ArrivalDecision.SET_ASIDE:
            settle_same(session, row.sha256, now)
    return left


def _chosen(session: Session, actor: Actor, ids: Collection[UUID], now: datetime) -> list[ArchiveArrival]:
    query = select(ArchiveArrival).where(ArchiveArrival.id.in_(ids), _known(actor, now))
    rows = list(
        session.scalars(
            query.order_by(ArchiveArrival.arrived_at, ArchiveArrival.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if not rows or len(rows) != len(set(ids)):
        raise NotFound
    return rows


def _taken(
    session: Session, objects: ObjectStore, settings: Settings, row: ArchiveArrival, *, despite: bool, now: datetime
) -> bool:
    """Look at a kept arrival anew and take it in, or note what stands against it now."""
    kept = session.get_one(StoredObject, row.sha256)
    with under_its_name(objects, row) as named:
        arrival = look_at(named, settings)
        findings = () if despite and arrival.only_form else arrival.findings
        if not findings and arrival.message is not None:
            try:
                with session.begin_nested():
                    take_in(session, objects, settings, arrival.message, named, stored=kept, now=now)
            except RetentionError as error:
                findings = (Finding(error.code, str(error)),)
    if findings:
        row.findings = _told(findings)
        row.kind = arrival.message.code if arrival.message else None
        row.version = arrival.message.version if arrival.message else None
    return not findings


def _tried(session: Session, actor: Actor, row: ArchiveArrival, now: datetime) -> None:
    before, row.tried_at = row.tried_at, now
    about = ("archive_arrival", row.id)
    changes = {"tried_at": (before, now)}
    record(session, actor, "exchange.unread", about=about, now=now, detail=_detail(row), changes=changes)


def _decided(
    session: Session, actor: Actor, row: ArchiveArrival, decision: ArrivalDecision, reason: str, now: datetime
) -> None:
    row.decision, row.reason, row.decided_at = decision, reason, now
    row.decided_by = None if actor is SYSTEM else actor.signature
    about = ("archive_arrival", row.id)
    changes = set_to(arrival_decision=decision, reason=reason)
    record(session, actor, "exchange.arrival_decided", about=about, now=now, detail=_detail(row), changes=changes)
