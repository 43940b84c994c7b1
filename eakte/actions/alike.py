"""Letters that are nearly the same: one that came in before, and what was decided about others like it.

Who asks is told of what they may see and of nothing else; the same letter in another department stays its secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from eakte.actions.guard import item_seen
from eakte.actions.learning import teaches
from eakte.records.access import Actor
from eakte.records.states import ItemState
from eakte.store.documents import Document, IncomingItem, page_texts
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.textprints import TextPrintBand, keep_print, prints_like, unprinted
from ingest.model import Proposal
from ingest.textprint import ALIKE, agreed, bands_of, likeness, print_of, same_letter

MOST = 60
"""Fingerprints compared for one letter."""
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A letter that came in before and is probably the same."""

    item_id: UUID
    document_id: UUID
    subject: str
    received_at: datetime
    case_file_reference: str
    """Where it was filed; empty while it waits."""


def keep(session: Session, document_id: UUID, text: str) -> None:
    """Keep the fingerprint of a document's text; a text that says too little gets an empty one, like no other."""
    numbers = print_of(text)
    keep_print(session, document_id, numbers or b"", bands_of(numbers) if numbers else [])


def fill(session: Session, most: int) -> int:
    """Make the fingerprints of documents that have none, read before there were any; return how many."""
    missing = session.scalars(unprinted().order_by(Document.id).limit(most)).all()
    for document_id in missing:
        keep(session, document_id, _text(session, document_id))
    return len(missing)


def earlier(session: Session, actor: Actor, item: IncomingItem, now: datetime) -> tuple[Earlier, ...]:
    """Return letters the actor may see that came in before an item and are probably the same, newest first."""
    if item.document is None:
        return ()
    seen = item_seen(actor, now) & (IncomingItem.received_at <= item.received_at)
    seen &= IncomingItem.state != ItemState.REPLACED  # a part is not the same letter again as what it came from
    arrived = select(Document.id).join(IncomingItem, IncomingItem.id == Document.item_id).where(seen)
    near = _near(session, item.document.id, arrived)
    rows = session.execute(
        select(IncomingItem, Document, CaseFile.file_reference)
        .join(Document, Document.item_id == IncomingItem.id)
        .outerjoin(BusinessCase, BusinessCase.id == Document.case_id)
        .outerjoin(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.id.in_(near))
        .order_by(IncomingItem.received_at.desc(), IncomingItem.id)
    ).all()
    before = [row for row in rows if (row[0].received_at, str(row[0].id)) < (item.received_at, str(item.id))]
    text = _text(session, item.document.id) if before else ""
    return tuple(
        Earlier(one.id, document.id, document.subject, one.received_at, reference or "")
        for one, document, reference in before
        if same_letter(text, _text(session, document.id))
    )[:MOST_TOLD]


def decided(session: Session, org_unit_id: UUID, document_id: UUID, now: datetime) -> Proposal | None:
    """Return the document type that nearly the same letters were filed as, if there are any."""
    filed = (
        select(Document.id)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(*teaches(session, org_unit_id, now))
    )
    near = _near(session, document_id, filed)
    query = select(Document.document_type).where(Document.id.in_(near))
    types = session.scalars(query.order_by(Document.filed_at.desc(), Document.id)).all()
    value = agreed(types)
    if value is None:
        return None
    count = types.count(value)
    letters = "1 fast gleiches Schreiben wurde" if count == 1 else f"{count} fast gleiche Schreiben wurden"
    if count < len(types):
        letters = f"Von {len(types)} fast gleichen Schreiben {'wurde 1' if count == 1 else f'wurden {count}'}"
    # Laplace's rule of succession: one letter alike says something, twelve say much, none says everything.
    return Proposal(value, round((count + 1) / (len(types) + 2), 2), f"{letters} als „{value}“ abgelegt.")


def _near(session: Session, document_id: UUID, among: Select[UUID]) -> list[UUID]:
    allowed = among.where(Document.id == TextPrintBand.document_id).correlate(TextPrintBand).exists()
    own, others = prints_like(session, document_id, allowed, MOST)
    return [other for other, numbers in others.items() if own is not None and likeness(own, numbers) >= ALIKE]


def _text(session: Session, document_id: UUID) -> str:
    return "\f".join(text for _, text in page_texts(session, document_id))
