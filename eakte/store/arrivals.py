"""How items came in: what their sender's side said beside the bytes, and which items are attachments of another."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from eakte.records.arrivals import gone_along, lead_id_of, part_id
from eakte.records.states import ItemState
from eakte.store.base import Base
from eakte.store.documents import Document, IncomingItem

_PARTS_AT_ONCE = 50


class Arrival(Base):
    """What came with an item beside its bytes. It goes with the item."""

    __tablename__ = "arrival"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="CASCADE"), primary_key=True)
    envelope: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the sender's side said, for example ``message_id``, ``from``, ``to``, ``mailbox`` of a mail."""
    languages: Mapped[str] = mapped_column(String(80), default="")
    """Languages of the text recognition where the source names them, else empty."""
    document_type: Mapped[str] = mapped_column(String(80), default="")
    """Document type the source vouches for, else empty."""


class Attachment(Base):
    """An item that came in another one (Anlage): filed with it by default. Taken out, the row is gone."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("parent_id", "part"),)

    item_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="CASCADE"), primary_key=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="CASCADE"))
    part: Mapped[int]
    """Its number among the attachments, from 1 on; given once."""


def is_lead() -> ColumnElement[bool]:
    """Return the predicate "the item is decided on by itself": no attachment of one that still waits."""
    parent = aliased(IncomingItem)
    return ~(
        select(Attachment.item_id)
        .join(parent, parent.id == Attachment.parent_id)
        .where(Attachment.item_id == IncomingItem.id, parent.state.not_in((ItemState.FILED, ItemState.DROPPED)))
        .exists()
    )


def is_attachment() -> ColumnElement[bool]:
    """Return the predicate "the item came in another one"."""
    return select(Attachment.item_id).where(Attachment.item_id == IncomingItem.id).exists()


def attachment_counts(session: Session, item_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many attachments each item has; items without are left out."""
    rows = session.execute(
        select(Attachment.parent_id, func.count())
        .where(Attachment.parent_id.in_(item_ids))
        .group_by(Attachment.parent_id)
    ).all()
    return dict(rows)


def items_along(session: Session, item_ids: Collection[UUID]) -> list[IncomingItem]:
    """Return what goes when these items are destroyed, as :func:`eakte.records.arrivals.gone_along` says."""
    uploads = session.execute(
        select(IncomingItem.id, IncomingItem.upload_id).where(IncomingItem.id.in_(item_ids))
    ).all()
    leads = {lead_id_of(upload_id) or item_id for item_id, upload_id in uploads}
    found: list[IncomingItem] = []
    for lead in sorted(leads):
        family = {item.id: item for item in _family(session, lead)}
        going = gone_along(lead, {key: item.state for key, item in family.items()}, item_ids)
        found += [family[key] for key in sorted(going)]
    return found


def _family(session: Session, lead: UUID) -> list[IncomingItem]:
    """Return a container and all that came in it, also what was taken out: found by ids, for a mail knows no others."""
    container = session.get(IncomingItem, lead)
    found = [container] if container else []
    for first in count(1, _PARTS_AT_ONCE):
        ids = [part_id(lead, number) for number in range(first, first + _PARTS_AT_ONCE)]
        parts = session.scalars(select(IncomingItem).where(IncomingItem.upload_id.in_(ids))).all()
        found += parts
        if not parts:
            return found
    return found


def attached_items(session: Session, item_id: UUID, *, lock: bool = False) -> list[IncomingItem]:
    """Return the attachments of an item in their order; ``lock`` keeps their rows until the transaction ends."""
    query = (
        select(IncomingItem)
        .join(Attachment, Attachment.item_id == IncomingItem.id)
        .where(Attachment.parent_id == item_id)
        .order_by(Attachment.part)
    )
    if lock:
        query = query.with_for_update(of=IncomingItem).execution_options(populate_existing=True)
    return list(session.scalars(query))


def attached_documents(session: Session, document: Document) -> list[tuple[int, Document]]:
    """Return number and document of what lies with a document in its case as its attachments, in their order."""
    query = (
        select(Attachment.part, Document)
        .join(Document, Document.item_id == Attachment.item_id)
        .where(
            Attachment.parent_id == document.item_id,
            Document.case_id == document.case_id,
            Document.case_id.is_not(None),
        )
        .order_by(Attachment.part)
    )
    return [(part, attached) for part, attached in session.execute(query)]


def lead_of(session: Session, document: Document) -> tuple[int, Document] | None:
    """Return number and lead document of an attachment that lies with it in its case, or ``None``."""
    row = session.execute(
        select(Attachment.part, Document)
        .join(Document, Document.item_id == Attachment.parent_id)
        .where(
            Attachment.item_id == document.item_id,
            Document.case_id == document.case_id,
            Document.case_id.is_not(None),
        )
    ).first()
    return (row[0], row[1]) if row else None
