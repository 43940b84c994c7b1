"""Training: a linear support vector machine, its scores made probabilities by examples it did not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.svm import LinearSVC

from ingest.errors import NotEnoughExamples
from ingest.learning.features import counts
from ingest.learning.model import TextModel, hinted, weighted

PRECISION = 0.95
"""Share of right answers that a threshold must have shown among examples held back."""
LEAST_SEEN = 5
"""Answers of one label from which on its own threshold is believed; below, the common one counts."""
LEAST_SURE = 0.5
"""No threshold is lower: an answer that is more likely wrong than right is none."""
NEVER = 1.1
MOST_TRUST = 6.0
"""No hint is worth more, however seldom it was wrong among the examples: odds of 400 to 1."""
_PENALTY = 2.0
_FOLDS = 5
_LEAST_DOCUMENTS = 2
"""Texts a column must stand in to be learned from; with few examples every one counts."""
_FEW = 40


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the label a person gave it, and the label that rules had given it before, if they had."""

    text: str
    label: str
    hint: str = ""


def train(examples: Sequence[Example], *, precision: float = PRECISION, seed: int = 0) -> TextModel:
    """Return a model of the examples; the same examples and seed give the same model.

    Raises:
        NotEnoughExamples: Fewer than two labels have at least two examples, or these hold no words.
    """
    frequent = Counter(example.label for example in examples)
    if sum(count > 1 for count in frequent.values()) < 2:
        raise NotEnoughExamples
    labels = tuple(sorted(frequent))
    known = {label: place for place, label in enumerate(labels)}
    truth = np.array([known[example.label] for example in examples])
    raw = counts([example.text for example in examples])
    columns = _used(raw, 1 if len(examples) < _FEW else _LEAST_DOCUMENTS)
    if not len(columns):
        raise NotEnoughExamples
    kept = csr_matrix(raw[:, columns])
    idf = _idf(kept)
    rows = weighted(kept, idf, columns)
    held_back = _held_back_scores(rows, truth, len(labels), seed)
    told = hinted(labels, [example.hint for example in examples])
    temperature, trust = _calibrated(held_back, told, truth)
    weights, bias = _fitted(rows, truth, len(labels), seed)
    return TextModel(
        labels=labels,
        columns=columns,
        idf=idf,
        weights=weights,
        bias=bias,
        temperature=temperature,
        trust=trust,
        thresholds=thresholds(softmax(held_back * temperature + told * trust, axis=1), truth, precision),
    )


def thresholds(
    chances: NDArray[np.float64], truth: NDArray[np.int64], precision: float = PRECISION
) -> NDArray[np.float64]:
    """Return for each label the least probability from which on its answers were right often enough.

    A label that was answered too seldom to tell gets the threshold that holds for all together, if that is higher.
    """
    answers, sureness = chances.argmax(axis=1), chances.max(axis=1)
    common = _threshold(sureness, answers == truth, precision)
    found = np.full(chances.shape[1], common)
    for label in range(chances.shape[1]):
        here = answers == label
        if here.sum() >= LEAST_SEEN:
            found[label] = max(common, _threshold(sureness[here], truth[here] == label, precision))
    return found


def _threshold(sureness: NDArray[np.float64], right: NDArray[np.bool_], precision: float) -> float:
    """Return the least value such that of all answers at least so sure the given share is right, luck allowed for.

    The share is the lower end of Wilson's interval of one standard error ("Probable Inference", 1927), so that
    three right answers of three prove little and three hundred of three hundred much.
    """
    if not len(sureness):
        return NEVER
    order = np.argsort(-sureness, kind="stable")
    seen = np.arange(1, len(order) + 1)
    shares = np.cumsum(right[order]) / seen
    lower = (shares + 1 / (2 * seen) - np.sqrt(shares * (1 - shares) / seen + 1 / (4 * seen**2))) / (1 + 1 / seen)
    enough = np.nonzero(lower >= precision)[0]
    return max(LEAST_SURE, float(sureness[order][enough[-1]])) if len(enough) else NEVER


def _used(raw: csr_matrix, least: int) -> NDArray[np.int64]:
    return np.nonzero(np.bincount(raw.indices, minlength=raw.shape[1]) >= least)[0].astype(np.int64)


def _idf(kept: csr_matrix) -> NDArray[np.float32]:
    """Return the inverse document frequencies, smoothed: ``log((1 + n) / (1 + df)) + 1``."""
    frequencies = np.bincount(kept.indices, minlength=kept.shape[1])
    return np.asarray(np.log((1 + kept.shape[0]) / (1 + frequencies)) + 1, dtype=np.float32)


def _fitted(
    rows: csr_matrix, truth: NDArray[np.int64], labels: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights and bias for all labels; a label without examples among these rows never wins."""
    machine = LinearSVC(C=_PENALTY, random_state=seed).fit(rows, truth)
    weights = np.zeros((labels, rows.shape[1]), dtype=np.float32)
    bias = np.full(labels, -10.0, dtype=np.float32)
    if len(machine.classes_) == 2:  # two classes share one function, which says yes to the second
        first, second = machine.classes_
        weights[second], bias[second] = machine.coef_[0], machine.intercept_[0]
        weights[first], bias[first] = -machine.coef_[0], -machine.intercept_[0]
    else:
        weights[machine.classes_], bias[machine.classes_] = machine.coef_, machine.intercept_
    return weights, bias


def _held_back_scores(rows: csr_matrix, truth: NDArray[np.int64], labels: int, seed: int) -> NDArray[np.float64]:
    """Return scores for every example by a machine that did not learn from it."""
    scores = np.zeros((len(truth), labels))
    fold_of = _folds(truth, seed)
    for fold in range(_FOLDS):
        held, learned = np.nonzero(fold_of == fold)[0], np.nonzero(fold_of != fold)[0]
        if len(held) and len(np.unique(truth[learned])) > 1:
            weights, bias = _fitted(csr_matrix(rows[learned]), truth[learned], labels, seed)
            scores[held] = rows[held] @ weights.T + bias
    return scores


def _folds(truth: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Deal the examples out by label, so that every fold has its share of each, also of those with few."""
    dealt = np.lexsort((np.random.default_rng(seed).random(len(truth)), truth))
    fold_of = np.empty(len(truth), dtype=np.int64)
    fold_of[dealt] = np.arange(len(truth)) % _FOLDS
    return fold_of


def _calibrated(
    scores: NDArray[np.float64], told: NDArray[np.float64], truth: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the factor that makes the scores the likeliest as logarithms of probabilities (Guo et al., 2017).

    With it comes what a hint adds to the score of its label; both are found together, because they share their doubt.
    One example more than there are is taken to be wrong (Platt, 1999): nothing held back was wrong does not mean never.
    """
    doubt = 1 / (len(truth) + 2)

    def loss(temperature: float, trust: float) -> float:
        chances = log_softmax(scores * temperature + told * trust, axis=1)
        right = chances[np.arange(len(truth)), truth]
        wrong = (chances.sum(axis=1) - right) / (chances.shape[1] - 1)
        return -float(((1 - doubt) * right + doubt * wrong).mean())

    alone = minimize_scalar(lambda exponent: loss(np.exp(exponent), 0.0), bounds=(-2.0, 4.0), method="bounded").x
    if not told.any():
        return float(np.exp(alone)), 0.0
    both = minimize(
        lambda at: loss(np.exp(at[0]), at[1]),
        x0=(alone, 1.0),
        bounds=((-2.0, 4.0), (0.0, MOST_TRUST)),
        method="L-BFGS-B",
    ).x
    return float(np.exp(both[0])), float(both[1])
