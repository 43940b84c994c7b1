"""A Reading as JSON and back; paths stand relative to a base folder, so the whole can be moved."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from ingest.mentions.rows import mentions_from_rows, mentions_to_rows
from ingest.model import (
    Box,
    Code,
    Evidence,
    Facts,
    Finding,
    Invoice,
    InvoiceLine,
    Page,
    Part,
    Proposal,
    Reading,
    Rendition,
    RenditionKind,
    SheetLook,
    TextSource,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def reading_to_json(reading: Reading, base: Path) -> bytes:
    """Return *reading* as UTF-8 JSON. Words are rows ``[text, left, top, width, height, confidence, original]``."""
    value = {
        "media_type": reading.media_type,
        "pages": reading.pages,
        "renditions": [
            {
                "kind": each.kind.value,
                "media_type": each.media_type,
                "path": _relative(each.path, base),
                "standard": each.standard,
            }
            for each in reading.renditions
        ],
        "facts": _facts_row(reading.facts),
        "document_type": reading.document_type and _proposal_row(reading.document_type),
        "file_plan_units": [_proposal_row(each) for each in reading.file_plan_units],
        "warnings": list(reading.warnings),
        "software": reading.software,
        "invoice": reading.invoice and asdict(reading.invoice),
        "parts": [_part_row(part, base) for part in reading.parts],
    }
    # Page by page: the rows of a thousand pages at once would be the largest thing a reader ever holds.
    rows = partial(_page_row, base=base)
    return json.dumps(value, default=rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def reading_from_json(data: bytes, base: Path) -> Reading:
    """Return the Reading that ``reading_to_json`` wrote, with its paths under *base*.

    Raises:
        ValueError: *data* is not such JSON, or a path leads out of *base*.
    """
    try:
        row = json.loads(data)
        return Reading(
            media_type=row["media_type"],
            pages=tuple(_page(each, base) for each in row["pages"]),
            renditions=tuple(_rendition(each, base) for each in row["renditions"]),
            facts=_facts(row["facts"]),
            document_type=row["document_type"] and _proposal(row["document_type"]),
            file_plan_units=tuple(_proposal(each) for each in row["file_plan_units"]),
            warnings=tuple(row["warnings"]),
            software=row["software"],
            invoice=row["invoice"] and _invoice(row["invoice"]),
            parts=tuple(_part(each, base) for each in row["parts"]),
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"not a Reading: {error!r}") from error


def proposals_to_rows(proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Return *proposals* as rows for JSON."""
    return [_proposal_row(each) for each in proposals]


def proposals_from_rows(rows: Sequence[dict[str, Any]]) -> tuple[Proposal, ...]:
    """Return the proposals ``proposals_to_rows`` made rows of."""
    return tuple(_proposal(row) for row in rows)


def _invoice(row: dict[str, Any]) -> Invoice:
    lines = tuple(InvoiceLine(**line) for line in row["lines"])
    return Invoice(**{**row, "notes": tuple(row["notes"]), "lines": lines})


def _part_row(part: Part, base: Path) -> list[Any]:
    return [part.position, part.filename, part.media_type, _relative(part.path, base), part.folder]


def _part(row: list[Any], base: Path) -> Part:
    position, filename, media_type, path, folder = row
    return Part(position, filename, media_type, _within(base, path), folder)


def _page_row(page: Page, base: Path) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "source": page.source.value,
        "text": page.text,
        "words": [_word_row(word) for word in page.words],
        "confidence": page.confidence,
        "image": page.image and _relative(page.image, base),
        "thumbnail": _relative(page.thumbnail, base),
        "turn": page.turn,
        "languages": page.languages,
        "is_blank": page.is_blank,
    }


def _page(row: dict[str, Any], base: Path) -> Page:
    return Page(
        number=row["number"],
        width=row["width"],
        height=row["height"],
        dpi=row["dpi"],
        source=TextSource(row["source"]),
        text=row["text"],
        words=tuple(Word(each[0], Box(*each[1:5]), each[5], *each[6:7]) for each in row["words"]),
        confidence=row["confidence"],
        image=row["image"] and _within(base, row["image"]),
        thumbnail=_within(base, row["thumbnail"]),
        turn=row["turn"],
        languages=row["languages"],
        is_blank=row["is_blank"],
    )


def _rendition(row: dict[str, Any], base: Path) -> Rendition:
    return Rendition(RenditionKind(row["kind"]), row["media_type"], _within(base, row["path"]), row["standard"])


def _word_row(word: Word) -> list[Any]:
    row = [word.text, word.box.left, word.box.top, word.box.width, word.box.height, word.confidence]
    return [*row, word.original] if word.original else row


def _facts_row(facts: Facts) -> dict[str, Any]:
    return {
        "references": [_finding_row(each) for each in facts.references],
        "deadlines": [_finding_row(each) for each in facts.deadlines],
        "mentions": mentions_to_rows(facts.mentions),
        **{name: (found := getattr(facts, name)) and _finding_row(found) for name in _SINGLE_FACTS},
    }


_SINGLE_FACTS = ("foreign_reference", "letter_date", "sender", "subject", "legal_remedy")


def _facts(row: dict[str, Any]) -> Facts:
    return Facts(
        references=tuple(_finding(each) for each in row["references"]),
        deadlines=tuple(_finding(each) for each in row["deadlines"]),
        mentions=mentions_from_rows(row["mentions"]),
        **{name: row[name] and _finding(row[name]) for name in _SINGLE_FACTS},
    )


def _finding_row(finding: Finding) -> dict[str, Any]:
    return {"value": finding.value, "evidence": [_evidence_row(each) for each in finding.evidence]}


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(row["value"], tuple(_evidence(each) for each in row["evidence"]))


def _proposal_row(proposal: Proposal) -> dict[str, Any]:
    evidence = [_evidence_row(each) for each in proposal.evidence]
    return {
        "value": proposal.value,
        "confidence": proposal.confidence,
        "reason": proposal.reason,
        "evidence": evidence,
    }


def _proposal(row: dict[str, Any]) -> Proposal:
    evidence = tuple(_evidence(each) for each in row["evidence"])
    return Proposal(row["value"], row["confidence"], row["reason"], evidence)


def _evidence_row(evidence: Evidence) -> dict[str, Any]:
    box = evidence.box
    return {"page": evidence.page, "box": [box.left, box.top, box.width, box.height], "text": evidence.text}


def _evidence(row: dict[str, Any]) -> Evidence:
    return Evidence(row["page"], Box(*row["box"]), row["text"])


def _relative(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()


def _within(base: Path, name: str) -> Path:
    path = base / name
    if not path.resolve().is_relative_to(base.resolve()):
        raise ValueError(f"{name} leads out of the folder")
    return path


def look_to_row(look: SheetLook, base: Path) -> dict[str, Any]:
    """Return what a page looks like as a row of JSON."""
    return {
        "number": look.number,
        "codes": [[code.kind, code.text] for code in look.codes],
        "blank": look.blank,
        "image": _relative(look.image, base),
        "thumbnail": _relative(look.thumbnail, base),
    }


def look_from_row(row: dict[str, Any], base: Path) -> SheetLook:
    """Return what :func:`look_to_row` wrote, with its paths under *base*."""
    codes = tuple(Code(kind, text) for kind, text in row["codes"])
    image, thumbnail = (_within(base, row[name]) for name in ("image", "thumbnail"))
    return SheetLook(row["number"], codes, row["blank"], image, thumbnail)
