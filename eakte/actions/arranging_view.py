"""What a person sees of arranged pages: what an item came from, and what stands in the place of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.arranging import may_undo, refusal
from eakte.actions.guard import document_of, item_of, item_seen
from eakte.errors import NotWaiting
from eakte.records.access import Actor
from eakte.records.arranging import ArrangementState, Part, from_json
from eakte.records.states import ItemState
from eakte.store.arranging import Arrangement, ItemOrigin, parts_of
from eakte.store.documents import IncomingItem, page_counts

MOST_OTHERS = 60
"""Items offered for merging before and after one."""


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
    """An item whose pages may be arranged, or why not."""

    item_id: UUID
    document_id: UUID | None
    filename: str
    subject: str
    received_at: datetime
    pages: int
    revision: int
    refused: str
    """Code of the error, or empty."""


def origins(session: Session, actor: Actor, item_id: UUID, now: datetime) -> tuple[Related, ...]:
    """Return what pages of an item were taken from, as far as the actor may know of it.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
    """
    return _origins(session, actor, item_of(session, actor, item_id, now).id, now)


def _origins(session: Session, actor: Actor, item_id: UUID, now: datetime) -> tuple[Related, ...]:
    query = (
        select(IncomingItem)
        .join(ItemOrigin, ItemOrigin.source_id == IncomingItem.id)
        .where(ItemOrigin.item_id == item_id, ItemOrigin.direct, item_seen(actor, now))
        .order_by(IncomingItem.received_at, IncomingItem.id)
    )
    return tuple(_related(item) for item in session.scalars(query))


def origins_of_document(session: Session, actor: Actor, document_id: UUID, now: datetime) -> tuple[Related, ...]:
    """Return what pages of a document were taken from, like :func:`origins`: the rights to its sources are their own.

    Raises:
        NotFound: There is no such document, or the actor may not know of it.
    """
    return _origins(session, actor, document_of(session, actor, document_id, now).item_id, now)


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


def to_arrange(session: Session, actor: Actor, item_id: UUID, now: datetime) -> ToArrange:
    """Return what is needed to arrange the pages of an item; ``refused`` says why that cannot be.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
    """
    item = item_of(session, actor, item_id, now)
    return _to_arrange(session, [item])[0]


def others(session: Session, actor: Actor, item_id: UUID, now: datetime) -> tuple[ToArrange, ...]:
    """Return the waiting items of the same inbox that an item can be merged with, those nearest in time first.

    Raises:
        NotFound: There is no such item, or the actor may not know of it.
    """
    item = item_of(session, actor, item_id, now)
    query = (
        select(IncomingItem)
        .where(
            IncomingItem.access_key == item.access_key,
            IncomingItem.org_unit_id == item.org_unit_id,
            IncomingItem.state == ItemState.WAITING,
            IncomingItem.id != item.id,
            item_seen(actor, now),
        )
        .options(joinedload(IncomingItem.document))
    )
    found: list[IncomingItem] = []
    for near in (
        query.where(IncomingItem.received_at <= item.received_at).order_by(IncomingItem.received_at.desc()),
        query.where(IncomingItem.received_at > item.received_at).order_by(IncomingItem.received_at),
    ):
        found += session.scalars(near.limit(MOST_OTHERS))
    found.sort(key=lambda other: (abs(other.received_at - item.received_at), str(other.id)))
    return tuple(one for one in _to_arrange(session, found[:MOST_OTHERS]) if not one.refused)


def _to_arrange(session: Session, items: Sequence[IncomingItem]) -> list[ToArrange]:
    pages = page_counts(session, [item.document.id for item in items if item.document])
    return [
        ToArrange(
            item_id=item.id,
            document_id=item.document.id if item.document else None,
            filename=item.filename,
            subject=item.document.subject if item.document else "",
            received_at=item.received_at,
            pages=count,
            revision=item.revision,
            refused=refusal(session, item) or ("" if count else NotWaiting.code),
        )
        for item in items
        for count in [pages.get(item.document.id, 0) if item.document else 0]
    ]


def _among(items: list[IncomingItem]) -> ColumnElement[bool]:
    return IncomingItem.id.in_([item.id for item in items])


def _related(item: IncomingItem) -> Related:
    subject = item.document.subject if item.document else ""
    return Related(item.id, item.filename, item.received_at, item.state, subject)
