"""A change of a retention rule while it is prepared: what is typed, what it would become, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from eakte.errors import EakteError, MoveRefused
from retention.catalogue_entry import SEPARATOR, Entry
from retention.model import EVERYWHERE, PeriodStart, RetentionKind, Rule
from retention.wording import duration, german_date


class DraftNotReady(EakteError):
    """Something typed in a draft of a rule is wrong; the draft's page says what, at each field."""

    code, status = "draft-not-ready", 409


class PreviewNotSeen(EakteError):
    """What a change of a rule moves was not seen as it is today."""

    code, status = "preview-not-seen", 409


class DraftState(StrEnum):
    """Way of one draft."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"


class ChangeKind(StrEnum):
    """What becomes of the rule."""

    NEW = "new"
    VERSION = "version"
    END = "end"


DRAFT_LABELS: Mapping[DraftState, str] = {
    DraftState.DRAFT: "in Vorbereitung",
    DraftState.APPROVED: "freigegeben",
    DraftState.DISCARDED: "verworfen",
}
CHANGE_LABELS: Mapping[ChangeKind, str] = {
    ChangeKind.NEW: "Neue Regel",
    ChangeKind.VERSION: "Neue Fassung",
    ChangeKind.END: "Ende der Regel",
}
FIELDS: Mapping[str, str] = {
    "title": "Bezeichnung",
    "kind": "Fristart",
    "period": "Dauer",
    "first_phase": "Davon gewöhnliche Nutzung",
    "trigger": "Auslöser (Kürzel)",
    "trigger_label": "Auslöser (Bezeichnung)",
    "trigger_period": "Zeit zwischen Ereignis und Fristbeginn",
    "period_start": "Fristbeginn",
    "action": "Aussonderungsart",
    "legal_basis": "Rechtsgrundlage",
    "certainty": "Sicherheit der Rechtsgrundlage",
    "branch": "Zweig des Aktenplans",
    "departments": "Organisationseinheiten",
    "file_types": "Aktenarten",
    "valid_from": "Gültig ab",
    "reason": "Grund der Änderung",
}
"""What is typed, with its German name; of an end only the last two."""
OF_AN_END = ("valid_from", "reason")
LONGEST: Mapping[str, int] = {"title": 300, "legal_basis": 500, "trigger": 60, "trigger_label": 300, "branch": 40}
CODE = re.compile(r"[0-9A-Za-zÄÖÜäöüß][0-9A-Za-zÄÖÜäöüß._-]{0,39}")
_TRIGGER = re.compile(r"[A-Z][A-Z0-9_]*")
_PERIOD = re.compile(r"(\d{1,4}(?:[.,]5)?)\s*(j(?:ahre?n?)?|m(?:onate?n?)?)?\.?", re.IGNORECASE)
_OF_PERMANENT = {"trigger": "NONE", "trigger_label": "kein Auslöser", "period_start": PeriodStart.NONE.value}
"""What nobody has to type where keeping never ends."""
_LENGTHS = {"period": "months", "first_phase": "first_phase_months", "trigger_period": "trigger_months"}
_FIELD_OF = {entry: typed for typed, entry in _LENGTHS.items()}


def fields_of(change: ChangeKind) -> tuple[str, ...]:
    """Return the names of what is typed for a kind of change."""
    return OF_AN_END if change is ChangeKind.END else tuple(FIELDS)


def move_draft(now: DraftState, then: DraftState) -> DraftState:
    """Return *then* if the draft is still being prepared.

    Raises:
        MoveRefused: It was approved or discarded.
    """
    if now is not DraftState.DRAFT:
        raise MoveRefused(state=DRAFT_LABELS[now])
    return then


def texts_of(rule: Rule) -> dict[str, str]:
    """Return what a form shows of a rule that is to be superseded; day and reason are empty."""
    return {
        "title": rule.title,
        "kind": rule.kind.value,
        "period": "" if rule.months is None else duration(rule.months),
        "first_phase": "" if rule.first_phase_months is None else duration(rule.first_phase_months),
        "trigger": rule.trigger,
        "trigger_label": rule.trigger_label,
        "trigger_period": duration(rule.trigger_months) if rule.trigger_months else "",
        "period_start": rule.period_start.value,
        "action": rule.action.value,
        "legal_basis": rule.legal_basis,
        "certainty": rule.certainty,
        "branch": rule.branch,
        "departments": ", ".join(rule.departments),
        "file_types": ", ".join(rule.file_types),
        "valid_from": "",
        "reason": "",
    }


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft is checked against."""

    today: date
    code: str
    number: int
    """Of the version it would become."""
    former: Rule | None
    """The youngest version there is."""
    branches: Collection[str]
    units: Collection[str]
    file_types: Collection[str]

    @property
    def rule_id(self) -> str:
        """The id of the version it would become."""
        return f"{self.code}/{self.number}"


@dataclass(frozen=True, slots=True)
class Checked:
    """The version a draft would become, or what is wrong, by field; the empty field stands for the whole."""

    rule: Rule | None
    faults: Mapping[str, str]


def check(change: ChangeKind, texts: Mapping[str, str], known: Known) -> Checked:
    """Check everything that was typed, every fault at its field; the first of each field counts."""
    day, faults = _day(texts.get("valid_from", ""), known.today)
    if not texts.get("reason", "").strip():
        faults["reason"] = "Bitte begründen Sie die Änderung; der Grund steht bei der Fassung und im Protokoll."
    if change is ChangeKind.END:
        return _ended(known, day, faults)
    names = {name: text.strip() for name, text in texts.items() if name in FIELDS}
    if names.get("kind") == RetentionKind.PERMANENT:
        names = {**names, **{name: names.get(name) or text for name, text in _OF_PERMANENT.items()}}
    rule, found = _read(names, known, day)
    faults = {**found, **faults}
    for field, text in _named(names, known):
        faults.setdefault(field, text)
    if rule is not None and known.former is not None and not faults and _same(rule, known.former):
        faults[""] = f"Die neue Fassung sagt dasselbe wie {known.former.rule_id}."
    return Checked(None if faults else rule, faults)


def _ended(known: Known, day: date | None, faults: dict[str, str]) -> Checked:
    former = known.former
    if former is None or former.ended:
        faults[""] = "Diese Regel gilt schon nicht mehr." if former else "Diese Regel gibt es nicht."
    if faults or former is None or day is None:
        return Checked(None, faults)
    ending = replace(former, rule_id=known.rule_id, valid_from=day, valid_to=None, ended=True)
    return Checked(replace(ending, approved_by=None, approved_on=None), faults)


def _day(typed: str, today: date) -> tuple[date | None, dict[str, str]]:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            day = datetime.strptime(typed.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day < today:
            problem = f"Frühestens ab heute, {german_date(today)}: Was an vergangenen Tagen galt, bleibt, wie es war."
            return None, {"valid_from": problem}
        return day, {}
    return None, {"valid_from": "Bitte ein Datum im Format TT.MM.JJJJ angeben."}


def _read(names: dict[str, str], known: Known, day: date | None) -> tuple[Rule | None, dict[str, str]]:
    """Read the rule the way a catalogue is read, with what is wrong by the names that were typed."""
    faults: dict[str, str] = {}
    record = {name: text for name, text in names.items() if name not in {*_LENGTHS, "valid_from", "reason"}}
    for typed, entry in _LENGTHS.items():
        months = _months(names.get(typed, ""))
        if months is None:
            faults[typed] = "Bitte eine Dauer angeben, zum Beispiel „10 Jahre“ oder „18 Monate“."
        else:
            record[entry] = months
    for name in ("departments", "file_types"):
        record[name] = SEPARATOR.join(_listed(names.get(name, "")))
    record["rule_id"] = known.rule_id
    read = Entry(record, FIELDS)
    rule = read.rule(day or known.today)
    for field, text in read.faults:
        faults.setdefault(_FIELD_OF.get(field, field), f"{text}.")
    permanent = rule is not None and rule.kind is RetentionKind.PERMANENT
    if rule is not None and permanent != (rule.period_start is PeriodStart.NONE):
        wrong = "beginnt nichts zu laufen" if permanent else "muss die Frist beginnen"
        faults.setdefault("period_start", f"Bei dieser Fristart {wrong}.")
    return rule, faults


def _named(names: Mapping[str, str], known: Known) -> list[tuple[str, str]]:
    """Return what refers to nothing, or does not fit into its column."""
    found = [(name, f"Höchstens {most} Zeichen.") for name, most in LONGEST.items() if len(names.get(name, "")) > most]
    if (trigger := names.get("trigger", "")) and not _TRIGGER.fullmatch(trigger):
        found.append(("trigger", "Das Kürzel besteht aus Großbuchstaben, Ziffern und Unterstrichen."))
    branch = names.get("branch", "")
    if branch and branch != EVERYWHERE and branch not in known.branches:
        found.append(("branch", f"Der geltende Aktenplan hat keine Einheit {branch}."))
    found += [
        ("departments", f"Die Organisationseinheit {code} gibt es nicht.")
        for code in _listed(names.get("departments", ""))
        if code not in known.units
    ]
    found += [
        ("file_types", f"Die Aktenart {name} ist nicht vereinbart.")
        for name in _listed(names.get("file_types", ""))
        if name not in known.file_types
    ]
    return found


def _months(typed: str) -> str | None:
    """Return a typed length in months, years where no unit is named; ``None`` if it is none."""
    if not typed.strip():
        return ""
    found = _PERIOD.fullmatch(typed.strip())
    if found is None:
        return None
    number = float(found[1].replace(",", "."))
    months = number if (found[2] or "j").casefold().startswith("m") else number * 12
    return str(int(months)) if months == int(months) else None


def _listed(typed: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;|]", typed) if part.strip()]


def _same(rule: Rule, former: Rule) -> bool:
    about = {"rule_id": "", "valid_from": date.min, "valid_to": None, "approved_by": None, "approved_on": None}
    return replace(rule, **about) == replace(former, **about)  # type: ignore[arg-type]  # fields of a rule
