"""Attachments (Anlagen): items that came in another one, filed and moved with it unless they are taken out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eakte.actions.guard import document_of, item_of, item_seen
from eakte.actions.lanes import order_reading
from eakte.errors import AttachmentsUnderWay, NotFound
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.arrivals import part_id
from eakte.records.states import ItemState, move_item
from eakte.store.arrivals import Attachment, attached_documents, attached_items, lead_of
from eakte.store.documents import Document, DocumentVersion, IncomingItem, page_counts
from eakte.store.history import record, set_to
from eakte.store.stored import Fingerprint, Objects, keep
from eakte.texts import sentence
from ingest.errors import InfectedFile, NotScanned

UNDER_WAY = frozenset({ItemState.RECEIVED, ItemState.READING})
UNSAFE = frozenset({InfectedFile.code, NotScanned.code})
TYPE = "Anlage"
"""Document type of an attachment whose own type was not read."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part of a container whose bytes are safe."""

    filename: str
    stored: Fingerprint


@dataclass(frozen=True, slots=True)
class AttachedItem:
    """An attachment beside the item it came in."""

    item_id: UUID
    part: int
    filename: str
    state: ItemState
    subject: str
    document_type: str
    document_id: UUID | None
    pages: int
    fault_code: str | None
    revision: int


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """An attachment of a filed document, or the document that one is attached to."""

    document_id: UUID
    part: int
    subject: str
    document_type: str
    filename: str
    pages: int


@dataclass(frozen=True, slots=True)
class Family:
    """What belongs to a document: its lead document, or its attachments."""

    lead: AttachedDocument | None
    attached: tuple[AttachedDocument, ...]


def attach(session: Session, objects: Objects, item: IncomingItem, parts: Iterable[StoredPart], now: datetime) -> None:
    """Let the parts of a container become items of their own, attached to it: they came when and whence it came.

    An attachment gets none: a container was taken apart with everything inside it when its letter was read.
    """
    if session.get(Attachment, item.id) is not None:
        return
    last = session.scalar(select(func.max(Attachment.part)).where(Attachment.parent_id == item.id)) or 0
    for number, part in enumerate(parts, last + 1):
        keep(session, objects, part.stored, now=now)
        attached = IncomingItem(
            upload_id=part_id(item.id, number),
            org_unit_id=item.org_unit_id,
            access_key=item.access_key,
            source=item.source,
            filename=part.filename,
            received_at=item.received_at,
            received_by=item.received_by,
            sha256=part.stored.sha256,
        )
        session.add(attached)
        session.flush()
        session.add(Attachment(item_id=attached.id, parent_id=item.id, part=number))
        detail = {
            "source": item.source,
            "sha256": part.stored.sha256,
            "sha512": part.stored.sha512,
            "item": str(item.id),
            "number": number,
        }
        changes = set_to(filename=attached.filename, org_unit=item.org_unit.current.code)
        about = ("item", attached.id)
        record(session, SYSTEM, "item.attached", about=about, now=now, detail=detail, changes=changes)
        order_reading(session, attached, "0", now)


def of_item(session: Session, actor: Actor, item_id: UUID, now: datetime) -> tuple[AttachedItem, ...]:
    """Return the attachments of an item the actor may see."""
    item_of(session, actor, item_id, now)
    items = attached_items(session, item_id)
    documents = [item.document.id for item in items if item.document]
    pages = page_counts(session, documents)
    numbers = _numbers(session, item_id)
    return tuple(_attached_item(item, numbers[item.id], pages.get(item.document.id, 0) if item.document else 0)
                 for item in items)  # fmt: skip


def lead_of_item(session: Session, actor: Actor, item_id: UUID, now: datetime) -> AttachedItem | None:
    """Return the item an attachment came in, with the attachment's number, as far as the actor may know of it."""
    row = session.execute(
        select(Attachment.part, IncomingItem)
        .join(IncomingItem, IncomingItem.id == Attachment.parent_id)
        .where(Attachment.item_id == item_id, item_seen(actor, now))
    ).first()
    return _attached_item(row[1], row[0], 0) if row else None


def _numbers(session: Session, parent_id: UUID) -> dict[UUID, int]:
    query = select(Attachment.item_id, Attachment.part).where(Attachment.parent_id == parent_id)
    return dict(session.execute(query).all())


def _attached_item(item: IncomingItem, part: int, pages: int) -> AttachedItem:
    document = item.document
    return AttachedItem(
        item_id=item.id,
        part=part,
        filename=item.filename,
        state=item.state,
        subject=document.subject if document else "",
        document_type=document.document_type if document else "",
        document_id=document.id if document else None,
        pages=pages,
        fault_code=item.fault_code if item.state is ItemState.FAULT else None,
        revision=item.revision,
    )


def to_decide(session: Session, item: IncomingItem) -> list[IncomingItem]:
    """Return the attachments that share the way of an item, their rows locked.

    Raises:
        AttachmentsUnderWay: One of them is still being read.
    """
    items = attached_items(session, item.id, lock=True)
    if any(attached.state in UNDER_WAY for attached in items):
        raise AttachmentsUnderWay
    return [attached for attached in items if attached.state in {ItemState.WAITING, ItemState.FAULT}]


def to_file(session: Session, item: IncomingItem) -> list[IncomingItem]:
    """Return the attachments that are filed with an item, as :func:`to_decide`.

    What is infected, or was never looked at, becomes no record that people open: it stays a fault.
    """
    return [one for one in to_decide(session, item) if one.state is not ItemState.FAULT or one.fault_code not in UNSAFE]


def document_for(session: Session, item: IncomingItem) -> Document:
    """Return the document of an attachment; what could not be read becomes one with its original alone."""
    if item.document is not None:
        return item.document
    reason = sentence(item.fault_code or "unexpected")
    version = DocumentVersion(
        number=1,
        original=item.sha256,
        media_type="application/octet-stream",
        warnings=[f"Diese Anlage liegt nur im Original vor. {reason}"],
        filename=item.filename,
        created_at=item.received_at,
        created_by=item.received_by,
    )
    document = Document(item_id=item.id, versions=[version])
    session.add(document)
    session.flush()
    session.refresh(item, ["document"])
    return document


def take_out(session: Session, actor: Actor, item_id: UUID, *, now: datetime) -> None:
    """Let an attachment wait for a decision of its own, with its own proposal.

    Raises:
        NotFound: It is no attachment, or the actor may not know of it.
        AttachmentsUnderWay: It is still being read.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, item_id, now, lock=True)
    link = session.get(Attachment, item.id)
    if link is None:
        raise NotFound
    if item.state in UNDER_WAY:
        raise AttachmentsUnderWay
    detach(session, actor, link, now)
    if item.state is ItemState.WAITING:
        item.state = move_item(item.state, ItemState.READING)
        item.revision += 1
        order_reading(session, item, str(item.revision), now)


def detach(session: Session, actor: Actor, link: Attachment, now: datetime) -> None:
    """Undo the link between an attachment and its lead, and tell it."""
    detail = {"item": str(link.parent_id), "number": link.part}
    changes = {"attached_to": (str(link.parent_id), None)}
    about = ("item", link.item_id)
    session.execute(delete(Attachment).where(Attachment.item_id == link.item_id))
    record(session, actor, "item.taken_out", about=about, now=now, detail=detail, changes=changes)


def of_document(session: Session, actor: Actor, document_id: UUID, now: datetime) -> Family:
    """Return what belongs to a document the actor may see, in the case it lies in."""
    document = document_of(session, actor, document_id, now)
    lead = lead_of(session, document)
    attached = attached_documents(session, document)
    pages = page_counts(session, [one.id for _, one in attached])
    return Family(
        lead=_attached_document(*lead, 0) if lead else None,
        attached=tuple(_attached_document(part, one, pages.get(one.id, 0)) for part, one in attached),
    )


def _attached_document(part: int, document: Document, pages: int) -> AttachedDocument:
    return AttachedDocument(
        document_id=document.id,
        part=part,
        subject=document.subject,
        document_type=document.document_type,
        filename=document.item.filename,
        pages=pages,
    )
