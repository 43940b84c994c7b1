"""Find the weights of ``ingest.odds``: ``python -m bench.case_weights [--files 300] [--letters 400] [--sets 4]``.

Learns from generated letters (:mod:`bench.letter_sets`) that name no reference, in stocks of different sizes, by
maximum likelihood with a penalty; the same arguments give the same weights. Half of the letters have their sender and
subject read, half do not, and some of what a generator makes too easy is left out at random, so that nothing is
trusted alone.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace

import numpy as np

from bench.casefile import TODAY, candidate
from bench.letter_sets import world_rows
from ingest.cases import evidence_of, letter_of
from ingest.likeness import UNLIKE, FileText, Likeness
from ingest.model import Facts, Finding
from ingest.odds import EVIDENCE, Odds
from ingest.odds_learning import CaseLesson, fit
from ingest.references import find_references

PENALTY, LEFT_OUT = 1.0, 0.15


def lessons(seed: int, files: int, letters: int) -> list[CaseLesson]:
    """Return the lessons of one generated world."""
    chance = random.Random(seed)
    rows, incoming = world_rows(seed, files, letters)
    likeness = Likeness([FileText(str(row["id"]), str(row["title"]), str(row["text"])) for row in rows])
    made = []
    for letter in incoming:
        text = str(letter["text"])
        if find_references(text):
            continue
        facts = _facts(text) if chance.random() < 0.5 else Facts()
        asked = letter_of(facts, text)
        alike = likeness.of(text)
        table = np.array(
            [
                evidence_of(
                    replace(candidate(row), senders=_writers(str(row["text"])), is_open=True),
                    asked,
                    alike.get(str(row["id"]), UNLIKE),
                    TODAY,
                )
                for row in rows
            ]
        )
        for place, name in enumerate(EVIDENCE):
            if name in ("marks", "rare", "sender", "misread") and chance.random() < LEFT_OUT:
                table[:, place] = 0
        right = next((at for at, row in enumerate(rows) if [row["id"]] == letter["relevant"]), -1)
        made.append(CaseLesson(table, right))
    return made


def _facts(text: str) -> Facts:
    lines = [line for line in text.splitlines() if line.strip()]
    return Facts(sender=Finding(lines[-1]), subject=Finding(lines[-5] if len(lines) > 5 else ""))


def _writers(text: str) -> frozenset[str]:
    lines = text.splitlines()
    return frozenset(lines[at + 1] for at, line in enumerate(lines[:-1]) if line.startswith("Mit freundlichen"))


def main() -> None:
    """Print the weights as ``ingest.odds`` holds them."""
    parser = argparse.ArgumentParser(prog="python -m bench.case_weights")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--letters", type=int, default=400)
    parser.add_argument("--sets", type=int, default=4)
    options = parser.parse_args()
    learned = []
    for number in range(options.sets):
        # Half as many files in every further set: a small office must be served as well.
        learned += lessons(1000 + number, max(20, options.files >> number), options.letters)
    found = fit(learned, Odds(dict.fromkeys(EVIDENCE, 0.0), 0.0), firm=PENALTY, firm_none=0.0)
    print("WEIGHTS = {")
    for name, weight in found.weights.items():
        print(f'    "{name}": {weight:.2f},')
    print(f"}}\nNONE_OF_THEM = {found.none:.2f}")


if __name__ == "__main__":
    main()
