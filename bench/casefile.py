"""How well letters find their case file: ``python -m bench.casefile --files A.jsonl --incoming B.jsonl``.

Lines of A are ``{"id", "title", "ref", "date", "text"}``, lines of B ``{"id", "text", "relevant": [ids of A]}``.
The last line is one JSON object:

- ``hit1``, ``hit3``, ``hit10``: of the letters that belong to a file, the share with a right one first, among the first
  three, the first ten;
- ``mrr10``: mean of one over the place of the first right file among the first ten;
- ``auto_precision``, ``auto_coverage``: of the first proposals that stand by themselves, which the product shows
  without asking to compare, the share that is right, and the share of all letters that have one. A letter without any
  relevant file counts here: each such proposal for it is wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.retrieval import reciprocal_rank, rows
from ingest.cases import AUTOMATIC, propose_case_files, weigh
from ingest.likeness import FileText, Likeness
from ingest.model import CaseCandidate, Facts

TODAY = date(2026, 11, 26)


def candidate(row: dict[str, Any]) -> CaseCandidate:
    """Return a case file as the product knows it; its reference may follow any pattern."""
    reference = str(row.get("ref") or "")
    return CaseCandidate(
        case_file_id=str(row["id"]),
        reference=reference,
        aliases=(reference,) if reference else (),
        subject=str(row.get("title") or ""),
        file_plan_code=reference.split("-", 1)[0],
        opened_on=_day(row.get("date")),
        is_open=True,
        senders=frozenset(),
    )


def _day(written: object) -> date:
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return TODAY


Answer = tuple[list[str], frozenset[str], bool]
"""Ids of the files found, best first; those of the relevant ones; whether the first stands by itself."""


def answers_for(files: Sequence[dict[str, Any]], incoming: Sequence[dict[str, Any]]) -> list[Answer]:
    """Propose for every letter as the product does."""
    candidates = [candidate(row) for row in files]
    likeness = Likeness([FileText(str(f["id"]), str(f.get("title") or ""), str(f.get("text") or "")) for f in files])
    answers: list[Answer] = []
    for row in incoming:
        text = str(row["text"])
        weighing = weigh(Facts(), text, candidates, TODAY, likeness.of(text))
        found = propose_case_files(weighing, most=10, shown_from=0)
        alone = bool(found) and found[0].confidence >= AUTOMATIC
        answers.append(([one.value for one in found], frozenset(map(str, row["relevant"])), alone))
    return answers


def result(answers: Sequence[Answer]) -> dict[str, float | None]:
    """Return the measures of answers."""
    belonging = [(found, relevant) for found, relevant, _ in answers if relevant]
    alone = [found[0] in relevant for found, relevant, sure in answers if sure]

    def mean(values: Sequence[float]) -> float | None:
        return round(fmean(values), 4) if values else None

    return {
        **{
            f"hit{most}": mean([bool(relevant.intersection(found[:most])) for found, relevant in belonging])
            for most in (1, 3, 10)
        },
        "mrr10": mean([reciprocal_rank(found, relevant) for found, relevant in belonging]),
        "auto_precision": mean(alone),
        "auto_coverage": round(len(alone) / max(len(answers), 1), 4),
    }


def main() -> None:
    """Propose for every letter and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.casefile")
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--incoming", type=Path, required=True)
    options = parser.parse_args()
    files, incoming = list(rows(options.files)), list(rows(options.incoming))
    answers = answers_for(files, incoming)
    print(json.dumps(result(answers) | {"files": len(files), "incoming": len(answers)}))


if __name__ == "__main__":
    main()
