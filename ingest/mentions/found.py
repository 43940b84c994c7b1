"""What the finders of mentions share: a place in a text, and digits that recognition took for letters."""

from __future__ import annotations

from dataclasses import dataclass

DIGIT = "[0-9OoIl|SB]"
"""A sign of a number, as recognition may read it."""
_LIKE_DIGITS = str.maketrans("OoIl|SB", "0011158")

CERTAIN, LIKELY, POSSIBLE = 0.97, 0.85, 0.65
"""How sure a spelling is: unmistakable, usual or repaired, told by its neighbours alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the characters *start* to *end* it was read from; ``confidence`` is 0 to 1."""

    value: str
    start: int
    end: int
    confidence: float = CERTAIN
    called: str = ""
    """How the words before it call it, as written: ``Rechnungsbetrag``."""


def as_digits(text: str) -> str:
    """Return *text* with the letters that stand for digits set right."""
    return text.translate(_LIKE_DIGITS)


def is_number(text: str) -> bool:
    """Whether *text* is rather a misread number than a word: most of its letters and digits are digits."""
    signs = [sign for sign in text if sign.isalnum() or sign == "|"]
    digits = sum(sign.isdigit() for sign in signs)
    return digits > 0 and 2 * digits >= len(signs)


def spaced(text: str) -> str:
    """Return *text* on one line, with single spaces."""
    return " ".join(text.split())
