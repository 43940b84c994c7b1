"""What the worker does to a batch: its pages are looked at and counted, its documents cut out become incoming items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions.intake import Source
from eakte.actions.lanes import order_reading
from eakte.actions.scan_counts import counts_of, current, go, order_split, pieces_of_scan
from eakte.actions.separator_sheets import separator_in
from eakte.records.access import SYSTEM
from eakte.records.scanning import BatchState, PageRole, Piece, SheetFacts, differences, move_batch, roles_of
from eakte.records.separator_sheet import Signed
from eakte.store.arrivals import Arrival
from eakte.store.documents import IncomingItem
from eakte.store.history import record, set_to
from eakte.store.scanning import BatchScan, ScanBatch, ScannedPart, ScanPage
from eakte.store.stored import Fingerprint, Objects, keep
from ingest.model import SheetLook


@dataclass(frozen=True, slots=True)
class Marks:
    """How separators are told apart: whose signature is ours, how a Code 128 of ours begins."""

    signed: Signed
    prefix: str


def record_look(
    session: Session,
    objects: Objects,
    scan_id: UUID,
    looks: Sequence[SheetLook],
    *,
    stored: Mapping[Path, Fingerprint],
    marks: Marks,
    now: datetime,
) -> None:
    """Keep what the pages of a scan look like. Doing it twice changes nothing."""
    scan = session.get(BatchScan, scan_id, with_for_update=True, populate_existing=True)
    if scan is None or scan.looked_at is not None:
        return
    for fingerprint in stored.values():
        keep(session, objects, fingerprint, now=now)
    separators = [separator_in(one.codes, signed=marks.signed, prefix=marks.prefix) for one in looks]
    before = [None, *separators]
    facts = [
        SheetFacts(one.number, separator is not None, one.blank, separator == earlier)
        for one, separator, earlier in zip(looks, separators, before, strict=False)
    ]
    roles = roles_of(facts)
    scan.pages = [
        ScanPage(
            number=one.number,
            blank=one.blank,
            separator=separator,
            role=roles[one.number],
            image=stored[one.image].sha256,
            thumbnail=stored[one.thumbnail].sha256,
        )
        for one, separator in zip(looks, separators, strict=True)
    ]
    scan.looked_at = now


def record_scan_fault(session: Session, batch_id: UUID, code: str, sentence: str, now: datetime) -> None:
    """Stop a batch one of whose scans cannot be opened or cut."""
    batch = session.get(ScanBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state not in {BatchState.CHECKING, BatchState.SPLITTING}:
        return
    for scan in current(batch):
        if scan.looked_at is None:
            scan.fault_code = code
    batch.differences = [sentence]
    changes = go(batch, move_batch(batch.state, BatchState.STOPPED))
    about = ("batch", batch.id)
    record(session, SYSTEM, "batch.stopped", about=about, now=now, detail={"code": code}, changes=changes)


def check(session: Session, batch_id: UUID, now: datetime) -> None:
    """Compare what was found with what the operator expected: split, or stop for somebody to decide."""
    batch = session.get(ScanBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state is not BatchState.CHECKING:
        return
    found = counts_of(batch)
    batch.found_documents, batch.found_separators, batch.found_pages = found.documents, found.separators, found.pages
    batch.differences = list(differences(found, documents=batch.expected_documents, pages=batch.expected_pages))
    detail = {"documents": found.documents, "separators": found.separators, "pages": found.pages}
    if batch.differences:
        changes = go(batch, move_batch(batch.state, BatchState.STOPPED))
        record(session, SYSTEM, "batch.stopped", about=("batch", batch.id), now=now, detail=detail, changes=changes)
        return
    changes = order_split(session, batch)
    record(session, SYSTEM, "batch.checked", about=("batch", batch.id), now=now, detail=detail, changes=changes)


@dataclass(frozen=True, slots=True)
class PartToCut:
    """A piece of a scan that becomes an item."""

    scan_id: UUID
    position: int
    pages: tuple[tuple[int, int], ...]
    """Number and clockwise turn of each page."""
    separator: dict[str, object] | None


def parts_to_cut(batch: ScanBatch) -> tuple[PartToCut, ...]:
    """Return the pieces of all scans of a batch in their order, numbered from 1."""
    found = [(scan, piece) for scan in current(batch) for piece in pieces_of_scan(scan)]
    return tuple(_part(scan, piece, position) for position, (scan, piece) in enumerate(found, 1))


def _part(scan: BatchScan, piece: Piece, position: int) -> PartToCut:
    by_number = {page.number: page for page in scan.pages}
    sheet = next((n for n in range(piece.pages[0] - 1, 0, -1) if by_number[n].separator), None)
    opened_by = by_number[sheet].separator if sheet and _is_own(by_number, sheet, piece.pages[0]) else None
    return PartToCut(scan.id, position, tuple((n, by_number[n].turn) for n in piece.pages), opened_by)


def _is_own(by_number: Mapping[int, ScanPage], sheet: int, first: int) -> bool:
    """Whether nothing but sheets lies between a separator and the first page of a piece."""
    return all(by_number[number].role is PageRole.SHEET for number in range(sheet, first))


def record_parts(
    session: Session, objects: Objects, batch_id: UUID, parts: Sequence[tuple[PartToCut, Fingerprint]], now: datetime
) -> None:
    """Let the pieces of a batch become incoming items, received when their scan was. Twice is once."""
    batch = session.get(ScanBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state is not BatchState.SPLITTING:
        return
    scans = {scan.id: scan for scan in batch.scans}
    for part, stored in parts:
        _become_item(session, objects, batch, scans[part.scan_id], part, stored, now)
    changes = go(batch, move_batch(batch.state, BatchState.INSPECTION))
    detail = {"documents": len(parts)}
    record(session, SYSTEM, "batch.split", about=("batch", batch.id), now=now, detail=detail, changes=changes)


def _become_item(
    session: Session,
    objects: Objects,
    batch: ScanBatch,
    scan: BatchScan,
    part: PartToCut,
    stored: Fingerprint,
    now: datetime,
) -> None:
    keep(session, objects, stored, now=now)
    item = IncomingItem(
        upload_id=f"scan:{batch.id}:{part.position}",
        org_unit_id=batch.org_unit_id,
        access_key=batch.access_key,
        source=Source.SCAN.value,
        filename=f"stapel-{batch.number:04d}-{part.position:03d}.pdf",
        received_at=scan.received_at,
        received_by=scan.received_by,
        sha256=stored.sha256,
        batch_id=batch.id,
    )
    session.add(item)
    session.flush()
    if batch.languages:
        session.add(Arrival(item_id=item.id, languages=batch.languages))
    pages = [[number, turn] for number, turn in part.pages]
    session.add(
        ScannedPart(
            item_id=item.id,
            batch_id=batch.id,
            scan_id=scan.id,
            position=part.position,
            pages=pages,
            separator=part.separator,
        )
    )
    unit = batch.org_unit.current.code
    detail: dict[str, object] = {"source": item.source, "sha256": stored.sha256, "sha512": stored.sha512, "unit": unit}
    detail |= {"batch": str(batch.id), "number": part.position}
    changes = set_to(filename=item.filename, org_unit=unit)
    record(session, SYSTEM, "item.received", about=("item", item.id), now=now, detail=detail, changes=changes)
    order_reading(session, item, "0", now)
