"""One record of a rule catalogue on its way to a rule, with every problem named in German."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from retention.model import CASE_CLOSED, DisposalAction, PeriodStart, RetentionKind, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

OPTIONAL = (
    "version",
    "valid_from",
    "valid_until",
    "approved_by",
    "approved_on",
    "branch",
    "departments",
    "file_types",
    "trigger_years",
    "first_phase_years",
)
"""What may be left out. Lists in a CSV are parted by ``SEPARATOR``; lengths may also be given in months."""
SEPARATOR = "|"

_NAMES = {
    "aktenplan_nr": "code",
    "title_de": "title",
    "retention_years": "years",
    "retention_kind": "kind",
    "trigger_code": "trigger",
    "trigger_de": "trigger_label",
    "aussonderungsart_default": "action",
    "valid_until": "valid_to",
    "department": "departments",
    "file_type": "file_types",
}
_NARROWING = (*OPTIONAL, "valid_to", "trigger_months", "first_phase_months")
CERTAINTIES = ("sure", "memory", "illustrative")
_LONGEST_YEARS = 1000
_E = TypeVar("_E", bound="StrEnum")


class Entry:
    """One record on its way to a rule; every problem found is kept with the field it is in, not only the first.

    Args:
        record: Texts by the names of fields or columns.
        labels: How problems call a field, where that is not its name.
    """

    def __init__(self, record: Mapping[str, str], labels: Mapping[str, str] = MappingProxyType({})) -> None:
        self.values = {_NAMES.get(name, name): text.strip() for name, text in record.items()}
        self.faults: list[tuple[str, str]] = []
        """The field, empty for the record as a whole, and what is wrong with it in German."""
        self._labels = labels
        if "" in record:
            self.add("", "Zu viele Spalten")
        for name in record:
            # A scope with a slip of the pen must not make a rule count for the whole city; notes may stand anywhere.
            if name not in (*_NARROWING, *_NAMES) and (meant := get_close_matches(name, _NARROWING, 1, 0.85)):
                self.add(name, f"Angabe „{name}“ ist unbekannt; gemeint ist wohl „{meant[0]}“")

    @property
    def problems(self) -> list[str]:
        """What is wrong, in the order it was found."""
        return [text for _, text in self.faults]

    def add(self, field: str, text: str) -> None:
        """Note that something is wrong."""
        self.faults.append((field, text))

    def rule(self, valid_from: date) -> Rule | None:
        """The rule, or ``None`` with ``problems`` filled."""
        kind = self._choice("kind", "Fristart", RetentionKind)
        start = self._choice("period_start", "Fristbeginn", PeriodStart)
        action = self._choice("action", "Aussonderungsart", DisposalAction)
        months, shift = self._months(""), self._months("trigger_")
        phase = self._months("first_phase_")
        first = self._day("valid_from") or valid_from
        last, approved_on = self._day("valid_to"), self._day("approved_on")
        if last is not None and last < first:
            self.add("valid_to", "„gültig bis“ liegt vor „gültig ab“")
        if self.values.get("certainty") not in CERTAINTIES:
            self.add("certainty", f"Sicherheit muss {', '.join(CERTAINTIES)} sein")
        rule_id = self._rule_id()
        texts = {name: self._text(name) for name in ("title", "trigger_label", "legal_basis", "trigger")}
        if kind is None or start is None or action is None or self.problems:
            return None
        self._check(kind, months, texts["trigger"])
        self._check_phase(kind, months, phase)
        if kind is RetentionKind.PERMANENT:
            months = None
        elif kind is RetentionKind.UNTIL_EVENT_PLUS:
            months = months or 0
        return Rule(
            rule_id=rule_id,
            title=texts["title"],
            kind=kind,
            months=months,
            trigger=texts["trigger"],
            trigger_label=texts["trigger_label"],
            period_start=start,
            action=action,
            legal_basis=texts["legal_basis"],
            certainty=self.values["certainty"],
            valid_from=first,
            valid_to=last,
            approved_by=self.values.get("approved_by") or None,
            approved_on=approved_on,
            branch=self.values.get("branch", ""),
            departments=self._list("departments"),
            file_types=self._list("file_types"),
            trigger_months=shift or 0,
            first_phase_months=phase,
        )

    def _check(self, kind: RetentionKind, months: int | None, trigger: str) -> None:
        if kind is RetentionKind.PERMANENT:
            if months:
                self.add("months", "Eine dauernde Aufbewahrung hat keine Dauer")
            return
        if months is None and kind is not RetentionKind.UNTIL_EVENT_PLUS:
            self.add("months", "Die Dauer fehlt")
        if trigger == "NONE":
            self.add("trigger", f"Der Auslöser fehlt (z. B. {CASE_CLOSED})")

    def _check_phase(self, kind: RetentionKind, months: int | None, phase: int | None) -> None:
        if phase is None:
            return
        if kind is not RetentionKind.MULTI_PHASE:
            self.add("first_phase_months", "Einen ersten Abschnitt hat nur die Fristart multi_phase")
        elif months is not None and phase > months:
            self.add("first_phase_months", "Der erste Abschnitt ist länger als die ganze Dauer")

    def _rule_id(self) -> str:
        if rule_id := self.values.get("rule_id"):
            return rule_id if "/" in rule_id else f"{rule_id}/1"
        return f"{self._text('code')}/{self.values.get('version') or '1'}"

    def _text(self, name: str) -> str:
        text = self.values.get(name, "")
        if not text:
            self.add(name, f"Angabe „{self._labels.get(name, name)}“ fehlt")
        return text

    def _choice(self, name: str, label: str, choices: type[_E]) -> _E | None:
        text = self.values.get(name, "")
        try:
            return choices(text)
        except ValueError:
            allowed = ", ".join(choices)
            self.add(name, f"{label} „{text}“ ist unbekannt (erlaubt: {allowed})")
            return None

    def _list(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.values.get(name, "").split(SEPARATOR) if part.strip())

    def _months(self, prefix: str) -> int | None:
        text, factor = self.values.get(f"{prefix}months", ""), 1
        if not text:
            text, factor = self.values.get(f"{prefix}years", ""), 12
        if not text:
            return None
        try:
            months = float(text.replace(",", ".")) * factor
        except ValueError:
            months = -1
        if not 0 <= months <= _LONGEST_YEARS * 12 or months != int(months):
            problem = f"Dauer „{text}“ ist keine Zahl ganzer Monate von 0 bis {_LONGEST_YEARS} Jahren"
            self.add(f"{prefix}months", problem)
            return None
        return int(months)

    def _day(self, name: str) -> date | None:
        text = self.values.get(name, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.add(name, f"„{text}“ ist kein Datum (JJJJ-MM-TT)")
            return None
