"""How well letters find their case file: ``python -m bench.casefile --files A.jsonl --incoming B.jsonl``.

Lines of A are ``{"id", "title", "ref", "date", "text"}``, lines of B ``{"id", "text", "relevant": [ids of A]}``.
The last line is one JSON object:

- ``hit1``, ``hit3``, ``hit10``: share of the letters with a right file first, among the first three, the first ten;
- ``mrr10``: mean of one over the place of the first right file among the first ten;
- ``auto_precision``, ``auto_coverage``: of the proposals the product calls sure, the share that is right, and the
  share of letters that have one.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.retrieval import reciprocal_rank, rows
from ingest.cases import SURE, propose_case_files
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


def main() -> None:
    """Propose for every letter and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.casefile")
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--incoming", type=Path, required=True)
    options = parser.parse_args()
    files = list(rows(options.files))
    candidates = [candidate(row) for row in files]
    likeness = Likeness([FileText(str(f["id"]), str(f.get("title") or ""), str(f.get("text") or "")) for f in files])
    answers: list[tuple[list[str], frozenset[str], bool]] = []
    for row in rows(options.incoming):
        text = str(row["text"])
        found = propose_case_files(
            Facts(), text, candidates, TODAY, likeness=likeness.of(text), most=10, shown_from=0.01
        )
        sure = bool(found) and found[0].confidence >= SURE
        answers.append(([one.value for one in found], frozenset(map(str, row["relevant"])), sure))
    sure_answers = [found[0] in relevant for found, relevant, sure in answers if sure]
    result = {
        **{
            f"hit{most}": round(fmean(bool(relevant.intersection(found[:most])) for found, relevant, _ in answers), 4)
            for most in (1, 3, 10)
        },
        "mrr10": round(fmean(reciprocal_rank(found, relevant) for found, relevant, _ in answers), 4),
        "auto_precision": round(fmean(sure_answers), 4) if sure_answers else None,
        "auto_coverage": round(len(sure_answers) / len(answers), 4),
        "files": len(files),
        "incoming": len(answers),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
