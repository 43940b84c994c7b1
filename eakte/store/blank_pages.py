"""Documents whose blank pages somebody wants to see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base, UtcDateTime
from eakte.store.documents import DocumentVersion, PageRow, is_newest


class ShownBlanks(Base):
    """The decision to show the blank pages of a document; taken back, the row is gone. It goes with the document.

    A table of its own, because what is signed off never changes and looking at all of it must be possible.
    """

    __tablename__ = "shown_blanks"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_by: Mapped[str] = mapped_column(String(200))


def blank_marks(
    session: Session, document_ids: Collection[UUID], *, version: int | None = None
) -> dict[UUID, list[tuple[int, bool]]]:
    """Return number and blankness of every page of each document, of its newest version unless one is named."""
    rows = session.execute(
        select(DocumentVersion.document_id, PageRow.number, PageRow.is_blank)
        .join(PageRow, PageRow.version_id == DocumentVersion.id)
        .where(DocumentVersion.document_id.in_(document_ids))
        .where(is_newest() if version is None else DocumentVersion.number == version)
        .order_by(PageRow.number)
    )
    found: dict[UUID, list[tuple[int, bool]]] = {}
    for document_id, number, is_blank in rows:
        found.setdefault(document_id, []).append((number, is_blank))
    return found
