"""Arranging pages of waiting items: split one, merge several, turn and reorder pages; and take it back.

Nothing is left out and no byte of what came in is changed: the items that were arranged are replaced by new ones and
stay with their bytes, hidden from the inbox. The decision is one transaction with its history and its job; a worker
cuts the new files and lets them become items (:func:`record_parts`), which are then read like anything that comes in.
When and whence a new item came is inherited: from that of its sources which came in first.

A source is seen by whoever sees every part of it (:func:`eakte.actions.guard.item_seen`), and its bytes go with the
last record that came from it (:mod:`eakte.actions.destruction`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.actions.guard import check_revision, item_of
from eakte.actions.lanes import order_reading
from eakte.errors import (
    ArrangingAttachments,
    ArrangingMigrated,
    ArrangingScanned,
    ArrangingUndoTooLate,
    ArrangingUnits,
    NotFound,
    NotWaiting,
)
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.arranging import ArrangementState, Part, check, from_json, name_of, sources_of, to_json
from eakte.records.states import ItemState, move_item
from eakte.store.arranging import Arrangement, ItemOrigin, all_sources, parts_of
from eakte.store.arrivals import Arrival, Attachment
from eakte.store.documents import IncomingItem, page_counts
from eakte.store.history import noted, record, set_to, since
from eakte.store.jobs import enqueue
from eakte.store.stored import Fingerprint, Objects, keep

MIGRATION = "migration"
TO_TAKE_BACK = frozenset({ItemState.RECEIVED, ItemState.READING, ItemState.WAITING, ItemState.FAULT})
"""States of a part in which its arrangement can still be undone."""


def arrange(
    session: Session,
    actor: Actor,
    parts: Sequence[Part],
    *,
    seen: Mapping[UUID, int],
    copies: bool = False,
    now: datetime,
) -> Arrangement:
    """Put new items in the place of the items whose pages stand in *parts*, and order them to be made.

    ``parts`` are the pages of each new item, with every page of every item in them; ``seen`` the revisions of the items
    as the person saw them (an item that is not named may have any); ``copies`` lets a page stand in several parts.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
        NotWaiting: An item does not wait for a decision.
        StaleRevision: An item was changed since the person saw it.
        ArrangingScanned, ArrangingAttachments, ArrangingMigrated, ArrangingUnits: It must not be arranged.
        InvalidInput: The order loses a page, doubles one unasked, or changes nothing.
    """
    actor.require(Permission.FILE)
    # All rows in one order, so that two who arrange the same items do not wait for each other for ever.
    items = [item_of(session, actor, one, now, lock=True) for one in sorted(sources_of(parts))]
    for item in items:
        check_revision(item.revision, seen.get(item.id))
        _check_item(session, item)
    if len({(item.org_unit_id, item.access_key) for item in items}) > 1:
        raise ArrangingUnits
    check(parts, _pages(session, items), copies=copies)
    made = Arrangement(parts=to_json(parts), made_at=now, made_by=actor.name)
    session.add(made)
    session.flush()
    for item in items:
        before = noted(item, "state")
        item.state, item.arrangement_id = move_item(item.state, ItemState.REPLACED), made.id
        item.revision += 1
        detail = {"arrangement": str(made.id), "pieces": len(parts), "items": [str(one.id) for one in items]}
        changes = since(before, item)
        record(session, actor, "item.replaced", about=("item", item.id), now=now, detail=detail, changes=changes)
    enqueue(session, "arranging", str(made.id))
    return made


def refusal(session: Session, item: IncomingItem) -> str:
    """Return the code of the error by which the pages of an item cannot be arranged; empty if they can."""
    try:
        _check_item(session, item)
    except (NotWaiting, ArrangingScanned, ArrangingAttachments, ArrangingMigrated) as error:
        return error.code
    return ""


def _check_item(session: Session, item: IncomingItem) -> None:
    if item.state is not ItemState.WAITING or item.document is None:
        raise NotWaiting
    if item.batch_id is not None:
        raise ArrangingScanned
    if item.source == MIGRATION:
        raise ArrangingMigrated
    belongs = or_(Attachment.parent_id == item.id, Attachment.item_id == item.id)
    if session.scalar(select(Attachment.item_id).where(belongs).limit(1)) is not None:
        raise ArrangingAttachments


def _pages(session: Session, items: Sequence[IncomingItem]) -> dict[UUID, int]:
    documents = {item.document.id: item.id for item in items if item.document is not None}
    counts = page_counts(session, documents)
    return {item_id: counts.get(document_id, 0) for document_id, item_id in documents.items()}


def plan_of(session: Session, arrangement_id: UUID) -> tuple[Part, ...]:
    """Return the parts that are still to be made; none where that is done, or was taken back."""
    found = session.get(Arrangement, arrangement_id)
    return from_json(found.parts) if found is not None and found.state is ArrangementState.MAKING else ()


def record_parts(
    session: Session, objects: Objects, arrangement_id: UUID, stored: Sequence[Fingerprint], now: datetime
) -> None:
    """Let the files of an arrangement, one for each part, become incoming items. Twice is once."""
    made = session.get(Arrangement, arrangement_id, with_for_update=True, populate_existing=True)
    if made is None or made.state is not ArrangementState.MAKING:
        return
    parts = from_json(made.parts)
    sources = {one: session.get_one(IncomingItem, one) for one in sources_of(parts)}
    for place, (part, file) in enumerate(zip(parts, stored, strict=True), 1):
        keep(session, objects, file, now=now)
        _become_item(session, made, place, [sources[one] for one in sources_of([part])], file, now)
    made.state = ArrangementState.MADE


def _become_item(
    session: Session, made: Arrangement, place: int, sources: Sequence[IncomingItem], file: Fingerprint, now: datetime
) -> None:
    first = min(sources, key=lambda source: (source.received_at, str(source.id)))
    item = IncomingItem(
        upload_id=f"arranged:{made.id}:{place}",
        org_unit_id=first.org_unit_id,
        access_key=first.access_key,
        source=first.source,
        filename=name_of(sources[0].filename, place, len(made.parts), len(sources)),
        received_at=first.received_at,
        received_by=first.received_by,
        sha256=file.sha256,
    )
    session.add(item)
    session.flush()
    _keep_origins(session, made, item, [source.id for source in sources])
    _inherit(session, first, item, alone=len(made.parts) == 1)
    unit = item.org_unit.current.code
    detail: dict[str, object] = {"source": item.source, "sha256": file.sha256, "sha512": file.sha512, "unit": unit}
    detail |= {"arrangement": str(made.id), "number": place, "items": [str(source.id) for source in sources]}
    changes = set_to(filename=item.filename, org_unit=unit)
    record(session, SYSTEM, "item.arranged", about=("item", item.id), now=now, detail=detail, changes=changes)
    order_reading(session, item, "0", now)


def _keep_origins(session: Session, made: Arrangement, item: IncomingItem, direct: Sequence[UUID]) -> None:
    further = all_sources(session, direct) - set(direct)
    session.add_all(
        ItemOrigin(item_id=item.id, source_id=source, arrangement_id=made.id, direct=source in direct)
        for source in [*direct, *sorted(further)]
    )


def _inherit(session: Session, first: IncomingItem, item: IncomingItem, *, alone: bool) -> None:
    """Let a new item keep what was told of its source; data and type spoke of the whole and not of a piece of it."""
    told = session.get(Arrival, first.id)
    if told is None:
        return
    envelope = dict(told.envelope) if alone else {name: text for name, text in told.envelope.items() if name != "data"}
    kind = told.document_type if alone else ""
    session.add(Arrival(item_id=item.id, envelope=envelope, languages=told.languages, document_type=kind))


def give_up(session: Session, arrangement_id: UUID, code: str, now: datetime) -> None:
    """Let the items wait as before because their pages could not be taken out of the files. Twice is once."""
    made = session.get(Arrangement, arrangement_id, with_for_update=True, populate_existing=True)
    if made is None or made.state is not ArrangementState.MAKING:
        return
    made.state, made.fault_code = ArrangementState.FAILED, code
    for item in _sources(session, made):
        _take_back(session, SYSTEM, item, "item.arranging_failed", ItemState.WAITING, made, now)


def undo(
    session: Session, actor: Actor, item_id: UUID, now: datetime, *, revision: int | None = None
) -> tuple[UUID, ...]:
    """Take back the arrangement of an item and return the items that wait again, as if nothing had been.

    What it made stays as an entry with its bytes, replaced by what it was made of.

    Raises:
        NotFound: The item's pages were not arranged, or the actor may not know of it.
        ArrangingUndoTooLate: A part is filed, dropped, forwarded or arranged anew.
        StaleRevision: The item was changed since the person saw it.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, item_id, now)
    check_revision(item.revision, revision)
    made = session.get(Arrangement, item.arrangement_id, with_for_update=True) if item.arrangement_id else None
    if made is None or made.state is ArrangementState.FAILED:
        raise NotFound
    sources = _sources(session, made)
    parts = parts_of(session, made.id, lock=True)
    if not may_undo(made, sources, parts):
        raise ArrangingUndoTooLate
    for part in parts:
        _take_back(session, actor, part, "item.arranging_undone", ItemState.REPLACED, made, now)
    for source in sources:
        _take_back(session, actor, source, "item.arranging_undone", ItemState.WAITING, made, now)
        source.arrangement_id = None
    made.state = ArrangementState.UNDONE
    return tuple(source.id for source in sources)


def may_undo(made: Arrangement, sources: Sequence[IncomingItem], parts: Sequence[IncomingItem]) -> bool:
    """Whether an arrangement can still be taken back: every part waits where its sources waited."""
    if made.state is ArrangementState.MADE and len(parts) != len(made.parts):
        return False
    keys = {source.access_key for source in sources}
    return all(part.state in TO_TAKE_BACK and {part.access_key} == keys for part in parts)


def _sources(session: Session, made: Arrangement) -> list[IncomingItem]:
    query = select(IncomingItem).where(IncomingItem.arrangement_id == made.id).order_by(IncomingItem.id)
    locked = query.with_for_update(of=IncomingItem).execution_options(populate_existing=True)
    return list(session.scalars(locked))


def _take_back(
    session: Session,
    actor: Actor,
    item: IncomingItem,
    action: str,
    state: ItemState,
    made: Arrangement,
    now: datetime,
) -> None:
    before = noted(item, "state")
    item.state = move_item(item.state, state)
    item.revision += 1
    detail = {"arrangement": str(made.id)} | ({"code": made.fault_code} if made.fault_code else {})
    changes = since(before, item)
    record(session, actor, action, about=("item", item.id), now=now, detail=detail, changes=changes)
