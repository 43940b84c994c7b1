"""Read rule catalogues: CSV for records managers, TOML for scripts. Both go through one check per rule."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from retention.catalogue_entry import SEPARATOR, Entry
from retention.errors import CatalogueInvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from retention.model import Rule

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
"""The columns every CSV catalogue has; those of ``catalogue_entry.OPTIONAL`` may follow."""


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
    """Read rules from ``[[rule]]`` tables; ``python -m retention explain --help`` shows one.

    Keys are the field names of ``Rule`` or the column names of the CSV; every length is in months or in years.
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
    if isinstance(value, list):
        return SEPARATOR.join(str(one) for one in value)
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
        entry = Entry(record)
        rule = entry.rule(valid_from)
        if rule is not None and rule.rule_id in rules:
            entry.add("rule_id", f"Die Regel {rule.rule_id} kommt zweimal vor")
        problems += [f"{place}: {problem}" for problem in entry.problems]
        if rule is not None:
            rules[rule.rule_id] = rule
    if problems:
        raise CatalogueInvalidError(tuple(problems))
    return tuple(rules.values())
