"""Attachments (Anlagen) of items and documents, and the proof of receipt (Eingangsnachweis) of an item."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from eakte.actions import attachments, receipts
from eakte.api.models import Nothing, Out
from eakte.api.operation import Answer, Call, File, Operation, Sends
from eakte.api.v1 import incoming_items
from eakte.errors import AttachmentsUnderWay
from eakte.records.access import Permission
from eakte.records.states import ItemState

_ITEM = "/incoming-items/<uuid:item_id>"
_PDF, _JSON = "application/pdf", "application/json"


class AttachedItem(Out):
    """An attachment beside the item it came in, or that item beside the attachment's number."""

    item_id: UUID
    attachment_number: int = Field(validation_alias="part")
    filename: str
    state: ItemState
    subject: str
    document_type: str
    document_id: UUID | None
    pages: int
    fault_code: str | None
    revision: int


class AttachedItems(Out):
    """What came in an item, and the item it came in itself."""

    lead: AttachedItem | None
    items: list[AttachedItem]


class AttachedDocument(Out):
    """A document that belongs to another in its case."""

    document_id: UUID
    attachment_number: int = Field(validation_alias="part")
    subject: str
    document_type: str
    filename: str
    pages: int


class AttachedDocuments(Out):
    """The attachments of a document, and the document it is attached to."""

    lead: AttachedDocument | None
    items: list[AttachedDocument]


def of_item(call: Call, item_id: UUID) -> AttachedItems:
    """List what came in an item, and name the item it came in."""
    found = attachments.of_item(call.session, call.actor, item_id, call.now)
    lead = attachments.lead_of_item(call.session, call.actor, item_id, call.now)
    return AttachedItems.model_validate({"lead": lead, "items": list(found)}, from_attributes=True)


def take_out(call: Call, item_id: UUID, body: Nothing) -> Answer:
    """Let an attachment wait for a decision of its own."""
    del body
    attachments.take_out(call.session, call.actor, item_id, now=call.now)
    return incoming_items.show(call, item_id)


def of_document(call: Call, document_id: UUID) -> AttachedDocuments:
    """List what is attached to a document in its case, and name what it is attached to."""
    found = attachments.of_document(call.session, call.actor, document_id, call.now)
    return AttachedDocuments.model_validate({"lead": found.lead, "items": list(found.attached)}, from_attributes=True)


def receipt_pdf(call: Call, item_id: UUID) -> File:
    """Send the proof of receipt as people read it."""
    return File(_PDF, f"eingangsnachweis-{item_id}.pdf", content=_proof(call, item_id).pdf)


def receipt_json(call: Call, item_id: UUID) -> File:
    """Send the proof of receipt as it is hashed on its page."""
    return File(_JSON, f"eingangsnachweis-{item_id}.json", content=_proof(call, item_id).json)


def _proof(call: Call, item_id: UUID) -> receipts.Proof:
    return receipts.proof(call.session, call.actor, item_id, call.now, city=call.services.settings.city)


OPERATIONS = (
    Operation("GET", f"{_ITEM}/attachments", of_item, Permission.FILE, AttachedItems, "Anlagen eines Eingangs"),
    Operation(
        "POST", f"{_ITEM}/taking-out", take_out, Permission.FILE, incoming_items.IncomingItem, "Anlage herausnehmen",
        body=Nothing, tagged=True, problems=(AttachmentsUnderWay,),
        notes="Sie wird danach für sich gelesen, vorgeschlagen und abgelegt.",
    ),
    Operation(
        "GET", "/documents/<uuid:document_id>/attachments", of_document, Permission.READ, AttachedDocuments,
        "Anlagen eines Dokuments",
    ),
    Operation(
        "GET", f"{_ITEM}/receipt.pdf", receipt_pdf, Permission.FILE, Sends((_PDF,)), "Eingangsnachweis als PDF",
        writes=True,
    ),
    Operation(
        "GET", f"{_ITEM}/receipt.json", receipt_json, Permission.FILE, Sends((_JSON,)), "Eingangsnachweis als JSON",
        writes=True, notes="Die SHA-256 dieser Bytes steht auf der PDF-Seite.",
    ),
)  # fmt: skip
