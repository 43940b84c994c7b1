"""The inbox: what waits, what could not be read, and what a clerk sees of one item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import alike, attachments, proposals
from eakte.actions.alike import Earlier
from eakte.actions.attachments import AttachedItem
from eakte.actions.guard import check_revision, item_of
from eakte.actions.lanes import order_reading
from eakte.actions.proposals import CHECK, SURE, Band, Read, band_of
from eakte.errors import InvalidInput, MissingReason, NotWaiting
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.metadata import Json
from eakte.records.states import ItemState, move_item
from eakte.store.arrivals import attachment_counts, is_lead
from eakte.store.documents import Document, IncomingItem, page_counts
from eakte.store.files import CaseFile, visible
from eakte.store.history import noted, record, since
from eakte.store.people import OrgUnit, unit_by_code
from ingest.model import Proposal

WAITING = frozenset({ItemState.RECEIVED, ItemState.READING, ItemState.WAITING})
"""States shown in the inbox; faults have their own worklist."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of the inbox list."""

    item_id: UUID
    filename: str
    source: str
    state: ItemState
    received_at: datetime
    unit_code: str
    sender: str
    subject: str
    document_type: str
    reference: str
    """Reference of the case file proposed first, or empty."""
    confidence: int | None
    band: Band
    flagged: bool
    """Names a legal remedy, a lawsuit or a deadline: never filed in bulk."""
    fault_code: str | None
    pages: int
    revision: int
    attachments: int = 0
    lead: AttachedItem | None = None
    """The item it came in, if it is an attachment."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A piece of the inbox, oldest first, with the counts of the whole."""

    rows: tuple[InboxRow, ...]
    counts: Mapping[Band, int]
    reading: int
    """Items whose text is still being read."""
    faults: int
    after: UUID | None
    """Pass it on to get the next piece; ``None`` at the end."""

    @property
    def waiting(self) -> int:
        """How many items wait for a decision."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Behind:
    """A place in the order of arrival: behind the item that came in at that moment."""

    received_at: datetime
    item_id: UUID


def listing(
    session: Session, actor: Actor, *, band: Band | None, after: UUID | Behind | None, limit: int, now: datetime
) -> InboxPage:
    """Return the inbox of all units the actor works in, in order of arrival."""
    actor.require(Permission.FILE)
    mine = IncomingItem.access_key.in_(actor.keys) & is_lead()
    query = _rows(mine & IncomingItem.state.in_(WAITING))
    if band is not None:
        query = query.where(IncomingItem.state == ItemState.WAITING, _in_band(band))
    if (start := _place(session, after)) is not None:
        query = query.where(_comes_after(start))
    items = session.scalars(query.limit(limit + 1)).all()
    return InboxPage(
        rows=_shown(session, actor, items[:limit], now),
        counts={name: _count(session, mine, IncomingItem.state == ItemState.WAITING, _in_band(name)) for name in Band},
        reading=_count(session, mine, IncomingItem.state.in_({ItemState.RECEIVED, ItemState.READING})),
        faults=_count(session, IncomingItem.access_key.in_(actor.keys), IncomingItem.state == ItemState.FAULT),
        after=items[limit - 1].id if len(items) > limit else None,
    )


def faults(
    session: Session, actor: Actor, *, limit: int, after: Behind | None = None, now: datetime
) -> tuple[InboxRow, ...]:
    """Return what could not be read in the actor's units, oldest first."""
    actor.require(Permission.FILE)
    query = _rows(IncomingItem.access_key.in_(actor.keys) & (IncomingItem.state == ItemState.FAULT))
    if after is not None:
        query = query.where(_comes_after(after))
    rows = _shown(session, actor, session.scalars(query.limit(limit)).all(), now)
    return tuple(replace(row, lead=attachments.lead_of_item(session, actor, row.item_id, now)) for row in rows)


def _rows(where: ColumnElement[bool]) -> Select[IncomingItem]:
    return (
        select(IncomingItem)
        .where(where)
        .order_by(IncomingItem.received_at, IncomingItem.id)
        .options(joinedload(IncomingItem.document), joinedload(IncomingItem.org_unit))
    )


def _place(session: Session, after: UUID | Behind | None) -> Behind | None:
    if not isinstance(after, UUID):
        return after
    start = session.get(IncomingItem, after)
    return Behind(start.received_at, start.id) if start else None


def _comes_after(start: Behind) -> ColumnElement[bool]:
    later = IncomingItem.received_at > start.received_at
    return later | ((IncomingItem.received_at == start.received_at) & (IncomingItem.id > start.item_id))


def _in_band(band: Band) -> ColumnElement[bool]:
    confidence = func.coalesce(IncomingItem.confidence, 0)
    return {
        Band.SURE: confidence >= SURE,
        Band.CHECK: (confidence >= CHECK) & (confidence < SURE),
        Band.UNCLEAR: confidence < CHECK,
    }[band]


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(IncomingItem).where(*where)) or 0


def _shown(session: Session, actor: Actor, items: Sequence[IncomingItem], now: datetime) -> tuple[InboxRow, ...]:
    best = [item.best_case_file_id for item in items if item.best_case_file_id]
    references = dict(
        session.execute(
            select(CaseFile.id, CaseFile.file_reference).where(CaseFile.id.in_(best), visible(actor.keys, now))
        ).all()
    )
    pages = page_counts(session, [item.document.id for item in items if item.document])
    attached = attachment_counts(session, [item.id for item in items])
    return tuple(_row(item, references, pages, attached.get(item.id, 0)) for item in items)


def _row(item: IncomingItem, references: Mapping[UUID, str], pages: Mapping[UUID, int], attached: int) -> InboxRow:
    document = item.document
    return InboxRow(
        item_id=item.id,
        filename=item.filename,
        source=item.source,
        state=item.state,
        received_at=item.received_at,
        unit_code=item.org_unit.current.code,
        sender=document.sender if document else "",
        subject=document.subject if document else "",
        document_type=document.document_type if document else "",
        reference=references.get(item.best_case_file_id, "") if item.best_case_file_id else "",
        confidence=item.confidence,
        band=band_of(item.confidence),
        flagged=bool(proposals.from_json(item.proposals).alone_because),
        fault_code=item.fault_code if item.state is ItemState.FAULT else None,
        pages=pages.get(document.id, 0) if document else 0,
        revision=item.revision,
        attachments=attached,
    )


@dataclass(frozen=True, slots=True)
class ProposedFile:
    """A proposed case file the actor may see."""

    case_file_id: UUID
    reference: str
    subject: str
    percent: int
    reason: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item as the inbox shows it beside its pages."""

    row: InboxRow
    document_id: UUID | None
    read: Read
    case_files: tuple[ProposedFile, ...]
    warnings: tuple[str, ...]
    foreign_reference: str
    sha256: str
    received_by: str
    field_values: Mapping[str, Json]
    """Values of declared fields that came with it: of an electronic invoice or a portal."""
    attached: tuple[AttachedItem, ...] = ()
    lead: AttachedItem | None = None
    """The item it came in, if it is an attachment."""
    earlier: tuple[Earlier, ...] = ()
    """Letters that came in before and are probably the same."""

    @property
    def preselected(self) -> UUID | None:
        """The case file selected in advance: only from 70 per cent on."""
        first = self.case_files[0] if self.case_files else None
        return first.case_file_id if first and first.percent >= CHECK else None


def show(session: Session, actor: Actor, item_id: UUID, now: datetime) -> ItemView:
    """Return one item with its proposals; case files that vanished since are left out."""
    item = item_of(session, actor, item_id, now)
    read = proposals.from_json(item.proposals)
    ids = [UUID(found.value) for found in read.case_files]
    query = select(CaseFile).where(CaseFile.id.in_(ids), visible(actor.keys, now))
    files = {file.id: file for file in session.scalars(query)}
    shown = [
        ProposedFile(file.id, file.file_reference, file.subject, round(found.confidence * 100), found.reason, found)
        for found in read.case_files
        if (file := files.get(UUID(found.value))) is not None
    ]
    document: Document | None = item.document
    return ItemView(
        row=_shown(session, actor, [item], now)[0],
        document_id=document.id if document else None,
        read=read,
        case_files=tuple(shown),
        warnings=tuple(document.versions[-1].warnings) if document else (),
        foreign_reference=document.foreign_reference if document else "",
        field_values=document.field_values if document else {},
        sha256=item.sha256,
        received_by=item.received_by,
        attached=attachments.of_item(session, actor, item.id, now),
        lead=attachments.lead_of_item(session, actor, item.id, now),
        earlier=alike.earlier(session, actor, item, now) if item.state is ItemState.WAITING else (),
    )


def retry(session: Session, actor: Actor, item_id: UUID, now: datetime) -> None:
    """Read a faulty item again.

    Raises:
        MoveRefused: The item is no fault.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, item_id, now, lock=True)
    if item.state is not ItemState.FAULT:
        raise NotWaiting
    before = noted(item, "state", "fault_code")
    item.state = move_item(item.state, ItemState.RECEIVED)
    item.fault_code = None
    item.revision += 1
    record(session, actor, "item.retried", about=("item", item.id), now=now, changes=since(before, item))
    order_reading(session, item, str(item.revision), now)


def drop(session: Session, actor: Actor, item_id: UUID, *, reason: str, revision: int | None, now: datetime) -> None:
    """Mark an item and its attachments as not relevant for the records, with a reason. Entries and bytes stay.

    Raises:
        MissingReason: No reason was given.
        AttachmentsUnderWay: An attachment is still being read.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, item_id, now, lock=True)
    check_revision(item.revision, revision)
    if not reason.strip():
        raise MissingReason
    for each in (item, *attachments.to_decide(session, item)):
        before = noted(each, "state", "drop_reason")
        each.state = move_item(each.state, ItemState.DROPPED)
        each.drop_reason = reason.strip()
        each.revision += 1
        record(session, actor, "item.dropped", about=("item", each.id), now=now, changes=since(before, each))


def reassign(
    session: Session, actor: Actor, item_id: UUID, *, unit_code: str, revision: int | None, now: datetime
) -> None:
    """Forward a misrouted item (Irrläufer) with its attachments to another unit's inbox.

    Its case file is proposed anew there; a faulty item stays faulty and is that unit's to solve.

    Raises:
        InvalidInput: There is no such unit.
        NotWaiting: The item is neither waiting to be filed nor faulty.
        AttachmentsUnderWay: An attachment is still being read.
        StaleRevision: The item was changed since the clerk saw it.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, item_id, now, lock=True)
    check_revision(item.revision, revision)
    unit = unit_by_code(session, unit_code)
    if unit is None:
        raise InvalidInput(problem=f"Die Organisationseinheit „{unit_code}“ gibt es nicht.", field="unit")
    if item.state not in {ItemState.WAITING, ItemState.FAULT}:
        raise NotWaiting
    for each in (item, *attachments.to_decide(session, item)):
        _forward(session, actor, each, unit, now)


def _forward(session: Session, actor: Actor, item: IncomingItem, unit: OrgUnit, now: datetime) -> None:
    previous = item.org_unit.current.code
    item.org_unit_id, item.access_key = unit.id, unit_key(unit.key)
    item.confidence = item.best_case_file_id = None
    item.revision += 1
    detail, changes = {"from": previous, "to": unit.code}, {"org_unit": (previous, unit.code)}
    record(session, actor, "item.reassigned", about=("item", item.id), now=now, detail=detail, changes=changes)
    if item.state is ItemState.WAITING:
        item.state = move_item(item.state, ItemState.READING)
        order_reading(session, item, str(item.revision), now)
