"""Batches of the scanning desk: opened with expectations, filled with scans, checked, split into incoming items."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.guard import batch_of
from eakte.actions.intake import plain_name
from eakte.actions.scan_counts import counts_of, current, go, order_split
from eakte.errors import BatchOfAnother, InvalidInput, MissingReason
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.languages import joined
from eakte.records.scanning import (
    BatchState,
    PageRole,
    Protection,
    move_batch,
)
from eakte.store.history import Changes, record, set_to
from eakte.store.jobs import enqueue
from eakte.store.people import unit_by_code
from eakte.store.scanning import BatchScan, ScanBatch
from eakte.store.stored import Fingerprint, Objects, keep


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What the operator says before scanning."""

    unit_code: str
    device: str
    documents: int
    """How many documents, each behind its separator sheet."""
    pages: int | None = None
    """How many pages without separator sheets, if counted."""
    label: str = ""
    profile: str = ""
    post_processing: str = ""
    procedure: str = ""
    protection: Protection = Protection.NORMAL
    paper_place: str = ""
    paper_until: date | None = None
    software: str = ""
    languages: Collection[str] | None = None
    """With which its documents are read; ``None``: as the installation is set."""


def open_batch(session: Session, actor: Actor, new: NewBatch, *, installed: Sequence[str], now: datetime) -> ScanBatch:
    """Open a batch for a unit the actor works in. ``installed`` are the languages there are.

    Raises:
        InvalidInput: The unit is not the actor's, device or number is missing, or a language is not installed.
    """
    actor.require(Permission.UPLOAD)
    unit = unit_by_code(session, new.unit_code)
    if unit is None or new.unit_code not in actor.unit_codes or actor.person_id is None:
        raise InvalidInput(problem=f"Die Organisationseinheit „{new.unit_code}“ steht Ihnen nicht offen.", field="unit")
    if not new.device.strip():
        raise InvalidInput(problem="Bitte geben Sie das Scangerät an.", field="device")
    if new.documents < 1 or (new.pages is not None and new.pages < new.documents):
        raise InvalidInput(
            problem="Bitte geben Sie an, wie viele Dokumente und Seiten zu scannen sind.", field="documents"
        )
    languages = "" if new.languages is None else joined(new.languages, installed)
    batch = ScanBatch(
        number=1 + (session.scalar(select(func.max(ScanBatch.number))) or 0),
        label=new.label.strip()[:200],
        org_unit_id=unit.id,
        access_key=unit_key(unit.key),
        operator_id=actor.person_id,
        operator=actor.name,
        device=new.device.strip()[:200],
        profile=new.profile.strip()[:200],
        post_processing=new.post_processing.strip()[:400],
        procedure=new.procedure.strip()[:200],
        protection=new.protection,
        software=new.software[:200],
        opened_at=now,
        expected_documents=new.documents,
        expected_pages=new.pages,
        paper_place=new.paper_place.strip()[:200],
        paper_until=new.paper_until,
        languages=languages,
    )
    session.add(batch)
    session.flush()
    detail = {"number": batch.number, "documents": new.documents, "pages": new.pages, "unit": unit.code}
    changes = set_to(device=batch.device, profile=batch.profile, protection=batch.protection.value, languages=languages)
    record(session, actor, "batch.opened", about=("batch", batch.id), now=now, detail=detail, changes=changes)
    return batch


def add_scan(
    session: Session, objects: Objects, actor: Actor, batch_id: UUID, stored: Fingerprint, filename: str, now: datetime
) -> BatchScan:
    """Add a file from the scanner to an open batch. The same file twice is once.

    Raises:
        BatchOfAnother: Somebody else scans this batch.
        MoveRefused: The batch takes no more scans.
    """
    batch = _mine(session, actor, batch_id, now)
    move_batch(batch.state, BatchState.CHECKING)
    for scan in batch.scans:
        if scan.sha256 == stored.sha256 and not scan.set_aside:
            return scan
    keep(session, objects, stored, now=now)
    scan = BatchScan(
        batch_id=batch.id,
        position=len(batch.scans) + 1,
        filename=plain_name(filename),
        sha256=stored.sha256,
        received_at=now,
        received_by=actor.name,
    )
    session.add(scan)
    batch.revision += 1
    session.flush()
    session.refresh(batch, ["scans"])
    detail = {"sha256": stored.sha256, "sha512": stored.sha512, "number": scan.position}
    changes = set_to(filename=scan.filename)
    record(session, actor, "batch.scanned", about=("batch", batch.id), now=now, detail=detail, changes=changes)
    return scan


def _mine(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> ScanBatch:
    actor.require(Permission.UPLOAD)
    batch = batch_of(session, actor, batch_id, now, lock=True)
    if batch.operator_id != actor.person_id:
        raise BatchOfAnother(operator=batch.operator)
    return batch


def finish(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> None:
    """Say that everything is scanned: the pages are looked at and counted.

    Raises:
        BatchOfAnother, MoveRefused, InvalidInput: As the state and the operator have it; nothing is scanned yet.
    """
    batch = _mine(session, actor, batch_id, now)
    state = move_batch(batch.state, BatchState.CHECKING)
    if not current(batch):
        raise InvalidInput(problem="Zu diesem Stapel ist noch nichts gescannt.", field="files")
    changes = go(batch, state)
    batch.scanned_at = now
    record(session, actor, "batch.finished", about=("batch", batch.id), now=now, changes=changes)
    enqueue(session, "batch_look", f"{batch.id}:{batch.revision}", str(batch.id))


class Decision(StrEnum):
    """How a stopped batch goes on."""

    ACCEPT = "accepted"
    BY_HAND = "split_by_hand"
    RESCAN = "rescan"


def decide(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    decision: Decision,
    *,
    reason: str,
    pages: Mapping[UUID, tuple[PageRole, int]] | None = None,
    now: datetime,
) -> None:
    """Decide about a stopped batch: accept what was found, split by hand as *pages* say, or scan again.

    ``pages`` tells role and clockwise turn of pages by their id; the others stay as they are.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: The batch is not stopped.
        InvalidInput: Not a single page would be left.
    """
    actor.require(Permission.FILE)
    batch = batch_of(session, actor, batch_id, now, lock=True)
    move_batch(batch.state, BatchState.OPEN)
    if not reason.strip():
        raise MissingReason
    batch.decision, batch.decided_by, batch.decision_reason = decision.value, actor.name, reason.strip()[:2_000]
    changes = _scan_again(batch) if decision is Decision.RESCAN else _split(session, batch, pages or {})
    about, detail = ("batch", batch.id), {"decision": decision.value}
    record(session, actor, "batch.decided", about=about, now=now, detail=detail, reason=reason.strip(), changes=changes)


def _scan_again(batch: ScanBatch) -> Changes:
    for scan in batch.scans:
        scan.set_aside = True
    batch.decision, batch.differences, batch.scanned_at = "", [], None
    return go(batch, move_batch(batch.state, BatchState.OPEN))


def _split(session: Session, batch: ScanBatch, pages: Mapping[UUID, tuple[PageRole, int]]) -> Changes:
    if batch.decision == Decision.BY_HAND:
        _set_by_hand(batch, pages)
    found = counts_of(batch)
    if any(scan.looked_at is None for scan in current(batch)) or not found.documents:
        raise InvalidInput(problem="So bliebe kein Dokument übrig. Bitte scannen Sie den Stapel neu.", field="decision")
    batch.found_documents, batch.found_pages = found.documents, found.pages
    return order_split(session, batch)


def _set_by_hand(batch: ScanBatch, pages: Mapping[UUID, tuple[PageRole, int]]) -> None:
    for scan in current(batch):
        for page in scan.pages:
            page.role, page.turn = pages.get(page.id, (page.role, page.turn))
