"""How people read the changes in the history: German names of fields, values in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from eakte.records.access import ROLE_LABELS
from eakte.records.archive_arrivals import ARRIVAL_DECISION_LABELS
from eakte.records.calendar import german
from eakte.records.data_requests import DECISION_LABELS as REQUEST_DECISIONS
from eakte.records.data_requests import KIND_LABELS
from eakte.records.differences import DECISION_LABELS
from eakte.records.disposal_runs import ACTION_WORDS, ANSWER_LABELS, RESULT_LABELS
from eakte.records.languages import language_names
from eakte.records.scanning import BATCH_LABELS, PROTECTION_LABELS
from eakte.records.states import LABELS, RUN_LABELS

FIELD_LABELS: Mapping[str, str] = {
    "subject": "Betreff",
    "former": "Früheres Aktenzeichen",
    "state": "Zustand",
    "restricted": "Zugriff beschränkt",
    "org_unit": "Zuständig",
    "unit": "Organisationseinheit",
    "file_plan": "Aktenplan",
    "closed_on": "z.d.A. am",
    "case_id": "Vorgang",
    "position": "Nummer im Vorgang",
    "document_type": "Dokumenttyp",
    "sender": "Absender",
    "letter_date": "Datum des Schreibens",
    "foreign_reference": "Fremdes Zeichen",
    "direction": "Richtung",
    "reason": "Grund",
    "legal_basis": "Rechtsgrundlage",
    "review_on": "Prüfen am",
    "owner": "Verantwortlich",
    "request_kind": "Antrag auf",
    "received_on": "Eingegangen am",
    "due_on": "Frist",
    "note": "Anlass",
    "postponed_because": "Verschoben, weil",
    "done_on": "Erledigt am",
    "outcome": "Ergebnis",
    "belongs": "Gehört dazu",
    "record_decision": "Entscheidung",
    "drafted": "Entwurf",
    "forgotten_on": "Angaben gelöscht am",
    "opened_because": "Geöffnet, weil",
    "open": "Offen",
    "informed_on": "Unterrichtet am",
    "informed_how": "Unterrichtet durch",
    "until": "Bis",
    "lifted_on": "Aufgehoben am",
    "lift_reason": "Grund der Aufhebung",
    "happened_on": "Ereignis am",
    "evidence": "Nachweis",
    "fault_code": "Störung",
    "drop_reason": "Grund",
    "decided_by": "Entschieden von",
    "not_before": "Nicht vor",
    "login": "Anmeldename",
    "name": "Name",
    "code": "Kurzzeichen",
    "kind": "Art",
    "parent": "Übergeordnet",
    "post": "Stelle",
    "role": "Rolle",
    "valid_from": "Gültig ab",
    "valid_to": "Gültig bis",
    "active": "Konto offen",
    "deputy": "Vertretung",
    "share": "Freigabe für",
    "block": "Gesperrt für",
    "ended_at": "Beendet am",
    "version": "Fassung",
    "reference": "Aktenzeichen",
    "filename": "Dateiname",
    "words": "Wörter",
    "attached_to": "Anlage zu",
    "parent_id": "Übergeordnet",
    "dissolved_at": "Aufgelöst am",
    "expires_at": "Gültig bis",
    "locked_by": "Ausgecheckt von",
    "locked_until": "Ausgecheckt bis",
    "remark": "Bemerkung",
    "linked": "Verweis",
    "batch_state": "Stand des Stapels",
    "device": "Scangerät",
    "profile": "Scanprofil",
    "protection": "Schutzbedarf",
    "blanks_shown": "Leere Seiten gezeigt",
    "legibility": "Lesbarkeit in Prozent",
    "languages": "Sprachen der Texterkennung",
    "run_state": "Stand des Laufs",
    "run_result": "Ergebnis im Lauf",
    "title": "Bezeichnung",
    "rule": "Aufbewahrungsregel",
    "answer": "Antwort des Fachamts",
    "answer_reason": "Begründung des Fachamts",
    "keep_until": "Aufbewahren bis",
    "appraisal": "Entscheidung des Archivs",
    "reminded_at": "Erinnert am",
    "sent_at": "Zugestellt am",
    "difference_decision": "Entscheidung über die Abweichung",
    "arrival_decision": "Entscheidung über die Sendung",
    "tried_at": "Zuletzt versucht",
    "settled_by": "Seite in Ordnung laut",
}
_WORDS: Mapping[str, str] = {
    **{state.value: label for state, label in LABELS.items()},
    **{role.value: label for role, label in ROLE_LABELS.items()},
    "incoming": "Eingang",
    "outgoing": "Ausgang",
    "internal": "Intern",
}
_WORDS_OF: Mapping[str, Mapping[str, str]] = {
    "run_state": {state.value: label for state, label in RUN_LABELS.items()},
    "run_result": {result.value: label for result, label in RESULT_LABELS.items()},
    "answer": {answer.value: label for answer, label in ANSWER_LABELS.items()},
    "appraisal": {action.value: label for action, label in ACTION_WORDS.items()},
    "difference_decision": {decision.value: label for decision, label in DECISION_LABELS.items()},
    "arrival_decision": {decision.value: label for decision, label in ARRIVAL_DECISION_LABELS.items()},
    "request_kind": {kind.value: label for kind, label in KIND_LABELS.items()},
    "record_decision": {decision.value: label for decision, label in REQUEST_DECISIONS.items()},
    "batch_state": {state.value: label for state, label in BATCH_LABELS.items()},
    "protection": {need.value: label for need, label in PROTECTION_LABELS.items()},
}
"""Fields whose codes mean something of their own."""
_CODED = frozenset({"state", "role", "direction"})


@dataclass(frozen=True, slots=True)
class Change:
    """Old and new value of one field; ``erased`` if they went with a destroyed case file."""

    field: str
    old: Any = None
    new: Any = None
    erased: bool = False

    @property
    def label(self) -> str:
        """German name of the field."""
        return FIELD_LABELS.get(self.field, self.field)

    @property
    def text(self) -> str:
        """The change in words: ``Zustand: Offen → z.d.A.``."""
        if self.erased:
            return f"{self.label}: mit der Akte vernichtet"
        return f"{self.label}: {_shown(self.field, self.old)} → {_shown(self.field, self.new)}"


def _shown(field: str, value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, str):
        return _word(field, value)
    if isinstance(value, list):
        return ", ".join(_shown(field, each) for each in value) or "–"
    return str(value)


def _word(field: str, value: str) -> str:
    if field == "languages":
        return language_names(value)
    if field in _WORDS_OF:
        return _WORDS_OF[field].get(value, value)
    return _WORDS.get(value, value) if field in _CODED else _day(value)


def _day(text: str) -> str:
    try:
        return german(date.fromisoformat(text)) if len(text) == len("2026-11-26") else text
    except ValueError:
        return text
