"""Visual inspection of a batch by a second person, transfer notes, and what becomes of the paper (TR-RESISCAN)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import batch_of
from eakte.actions.scan_counts import go
from eakte.actions.transfer_notes import write_notes
from eakte.errors import InvalidInput, MoveRefused, NotFound, PaperNotReleased, SamePerson
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.scanning import (
    BATCH_LABELS,
    BatchState,
    Protection,
    drawn,
    keeps_from_release,
    move_batch,
    sample_size,
)
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import record
from eakte.store.scanning import BatchInspection, ScanBatch

FULL, SAMPLE = "full", "sample"
KIND_LABELS = {FULL: "Vollprüfung", SAMPLE: "Stichprobe"}


@dataclass(frozen=True, slots=True)
class Rule:
    """How many documents are drawn where the protection need is normal; else all are inspected."""

    percent: int
    least: int


def begin(session: Session, actor: Actor, batch_id: UUID, rule: Rule, *, full: bool, now: datetime) -> BatchInspection:
    """Begin the inspection of a batch; the sample is drawn and stays as it is. Begun already, it is gone on with.

    Raises:
        SamePerson: Who scanned the batch does not inspect it.
        MoveRefused: Nothing waits for inspection.
    """
    actor.require(Permission.FILE)
    batch = batch_of(session, actor, batch_id, now, lock=True)
    if actor.person_id is None or actor.person_id == batch.operator_id:
        raise SamePerson
    if batch.state is BatchState.REJECTED:
        go(batch, move_batch(batch.state, BatchState.INSPECTION))
    move_batch(batch.state, BatchState.INSPECTED)
    under_way = _under_way(batch)
    if under_way is not None:
        if under_way.inspector_id != actor.person_id:
            raise InvalidInput(problem=f"{under_way.inspector} prüft diesen Stapel bereits.", field="batch")
        return under_way
    ids = [str(key) for key in session.scalars(select(IncomingItem.id).where(IncomingItem.batch_id == batch.id))]
    whole = full or batch.protection is not Protection.NORMAL
    size = len(ids) if whole else sample_size(len(ids), rule.percent, rule.least)
    seed = f"{batch.id}:{len(batch.inspections) + 1}"
    inspection = BatchInspection(
        batch_id=batch.id,
        kind=FULL if size == len(ids) else SAMPLE,
        percent=100 if whole else rule.percent,
        seed=seed,
        drawn=list(drawn(ids, size, seed)),
        inspector_id=actor.person_id,
        inspector=actor.name,
        begun_at=now,
        passed=None,
    )
    session.add(inspection)
    session.flush()
    session.refresh(batch, ["inspections"])
    detail = {"kind": inspection.kind, "percent": inspection.percent, "seed": seed, "drawn": inspection.drawn}
    record(session, actor, "batch.inspection_begun", about=("batch", batch.id), now=now, detail=detail)
    return inspection


def _under_way(batch: ScanBatch) -> BatchInspection | None:
    return next((one for one in batch.inspections if one.finished_at is None), None)


def finish(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    *,
    seen: Collection[UUID],
    faults: Mapping[UUID, str],
    now: datetime,
) -> bool:
    """Give the result of an inspection and return whether it was passed: every drawn document seen, none faulty.

    Passed, each document of the batch gets its transfer note.

    Raises:
        NotFound: The actor does not inspect this batch.
        InvalidInput: A drawn document was not looked at.
    """
    actor.require(Permission.FILE)
    batch = batch_of(session, actor, batch_id, now, lock=True)
    inspection = _under_way(batch)
    if inspection is None or inspection.inspector_id != actor.person_id:
        raise NotFound
    missing = {UUID(one) for one in inspection.drawn} - set(seen) - set(faults)
    if missing:
        problem = f"Bitte sehen Sie alle gezogenen Dokumente an. Es fehlen noch {len(missing)}."
        raise InvalidInput(problem=problem, field="seen")
    told = {key: fault.strip() for key, fault in faults.items() if fault.strip()}
    inspection.faults = [{"item": str(key), "fault": fault} for key, fault in sorted(told.items())]
    inspection.passed, inspection.finished_at = not told, now
    changes = go(batch, move_batch(batch.state, BatchState.REJECTED if told else BatchState.INSPECTED))
    detail = {"passed": inspection.passed, "faults": len(told), "kind": inspection.kind}
    record(session, actor, "batch.inspected", about=("batch", batch.id), now=now, detail=detail, changes=changes)
    if inspection.passed:
        write_notes(session, actor, batch, inspection, now)
    return inspection.passed


@dataclass(frozen=True, slots=True)
class Paper:
    """What may become of the paper of a batch."""

    reasons: tuple[str, ...]
    """Why nothing may be destroyed yet."""
    stays: frozenset[UUID]
    """Items whose paper must stay for ever."""


def paper_of(session: Session, batch: ScanBatch, must_stay: Collection[str], today: date) -> Paper:
    """Return what may become of the paper of a batch, and which papers must stay because of their document type."""
    rows = session.execute(
        select(IncomingItem.id, Document.document_type)
        .outerjoin(Document, Document.item_id == IncomingItem.id)
        .where(IncomingItem.batch_id == batch.id)
    ).all()
    types = [kind or "" for _, kind in rows]
    listed = {kind.casefold() for kind in must_stay}
    stays = frozenset(key for key, kind in rows if (kind or "").casefold() in listed)
    reasons = keeps_from_release(batch.state, batch.paper_until, [kind.casefold() for kind in types], listed, today)
    return Paper(reasons, stays)


def release_paper(session: Session, actor: Actor, batch_id: UUID, must_stay: Collection[str], now: datetime) -> None:
    """Release the paper of an inspected batch for destruction; papers that must stay are named and never released.

    Raises:
        SamePerson: Who scanned the batch does not release its paper.
        PaperNotReleased: Inspection or retention of the paper forbid it.
    """
    actor.require(Permission.PAPER)
    batch = batch_of(session, actor, batch_id, now, lock=True)
    if actor.person_id is None or actor.person_id == batch.operator_id:
        raise SamePerson
    paper = paper_of(session, batch, must_stay, day_of(now))
    if paper.reasons:
        raise PaperNotReleased(reasons=" ".join(paper.reasons))
    changes = go(batch, move_batch(batch.state, BatchState.PAPER_RELEASED))
    batch.released_at, batch.released_by = now, actor.name
    detail = {"stays": sorted(str(key) for key in paper.stays), "paper_until": str(batch.paper_until)}
    record(session, actor, "batch.paper_released", about=("batch", batch.id), now=now, detail=detail, changes=changes)


def paper_destroyed(session: Session, actor: Actor, batch_id: UUID, on: date | None, now: datetime) -> None:
    """Note on which day the released paper was destroyed.

    Raises:
        InvalidInput: The day is missing, lies before the release or in the future.
        MoveRefused: The paper is not released.
    """
    actor.require(Permission.PAPER)
    batch = batch_of(session, actor, batch_id, now, lock=True)
    if batch.released_at is None:
        raise MoveRefused(state=BATCH_LABELS[batch.state])
    state = move_batch(batch.state, BatchState.PAPER_DESTROYED)
    if on is None or not day_of(batch.released_at) <= on <= day_of(now):
        raise InvalidInput(problem="Bitte geben Sie den Tag der Vernichtung an, ab der Freigabe bis heute.", field="on")
    changes = go(batch, state)
    batch.destroyed_on, batch.destroyed_by = on, actor.name
    about, detail = ("batch", batch.id), {"on": str(on)}
    record(session, actor, "batch.paper_destroyed", about=about, now=now, detail=detail, changes=changes)
