"""Fingerprints of texts: which of many are nearly the same, and whether two are one letter scanned twice. Pure.

MinHash over runs of three words (Broder, "On the resemblance and containment of documents", 1997): the share of equal
numbers in two prints estimates the share of runs two texts have in common. Prints hold no words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

NUMBERS, BANDS = 64, 16
"""Numbers of a print, and bands of them that are looked up: nine of ten pairs with 60 % in common share a band."""
LEAST_WORDS = 15
ALIKE = 0.5
"""Share of common runs from which letters are nearly the same, as those of one form are."""
SAME_WORDS, SAME_NUMBERS = 0.7, 0.75
"""What one letter scanned twice has in common at least: recognition errs differently each time, but seldom."""
MOST_CHARACTERS = 20_000

_RUN = 3
_PRIME = np.uint64((1 << 31) - 1)
_FACTORS = np.random.default_rng(20261126).integers(1, (1 << 31) - 1, size=(2, NUMBERS), dtype=np.uint64)
_WORD = re.compile(r"\w+")
_WITH_DIGIT = re.compile(r"\S*\d\S*")


def print_of(text: str) -> bytes | None:
    """Return the print of a text (four bytes for each number), or ``None`` where it says too little to tell."""
    words = _words(text)
    if len(words) < LEAST_WORDS:
        return None
    runs = {crc32(" ".join(words[place : place + _RUN]).encode()) for place in range(len(words) - _RUN + 1)}
    hashed = np.fromiter(runs, dtype=np.uint64) % _PRIME
    mixed = (hashed[:, None] * _FACTORS[0] + _FACTORS[1]) % _PRIME
    return bytes(mixed.min(axis=0).astype("<u4").tobytes())


def bands_of(made: bytes) -> list[int]:
    """Return the bands of a print as numbers to look up; two prints that share one are probably alike."""
    width = len(made) // BANDS
    return [place << 32 | crc32(made[place * width : (place + 1) * width]) for place in range(BANDS)]


def likeness(one: bytes, other: bytes) -> float:
    """Return the estimated share of runs that two texts have in common, 0 to 1."""
    return float((_numbers(one) == _numbers(other)).mean())


def same_letter(one: str, other: str) -> bool:
    """Tell whether two texts are readings of one letter.

    Letters of one form share their words; their dates, signs and sums tell them apart.
    """
    words, others = set(_words(one)), set(_words(other))
    if not words or _common(words, others) < SAME_WORDS:
        return False
    signs, others = _signs(one), _signs(other)
    if min(len(signs), len(others)) < 2:
        return _words(one) == _words(other)
    return _common(signs, others) >= SAME_NUMBERS


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:MOST_CHARACTERS].casefold().encode("utf-8", "replace").decode())


def _signs(text: str) -> set[str]:
    return {found.strip(".,;:()") for found in _WITH_DIGIT.findall(text[:MOST_CHARACTERS])}


def _common(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def _numbers(made: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(made, dtype="<u4")


def agreed(decided: Sequence[str], *, newest: int = 3) -> str | None:
    """Return what most of the newest decisions about alike letters, newest first, say; the newest where they differ."""
    last = decided[:newest]
    return max(last, key=last.count) if last else None  # the first of the most frequent is the newest
