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
from retention.facts import facts_from_json
from retention.schedule import evaluate
from retention.xdomea.validate import inspect

if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN, FINDINGS, REFUSED = 0, 1, 2


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
    explain = commands.add_parser("explain", help="Aufbewahrungsende einer Akte mit Begründung, als JSON")
    explain.add_argument(
        "facts",
        type=Path,
        metavar="FACTS.json",
        help="reference, opened_on, closed_on, events {Auslöser: Datum}, holds [{reason, placed_on, lifted_on}]",
    )
    explain.add_argument("rules", type=Path, metavar="RULES.toml", help="[[rule]], speziellste Einheit zuerst")
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
    facts, holds = facts_from_json(_read(options.facts))
    rules = rules_from_toml(_read(options.rules))
    verdict = evaluate(facts, rules, holds, options.today)
    end = verdict.retention_end
    return CLEAN, {
        "reference": facts.reference,
        "today": options.today.isoformat(),
        "outcome": verdict.outcome.value,
        "retention_end": end.isoformat() if end else None,
        "rule_id": verdict.rule_id,
        "steps": list(verdict.steps),
        "explanation": verdict.explanation,
    }


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
