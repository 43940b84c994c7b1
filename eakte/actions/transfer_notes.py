"""Transfer notes (Transfervermerk, TR-RESISCAN): who scanned what how with which result, bound to it by hash."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import item_of
from eakte.errors import NotFound
from eakte.records.access import Actor
from eakte.records.scanning import PROTECTION_LABELS
from eakte.store.blank_pages import blank_marks
from eakte.store.documents import Document, DocumentVersion, IncomingItem
from eakte.store.history import record
from eakte.store.scanning import BatchInspection, BatchScan, ScanBatch, ScannedPart, TransferNoteRow


def write_notes(session: Session, actor: Actor, batch: ScanBatch, inspection: BatchInspection, now: datetime) -> None:
    """Write the note of every document of a batch whose inspection was passed; the history keeps its hash."""
    items = session.scalars(select(IncomingItem).where(IncomingItem.batch_id == batch.id).order_by(IncomingItem.id))
    for item in items.all():
        if session.get(TransferNoteRow, item.id) is not None:
            continue
        note = _canonical(_note(session, batch, item, inspection, now))
        digest = hashlib.sha256(note.encode()).hexdigest()
        session.add(
            TransferNoteRow(item_id=item.id, product_sha256=item.sha256, note_sha256=digest, note=note, created_at=now)
        )
        detail = {"sha256": item.sha256, "note_sha256": digest, "batch": str(batch.id)}
        record(session, actor, "item.transfer_noted", about=("item", item.id), now=now, detail=detail)


def _canonical(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _note(
    session: Session, batch: ScanBatch, item: IncomingItem, inspection: BatchInspection, now: datetime
) -> dict[str, Any]:
    part = session.get(ScannedPart, item.id)
    scan = session.get(BatchScan, part.scan_id) if part and part.scan_id else None
    reading = session.scalar(
        select(DocumentVersion.software)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Document.item_id == item.id)
        .order_by(DocumentVersion.number)
        .limit(1)
    )
    return {
        "format": "eakte-transfer-note/1",
        "created_at": now.isoformat(),
        "product": {
            "item": str(item.id),
            "sha256": item.sha256,
            "pages": len(part.pages) if part else None,
            "blank": list(_blank(session, item)),
            "captured_at": item.received_at.isoformat(),
        },
        "scan": {
            "sha256": scan.sha256 if scan else None,
            "pages": part.pages if part else [],
            "separator": part.separator if part else None,
        },
        "batch": _of_batch(batch),
        "software": {"release": batch.software, "reading": reading or ""},
        "inspection": {
            "kind": inspection.kind,
            "percent": inspection.percent,
            "seed": inspection.seed,
            "this_document_was_seen": str(item.id) in inspection.drawn,
            "by": inspection.inspector,
            "at": inspection.finished_at.isoformat() if inspection.finished_at else None,
            "passed": inspection.passed,
        },
    }


def _blank(session: Session, item: IncomingItem) -> tuple[int, ...]:
    """Return which pages of the product are blank: they are in it, and may be left out of what is shown."""
    document_id = session.scalar(select(Document.id).where(Document.item_id == item.id))
    marks = blank_marks(session, [document_id], version=1) if document_id else {}
    return tuple(number for pages in marks.values() for number, is_blank in pages if is_blank)


def _of_batch(batch: ScanBatch) -> dict[str, Any]:
    return {
        "number": batch.number,
        "operator": batch.operator,
        "device": batch.device,
        "profile": batch.profile,
        "post_processing": batch.post_processing,
        "protection": batch.protection.value,
        "procedure": batch.procedure,
        "languages": batch.languages,
        "opened_at": batch.opened_at.isoformat(),
        "scanned_at": batch.scanned_at.isoformat() if batch.scanned_at else None,
        "expected": {"documents": batch.expected_documents, "pages": batch.expected_pages},
        "found": {
            "documents": batch.found_documents,
            "separators": batch.found_separators,
            "pages": batch.found_pages,
        },
        "anomalies": batch.differences,
        "decision": {"kind": batch.decision, "by": batch.decided_by, "reason": batch.decision_reason},
    }


def note_of(session: Session, actor: Actor, item_id: UUID, now: datetime) -> TransferNoteRow:
    """Return the transfer note of an item the actor may see.

    Raises:
        NotFound: There is no such item or note, or the actor may not know of it.
    """
    item = item_of(session, actor, item_id, now)
    row = session.get(TransferNoteRow, item.id)
    if row is None:
        raise NotFound
    return row


def _told_blank(pages: list[int]) -> str:
    return f", davon leer und enthalten: {len(pages)} (Seite {', '.join(map(str, pages))})" if pages else ""


def lines_of(note: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a note as headings with labels and values, in German."""
    batch, product, seen = note["batch"], note["product"], note["inspection"]
    found, expected = batch["found"], batch["expected"]
    return [
        (
            "Scanprodukt",
            [
                ("SHA-256", product["sha256"]),
                ("Seiten", str(product["pages"]) + _told_blank(product.get("blank", []))),
                ("Erfasst am", product["captured_at"][:16].replace("T", " ") + " UTC"),
                ("Aus dem Scan (SHA-256)", note["scan"]["sha256"] or "–"),
            ],
        ),
        (
            "Stapel",
            [
                ("Nummer", str(batch["number"])),
                ("Gescannt von", batch["operator"]),
                ("Gerät", batch["device"]),
                ("Profil", batch["profile"] or "–"),
                ("Nachbearbeitung", batch["post_processing"] or "keine"),
                ("Schutzbedarf", PROTECTION_LABELS[batch["protection"]]),
                ("Verfahrensanweisung", batch["procedure"] or "–"),
                ("Dokumente", f"{expected['documents']} erwartet, {found['documents']} gefunden"),
                ("Seiten", f"{expected['pages'] or 'nicht angegeben'}; {found['pages']} gefunden"),
                ("Auffälligkeiten", "; ".join(batch["anomalies"]) or "keine"),
                ("Entscheidung", batch["decision"]["reason"] or "–"),
            ],
        ),
        ("Software", [("Fassung", note["software"]["release"]), ("Texterkennung", note["software"]["reading"])]),
        (
            "Sichtprüfung",
            [
                ("Art", "Vollprüfung" if seen["kind"] == "full" else f"Stichprobe {seen['percent']} %"),
                ("Dieses Dokument angesehen", "ja" if seen["this_document_was_seen"] else "nein"),
                ("Geprüft von", seen["by"]),
                ("Ergebnis", "bestanden" if seen["passed"] else "nicht bestanden"),
            ],
        ),
    ]
