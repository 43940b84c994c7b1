"""Which pages a person should look at because they read badly."""

from __future__ import annotations

POOR = 75
"""Mean confidence of a page's words (0 to 100) below which it reads badly.

Measured on generated letters, 60 to 200 dpi, blurred and noisy: at 90 of confidence 94 of 100 words are right, at 86
88, at 75 71, at 70 65, at 55 44, at 25 4. Below 75 a search misses more than every fourth word.
"""


def is_poor(confidence: int | None, *, recognised: bool) -> bool:
    """Tell whether a page reads badly; only recognised text does, what a file carries itself is taken at its word."""
    return recognised and confidence is not None and confidence < POOR
