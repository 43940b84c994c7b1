"""How well the product learns labels: ``python -m bench.classify --train A.jsonl --test B.jsonl``.

Lines are ``{"id", "text", "label"}``; other keys are ignored. The last line is one JSON object:

- ``accuracy``, ``macro_f1``, ``top3``: of the first answer, of the first answer by label, of the first three;
- ``coverage_at_95``: largest share of the test answers, surest first, of which 95 % are right;
- ``threshold_precision``, ``threshold_coverage``: of the answers above the thresholds the product found by itself
  among held-back training examples, the share that is right, and their share of all;
- ``curve``, with ``--curve``: accuracy after 5, 20, 50 and 200 examples of each label, as far as there are so many;
- ``train_cpu_s``: CPU seconds of training; ``ms_per_doc``: milliseconds of one answer with its reason.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.retrieval import rows
from ingest.learning import Example, TextModel, train
from ingest.learning.judge import right

TIMED = 200
CURVE = (5, 20, 50, 200)


def examples(path: Path) -> list[Example]:
    """Return the examples of a file."""
    return [Example(str(row["text"]), str(row["label"])) for row in rows(path)]


def macro_f1(truth: Sequence[str], answers: Sequence[str]) -> float:
    """Return the mean of the F1 values of all labels that occur in truth or answers."""
    values = []
    for label in sorted({*truth, *answers}):
        both = sum(true == label == given for true, given in zip(truth, answers, strict=True))
        either = sum(true == label for true in truth) + sum(given == label for given in answers)
        values.append(2 * both / either)
    return float(np.mean(values))


def coverage_at(sureness: NDArray[np.float64], right: NDArray[np.bool_], precision: float = 0.95) -> float:
    """Return the largest share of answers, surest first, of which the given share is right."""
    shares = np.cumsum(right[np.argsort(-sureness, kind="stable")]) / np.arange(1, len(right) + 1)
    enough = np.nonzero(shares >= precision)[0]
    return float(enough[-1] + 1) / len(right) if len(enough) else 0.0


def milliseconds(model: TextModel, texts: Sequence[str]) -> float:
    """Return how long one answer with its reason takes, as the product asks for it."""
    before = time.perf_counter()
    for text in texts:
        model.guesses(text)
    return (time.perf_counter() - before) * 1000 / len(texts)


def first_of_each(learned: Sequence[Example], most: int) -> list[Example]:
    """Return the first *most* examples of each label, in their order: those that were decided first."""
    seen: Counter[str] = Counter()
    kept = []
    for example in learned:
        seen[example.label] += 1
        if seen[example.label] <= most:
            kept.append(example)
    return kept


def curve(learned: Sequence[Example], asked: Sequence[Example]) -> dict[str, float]:
    """Return the accuracy by the number of examples of each label; steps no label reaches are left out."""
    largest = max(Counter(example.label for example in learned).values())
    return {
        str(each): round(right(train(first_of_each(learned, each)), asked) / len(asked), 4)
        for each in CURVE
        if each <= largest
    }


def main() -> None:
    """Train, ask, and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.classify")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--curve", action="store_true")
    options = parser.parse_args()
    learned, asked = examples(options.train), examples(options.test)
    before = time.process_time()
    model = train(learned)
    train_cpu_s = time.process_time() - before
    chances = np.vstack([model.probabilities([example.text]) for example in asked])
    order = np.argsort(-chances, axis=1, kind="stable")
    answers = [model.labels[place] for place in order[:, 0]]
    truth = [example.label for example in asked]
    hits = np.array([given == true for given, true in zip(answers, truth, strict=True)])
    sureness = chances.max(axis=1)
    sure = sureness >= model.thresholds[order[:, 0]]
    in_three = [true in {model.labels[place] for place in row[:3]} for true, row in zip(truth, order, strict=True)]
    result = {
        "accuracy": round(float(hits.mean()), 4),
        "macro_f1": round(macro_f1(truth, answers), 4),
        "top3": round(float(np.mean(in_three)), 4),
        "coverage_at_95": round(coverage_at(sureness, hits), 4),
        "threshold_precision": round(float(hits[sure].mean()), 4) if sure.any() else None,
        "threshold_coverage": round(float(sure.mean()), 4),
        "train_cpu_s": round(train_cpu_s, 2),
        "ms_per_doc": round(milliseconds(model, [example.text for example in asked[:TIMED]]), 2),
        "train": len(learned),
        "test": len(asked),
        "labels": len(model.labels),
    }
    if options.curve:
        result["curve"] = curve(learned, asked)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
