"""What ingest read and proposes, as it is kept with an item and shown to a clerk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from eakte.actions import mentions
from eakte.records.calendar import german
from ingest.mentions.rows import mentions_from_rows, mentions_to_rows
from ingest.model import Box, Evidence, Facts, Finding, Proposal, Reading

SURE = 95
"""Per cent from which a proposal counts as sure (UI specification, inbox rules)."""
CHECK = 70
"""Per cent from which a proposal is preselected; below it the clerk chooses."""


class Band(StrEnum):
    """Confidence in three words."""

    SURE = "sure"
    CHECK = "check"
    UNCLEAR = "unclear"


BAND_LABELS: Mapping[Band, str] = {Band.SURE: "sicher", Band.CHECK: "prüfen", Band.UNCLEAR: "unklar"}


def band_of(percent: int | None) -> Band:
    """Return the word for a confidence in per cent; without one it is unclear."""
    if percent is None or percent < CHECK:
        return Band.UNCLEAR
    return Band.SURE if percent >= SURE else Band.CHECK


@dataclass(frozen=True, slots=True)
class Read:
    """Everything kept of one reading besides pages: facts and proposals."""

    facts: Facts
    document_type: Proposal | None
    file_plan_units: tuple[Proposal, ...]
    case_files: tuple[Proposal, ...]
    """Best first; the value is a case file id."""
    ruled_type: Proposal | None = None
    """The document type by the rules of the house alone; what was learned is weighed against it."""
    ruled_units: tuple[Proposal, ...] = ()
    case_evidence: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """What spoke for the likeliest case files, by their id, where no reference decided; clerks' decisions teach it."""

    @property
    def letter_date(self) -> date | None:
        """The letter date, if one was read."""
        found = self.facts.letter_date
        return date.fromisoformat(found.value) if found else None

    @property
    def alone_because(self) -> str:
        """Why the letter must be looked at by itself and never be filed in bulk, in German; empty: it may be."""
        if self.facts.legal_remedy:
            return f"Rechtsbehelf erkannt ({self.facts.legal_remedy.value})"
        if self.document_type and is_remedy(self.document_type.value):
            return f"als {self.document_type.value} vorgeschlagen"
        if self.facts.deadlines:
            return f"Frist genannt ({german(date.fromisoformat(self.facts.deadlines[0].value))})"
        return mentions.alone_because(self.facts.mentions)


_REMEDIES = re.compile(r"(?i)widerspr(?:uch|üche)|\beinspr(?:uch|üche)|klage|beschwerde|akteneinsicht|rechtsbehelf")


def is_remedy(document_type: str) -> bool:
    """Tell whether a document type names a legal remedy or a lawsuit, however the house calls it."""
    return _REMEDIES.search(document_type) is not None


def of_reading(reading: Reading) -> Read:
    """Return what is kept of a reading; case files are proposed later."""
    ruled = reading.document_type, reading.file_plan_units
    return Read(reading.facts, *ruled, (), *ruled)


def to_json(read: Read) -> dict[str, Any]:
    """Return the JSON kept with the item."""
    facts = read.facts
    return {
        "facts": {
            "references": [_finding(found) for found in facts.references],
            "deadlines": [_finding(found) for found in facts.deadlines],
            "mentions": mentions_to_rows(facts.mentions),
            **{name: _finding(getattr(facts, name)) for name in _SINGLE if getattr(facts, name) is not None},
        },
        "document_type": _proposal(read.document_type) if read.document_type else None,
        "file_plan_units": [_proposal(proposal) for proposal in read.file_plan_units],
        "case_files": [_proposal(proposal) for proposal in read.case_files],
        "ruled_type": _proposal(read.ruled_type) if read.ruled_type else None,
        "ruled_units": [_proposal(proposal) for proposal in read.ruled_units],
        "case_evidence": {key: list(values) for key, values in read.case_evidence.items()},
    }


_SINGLE = ("foreign_reference", "letter_date", "sender", "subject", "legal_remedy")


def from_json(data: Mapping[str, Any] | None) -> Read:
    """Return what :func:`to_json` wrote; nothing read gives empty facts."""
    if not data:
        return Read(Facts(), None, (), ())
    facts = data["facts"]
    # What was kept before anything was learned is by the rules alone.
    ruled_type, ruled_units = data.get("ruled_type", data["document_type"]), data.get("ruled_units")
    return Read(
        facts=Facts(
            references=tuple(_to_finding(found) for found in facts["references"]),
            deadlines=tuple(_to_finding(found) for found in facts["deadlines"]),
            mentions=mentions_from_rows(facts.get("mentions", ())),  # what was read before mentions were kept has none
            **{name: _to_finding(facts[name]) for name in _SINGLE if name in facts},
        ),
        document_type=_to_proposal(data["document_type"]) if data["document_type"] else None,
        file_plan_units=tuple(_to_proposal(found) for found in data["file_plan_units"]),
        case_files=tuple(_to_proposal(found) for found in data["case_files"]),
        ruled_type=_to_proposal(ruled_type) if ruled_type else None,
        ruled_units=tuple(
            _to_proposal(found) for found in (data["file_plan_units"] if ruled_units is None else ruled_units)
        ),
        case_evidence={key: tuple(values) for key, values in data.get("case_evidence", {}).items()},
    )


def _finding(found: Finding) -> dict[str, Any]:
    return {"value": found.value, "evidence": _evidence(found.evidence)}


def _proposal(found: Proposal) -> dict[str, Any]:
    return {
        "value": found.value,
        "confidence": found.confidence,
        "reason": found.reason,
        "evidence": _evidence(found.evidence),
    }


def _evidence(places: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {
            "page": place.page,
            "box": [place.box.left, place.box.top, place.box.width, place.box.height],
            "text": place.text,
        }
        for place in places
    ]


def _to_finding(data: Mapping[str, Any]) -> Finding:
    return Finding(data["value"], _to_evidence(data["evidence"]))


def _to_proposal(data: Mapping[str, Any]) -> Proposal:
    return Proposal(data["value"], data["confidence"], data["reason"], _to_evidence(data["evidence"]))


def _to_evidence(data: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(place["page"], Box(*place["box"]), place["text"]) for place in data)
