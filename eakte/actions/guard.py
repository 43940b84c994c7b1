"""How actions reach records: always through the actor's keys, so invisible rows are never loaded.

Whoever reaches a need-to-know file through here is noted for the history (:mod:`eakte.actions.reads`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, not_, select, true
from sqlalchemy.orm import Session, aliased

from eakte.actions import reads
from eakte.errors import NotFound, StaleRevision
from eakte.records.access import SYSTEM, Actor
from eakte.store.arranging import ItemOrigin
from eakte.store.documents import Document, IncomingItem, unrestricted
from eakte.store.files import BusinessCase, CaseFile, SubFile, visible
from eakte.store.scanning import ScanBatch


def case_file_of(session: Session, actor: Actor, case_file_id: UUID, now: datetime, *, lock: bool = False) -> CaseFile:
    """Return a case file the actor may see; ``lock`` keeps its row until the transaction ends.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    query = select(CaseFile).where(CaseFile.id == case_file_id, visible(actor.keys, now))
    if lock:
        query = query.with_for_update(of=CaseFile).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    reads.mark(session, actor, found)
    return found


def sees(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> bool:
    """Tell whether the actor may see a case file, where nothing of it is shown yet."""
    seen = select(CaseFile.id).where(CaseFile.id == case_file_id, visible(actor.keys, now))
    return session.scalar(seen) is not None


def case_files_of(session: Session, actor: Actor, case_file_ids: Collection[UUID], now: datetime) -> list[CaseFile]:
    """Return several case files the actor may see, all rows locked, in order of their references.

    Whoever changes several records locks them all, always in this order and before the first history
    entry: the history has one lock for all, and taking rows after it could wait for each other for ever.

    Raises:
        NotFound: One of them is not there, or the actor may not know of it.
    """
    query = (
        select(CaseFile)
        .where(CaseFile.id.in_(case_file_ids), visible(actor.keys, now))
        .order_by(CaseFile.file_reference)
        .with_for_update(of=CaseFile)
        .execution_options(populate_existing=True)
    )
    found = list(session.scalars(query))
    if len(found) != len(set(case_file_ids)):
        raise NotFound
    return found


def case_of(session: Session, actor: Actor, case_id: UUID, now: datetime, *, lock: bool = False) -> BusinessCase:
    """Return a case (Vorgang) in a case file the actor may see; ``lock`` keeps the row of the case file.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    file_id = session.scalar(select(BusinessCase.case_file_id).where(BusinessCase.id == case_id))
    if file_id is None:
        raise NotFound
    case_file = case_file_of(session, actor, file_id, now, lock=lock)
    case = session.get(BusinessCase, case_id, populate_existing=True)
    if case is None or case.case_file_id != case_file.id:
        raise NotFound
    return case


def sub_file_of(session: Session, actor: Actor, sub_file_id: UUID, now: datetime, *, lock: bool = False) -> SubFile:
    """Return a sub-file (Teilakte) of a case file the actor may see, like :func:`case_of`."""
    file_id = session.scalar(select(SubFile.case_file_id).where(SubFile.id == sub_file_id))
    if file_id is None:
        raise NotFound
    case_file_of(session, actor, file_id, now, lock=lock)
    return session.get_one(SubFile, sub_file_id, populate_existing=True)


def item_of(session: Session, actor: Actor, item_id: UUID, now: datetime, *, lock: bool = False) -> IncomingItem:
    """Return an incoming item of an inbox the actor works in; once filed, who may not see the file sees no item."""
    query = select(IncomingItem).where(IncomingItem.id == item_id, item_seen(actor, now))
    if lock:
        query = query.with_for_update(of=IncomingItem).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    if found.document is not None and found.document.case_id is not None and found.document.case is not None:
        reads.mark(session, actor, found.document.case.case_file, found.document.id)
    return found


def item_seen(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know of this incoming item": its inbox, and the case file it went to.

    Of an item whose pages were arranged anew nobody knows who may not see every case file its parts went to.
    """
    if actor is SYSTEM:
        return true()
    hidden = not_(visible(actor.keys, now) & unrestricted(actor.keys, now))
    return IncomingItem.access_key.in_(actor.keys) & not_(_filed(hidden)) & not_(_replaced_by(hidden))


def item_told(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate for what is told about an item afterwards: filed, as the case file; else as its inbox."""
    seen = visible(actor.keys, now) & unrestricted(actor.keys, now)
    hidden = not_(seen)
    waits = IncomingItem.access_key.in_(actor.keys) & not_(_filed(true())) & not_(_replaced_by(hidden))
    return waits | _filed(seen)


def _filed(where: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(Document.id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.item_id == IncomingItem.id, where)
        .exists()
    )


def _replaced_by(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the predicate "a part of it went to a case file with *where*, or was destroyed with one"."""
    origin = aliased(ItemOrigin)
    filed = (
        select(Document.id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.item_id == origin.item_id, where)
        .exists()
    )
    return select(origin.id).where(origin.source_id == IncomingItem.id, origin.item_id.is_(None) | filed).exists()


def batch_of(session: Session, actor: Actor, batch_id: UUID, now: datetime, *, lock: bool = False) -> ScanBatch:
    """Return a batch of the scanning desk whose documents go to an inbox the actor works in.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    del now
    query = select(ScanBatch).where(ScanBatch.id == batch_id, ScanBatch.access_key.in_(actor.keys))
    if lock:
        query = query.with_for_update(of=ScanBatch).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def document_of(session: Session, actor: Actor, document_id: UUID, now: datetime) -> Document:
    """Return a document the actor may see: through its case file, or its inbox while it is not filed."""
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound
    if document.case_id is None:
        item_of(session, actor, document.item_id, now)
        return document
    filed = (
        select(CaseFile)
        .join(BusinessCase, CaseFile.id == BusinessCase.case_file_id)
        .join(Document, Document.case_id == BusinessCase.id)
        .where(Document.id == document.id, visible(actor.keys, now), unrestricted(actor.keys, now))
    )
    if (case_file := session.scalar(filed)) is None:
        raise NotFound
    reads.mark(session, actor, case_file, document.id)
    return document


def check_revision(stored: int, seen: int | None) -> None:
    """Refuse to overwrite what the person has not seen; ``None`` stands for "whatever is there".

    Raises:
        StaleRevision: The record was changed since.
    """
    if seen is not None and seen != stored:
        raise StaleRevision
