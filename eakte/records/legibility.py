"""Which pages a person should look at because they read badly."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

POOR = 75
"""Mean confidence of a page's words (0 to 100) below which it reads badly.

Measured on generated letters, 60 to 200 dpi, blurred and noisy: at 90 of confidence 94 of 100 words are right, at 86
88, at 75 71, at 70 65, at 55 44, at 25 4. Below 75 a search misses more than every fourth word.
"""


def is_poor(confidence: int | None, *, recognised: bool) -> bool:
    """Tell whether a page reads badly; only recognised text does, what a file carries itself is taken at its word."""
    return recognised and confidence is not None and confidence < POOR


class RereadingState(StrEnum):
    """What became of the order to read a document again."""

    ORDERED = "ordered"
    BETTER = "better"
    """The new reading stands."""
    KEPT = "kept"
    """The new reading is not better; the one before stands."""
    FAULT = "fault"


def mean(confidences: Sequence[int | None]) -> int:
    """Return the mean confidence of pages (0 to 100); a page without words counts as 0."""
    return round(sum(one or 0 for one in confidences) / len(confidences)) if confidences else 0
