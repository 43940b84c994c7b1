"""Arrangements of pages, and which incoming items came from which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.records.arranging import ArrangementState, gone_with
from eakte.records.states import ItemState
from eakte.store.base import Base, UtcDateTime
from eakte.store.documents import IncomingItem

KEEPING = frozenset({ItemState.RECEIVED, ItemState.READING, ItemState.WAITING, ItemState.FAULT, ItemState.FILED})
"""States in which a new item is a record, or may still become one."""


class Arrangement(Base):
    """What somebody decided about the pages of one or several items: the parts that take their place."""

    __tablename__ = "arrangement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    state: Mapped[ArrangementState] = mapped_column(default=ArrangementState.MAKING)
    parts: Mapped[list[Any]] = mapped_column(JSON)
    """As :func:`eakte.records.arranging.to_json` writes them."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(200))
    fault_code: Mapped[str | None] = mapped_column(String(60))


class ItemOrigin(Base):
    """A new item and one it came from, directly or through others; the row stays when the new item is destroyed."""

    __tablename__ = "item_origin"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_item.id", ondelete="SET NULL"), index=True)
    """``None``: it was destroyed with its case file, and nobody is shown the source any more."""
    source_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="CASCADE"), index=True)
    arrangement_id: Mapped[UUID] = mapped_column(ForeignKey("arrangement.id", ondelete="RESTRICT"), index=True)
    direct: Mapped[bool]
    """Whether pages were taken from it, and not from what was made of it."""


def parts_of(session: Session, arrangement_id: UUID, *, lock: bool = False) -> list[IncomingItem]:
    """Return the items an arrangement made, in the order of their names in it; ``lock`` keeps their rows."""
    made = select(ItemOrigin.item_id).where(ItemOrigin.arrangement_id == arrangement_id)
    query = select(IncomingItem).where(IncomingItem.id.in_(made)).order_by(IncomingItem.id)
    if lock:
        query = query.with_for_update(of=IncomingItem).execution_options(populate_existing=True)
    return sorted(session.scalars(query), key=lambda item: int(item.upload_id.rsplit(":", 1)[1]))


def is_part(session: Session, item_id: UUID) -> bool:
    """Return whether an item was made of others, so that somebody has laid its pages."""
    return session.scalar(select(ItemOrigin.id).where(ItemOrigin.item_id == item_id).limit(1)) is not None


def all_sources(session: Session, item_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return all items that these came from, directly or through others."""
    return frozenset(session.scalars(select(ItemOrigin.source_id).where(ItemOrigin.item_id.in_(item_ids))))


def going_with(session: Session, item_ids: Collection[UUID]) -> list[IncomingItem]:
    """Return the replaced items that go when these are destroyed, as :func:`eakte.records.arranging.gone_with` says."""
    related = _related(session, item_ids)
    if not related:
        return []
    items = {item.id: item for item in session.scalars(select(IncomingItem).where(IncomingItem.id.in_(related)))}
    came_from: dict[UUID, set[UUID]] = {}
    rows = select(ItemOrigin.item_id, ItemOrigin.source_id).where(ItemOrigin.item_id.in_(related))
    for part, source in session.execute(rows):
        if part is not None:
            came_from.setdefault(part, set()).add(source)
    replaced = {key for key, item in items.items() if item.state is ItemState.REPLACED}
    keeping = {key for key, item in items.items() if item.state in KEEPING}
    going = gone_with(item_ids, came_from, replaced=replaced, keeping=keeping)
    return [items[key] for key in sorted(going)]


def _related(session: Session, item_ids: Collection[UUID]) -> set[UUID]:
    """Return the items of which these were made or that were made of these, and so on, with themselves."""
    seen: set[UUID] = set()
    found = set(item_ids)
    while found - seen:
        seen |= found
        rows = session.execute(
            select(ItemOrigin.item_id, ItemOrigin.source_id).where(
                or_(ItemOrigin.item_id.in_(seen), ItemOrigin.source_id.in_(seen))
            )
        ).all()
        found = {key for row in rows for key in row if key is not None}
    return seen if len(seen) > len(set(item_ids)) else set()


def forget_arrangements(session: Session) -> None:
    """Delete the arrangements whose sources are all gone."""
    loose = {"synchronize_session": False}
    named = select(ItemOrigin.arrangement_id)
    last = select(IncomingItem.arrangement_id).where(IncomingItem.arrangement_id.is_not(None))
    empty = delete(Arrangement).where(
        Arrangement.state != ArrangementState.MAKING, Arrangement.id.not_in(named), Arrangement.id.not_in(last)
    )
    session.execute(empty, execution_options=loose)
