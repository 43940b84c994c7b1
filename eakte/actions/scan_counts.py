"""What a batch holds: its scans that count, the documents in them, and the way from state to state."""

from __future__ import annotations

from sqlalchemy.orm import Session

from eakte.records.scanning import BatchState, Counts, Piece, SheetFacts, move_batch, pieces_by_role, sheet_count
from eakte.store.history import Changes
from eakte.store.jobs import enqueue
from eakte.store.scanning import BatchScan, ScanBatch


def go(batch: ScanBatch, state: BatchState) -> Changes:
    """Put a batch into a state that the table of moves gave; return the change for the history."""
    changes = {"batch_state": (batch.state.value, state.value)}
    batch.state = state
    batch.revision += 1
    return changes


def current(batch: ScanBatch) -> list[BatchScan]:
    """Return the scans that count: those that were not set aside for being scanned again."""
    return [scan for scan in batch.scans if not scan.set_aside]


def order_split(session: Session, batch: ScanBatch) -> Changes:
    """Order the documents of a batch to be cut out of its scans, like :func:`go`."""
    changes = go(batch, move_batch(batch.state, BatchState.SPLITTING))
    enqueue(session, "batch_cut", f"{batch.id}:{batch.revision}", str(batch.id))
    return changes


def counts_of(batch: ScanBatch) -> Counts:
    """Return what is found in the scans of a batch."""
    scans = current(batch)
    pieces = [piece for scan in scans for piece in pieces_of_scan(scan)]
    separators = sum(sheet_count(_facts(scan)) for scan in scans)
    return Counts(len(pieces), separators, sum(len(piece.pages) for piece in pieces))


def _facts(scan: BatchScan) -> list[SheetFacts]:
    before = [None, *(page.separator for page in scan.pages)]
    return [
        SheetFacts(page.number, page.separator is not None, page.blank, page.separator == earlier)
        for page, earlier in zip(scan.pages, before, strict=False)
    ]


def pieces_of_scan(scan: BatchScan) -> tuple[Piece, ...]:
    """Return the documents in a scan as its pages have their roles."""
    return pieces_by_role([(page.number, page.role) for page in scan.pages])
