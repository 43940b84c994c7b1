"""Intake: bytes become an incoming item, a reading becomes a document with pages and proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import alike, attachments, metadata, proposals
from eakte.actions.attachments import StoredPart
from eakte.actions.guard import item_of, item_seen
from eakte.actions.invoice_fields import values_of
from eakte.actions.lanes import order_reading
from eakte.actions.organisation import inbox_of
from eakte.actions.quotas import take
from eakte.actions.readings import version_of
from eakte.errors import InvalidInput
from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.metadata import Json
from eakte.records.quotas import UNLIMITED, Quotas
from eakte.records.states import ItemState, move_item
from eakte.store.arranging import is_part
from eakte.store.arrivals import Arrival, is_attachment
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import record, set_to
from eakte.store.people import OrgUnit, unit_by_code
from eakte.store.stored import Fingerprint, Objects, keep
from ingest.model import Reading


class Source(StrEnum):
    """How a file came in."""

    UPLOAD = "upload"
    FOLDER = "folder"
    COMMAND = "command"
    PROGRAM = "program"
    MAIL = "mail"
    PORTAL = "portal"
    MIGRATION = "migration"
    SCAN = "scan"
    """The scanning desk."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the source says of a file beside its bytes."""

    envelope: Mapping[str, str] = field(default_factory=dict)
    """What its sender's side said, for the proof of receipt."""
    languages: str = ""
    """Languages of the text recognition, where they are not those of the settings."""
    document_type: str = ""
    """The type the source vouches for."""
    received_by: str = ""
    """Person on whose behalf a machine delivers."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Structured data by name; those that are declared fields of the document's type become its values."""
    by_id: bool = False
    """Whether only the upload's id tells that it came before: a form may be sent twice with the same bytes."""


NOTHING_TOLD = Told()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file whose bytes are already safe in the object store."""

    stored: Fingerprint
    filename: str
    source: Source
    org_unit_code: str
    upload_id: str
    """Chosen by the sender: the same id again is the same upload."""
    told: Told = NOTHING_TOLD


class ReceiptOutcome(StrEnum):
    """What became of an upload."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    """The sender repeated an upload that had arrived."""
    DUPLICATE = "duplicate"
    """The same bytes are already in this inbox or were filed from it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to the sender. After it the sender may forget the file."""

    item_id: UUID
    outcome: ReceiptOutcome
    sha256: str


def receive(
    session: Session, objects: Objects, actor: Actor, upload: Upload, now: datetime, quotas: Quotas = UNLIMITED
) -> Receipt:
    """Take a stored file into the inbox of a unit and queue its reading, all in this transaction.

    The same bytes for the same unit do not become a second item; the second arrival is kept in the history.

    Raises:
        InvalidInput: The unit does not exist or is not one of the actor's.
        IntakeFull: A limit is reached; the sender keeps the file and comes back.
        ObjectVanished: The bytes must be stored again.
    """
    actor.require(Permission.UPLOAD)
    unit = _inbox(session, actor, upload.org_unit_code)
    sha256 = upload.stored.sha256
    kept = keep(session, objects, upload.stored, now=now)
    # Asked behind the lock on the bytes: of two workers with the same file the second sees what the first did.
    if repeated := _repeated(session, actor, upload.upload_id, now):
        return Receipt(repeated.id, ReceiptOutcome.REPEATED, repeated.sha256)
    earlier = None if upload.told.by_id else _same_bytes(session, actor, unit.id, kept.sha256, now)
    if earlier:
        record(
            session,
            actor,
            "item.received_again",
            about=("item", earlier.id),
            now=now,
            detail={"source": upload.source.value, "sha256": sha256},
        )
        return Receipt(earlier.id, ReceiptOutcome.DUPLICATE, sha256)
    key, size = unit_key(unit.key), upload.stored.size
    take(session, quotas, actor, source=upload.source.value, access_key=key, size=size, now=now)
    item = IncomingItem(
        upload_id=upload.upload_id,
        org_unit_id=unit.id,
        access_key=key,
        source=upload.source.value,
        filename=plain_name(upload.filename),
        received_at=now,
        received_by=upload.told.received_by or actor.name,
        sha256=sha256,
    )
    session.add(item)
    session.flush()
    _keep_told(session, item, upload.told)
    detail = {"source": upload.source.value, "sha256": sha256, "sha512": upload.stored.sha512, "unit": unit.code}
    changes = set_to(filename=item.filename, org_unit=unit.code)
    record(session, actor, "item.received", about=("item", item.id), now=now, detail=detail, changes=changes)
    order_reading(session, item, "0", now)
    return Receipt(item.id, ReceiptOutcome.ACCEPTED, sha256)


def _inbox(session: Session, actor: Actor, named: str) -> OrgUnit:
    # Folders and business applications go on naming a unit that is gone; people are shown the living ones.
    code = inbox_of(session, named) if actor is SYSTEM else named
    unit = unit_by_code(session, code) if code else None
    if unit is None or (actor is not SYSTEM and named not in actor.unit_codes):
        raise InvalidInput(problem=f"Die Organisationseinheit „{named}“ steht Ihnen nicht offen.", field="unit")
    return unit


def _keep_told(session: Session, item: IncomingItem, told: Told) -> None:
    envelope = dict(told.envelope) | ({"data": dict(told.values)} if told.values else {})
    if envelope or told.languages or told.document_type:
        session.add(
            Arrival(
                item_id=item.id,
                envelope=envelope,
                languages=told.languages,
                document_type=told.document_type,
            )
        )


def _repeated(session: Session, actor: Actor, upload_id: str, now: datetime) -> IncomingItem | None:
    found = session.scalar(select(IncomingItem).where(IncomingItem.upload_id == upload_id))
    return item_of(session, actor, found.id, now) if found else None


def _same_bytes(session: Session, actor: Actor, unit_id: UUID, sha256: str, now: datetime) -> IncomingItem | None:
    return session.scalar(
        select(IncomingItem)
        .where(
            IncomingItem.sha256 == sha256,
            IncomingItem.org_unit_id == unit_id,
            IncomingItem.state != ItemState.DROPPED,
            ~is_attachment(),
            item_seen(actor, now),
        )
        .limit(1)
    )


def plain_name(name: str) -> str:
    """Return the last part of a sender's file name without control characters, at most 500 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[-500:] or "ohne Namen"


@dataclass(frozen=True, slots=True)
class ToRead:
    """What the reader needs to know of an item."""

    sha256: str
    filename: str
    attempt: int
    languages: str = ""
    """Languages the source named, or empty."""
    arranged: bool = False
    """Whether somebody has laid its pages: then the machine turns none."""
    page_languages: Mapping[int, str] = field(default_factory=dict)
    """Languages of single pages, where they are others."""


def begin_reading(session: Session, item_id: UUID, now: datetime) -> ToRead | None:
    """Mark an item as being read and return what to read; ``None`` if there is nothing to do any more."""
    item = session.get(IncomingItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.state not in {ItemState.RECEIVED, ItemState.READING} or item.document is not None:
        return None
    item.state = move_item(item.state, ItemState.READING)
    item.attempts += 1
    item.revision += 1
    if item.attempts > 1:
        detail = {"attempt": item.attempts}
        record(session, SYSTEM, "item.read_again", about=("item", item.id), now=now, detail=detail)
    told = session.get(Arrival, item.id)
    return ToRead(item.sha256, item.filename, item.attempts, told.languages if told else "", is_part(session, item.id))


def record_reading(
    session: Session,
    objects: Objects,
    item_id: UUID,
    reading: Reading,
    *,
    stored: Mapping[Path, Fingerprint],
    parts: Sequence[StoredPart] = (),
    now: datetime,
) -> None:
    """Turn a reading into a document with one version, its pages and renditions, and its parts into attachments.

    ``stored`` tells under which hash each file of the reading lies in the object store. Document and attachments
    begin together, in this transaction. Doing it twice changes nothing.
    """
    item = session.get(IncomingItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.state is not ItemState.READING or item.document is not None:
        return
    for fingerprint in stored.values():
        keep(session, objects, fingerprint, now=now)
    read = proposals.of_reading(reading)
    facts = reading.facts
    told = session.get(Arrival, item.id)
    kind = _document_type(told, reading)
    document = Document(
        item_id=item.id,
        subject=(facts.subject.value if facts.subject else _service(told))[:500],
        document_type=kind,
        sender=(facts.sender.value if facts.sender else "")[:300],
        foreign_reference=(facts.foreign_reference.value if facts.foreign_reference else "")[:200],
        letter_date=read.letter_date,
        field_values={**values_of(reading.invoice), **_declared(session, kind, told)},
    )
    version = version_of(reading, stored, number=1, original=item.sha256)
    version.filename, version.created_at, version.created_by = item.filename, item.received_at, item.received_by
    document.versions = [version]
    item.proposals = proposals.to_json(read)
    item.revision += 1
    session.add(document)
    session.flush()
    alike.keep(session, document.id, reading.text)
    detail = {"pages": len(reading.pages), "software": reading.software, "document": str(document.id)}
    record(session, SYSTEM, "item.read", about=("item", item.id), now=now, detail=detail)
    attachments.attach(session, objects, item, parts, now)


def _service(told: Arrival | None) -> str:
    """Return the service a portal's submission is for: its name is a subject."""
    return str(told.envelope.get("service", "")) if told else ""


def _declared(session: Session, kind: str, told: Arrival | None) -> dict[str, Json]:
    """Return the structured data that are declared fields of the type and fit; what does not stays an attachment."""
    given: Mapping[str, object] = told.envelope.get("data", {}) if told and kind else {}
    return metadata.told(metadata.document_fields(session, kind), given) if given else {}


def _document_type(told: Arrival | None, reading: Reading) -> str:
    """Return the type the source vouches for, else the one that was read."""
    if told and told.document_type:
        return told.document_type
    return reading.document_type.value if reading.document_type else ""


def record_fault(session: Session, item_id: UUID, code: str, now: datetime) -> None:
    """Put an item that could not be read into the worklist of faults; its bytes stay as they came.

    An item that was read and only found no proposals waits for its clerk without them.
    """
    item = session.get(IncomingItem, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.state not in {ItemState.RECEIVED, ItemState.READING}:
        return
    if item.document is None:
        item.state, item.fault_code = move_item(item.state, ItemState.FAULT), code
    else:
        item.state = move_item(item.state, ItemState.WAITING)
    item.revision += 1
    record(session, SYSTEM, "item.fault", about=("item", item.id), now=now, detail={"code": code})
