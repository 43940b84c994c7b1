"""What a person sees of arranged pages: what an item came from, and what stands in the place of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from eakte.actions.arranging import may_arrange, may_undo
from eakte.actions.guard import item_of, item_seen
from eakte.records.access import Actor
from eakte.records.arranging import ArrangementState, Part, from_json
from eakte.records.states import ItemState
from eakte.store.arranging import Arrangement, ItemOrigin, parts_of
from eakte.store.documents import IncomingItem, page_counts


@dataclass(frozen=True, slots=True)
class Related:
    """An item that another one came from, or that stands in its place."""

    item_id: UUID
    filename: str
    received_at: datetime
    state: ItemState
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the last arrangement of an item's pages is."""

    arrangement_id: UUID
    state: ArrangementState
    made_at: datetime
    made_by: str
    planned: tuple[Part, ...]
    parts: tuple[Related, ...]
    """What stands in its place, as far as the person may see it."""
    sources: tuple[Related, ...]
    """What was arranged together, the item among it."""
    fault_code: str | None
    undoable: bool


@dataclass(frozen=True, slots=True)
class ToArrange:
    """An item whose pages may be arranged."""

    item_id: UUID
    document_id: UUID
    filename: str
    subject: str
    received_at: datetime
    pages: int
    revision: int


def origins(session: Session, actor: Actor, item_id: UUID, now: datetime) -> tuple[Related, ...]:
    """Return what pages of an item were taken from, as far as the actor may know of it.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
    """
    item_of(session, actor, item_id, now)
    query = (
        select(IncomingItem)
        .join(ItemOrigin, ItemOrigin.source_id == IncomingItem.id)
        .where(ItemOrigin.item_id == item_id, ItemOrigin.direct, item_seen(actor, now))
        .order_by(IncomingItem.received_at, IncomingItem.id)
    )
    return tuple(_related(item) for item in session.scalars(query))


def standing(session: Session, actor: Actor, item_id: UUID, now: datetime) -> Standing | None:
    """Return what became of the pages of an item, or ``None`` if nobody arranged them.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
    """
    item = item_of(session, actor, item_id, now)
    made = session.get(Arrangement, item.arrangement_id) if item.arrangement_id else None
    if made is None:
        return None
    together = select(IncomingItem).where(IncomingItem.arrangement_id == made.id).order_by(IncomingItem.id)
    sources = list(session.scalars(together))
    parts = parts_of(session, made.id)
    seen = set(session.scalars(select(IncomingItem.id).where(item_seen(actor, now), _among([*sources, *parts]))))
    failed = made.state is ArrangementState.FAILED
    return Standing(
        arrangement_id=made.id,
        state=made.state,
        made_at=made.made_at,
        made_by=made.made_by,
        planned=from_json(made.parts),
        parts=tuple(_related(part) for part in parts if part.id in seen),
        sources=tuple(_related(source) for source in sources if source.id in seen),
        fault_code=made.fault_code,
        undoable=not failed and may_undo(made, sources, parts),
    )


def to_arrange(session: Session, actor: Actor, item_id: UUID, now: datetime) -> ToArrange | None:
    """Return what is needed to arrange the pages of an item, or ``None`` where that is refused.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
    """
    item = item_of(session, actor, item_id, now)
    if item.document is None or not may_arrange(session, item):
        return None
    document = item.document
    pages = page_counts(session, [document.id]).get(document.id, 0)
    if not pages:
        return None
    return ToArrange(item.id, document.id, item.filename, document.subject, item.received_at, pages, item.revision)


def _among(items: list[IncomingItem]) -> ColumnElement[bool]:
    return IncomingItem.id.in_([item.id for item in items])


def _related(item: IncomingItem) -> Related:
    subject = item.document.subject if item.document else ""
    return Related(item.id, item.filename, item.received_at, item.state, subject)
