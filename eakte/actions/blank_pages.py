"""Blank pages: left out of what is shown, told, and brought back by whoever wants to see them.

Nothing is cut away: original and renditions keep every page, and every count of pages counts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.document_life import log
from eakte.actions.guard import batch_of, document_of, item_seen
from eakte.records.access import Actor, Permission
from eakte.records.blank_pages import to_leave_out
from eakte.store.blank_pages import ShownBlanks, blank_marks
from eakte.store.documents import Document, IncomingItem


@dataclass(frozen=True, slots=True)
class BlankView:
    """The blank pages of a document that can be left out, and who wanted to see them all the same."""

    numbers: tuple[int, ...]
    shown_by: str = ""
    shown_at: datetime | None = None

    @property
    def left_out(self) -> tuple[int, ...]:
        """Those that are not shown."""
        return () if self.shown_at else self.numbers


def of_document(
    session: Session, actor: Actor, document_id: UUID, now: datetime, *, version: int | None = None
) -> BlankView:
    """Return the blank pages of a document the actor may see: of its newest version, or of the one named."""
    document = document_of(session, actor, document_id, now)
    return of_documents(session, [document.id], version=version)[document.id]


def of_documents(
    session: Session, document_ids: Sequence[UUID], *, version: int | None = None
) -> Mapping[UUID, BlankView]:
    """Return the blank pages of documents of which the caller knows that the actor may see them."""
    marks = blank_marks(session, document_ids, version=version)
    rows = session.scalars(select(ShownBlanks).where(ShownBlanks.document_id.in_(document_ids)))
    wanted = {row.document_id: row for row in rows}
    views = {}
    for key in document_ids:
        row, numbers = wanted.get(key), to_leave_out(marks.get(key, []))
        views[key] = BlankView(numbers, row.shown_by, row.shown_at) if row else BlankView(numbers)
    return views


def show(session: Session, actor: Actor, document_id: UUID, *, shown: bool = True, now: datetime) -> None:
    """Show the blank pages of a document, or leave them out again; without any, nothing happens. Twice is once.

    Raises:
        NotFound: There is no such document, or the actor may not know of it.
    """
    actor.require(Permission.FILE)
    _decide(session, actor, [document_of(session, actor, document_id, now)], shown=shown, now=now)


def show_batch(session: Session, actor: Actor, batch_id: UUID, *, shown: bool = True, now: datetime) -> None:
    """Do the same with every document of a batch that the actor may see.

    Raises:
        NotFound: There is no such batch, or the actor may not know of it.
    """
    actor.require(Permission.FILE)
    batch = batch_of(session, actor, batch_id, now)
    query = (
        select(Document)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .where(IncomingItem.batch_id == batch.id, item_seen(actor, now))
        .order_by(IncomingItem.filename)
    )
    _decide(session, actor, session.scalars(query).all(), shown=shown, now=now)


def _decide(session: Session, actor: Actor, documents: Sequence[Document], *, shown: bool, now: datetime) -> None:
    views = of_documents(session, [document.id for document in documents])
    for document in documents:
        if views[document.id].numbers:
            _set(session, actor, document, shown=shown, now=now)


def _set(session: Session, actor: Actor, document: Document, *, shown: bool, now: datetime) -> None:
    session.get_one(Document, document.id, with_for_update=True)  # of two who decide at once the second sees the first
    row = session.get(ShownBlanks, document.id, with_for_update=True, populate_existing=True)
    if shown is (row is not None):
        return
    if row is None:
        session.add(ShownBlanks(document_id=document.id, shown_at=now, shown_by=actor.name))
    else:
        session.delete(row)
    session.flush()
    changes = {"blanks_shown": (not shown, shown)}
    log(session, actor, document, "document.blanks_decided", now=now, changes=changes)
