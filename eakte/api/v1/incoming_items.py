"""Incoming items (Eingänge): sending files, the inbox, dropping, forwarding, retrying."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import StringConstraints

from eakte.actions import documents, inbox, intake
from eakte.actions.inbox import Behind
from eakte.actions.intake import ReceiptOutcome, Source, Upload
from eakte.actions.proposals import Band
from eakte.actions.quotas import IntakeFull
from eakte.api import paging, uploads
from eakte.api.models import Code, In, Nothing, Out, Page, PageQuery, Query, Reason, Results
from eakte.api.operation import Answer, Call, File, Operation, Sends
from eakte.api.uploads import Arrived
from eakte.api.v1.mentions import Mention
from eakte.errors import InfectedKept, MissingReason, MoveRefused, NotWaiting
from eakte.records.access import Permission
from eakte.records.states import ItemState
from eakte.store.stored import ObjectVanished
from eakte.texts import sentence

_ITEMS = "/incoming-items"
_ITEM = f"{_ITEMS}/<uuid:item_id>"


class ItemQuery(PageQuery):
    """Which items of the inbox are listed."""

    band: Band | None = None


class UploadQuery(Query):
    """For whom a file is and how it is called."""

    org_unit_code: Code
    filename: Annotated[str, StringConstraints(max_length=500)] | None = None


class UploadsQuery(Query):
    """For whom files are."""

    org_unit_code: Code


class ItemRow(Out):
    """An incoming item in a list."""

    item_id: UUID
    filename: str
    source: str
    state: ItemState
    received_at: datetime
    unit_code: str
    sender: str
    subject: str
    document_type: str
    reference: str
    confidence: int | None
    band: Band
    flagged: bool
    fault_code: str | None
    pages: int
    revision: int


class ItemPage(Page[ItemRow]):
    """A piece of the inbox, oldest first, with the counts of the whole."""

    counts: dict[Band, int]
    reading: int
    faults: int


class FaultPage(Page[ItemRow]):
    """A piece of the list of what could not be read."""


class IncomingItem(ItemRow):
    """An incoming item."""

    document_id: UUID | None
    foreign_reference: str
    sha256: str
    received_by: str
    warnings: list[str]
    fault: str | None
    mentions: list[Mention]


class Receipt(Out):
    """The receipt for a file; after it the sender may forget it."""

    item_id: UUID
    outcome: ReceiptOutcome
    sha256: str


class Receipts(Results[Receipt]):
    """A receipt or a problem per file."""


class Dropping(In):
    """Why an item is not relevant for the records."""

    reason: Reason


class Forwarding(In):
    """To which unit an item goes."""

    org_unit_code: Code


class Forwarded(Out):
    """The receipt for a forwarded item."""

    item_id: UUID
    org_unit_code: str


class _Place(paging.Place):
    received_at: datetime
    item_id: UUID


def _at(row: inbox.InboxRow) -> _Place:
    return _Place(received_at=row.received_at, item_id=row.item_id)


def _behind(query: PageQuery) -> Behind | None:
    at = paging.place(query, _Place)
    return Behind(at.received_at, at.item_id) if at else None


def listing(call: Call, query: ItemQuery) -> ItemPage:
    """List what waits in the person's units, in order of arrival."""
    found = inbox.listing(
        call.session, call.actor, band=query.band, after=_behind(query), limit=query.limit + 1, now=call.now
    )
    counted = {"counts": found.counts, "reading": found.reading, "faults": found.faults}
    made: ItemPage = paging.page(ItemPage, query, found.rows, _at, **counted)
    return made


def faults(call: Call, query: PageQuery) -> FaultPage:
    """List what could not be read."""
    rows = inbox.faults(call.session, call.actor, limit=query.limit + 1, after=_behind(query), now=call.now)
    made: FaultPage = paging.page(FaultPage, query, rows, _at)
    return made


def show(call: Call, item_id: UUID) -> Answer:
    """Show one item and how far it is."""
    view = inbox.show(call.session, call.actor, item_id, call.now)
    row = ItemRow.model_validate(view.row)
    item = IncomingItem(
        **dict(row),
        document_id=view.document_id,
        foreign_reference=view.foreign_reference,
        sha256=view.sha256,
        received_by=view.received_by,
        warnings=list(view.warnings),
        fault=sentence(row.fault_code) if row.fault_code else None,
        mentions=[Mention.model_validate(each) for each in view.read.facts.mentions],
    )
    return Answer(item, row.revision)


def send(call: Call, query: UploadQuery) -> Answer:
    """Take a file into the inbox of a unit."""
    return _received(call, call.prepared, query.org_unit_code)


def send_many(call: Call, item: Arrived, query: UploadsQuery) -> Answer:
    """Take several files into the inbox of a unit, each with its own receipt."""
    return _received(call, item, query.org_unit_code)


def _received(call: Call, arrived: Arrived, org_unit_code: str) -> Answer:
    upload = Upload(arrived.stored, arrived.filename, Source.PROGRAM, org_unit_code, f"program:{uuid4()}")
    receipt = intake.receive(call.session, call.services.objects, call.actor, upload, call.now, call.services.quotas)
    return Answer(Receipt.model_validate(receipt), location=f"{_ITEMS}/{receipt.item_id}")


def original(call: Call, item_id: UUID) -> File:
    """Send the file as it came."""
    found = documents.item_original(call.session, call.actor, item_id, call.now)
    return File(found.media_type, found.filename, found.sha256)


def drop(call: Call, item_id: UUID, body: Dropping) -> Answer:
    """Mark an item as not relevant for the records."""
    inbox.drop(call.session, call.actor, item_id, reason=body.reason, revision=call.seen, now=call.now)
    return show(call, item_id)


def forward(call: Call, item_id: UUID, body: Forwarding) -> Forwarded:
    """Forward a misrouted item; whoever does not work in the other unit does not see it any more."""
    inbox.reassign(call.session, call.actor, item_id, unit_code=body.org_unit_code, revision=call.seen, now=call.now)
    return Forwarded(item_id=item_id, org_unit_code=body.org_unit_code)


def retry(call: Call, item_id: UUID, body: Nothing) -> Answer:
    """Read a faulty item again."""
    del body
    inbox.retry(call.session, call.actor, item_id, call.now)
    return show(call, item_id)


OPERATIONS = (
    Operation("GET", _ITEMS, listing, Permission.FILE, ItemPage, "Posteingang, Ältestes zuerst", query=ItemQuery),
    Operation(
        "POST",
        _ITEMS,
        send,
        Permission.UPLOAD,
        Receipt,
        "Datei einliefern",
        status=202,
        query=UploadQuery,
        uploads=uploads.one,
        problems=(ObjectVanished, IntakeFull),
        once=True,
        notes="Die Datei ist sicher, wenn die Antwort kommt; gelesen wird sie danach. Der Zustand steht beim Eingang.",
    ),
    Operation(
        "POST",
        f"{_ITEMS}/bulk",
        send_many,
        Permission.UPLOAD,
        Receipts,
        "Mehrere Dateien einliefern",
        query=UploadsQuery,
        uploads=uploads.many,
        problems=(ObjectVanished, IntakeFull),
        once=True,
        each=Receipt,
        notes="Jede Datei hat ihr eigenes Ergebnis; eine abgelehnte hält keine andere auf.",
    ),
    Operation("GET", f"{_ITEMS}/faults", faults, Permission.FILE, FaultPage, "Störungen", query=PageQuery),
    Operation("GET", _ITEM, show, Permission.FILE, IncomingItem, "Ein Eingang und sein Zustand", tagged=True),
    Operation(
        "GET", f"{_ITEM}/original", original, Permission.FILE, Sends(("application/octet-stream",)),
        "Die Datei, wie sie kam", writes=True, problems=(InfectedKept,),
    ),
    Operation(
        "POST", f"{_ITEM}/dropping", drop, Permission.FILE, IncomingItem, "Nicht aktenrelevant",
        body=Dropping, current=show, tagged=True, problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_ITEM}/forwarding", forward, Permission.FILE, Forwarded, "Irrläufer weiterleiten",
        body=Forwarding, current=show, problems=(NotWaiting,),
    ),
    Operation(
        "POST", f"{_ITEM}/retry", retry, Permission.FILE, IncomingItem, "Noch einmal lesen",
        body=Nothing, tagged=True, problems=(NotWaiting, MoveRefused),
    ),
)  # fmt: skip
