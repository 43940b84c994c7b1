"""What a person may decide about a difference in the exchange with the archive, and what it blocks until then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from eakte.errors import EakteError


class DifferenceDecision(StrEnum):
    """What follows from a difference."""

    ACCEPTED = "accepted"
    """Go on as if it fitted; of what was not confirmed, the archive has said elsewhere that it has it."""
    APPLIED = "applied"
    """A message that was only kept is applied after all."""
    REPEAT = "repeat"
    """The archive is asked for another answer, and waited for."""
    RESEND = "resend"
    """The case file is handed over once more."""
    TAKEN_OUT = "taken_out"
    """The case file leaves the process and its disposal run."""
    SET_ASIDE = "set_aside"
    """What it is about has no effect."""
    SETTLED = "settled"
    """Nobody had to decide: an answer came, or the file left."""


DECISION_LABELS: Mapping[DifferenceDecision, str] = {
    DifferenceDecision.ACCEPTED: "Hinnehmen und weitergehen",
    DifferenceDecision.APPLIED: "Nachricht trotzdem anwenden",
    DifferenceDecision.REPEAT: "Archiv um eine neue Antwort bitten",
    DifferenceDecision.RESEND: "Noch einmal übergeben",
    DifferenceDecision.TAKEN_OUT: "Akte aus dem Verfahren nehmen",
    DifferenceDecision.SET_ASIDE: "Ohne Wirkung beiseitelegen",
    DifferenceDecision.SETTLED: "Von selbst erledigt",
}
OF_MANAGERS = frozenset({DifferenceDecision.RESEND, DifferenceDecision.TAKEN_OUT})
"""Decisions about case files, which are the records manager's; the others may also be the archivist's."""

_D = DifferenceDecision
_UNDECIDED = (_D.REPEAT, _D.TAKEN_OUT)
_APPRAISAL: Mapping[str, tuple[DifferenceDecision, ...]] = {
    "undecided": _UNDECIDED,
    "left-in-review": _UNDECIDED,
    "unknown-decision": _UNDECIDED,
    "decided-twice": _UNDECIDED,
    "parent-destroyed": (_D.ACCEPTED, *_UNDECIDED),
    "surplus": (_D.SET_ASIDE, *_UNDECIDED),
}
_RESULT: Mapping[str, tuple[DifferenceDecision, ...]] = {
    "unconfirmed": (_D.REPEAT, _D.RESEND, _D.ACCEPTED, _D.TAKEN_OUT),
    "decided-twice": (_D.REPEAT, _D.RESEND, _D.ACCEPTED, _D.TAKEN_OUT),
    "rejected": (_D.RESEND, _D.TAKEN_OUT),
    "surplus": (_D.SET_ASIDE, _D.REPEAT),
    "import-failed": (_D.RESEND, _D.REPEAT, _D.ACCEPTED),
}
_ANY: Mapping[str, tuple[DifferenceDecision, ...]] = {
    "unknown-object": (_D.SET_ASIDE, _D.REPEAT),
    "wrong-process": (_D.SET_ASIDE, _D.REPEAT),
    "wrong-origin": (_D.APPLIED, _D.SET_ASIDE, _D.REPEAT),
    "unasked": (_D.SET_ASIDE, _D.REPEAT),
    "duplicate": (_D.ACCEPTED, _D.REPEAT),
    "overtaken": (_D.ACCEPTED, _D.REPEAT),
    "late": (_D.ACCEPTED,),
    "part-missing": (_D.REPEAT, _D.ACCEPTED),
    "test-message": (_D.SET_ASIDE, _D.REPEAT),
    "noted": (_D.ACCEPTED,),
}
_OF_KIND = {"0502": _APPRAISAL, "0506": _RESULT}
_HARMLESS = frozenset({"unknown-object", "wrong-process", "unasked", "late", "part-missing", "test-message"})
"""What says nothing about case files of the process: everything else stops them until a person has looked."""
NOTHING_FOLLOWS = frozenset({"test-message", "unasked", "wrong-origin", "wrong-process"})
"""Differences of a message that is kept and has no effect."""
EXPECTED: Mapping[str, str] = {
    "undecided": "Das Archiv entscheidet über jedes angebotene Objekt mit A oder V.",
    "left-in-review": "Die Bewertung lautet A oder V; B ist kein Ergebnis.",
    "unknown-decision": "Die Bewertung lautet A oder V.",
    "decided-twice": "Jedes Objekt wird genau einmal genannt.",
    "parent-destroyed": "Was in einer Akte mit V liegt, hat ebenfalls V.",
    "surplus": "Genannt wird nur, was in der beantworteten Nachricht stand.",
    "unknown-object": "Genannt werden nur Objekte dieses Verfahrens.",
    "unconfirmed": "Das Archiv bestätigt jedes übergebene Objekt.",
    "rejected": "Das Archiv übernimmt jedes übergebene Objekt.",
    "import-failed": "Das Archiv meldet die Übernahme als gelungen.",
    "wrong-process": "Die Nachricht gehört zu einem Verfahren, das hier begonnen wurde.",
    "wrong-origin": "Die Nachricht antwortet auf eine, die gesendet wurde.",
    "unasked": "Jede Antwort folgt auf eine Nachricht von hier.",
    "duplicate": "Jede Antwort kommt einmal.",
    "overtaken": "Die Bewertung kommt vor der Übergabe.",
    "late": "Die Antwort kommt in der vereinbarten Zeit.",
    "part-missing": "Alle Teile der Antwort kommen an.",
    "test-message": "Die Nachricht ist keine Probe.",
    "noted": "Die Nachricht passt zu dem, was gesendet wurde.",
}
"""What would have fitted, by code of the difference."""


def offered_decisions(code: str, kind: str) -> tuple[DifferenceDecision, ...]:
    """Return what may be decided about a difference of a message of this kind, the most usual first."""
    return {**_ANY, **_OF_KIND.get(kind, {})}.get(code, (_D.ACCEPTED,))


def blocks(code: str) -> bool:
    """Tell whether what the difference is about waits: it is neither handed over nor destroyed while it is open."""
    return code not in _HARMLESS


class DifferencesOpen(EakteError):
    """What is to go on waits for a person: a difference in its exchange with the archive is open."""

    code, status = "differences-open", 409
