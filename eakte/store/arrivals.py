"""How items came in: what their sender's side said beside the bytes, and which items are attachments of another."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from eakte.records.states import ItemState
from eakte.store.base import Base
from eakte.store.documents import Document, IncomingItem


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
