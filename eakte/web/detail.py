"""The details of a history entry in German: every name and value that is logged, nothing left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from eakte.actions.proposals import BAND_LABELS, Band
from eakte.records.access import RESTRICTION_LABELS, ROLE_LABELS
from eakte.records.calendar import german
from eakte.records.differences import DECISION_LABELS
from eakte.records.disposal_runs import ANSWER_LABELS, RESULT_LABELS
from eakte.records.holding import SCOPE_LABELS
from eakte.records.learning import MODEL_LABELS
from eakte.records.processing import GROUND_LABELS, PURPOSE_LABELS
from eakte.records.states import LABELS, RUN_LABELS, CaseFileState
from eakte.texts import sentence
from retention.arrival import LABELS as ARRIVAL_LABELS
from retention.differences import LABELS as DIFFERENCE_LABELS

NAMES = {
    "hits": "Treffer",
    "shared_with": "Geteilt mit",
    "attempt": "Versuch",
    "arrangement": "Seitenordnung",
    "pieces": "Teile",
    "items": "Eingänge",
    "batch": "Stapel",
    "before": "vorher",
    "stays": "bleibt im Original",
    "separators": "Trennblätter",
    "seed": "Startwert",
    "percent": "Prozent",
    "passed": "bestanden",
    "paper_until": "Papier aufzubewahren bis",
    "note_sha256": "SHA-256 des Vermerks",
    "faults": "Mängel",
    "drawn": "gezogen",
    "decision": "Entscheidung",
    "difference": "Abweichung",
    "difference_decision": "Entscheidung über die Abweichung",
    "arrival_problem": "Grund",
    "leaves": "Hashwerte",
    "root": "Wurzel des Hashbaums",
    "problem": "Schaden",
    "count": "Anzahl",
    "case_files": "vorgeschlagene Akten",
    "closed_on": "z.d.A. am",
    "code": "Grund",
    "confidence": "Sicherheit in Prozent",
    "contradictory": "widersprüchlich",
    "damaged": "beschädigt",
    "day": "Tag",
    "decided": "entschieden",
    "destroyed": "vernichtet",
    "document": "Dokument",
    "documents": "Dokumente",
    "entries": "Einträge",
    "from": "von",
    "hold": "Löschsperre",
    "issuer": "Dienst",
    "order": "Sperranordnung",
    "scope": "Umfang",
    "review_on": "Prüfung am",
    "due_on": "fällig war",
    "item": "Eingang",
    "kind": "Art",
    "languages": "Sprachen",
    "letters": "Schreiben",
    "accepted": "angenommen",
    "exceptions": "Ausnahmen",
    "fields": "Felder",
    "filed": "abgelegt",
    "kept": "nicht zurückgenommen",
    "line": "Zeile der Liste",
    "list": "Liste",
    "taken_back": "zurückgenommen",
    "lines": "Zeilen der Liste",
    "migration": "Migration",
    "files_closed": "Akten z.d.A.",
    "loaded_at": "geladen am",
    "login": "Anmeldename",
    "missing": "es fehlen",
    "made_at": "erstellt am",
    "not_before": "nicht vor",
    "number": "Nummer",
    "objects": "Dateien",
    "on": "am",
    "page": "Seite",
    "pages": "Seiten",
    "parts": "darin abgeschlossen",
    "person": "Person",
    "place": "Ort",
    "post": "Stelle",
    "present": "vorhanden",
    "process": "Verfahren",
    "proposal": "Vorschlag",
    "received": "eingegangen",
    "reference": "Aktenzeichen",
    "restriction": "Einschränkung",
    "ground": "Anlass",
    "purpose": "Zweck",
    "restricted": "nur zuständige Einheit",
    "role": "Rolle",
    "rows": "Zeilen",
    "rule": "Regel",
    "rules": "Regeln",
    "scopes": "Rechte",
    "serving": "gilt",
    "sha256": "SHA-256",
    "sha512": "SHA-512",
    "software": "Programm",
    "source": "Quelle",
    "state": "Zustand",
    "surface": "gelesen über",
    "files": "Akten",
    "plan": "Aktenplan",
    "run_answer": "Antwort",
    "run_result": "Ergebnis",
    "run_state": "Stand",
    "to": "an",
    "token": "Zugangsschlüssel",
    "trigger": "Auslöser",
    "unit": "Einheit",
    "units": "Einheiten",
    "until": "bis",
    "values": "mit alten und neuen Werten",
    "version": "Fassung",
    "was_closed_on": "vorher z.d.A. am",
    "what": "Datei",
    "whom": "für",
}
WORDS = {
    "source": {
        "upload": "hochgeladen",
        "scan": "am Scanarbeitsplatz",
        "folder": "Scan-Ordner",
        "command": "Kommandozeile",
        "program": "Fachverfahren",
        "mail": "E-Mail",
        "portal": "Portal",
        "migration": "Migration",
    },
    "what": {"original": "Original", "searchable_pdf": "durchsuchbares PDF"},
    "kind": {
        **{kind.value: label for kind, label in RESTRICTION_LABELS.items()},
        **{kind.value: label for kind, label in MODEL_LABELS.items()},
    },
    "arrival_problem": dict(ARRIVAL_LABELS),
    "difference": dict(DIFFERENCE_LABELS),
    "difference_decision": {decision.value: label for decision, label in DECISION_LABELS.items()},
    "ground": {ground.value: label for ground, label in GROUND_LABELS.items()},
    "purpose": {purpose.value: label for purpose, label in PURPOSE_LABELS.items()},
    "run_answer": {answer.value: label for answer, label in ANSWER_LABELS.items()},
    "run_result": {result.value: label for result, label in RESULT_LABELS.items()},
    "run_state": {state.value: label for state, label in RUN_LABELS.items()},
    "scope": {scope.value: label for scope, label in SCOPE_LABELS.items()},
    "role": {role.value: label for role, label in ROLE_LABELS.items()},
    "state": {state.value: LABELS[state] for state in CaseFileState},
}
JUDGED = {"accepted": "angenommen", "corrected": "geändert", "none": "keiner"}


def told(detail: Mapping[str, object]) -> str:
    """Return all details of an entry as one German line."""
    known = ((NAMES.get(name, name), _value(name, value)) for name, value in detail.items() if value is not None)
    return "; ".join(f"{name}: {value}" for name, value in known)


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    special: dict[str, Callable[[str], str]] = {"code": sentence, "proposal": _judged}
    if name in special:
        return special[name](str(value))
    if name in WORDS:
        return WORDS[name].get(str(value), str(value))
    return _day(str(value))


def _judged(value: str) -> str:
    """Return ``accepted:sure`` as words."""
    verdict, _, band = value.partition(":")
    sure = f" ({BAND_LABELS[Band(band)]})" if band in set(Band) else ""
    return JUDGED.get(verdict, verdict) + sure


def _day(value: str) -> str:
    """Return an ISO date or moment in German, anything else as it is."""
    try:
        if len(value) == len("2026-11-18"):
            return german(date.fromisoformat(value))
        return f"{datetime.fromisoformat(value):%d.%m.%Y, %H:%M}" if "T" in value else value
    except ValueError:
        return value
