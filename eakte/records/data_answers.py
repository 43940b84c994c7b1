"""The draft of the answer to a data subject, in plain German: what happens with what, why, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from eakte.records.calendar import german
from eakte.records.data_requests import RecordDecision, RequestKind


@dataclass(frozen=True, slots=True)
class Decided:
    """One case file of a request in the answer."""

    reference: str
    decision: RecordDecision | None
    """``None``: it was destroyed before anything was decided."""
    reason: str = ""
    told: str = ""
    """What is said of it where access is given."""


_WISHES: Mapping[RequestKind, str] = {
    RequestKind.ERASURE: "Ihre Daten zu löschen",
    RequestKind.ACCESS: "Ihnen zu sagen, welche Daten wir über Sie haben",
    RequestKind.RECTIFICATION: "Ihre Daten zu berichtigen",
    RequestKind.RESTRICTION: "die Verarbeitung Ihrer Daten einzuschränken",
}
_REFUSED: Mapping[RequestKind, str] = {
    RequestKind.ERASURE: "Wir dürfen sie nicht löschen.",
    RequestKind.ACCESS: "Dazu dürfen wir keine Auskunft geben.",
    RequestKind.RECTIFICATION: "Wir ändern sie nicht.",
    RequestKind.RESTRICTION: "Wir schränken die Verarbeitung nicht ein.",
}
_DONE: Mapping[RecordDecision, str] = {
    RecordDecision.RESTRICT: (
        "Wir speichern Ihre Daten nur noch und verwenden sie nicht mehr, außer wo das Gesetz es erlaubt "
        "(Art. 18 Abs. 2 DSGVO). Bevor wir das wieder aufheben, sagen wir es Ihnen."
    ),
    RecordDecision.ERASE: "Wir löschen sie. Eine zweite Person prüft das noch, danach wird sie vernichtet.",
    RecordDecision.DISCLOSE: "Darin stehen Daten über Sie.",
    RecordDecision.RECTIFY: "Wir haben Ihre Daten berichtigt.",
}
_SOURCES = (
    "Wir führen die Akten, um unsere Aufgaben zu erfüllen (Art. 6 Abs. 1 Buchst. c und e DSGVO). Die Daten stammen "
    "aus Ihren Schreiben und denen der übrigen Beteiligten; zu sehen bekommen sie die zuständigen Stellen der "
    "Verwaltung. Sie können verlangen, dass wir Daten berichtigen oder löschen oder ihre Verarbeitung einschränken, "
    "und Sie können der Verarbeitung widersprechen (Art. 15 Abs. 1 DSGVO). Eine Kopie der Dokumente erhalten Sie auf "
    "Wunsch."
)
_REMEDIES = (
    "Wenn Sie damit nicht einverstanden sind, können Sie sich bei der Datenschutzaufsicht Ihres Landes beschweren "
    "(Art. 77 DSGVO) oder vor Gericht klagen (Art. 79 DSGVO). Fragen beantworten auch unsere Datenschutzbeauftragten."
)


def answer(kind: RequestKind, received_on: date, decided: Sequence[Decided]) -> str:
    """Return the draft; each case file is a paragraph of its own."""
    parts = [
        "Guten Tag,",
        f"Sie haben uns gebeten, {_WISHES[kind]}. Ihr Antrag ist am {german(received_on)} bei uns eingegangen.",
        *(_told(kind, one) for one in decided),
    ]
    if not decided:
        parts.append("Wir haben keine Akte mit Ihren Daten gefunden.")
    elif kind is RequestKind.ACCESS:
        parts.append(_SOURCES)
    return "\n\n".join([*parts, _REMEDIES, "Mit freundlichen Grüßen"])


def _told(kind: RequestKind, one: Decided) -> str:
    if one.decision is None:
        return f"Akte {one.reference}: Sie ist schon vernichtet."
    said = _REFUSED[kind] if one.decision is RecordDecision.REFUSE else _DONE[one.decision]
    # Why access is given nobody asks; why it is not, and everything else, has to be told (Art. 12 (4) GDPR).
    reason = f"Der Grund: {one.reason}" if one.reason and one.decision is not RecordDecision.DISCLOSE else ""
    return f"Akte {one.reference}: " + " ".join(part for part in (said, one.told, reason) if part)
