"""How many steps (change, drop, add, swap neighbours) lead from one word to each of many others, all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LONGEST = 64
"""Letters of the first word, one for each bit of a number."""


def edits(word: str, others: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the steps from *word*, of at most ``LONGEST`` letters, to each of *others*.

    All places of the word at once in the bits of a number, after Hyyrö, "A Bit-Vector Algorithm for Computing
    Levenshtein and Damerau Edit Distances" (2003), and all other words at once in an array of such numbers.
    """
    lengths = np.fromiter(map(len, others), np.int64, len(others))
    if not word or not lengths.any():
        return lengths if not word else np.full(len(others), len(word))
    letters = np.array(others, dtype=f"U{lengths.max()}").view(np.uint32).reshape(len(others), -1).T
    one, last = np.uint64(1), np.uint64(len(word) - 1)
    places = _places(word, letters)
    plus = np.full(len(others), 2 ** len(word) - 1, np.uint64)
    minus, same, before = (np.zeros(len(others), np.uint64) for _ in range(3))
    steps = np.full(len(others), len(word), np.int64)
    for number, here in enumerate(places):
        swapped = ((~same & here) << one) & before
        same = (((here & plus) + plus) ^ plus) | here | minus | swapped
        up, down = minus | ~(same | plus), same & plus
        step = (up >> last & one).astype(np.int64) - (down >> last & one).astype(np.int64)
        steps += np.where(number < lengths, step, 0)
        up = up << one | one
        plus, minus, before = (down << one) | ~(same | up), up & same, here
    return steps


def _places(word: str, letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Return for each of *letters* the bits of its places in *word*."""
    places = np.zeros(letters.shape, np.uint64)
    for place, letter in enumerate(word):
        places[letters == ord(letter)] |= np.uint64(1 << place)
    return places
