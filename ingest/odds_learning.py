"""Learning how far each piece of evidence may be trusted for case files, from what the clerks of one inbox decided.

The odds shipped with the product are the starting point; decisions move them as far as they outweigh it (maximum a
posteriori with a normal prior), so that twenty letters correct what is plainly different and no more. What is learned
is fifteen numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from ingest.odds import AGAINST, EVIDENCE, SHIPPED, Odds

FORMAT = 1


class OddsUnreadable(ValueError):
    """A file that should hold odds does not, or holds those of another format."""


FIRM = 1.0
"""What one unit's distance of a weight from the prior costs (half its square), in units of log likelihood."""
FIRM_NONE = 0.1
"""The same of "none of them", which differs most from house to house: how many letters begin a new file."""
_FARTHEST, _FARTHEST_NONE = 30.0, 60.0


@dataclass(frozen=True, slots=True, eq=False)
class CaseLesson:
    """A letter that names no reference, and where it was filed."""

    rows: NDArray[np.float64]
    """What spoke for each case file: candidates by ``ingest.odds.EVIDENCE``."""
    right: int
    """Place of the case file it was filed in; -1: none of them."""


@dataclass(frozen=True, slots=True)
class TaughtOdds:
    """Odds that learned from all lessons, and how their twin did on the newest of them, which it had not seen."""

    odds: Odds
    letters: int
    right: int
    right_before: int
    honest: bool
    """Whether the twin's chances were not farther from what happened than those before (log loss)."""


def fit(lessons: Sequence[CaseLesson], prior: Odds, *, firm: float = FIRM, firm_none: float = FIRM_NONE) -> Odds:
    """Return the likeliest odds after *lessons*, beginning with *prior*; no evidence changes its direction."""
    origin = np.array([*(prior.weights[name] for name in EVIDENCE), prior.none])
    firmness = np.array([firm] * len(EVIDENCE) + [firm_none])
    tables = [np.atleast_2d(one.rows).reshape(-1, len(EVIDENCE)) for one in lessons]

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        away = at - origin
        total, slope = float((firmness * away**2).sum()) / 2, firmness * away
        for table, lesson in zip(tables, lessons, strict=True):
            sums = np.append(table @ at[:-1], at[-1])
            whole = float(logsumexp(sums))
            total += whole - sums[lesson.right]
            share = np.exp(sums - whole)
            share[lesson.right] -= 1
            slope[:-1] += share[:-1] @ table
            slope[-1] += share[-1]
        return total, slope

    bounds = [(-_FARTHEST, 0.0) if name in AGAINST else (0.0, _FARTHEST) for name in EVIDENCE]
    found = minimize(
        loss, origin, jac=True, bounds=[*bounds, (-_FARTHEST_NONE, _FARTHEST_NONE)], method="L-BFGS-B"
    ).x.tolist()
    return Odds(dict(zip(EVIDENCE, found[:-1], strict=True)), found[-1])


def taught_odds(lessons: Sequence[CaseLesson], newest: int, before: Odds) -> TaughtOdds:
    """Learn from *lessons*, oldest first, after judging by the *newest* of them what the older ones teach."""
    asked = lessons[-newest:]
    twin = fit(lessons[:-newest], SHIPPED)
    return TaughtOdds(
        odds=fit(lessons, SHIPPED),
        letters=len(asked),
        right=sum(_chosen(twin, one) == one.right for one in asked),
        right_before=sum(_chosen(before, one) == one.right for one in asked),
        honest=_surprise(twin, asked) <= _surprise(before, asked),
    )


def _with_none(odds: Odds, lesson: CaseLesson) -> NDArray[np.float64]:
    likely = odds.chances(lesson.rows)
    return np.append(likely, 1 - likely.sum())


def _chosen(odds: Odds, lesson: CaseLesson) -> int:
    chances = _with_none(odds, lesson)
    best = int(chances.argmax())
    return -1 if best == len(chances) - 1 else best


def _surprise(odds: Odds, lessons: Sequence[CaseLesson]) -> float:
    return -sum(float(np.log(max(1e-12, _with_none(odds, one)[one.right]))) for one in lessons)


def save_odds(odds: Odds, file: Path) -> None:
    """Write odds as JSON."""
    file.write_text(json.dumps({"format": FORMAT, "weights": dict(odds.weights), "none": odds.none}), "utf-8")


def load_odds(file: Path) -> Odds:
    """Return what :func:`save_odds` wrote.

    Raises:
        OddsUnreadable: It is no such file, or of another format.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
        weights = {name: float(value) for name, value in data["weights"].items()}
        if data["format"] == FORMAT and set(weights) == set(EVIDENCE):
            return Odds({name: weights[name] for name in EVIDENCE}, float(data["none"]))
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise OddsUnreadable(str(fault)) from fault
    raise OddsUnreadable("other evidence, or another format")
