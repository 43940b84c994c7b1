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
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from bench.casefile import TODAY, candidate
from bench.letter_sets import world_rows
from ingest.cases import evidence_of, letter_of
from ingest.likeness import UNLIKE, FileText, Likeness
from ingest.model import Facts, Finding
from ingest.odds import EVIDENCE
from ingest.references import find_references

PENALTY, LEFT_OUT = 1.0, 0.15
NEVER_AGAINST = len(EVIDENCE) - 2
"""All evidence but the last two speaks for a file, never against it."""


def lesson(seed: int, files: int, letters: int) -> list[tuple[NDArray[np.float64], int]]:
    """Return for each letter the evidence of all files and the place of the right one, or -1."""
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
        made.append((table, next((at for at, row in enumerate(rows) if [row["id"]] == letter["relevant"]), -1)))
    return made


def _facts(text: str) -> Facts:
    lines = [line for line in text.splitlines() if line.strip()]
    return Facts(sender=Finding(lines[-1]), subject=Finding(lines[-5] if len(lines) > 5 else ""))


def _writers(text: str) -> frozenset[str]:
    lines = text.splitlines()
    return frozenset(lines[at + 1] for at, line in enumerate(lines[:-1]) if line.startswith("Mit freundlichen"))


def learned(lessons: list[tuple[NDArray[np.float64], int]]) -> tuple[NDArray[np.float64], float]:
    """Return the weights of the evidence and the sum of "none of them"."""

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = PENALTY * float((at[:-1] ** 2).sum()) / 2, np.append(PENALTY * at[:-1], 0.0)
        for table, right in lessons:
            sums = np.append(table @ at[:-1], at[-1])
            whole = float(logsumexp(sums))
            total += whole - sums[right]
            share = np.exp(sums - whole)
            share[right] -= 1
            slope[:-1] += share[:-1] @ table
            slope[-1] += share[-1]
        return total, slope

    bounds = [(0.0, 30.0)] * NEVER_AGAINST + [(-30.0, 0.0)] * (len(EVIDENCE) - NEVER_AGAINST) + [(-30.0, 60.0)]
    start = np.append(np.ones(len(EVIDENCE)), 4.0)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return found[:-1], float(found[-1])


def main() -> None:
    """Print the weights as ``ingest.odds`` holds them."""
    parser = argparse.ArgumentParser(prog="python -m bench.case_weights")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--letters", type=int, default=400)
    parser.add_argument("--sets", type=int, default=4)
    options = parser.parse_args()
    lessons = []
    for number in range(options.sets):
        # Half as many files in every further set: a small office must be served as well.
        lessons += lesson(1000 + number, max(20, options.files >> number), options.letters)
    weights, none = learned(lessons)
    print("WEIGHTS = {")
    for name, weight in zip(EVIDENCE, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(f"}}\nNONE_OF_THEM = {none:.2f}")


if __name__ == "__main__":
    main()
