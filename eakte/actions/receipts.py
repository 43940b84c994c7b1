"""Proof of receipt (Eingangsnachweis): who received what, when and from where, with the hashes of every file.

It is made from what is stored and never changes: arrival and bytes are facts, and the entry of the hash-chained history
that tells of the arrival is named with its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.balance import CAME_IN
from eakte.actions.guard import item_of, item_seen
from eakte.records.access import Actor
from eakte.records.calendar import BERLIN
from eakte.store.arrivals import Arrival
from eakte.store.documents import IncomingItem, StoredObject
from eakte.store.history import HistoryEntry, record
from retention.certificate import FONTS
from retention.certificate_page import Page, Section, render

LABELS: Mapping[str, str] = {
    "mailbox": "Postfach",
    "from": "Von",
    "to": "An",
    "copies": "Kopie",
    "subject": "Betreff",
    "sent": "Gesendet",
    "message_id": "Message-ID",
    "submission_id": "Einreichung",
    "service": "Leistung",
    "service_id": "Leistungskennung",
}
"""What a sender's side says, in the order and the words people read."""
SOURCES: Mapping[str, str] = {
    "upload": "hochgeladen",
    "folder": "Scan-Ordner",
    "command": "Kommandozeile",
    "program": "Fachverfahren",
    "mail": "E-Mail",
    "portal": "Portal",
    "migration": "Migration",
}
CLOSING = "Maschinell erstellt aus dem unveränderlichen Eingang und dem Protokoll."


@dataclass(frozen=True, slots=True)
class Proof:
    """Canonical JSON (sorted keys, UTF-8, no spaces), and a page for people that names its SHA-256."""

    json: bytes
    pdf: bytes


def proof(session: Session, actor: Actor, item_id: UUID, now: datetime, *, city: str) -> Proof:
    """Return the proof of receipt of an item the actor may see, with what came in it; taking it is told."""
    item = item_of(session, actor, item_id, now)
    facts = _facts(session, actor, item, now)
    document = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    page = Page(
        title="Eingangsnachweis",
        organisation=city,
        sections=_sections(item, facts),
        digest=hashlib.sha256(document).hexdigest(),
        created_at=item.received_at,
        closing=CLOSING,
    )
    record(session, actor, "item.proof_taken", about=("item", item.id), now=now)
    return Proof(document, render(page, FONTS))


def _facts(session: Session, actor: Actor, item: IncomingItem, now: datetime) -> dict[str, object]:
    arrival, entry = session.get(Arrival, item.id), _entry(session, item)
    envelope = arrival.envelope if arrival else {}
    return {
        "format": "eakte-receipt/1",
        "item_id": str(item.id),
        "received_at": item.received_at.astimezone(UTC).isoformat(),
        "received_by": item.received_by,
        "source": item.source,
        "envelope": {name: str(envelope[name]) for name in LABELS if name in envelope},
        "files": [_file(session, one) for one in (item, *_parts(session, actor, item, now))],
        "history": {"sequence": entry.sequence, "hash": entry.entry_hash} if entry else None,
    }


def _parts(session: Session, actor: Actor, item: IncomingItem, now: datetime) -> list[IncomingItem]:
    """Return what came in an item, also what was taken out since, as far as the actor may know of it."""
    query = select(IncomingItem).where(IncomingItem.upload_id.startswith(f"part:{item.id}:"), item_seen(actor, now))
    return sorted(session.scalars(query), key=lambda part: int(part.upload_id.rsplit(":", 1)[1]))


def _file(session: Session, item: IncomingItem) -> dict[str, object]:
    kept = session.get_one(StoredObject, item.sha256)
    return {"name": item.filename, "size": kept.size, "sha256": kept.sha256, "sha512": kept.sha512}


def _entry(session: Session, item: IncomingItem) -> HistoryEntry | None:
    return session.scalar(
        select(HistoryEntry)
        .where(
            HistoryEntry.about_id == str(item.id),
            HistoryEntry.action.in_(CAME_IN),
        )
        .order_by(HistoryEntry.sequence)
        .limit(1)
    )


def _sections(item: IncomingItem, facts: dict[str, object]) -> tuple[Section, ...]:
    local = item.received_at.astimezone(BERLIN)
    arrival = [
        ("Eingegangen am", f"{local:%d.%m.%Y, %H:%M:%S} Uhr ({local:%Z})"),
        ("Über", SOURCES.get(item.source, item.source)),
        ("Erfasst von", item.received_by),
        ("Eingang", str(item.id)),
    ]
    if isinstance(entry := facts["history"], dict):
        arrival.append(("Protokoll", f"Eintrag {entry['sequence']}, {entry['hash']}"))
    envelope = facts["envelope"]
    told = [(LABELS[name], envelope[name]) for name in LABELS if isinstance(envelope, dict) and name in envelope]
    files = facts["files"] if isinstance(facts["files"], list) else []
    lines = [
        ("Datei" if not number else f"Anlage {number}", f"{one['name']}, {one['size']} Bytes, SHA-256 {one['sha256']}")
        for number, one in enumerate(files)
    ]
    sections = (("Eingang", arrival), ("Angaben des Absenders", told), ("Dateien", lines))
    return tuple((title, tuple(each)) for title, each in sections if each)
