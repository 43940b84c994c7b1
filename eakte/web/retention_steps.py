"""Retention in five steps and one sentence, derived from the verdict alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from eakte.records.calendar import german
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.states import CaseFileState
from retention.model import Outcome, Verdict

RUNNING = frozenset({Outcome.KEEP, Outcome.ON_HOLD, Outcome.KEEP_PERMANENTLY})
DUE = frozenset({Outcome.OFFER, Outcome.DESTROY})
BY_STATE = {
    CaseFileState.OFFERED: ("info", "Dem Archiv angeboten"),
    CaseFileState.EVALUATED_ARCHIVE: ("info", "Archivwürdig: Übergabe steht aus"),
    CaseFileState.EVALUATED_DESTROY: ("warning", "Bewertet: vernichten"),
    CaseFileState.TRANSFERRED: ("info", "An das Archiv übergeben"),
    CaseFileState.ARCHIVED: ("success", "Vom Archiv übernommen"),
    CaseFileState.DESTROYED: ("", "Vernichtet"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps: its name, what it says below, and whether it is done, now or to come."""

    label: str
    text: str
    status: str


def summary(verdict: Verdict, state: CaseFileState) -> tuple[str, str]:
    """Return kind and text of the retention badge."""
    if state in BY_STATE:
        return BY_STATE[state]
    end = german(verdict.retention_end)
    return {
        Outcome.OPEN: ("", "Frist läuft noch nicht"),
        Outcome.NO_RULE: ("danger", "Keine Aufbewahrungsregel"),
        Outcome.WAITING_FOR_EVENT: ("warning", "Frist wartet auf ein Ereignis"),
        Outcome.KEEP: ("success", f"Aufbewahrung bis {end}" if end else "Aufbewahrung"),
        Outcome.KEEP_PERMANENTLY: ("success", "Dauernd aufzubewahren"),
        Outcome.ON_HOLD: ("danger", f"Frist bis {end}, Löschsperre besteht"),
        Outcome.OFFER: ("warning", "Zur Aussonderung: dem Archiv anbieten"),
        Outcome.DESTROY: ("warning", "Zur Aussonderung: vernichten"),
        Outcome.CONFLICT: ("danger", f"Höchstfrist bis {end}, längere Mindestfrist: bitte klären"),
    }[verdict.outcome]


def steps(verdict: Verdict, opened_on: date, closed_on: date | None, state: CaseFileState) -> tuple[Step, ...]:
    """Return Angelegt → Bearbeitung → z.d.A. → Frist → Archiv oder Löschung."""
    due = verdict.outcome in DUE or state in BY_STATE
    at = 4 if due else 3 if closed_on else 1
    end = german(verdict.retention_end)
    texts = (
        german(opened_on),
        "beendet" if closed_on else "laufend",
        german(closed_on) or "offen",
        f"bis {end}" if end else "dauernd" if verdict.outcome is Outcome.KEEP_PERMANENTLY else "offen",
        BY_STATE[state][1] if state in BY_STATE else OUTCOME_LABELS[verdict.outcome] if due else "offen",
    )
    labels = ("Angelegt", "Bearbeitung", "z.d.A.", "Frist", "Archiv / Löschung")
    return tuple(
        Step(label, text, "done" if place < at else "now" if place == at else "next")
        for place, (label, text) in enumerate(zip(labels, texts, strict=True))
    )
