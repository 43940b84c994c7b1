"""Retention on the command line: explain a date, check a package.

Exit codes: 0 done and clean, 1 findings in the package, 2 wrong call or unreadable input.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from retention.catalogue import rules_from_toml
from retention.errors import FactsInvalidError, PackageUnreadableError, RetentionError
from retention.facts import filings_from_json
from retention.schedule import evaluate
from retention.xdomea.validate import inspect

if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN, FINDINGS, REFUSED = 0, 1, 2
EXAMPLE = """\
FACTS.json (nur reference, opened_on und closed_on müssen da sein):
  {
    "reference": "36.01.01-0007/1998", "opened_on": "1998-03-02", "closed_on": "2016-07-31",
    "file_plan": "36.01.01", "department": "51.2", "file_type": "Hilfeakte",
    "events": {"BIRTH": "1996-02-29"},
    "holds": [{"reason": "Klage", "placed_on": "2026-01-07", "lifted_on": null}],
    "also_in": []
  }
Tage als JJJJ-MM-TT; ein Ereignis kann mehrere haben, dann zählt der letzte. Ein Schlüssel mit Punkten steht für sich
und alles darüber; sonst eine Liste, der genaueste zuerst. also_in nennt die anderen Akten, in denen das Schriftstück
liegt, mit denselben Angaben.

RULES.toml (alles ab valid_until darf fehlen; mehr in config/retention/README.md):
  [[rule]]
  rule_id = "36.01.01/1"                  # Schlüssel der Regel und Fassung
  title = "Heimunterbringung"
  kind = "fixed"                          # fixed, min, law_max, permanent, until_event_plus, multi_phase
  years = 70                              # oder months
  trigger = "BIRTH"                       # CASE_CLOSED ist die Schließung (z.d.A.)
  trigger_label = "Vollendung des 30. Lebensjahres"
  period_start = "exact_date"             # oder end_of_calendar_year
  action = "B"                            # A archivieren, B bewerten, V vernichten
  legal_basis = "§ 9b SGB VIII"
  certainty = "sure"                      # oder memory, illustrative
  valid_from = 2025-07-01
  valid_until = 2035-12-31
  approved_by = "Stadtarchiv"
  approved_on = 2025-06-15
  branch = "36.01"                        # Zweig des Aktenplans, sonst der Schlüssel der Regel; "*" ist der ganze Plan
  departments = ["51"]
  file_types = ["Hilfeakte"]
  trigger_years = 30                      # so lange nach dem Ereignis beginnt die Frist; oder trigger_months
  # first_phase_years = 5                 # nur multi_phase: danach eingeschränkte Nutzung; oder first_phase_months

Antwort: outcome, retention_end, rule_id, waits_for, restricted_from, decided_by, conflicts, steps und explanation.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code, answer = options.run(options)
    except RetentionError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return int(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m retention", description="Aufbewahrung und Aussonderung")
    commands = parser.add_subparsers(required=True, metavar="BEFEHL")
    explain = commands.add_parser(
        "explain",
        help="Aufbewahrungsende einer Akte mit Begründung, als JSON",
        description="Aufbewahrungsende einer Akte mit Begründung, als JSON.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    explain.add_argument("facts", type=Path, metavar="FACTS.json", help="Angaben zur Akte, Beispiel unten")
    explain.add_argument("rules", type=Path, metavar="RULES.toml", help="[[rule]] in beliebiger Reihenfolge")
    explain.add_argument("--today", type=_day, required=True, metavar="JJJJ-MM-TT", help="Stichtag")
    explain.set_defaults(run=_explain)
    check = commands.add_parser("check", help="xdomea-Paket oder -Nachricht prüfen, als JSON")
    check.add_argument("package", type=Path, metavar="PACKAGE.zip")
    check.add_argument("--schemas", type=Path, required=True, metavar="DIR", help="Ordner mit 3.1.0/, 4.0.0/ …, xoev/")
    check.set_defaults(run=_check)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"„{text}“ ist kein Datum (JJJJ-MM-TT)") from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FactsInvalidError(f"{path.name} ist nicht lesbar") from error


def _explain(options: argparse.Namespace) -> tuple[int, dict[str, object]]:
    first, *others = filings_from_json(_read(options.facts))
    rules = rules_from_toml(_read(options.rules))
    verdict = evaluate(first.facts, rules, first.holds, options.today, also_in=others)
    return CLEAN, {
        "reference": first.facts.reference,
        "today": options.today.isoformat(),
        "outcome": verdict.outcome.value,
        "retention_end": _iso(verdict.retention_end),
        "rule_id": verdict.rule_id,
        "waits_for": verdict.waits_for,
        "restricted_from": _iso(verdict.restricted_from),
        "decided_by": verdict.decided_by or None,
        "conflicts": [
            {
                "kind": conflict.kind.value,
                "leading_rule_id": conflict.leading_rule_id,
                "other_rule_id": conflict.other_rule_id,
                "other_end": _iso(conflict.other_end),
                "must_decide": conflict.must_decide,
                "text": conflict.text,
            }
            for conflict in verdict.conflicts
        ],
        "steps": list(verdict.steps),
        "explanation": verdict.explanation,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _check(options: argparse.Namespace) -> tuple[int, dict[str, object]]:
    if not options.package.is_file():
        raise PackageUnreadableError(f"{options.package.name} gibt es nicht")
    report = inspect(options.package, options.schemas)
    return FINDINGS if report.findings else CLEAN, {
        "file": options.package.name,
        "version": report.version,
        "message": report.code,
        "process_id": report.process_id,
        "clean": not report.findings,
        "findings": [asdict(finding) for finding in report.findings],
        "hints": [asdict(hint) for hint in report.hints],
    }


if __name__ == "__main__":
    sys.exit(main())
