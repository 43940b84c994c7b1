"""How likely each of several case files is, or none of them: evidence weighed as past letters taught. Pure.

A conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974): each file gets the
sum of its evidence, each piece times its weight; chances are in the proportion of the exponentials. "None of them" is
a choice as well. ``python -m bench.case_weights`` finds the weights every house begins with and prints them as they
stand here; :mod:`ingest.odds_learning` moves them to where the decisions of one inbox are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ingest.likeness import ASPECTS

EVIDENCE = (*ASPECTS, "misread", "sender", "subject_words", "unit", "closed", "old")
AGAINST = ("closed", "old")
"""Evidence that speaks against a file; all other never does."""


@dataclass(frozen=True, slots=True)
class Odds:
    """A weight for each piece of evidence, and the sum that "none of them" has."""

    weights: Mapping[str, float]
    none: float

    def chances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chance of each file (a row of evidence each); they sum to less than one, the rest is "none"."""
        if not len(rows):
            return np.zeros(0)
        sums = rows @ np.array([self.weights[name] for name in EVIDENCE])
        return np.asarray(softmax(np.append(sums, self.none))[:-1], dtype=np.float64)


WEIGHTS = {
    "stems": 3.37,
    "stems_alike": 5.28,
    "letters": 3.64,
    "letters_alike": 3.50,
    "subject": 4.86,
    "subject_letters": 3.74,
    "rare": 2.90,
    "marks": 3.66,
    "misread": 2.82,
    "sender": 0.97,
    "subject_words": 0.00,
    "unit": 0.30,
    "closed": -1.00,
    "old": -0.20,
}
"""The last three cannot be learned from letters that name no reference for files all open: they are set by hand."""
NONE_OF_THEM = 9.67

SHIPPED = Odds(WEIGHTS, NONE_OF_THEM)
"""What every inbox begins with."""
