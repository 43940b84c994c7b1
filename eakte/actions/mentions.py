"""What a letter mentions, in German words for the clerk; and what of it must be seen before the letter is filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from eakte.records.calendar import german
from ingest.model import Mention, MentionKind

LABELS: Mapping[MentionKind, str] = {
    MentionKind.DEADLINE: "Frist",
    MentionKind.RUNNING_LIMIT: "Frist",
    MentionKind.COURT: "Gericht",
    MentionKind.AMOUNT: "Betrag",
    MentionKind.IBAN: "IBAN",
    MentionKind.PARCEL: "Flurstück",
    MentionKind.PROPERTY_ADDRESS: "Lage",
    MentionKind.SENDER_ADDRESS: "Anschrift des Absenders",
    MentionKind.PERSON: "Person",
    MentionKind.COMPANY: "Firma",
}
_ALONE = frozenset({MentionKind.DEADLINE, MentionKind.RUNNING_LIMIT, MentionKind.COURT})


def shown(mention: Mention) -> str:
    """Return the value of *mention* as people write it: ``1.284,50 €``, ``15.12.2026``, an IBAN in groups of four."""
    value = mention.value
    if mention.kind is MentionKind.DEADLINE:
        return german(date.fromisoformat(value))
    if mention.kind is MentionKind.AMOUNT:
        whole, cents = value.lstrip("-").split(".")
        sign = "−" if value.startswith("-") else ""
        return f"{sign}{int(whole):,}".replace(",", ".") + f",{cents} €"
    if mention.kind is MentionKind.IBAN:
        return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
    return value


def alone_because(mentions: Sequence[Mention]) -> str:
    """Return why a letter that mentions this is never filed in bulk: a running limit or a court; empty if it may be."""
    found = next((each for each in mentions if each.kind in _ALONE), None)
    return f"{LABELS[found.kind]} genannt ({shown(found)})" if found else ""
