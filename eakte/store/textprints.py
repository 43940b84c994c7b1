"""Text fingerprints of documents, to find nearly the same letter again. They hold numbers, no words."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, LargeBinary, Select, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from eakte.store.base import Base
from eakte.store.documents import Document, DocumentVersion


class TextPrint(Base):
    """The fingerprint of a document's text as it was first read (``ingest.textprint``); empty: it says too little."""

    __tablename__ = "text_print"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True)
    numbers: Mapped[bytes] = mapped_column(LargeBinary)


class TextPrintBand(Base):
    """A band of a fingerprint, to look others up by."""

    __tablename__ = "text_print_band"

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("text_print.document_id", ondelete="RESTRICT"), primary_key=True, index=True
    )


def keep_print(session: Session, document_id: UUID, numbers: bytes, bands: list[int]) -> None:
    """Keep the fingerprint of a document in place of the one it had."""
    forget_prints(session, [document_id])
    session.add(TextPrint(document_id=document_id, numbers=numbers))
    session.flush()
    session.add_all(TextPrintBand(band=band, document_id=document_id) for band in bands)


def unprinted() -> Select[UUID]:
    """Return the query of read documents without a fingerprint."""
    read = select(DocumentVersion.id).where(DocumentVersion.document_id == Document.id).exists()
    return select(Document.id).where(
        read, ~select(TextPrint.document_id).where(TextPrint.document_id == Document.id).exists()
    )


def forget_prints(session: Session, document_ids: Collection[UUID]) -> None:
    """Delete the fingerprints of documents."""
    for table in (TextPrintBand, TextPrint):
        where = table.document_id.in_(document_ids)
        session.execute(delete(table).where(where), execution_options={"synchronize_session": False})


def prints_like(
    session: Session, document_id: UUID, allowed: ColumnElement[bool], most: int
) -> tuple[bytes | None, dict[UUID, bytes]]:
    """Return a document's fingerprint and those that share most bands with it.

    ``allowed`` is a predicate on ``TextPrintBand.document_id``: what nobody may be told of is never counted either.
    """
    own = session.get(TextPrint, document_id)
    if own is None:
        return None, {}
    mine = select(TextPrintBand.band).where(TextPrintBand.document_id == document_id)
    near = (
        select(TextPrintBand.document_id, func.count().label("shared"))
        .where(TextPrintBand.band.in_(mine), TextPrintBand.document_id != document_id, allowed)
        .group_by(TextPrintBand.document_id)
        .order_by(func.count().desc(), TextPrintBand.document_id)
        .limit(most)
        .subquery()
    )
    rows = session.execute(
        select(TextPrint.document_id, TextPrint.numbers).join(near, near.c.document_id == TextPrint.document_id)
    ).all()
    return own.numbers, dict(rows)
