"""Read rule catalogues: CSV for records managers, TOML for scripts. Both go through one check per rule."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from retention.errors import CatalogueInvalidError
from retention.model import CASE_CLOSED, DisposalAction, PeriodStart, RetentionKind, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from enum import StrEnum
    from pathlib import Path

ALWAYS = date(2000, 1, 1)
"""From when a rule without its own date of validity applies."""

COLUMNS = (
    "aktenplan_nr",
    "title_de",
    "title_en",
    "retention_years",
    "retention_kind",
    "trigger_code",
    "trigger_de",
    "period_start",
    "aussonderungsart_default",
    "legal_basis",
    "certainty",
    "note",
)
"""The columns every CSV catalogue has; ``version``, ``valid_from``, ``valid_to``, ``approved_by`` may follow."""

_NAMES = {
    "aktenplan_nr": "code",
    "title_de": "title",
    "retention_years": "years",
    "retention_kind": "kind",
    "trigger_code": "trigger",
    "trigger_de": "trigger_label",
    "aussonderungsart_default": "action",
}
_CERTAINTIES = ("sure", "memory", "illustrative")
_LONGEST_YEARS = 1000
_E = TypeVar("_E", bound="StrEnum")


def rules_from_csv(lines: Iterable[str], *, valid_from: date = ALWAYS) -> tuple[Rule, ...]:
    """Read the rules of a CSV catalogue with the columns ``COLUMNS``, parted by commas or semicolons.

    Years may be halves ("0.5" is six months). Raises ``CatalogueInvalidError`` naming every bad line.
    """
    rows = iter(lines)
    header = next(rows, "")
    separator = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(chain([header], rows), delimiter=separator, strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise CatalogueInvalidError((f"Zeile 1: Es fehlen die Spalten {', '.join(missing)}",))
    return _collect(_csv_records(reader), valid_from)


def load_csv(path: Path, *, valid_from: date = ALWAYS) -> tuple[Rule, ...]:
    """Read a CSV catalogue from a UTF-8 file; errors as ``rules_from_csv``."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return rules_from_csv(lines, valid_from=valid_from)
    except UnicodeDecodeError as error:
        raise CatalogueInvalidError(("Die Datei ist nicht in UTF-8 gespeichert",)) from error


def rules_from_toml(text: str, *, valid_from: date = ALWAYS) -> tuple[Rule, ...]:
    """Read rules from ``[[rule]]`` tables in the given order, most specific unit first.

    Keys are the field names of ``Rule`` or the column names of the CSV; a period is ``months`` or ``years``.
    Raises ``CatalogueInvalidError`` naming every bad table.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueInvalidError((f"kein TOML: {error}",)) from error
    tables = document.get("rule", document.get("rules", []))
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise CatalogueInvalidError(("keine Tabelle [[rule]] gefunden",))
    records = (
        (f"Regel {number}", {str(key): _plain(value) for key, value in table.items()})
        for number, table in enumerate(tables, start=1)
    )
    return _collect(records, valid_from)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _csv_records(reader: csv.DictReader[str]) -> Iterator[tuple[str, dict[str, str]]]:
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise CatalogueInvalidError((f"Zeile {reader.line_num}: kein CSV ({error})",)) from error
        if row is None:
            return
        if None in row:
            row = {"": "", **{name: text for name, text in row.items() if isinstance(name, str)}}
        yield f"Zeile {reader.line_num}", {name: text or "" for name, text in row.items()}


def _collect(records: Iterable[tuple[str, dict[str, str]]], valid_from: date) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for place, record in records:
        entry = _Entry(record)
        rule = entry.rule(valid_from)
        if rule is not None and rule.rule_id in rules:
            entry.problems.append(f"Die Regel {rule.rule_id} kommt zweimal vor")
        problems += [f"{place}: {problem}" for problem in entry.problems]
        if rule is not None:
            rules[rule.rule_id] = rule
    if problems:
        raise CatalogueInvalidError(tuple(problems))
    return tuple(rules.values())


class _Entry:
    """One record on its way to a rule; every problem found is kept, not only the first."""

    def __init__(self, record: Mapping[str, str]) -> None:
        self.values = {_NAMES.get(name, name): text.strip() for name, text in record.items()}
        self.problems: list[str] = ["Zu viele Spalten"] if "" in record else []

    def rule(self, valid_from: date) -> Rule | None:
        """The rule, or ``None`` with ``problems`` filled."""
        kind = self._choice("kind", "Fristart", RetentionKind)
        start = self._choice("period_start", "Fristbeginn", PeriodStart)
        action = self._choice("action", "Aussonderungsart", DisposalAction)
        months = self._months()
        first = self._day("valid_from") or valid_from
        last = self._day("valid_to")
        if last is not None and last < first:
            self.problems.append("„gültig bis“ liegt vor „gültig ab“")
        if self.values.get("certainty") not in _CERTAINTIES:
            self.problems.append(f"Sicherheit muss {', '.join(_CERTAINTIES)} sein")
        rule_id = self._rule_id()
        texts = {name: self._text(name) for name in ("title", "trigger_label", "legal_basis", "trigger")}
        if kind is None or start is None or action is None or self.problems:
            return None
        self._check(kind, months, texts["trigger"])
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
        )

    def _check(self, kind: RetentionKind, months: int | None, trigger: str) -> None:
        if kind is RetentionKind.PERMANENT:
            if months:
                self.problems.append("Eine dauernde Aufbewahrung hat keine Dauer")
            return
        if months is None and kind is not RetentionKind.UNTIL_EVENT_PLUS:
            self.problems.append("Die Dauer fehlt")
        if trigger == "NONE":
            self.problems.append(f"Der Auslöser fehlt (z. B. {CASE_CLOSED})")

    def _rule_id(self) -> str:
        if rule_id := self.values.get("rule_id"):
            return rule_id if "/" in rule_id else f"{rule_id}/1"
        return f"{self._text('code')}/{self.values.get('version') or '1'}"

    def _text(self, name: str) -> str:
        text = self.values.get(name, "")
        if not text:
            self.problems.append(f"Angabe „{name}“ fehlt")
        return text

    def _choice(self, name: str, label: str, choices: type[_E]) -> _E | None:
        text = self.values.get(name, "")
        try:
            return choices(text)
        except ValueError:
            allowed = ", ".join(choices)
            self.problems.append(f"{label} „{text}“ ist unbekannt (erlaubt: {allowed})")
            return None

    def _months(self) -> int | None:
        text, factor = self.values.get("months", ""), 1
        if not text:
            text, factor = self.values.get("years", ""), 12
        if not text:
            return None
        try:
            months = float(text.replace(",", ".")) * factor
        except ValueError:
            months = -1
        if not 0 <= months <= _LONGEST_YEARS * 12 or months != int(months):
            self.problems.append(f"Dauer „{text}“ ist keine Zahl ganzer Monate von 0 bis {_LONGEST_YEARS} Jahren")
            return None
        return int(months)

    def _day(self, name: str) -> date | None:
        text = self.values.get(name, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.problems.append(f"„{text}“ ist kein Datum (JJJJ-MM-TT)")
            return None
