"""Batches as people see them: the list, one batch with its pages, its documents and what is to be inspected."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import blank_pages, inspection
from eakte.actions.blank_pages import BlankView
from eakte.actions.guard import batch_of, item_seen
from eakte.actions.inspection import Paper
from eakte.actions.scan_counts import current
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.scanning import PageRole
from eakte.records.states import ItemState
from eakte.store.documents import Document, IncomingItem, page_counts
from eakte.store.scanning import BatchInspection, BatchScan, ScanBatch, ScannedPart, ScanPage, TransferNoteRow

NO_BLANKS = BlankView(())


@dataclass(frozen=True, slots=True)
class PartView:
    """One document of a batch; of one that the actor may not see any more, nothing but its place in the batch."""

    item_id: UUID
    seen: bool
    position: int
    state: ItemState
    document_id: UUID | None
    subject: str
    document_type: str
    pages: int
    separator: str
    """What the sheet before it said, in German."""
    drawn: bool
    fault: str
    stays: bool
    noted: bool
    blanks: BlankView


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch with everything on its page."""

    batch: ScanBatch
    scans: tuple[BatchScan, ...]
    parts: tuple[PartView, ...]
    inspection: BatchInspection | None
    paper: Paper
    mine: bool
    """Whether the actor scans it, and therefore does not inspect it."""

    @property
    def to_inspect(self) -> tuple[PartView, ...]:
        """The drawn documents of an inspection under way."""
        return tuple(part for part in self.parts if part.drawn)

    @property
    def blank_count(self) -> int:
        """How many pages of the documents are blank; before they were cut out, of the scans."""
        if self.parts:
            return sum(len(part.blanks.numbers) for part in self.parts)
        return sum(page.blank and page.role is not PageRole.SHEET for scan in self.scans for page in scan.pages)

    @property
    def blanks_left_out(self) -> int:
        """How many of them are not shown."""
        return sum(len(part.blanks.left_out) for part in self.parts)


def listing(session: Session, actor: Actor, *, limit: int, offset: int = 0) -> list[ScanBatch]:
    """Return the batches of the units the actor works in, newest first."""
    actor.require(Permission.FILE)
    query = select(ScanBatch).where(ScanBatch.access_key.in_(actor.keys)).order_by(ScanBatch.number.desc())
    return list(session.scalars(query.offset(offset).limit(limit)))


def show(session: Session, actor: Actor, batch_id: UUID, must_stay: Collection[str], now: datetime) -> BatchView:
    """Return one batch."""
    actor.require(Permission.FILE)
    batch = batch_of(session, actor, batch_id, now)
    newest = batch.inspections[-1] if batch.inspections else None
    paper = inspection.paper_of(session, batch, must_stay, day_of(now))
    return BatchView(
        batch=batch,
        scans=tuple(current(batch)),
        parts=_parts(session, actor, batch, newest, paper, now),
        inspection=newest,
        paper=paper,
        mine=batch.operator_id == actor.person_id,
    )


def _parts(
    session: Session, actor: Actor, batch: ScanBatch, newest: BatchInspection | None, paper: Paper, now: datetime
) -> tuple[PartView, ...]:
    rows = session.execute(
        select(ScannedPart, IncomingItem, Document)
        .join(IncomingItem, IncomingItem.id == ScannedPart.item_id)
        .outerjoin(Document, Document.item_id == IncomingItem.id)
        .where(ScannedPart.batch_id == batch.id)
        .order_by(ScannedPart.position)
    ).all()
    ids = [part.item_id for part, _, _ in rows]
    seen = set(session.scalars(select(IncomingItem.id).where(IncomingItem.id.in_(ids), item_seen(actor, now))))
    noted = set(session.scalars(select(TransferNoteRow.item_id).where(TransferNoteRow.item_id.in_(ids)))) & seen
    readable = [document.id for _, item, document in rows if document is not None and item.id in seen]
    blanks = blank_pages.of_documents(session, readable)
    counted = page_counts(session, [document.id for _, _, document in rows if document is not None])
    faults = {one["item"]: one["fault"] for one in newest.faults} if newest else {}
    drawn = set(newest.drawn) if newest else set()
    return tuple(
        PartView(
            item_id=item.id,
            seen=item.id in seen,
            position=part.position,
            state=item.state,
            document_id=document.id if document and item.id in seen else None,
            subject=document.subject if document and item.id in seen else "",
            document_type=document.document_type if document and item.id in seen else "",
            pages=counted.get(document.id, len(part.pages)) if document else len(part.pages),
            separator=separator_words(part.separator),
            drawn=str(item.id) in drawn,
            fault=faults.get(str(item.id), ""),
            stays=item.id in paper.stays and item.id in seen,
            noted=item.id in noted,
            blanks=blanks.get(document.id, NO_BLANKS) if document else NO_BLANKS,
        )
        for part, item, document in rows
    )


def separator_words(separator: dict[str, object] | None) -> str:
    """Return in German what a separator is; which case file it names is told with the proposal, within rights."""
    if separator is None:
        return ""
    kinds = {"sheet": "Trennblatt der E-Akte", "patch_t": "Trennblatt (Patch-T)", "code128": "Trennblatt (Code 128)"}
    return kinds[str(separator["kind"])]


def page_of(session: Session, actor: Actor, batch_id: UUID, page_id: UUID, now: datetime) -> ScanPage:
    """Return a page of a scan in a batch that is still being worked on.

    Raises:
        NotFound: There is no such page, or its documents are told by their own items already.
    """
    actor.require(Permission.FILE)
    batch = batch_of(session, actor, batch_id, now)
    page = session.get(ScanPage, page_id)
    if page is None or (batch.found_documents is None and not batch.differences):
        raise NotFound
    if page.scan_id not in {scan.id for scan in batch.scans} or _is_over(session, batch):
        raise NotFound
    return page


def _is_over(session: Session, batch: ScanBatch) -> bool:
    """Whether documents were cut out: from then on the rights of each decide who sees its pages."""
    return session.scalar(select(ScannedPart.item_id).where(ScannedPart.batch_id == batch.id).limit(1)) is not None
