"""The words of an index, searchable by piece and by likeness, without asking the engine."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from search.edits import LONGEST, edits

_MOST_CANDIDATES = 2_000
_BLOCK = 64
"""Words between two of which the place is known."""


class Vocabulary:
    """Folded words with the number of documents that hold them.

    Kept as one string with offsets: a million words take about 30 MB instead of 150, and pieces are found at the
    speed of ``str.find``. Of each word the letters it uses are known as numbers, so that few words need comparing.
    """

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        counts: dict[str, int] = {}
        for word, count in counted:
            counts[word] = counts.get(word, 0) + count
        words = sorted(counts)
        self._text = "\n" + "\n".join(words) + "\n"
        self._counts = array("I", (counts[word] for word in words))
        # Copies, for each of the words themselves would keep the memory around it from being freed.
        self._heads = "\n".join(words[::_BLOCK]).split("\n") if words else []
        lengths = np.fromiter((len(word) + 1 for word in words), np.int32, len(words))
        self._starts = np.concatenate(([1], 1 + np.cumsum(lengths))).astype(np.int32)
        bits = _bits(self._text)
        self._used = np.bitwise_or.reduceat(bits, self._starts[:-1])
        self._odd = np.bitwise_xor.reduceat(bits, self._starts[:-1])

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, word: str) -> int:
        """Return how many documents hold *word*."""
        index = self._index(word)
        return 0 if index is None else self._counts[index]

    def containing(self, piece: str) -> Iterator[str]:
        """Yield words that hold *piece*, at most 2,000."""
        position = 0
        for _ in range(_MOST_CANDIDATES):
            position = self._text.find(piece, position)
            if position < 0:
                return
            start = self._text.rfind("\n", 0, position) + 1
            end = self._text.index("\n", position)
            yield self._text[start:end]
            position = end

    def near(self, word: str, distance: int) -> list[tuple[int, str]]:
        """Return the words within *distance* edits of *word*, each with its distance, nearest first."""
        if not distance < len(word) <= LONGEST:
            return []
        bits = _bits(f"{word}\n")
        used, odd = np.bitwise_or.reduce(bits), np.bitwise_xor.reduce(bits)
        # A step changes the length by one, the letters used and those used an odd number of times by two at most.
        fit = np.abs(np.diff(self._starts) - 1 - len(word)) <= distance
        fit &= np.bitwise_count(self._used ^ used) <= 2 * distance
        fit &= np.bitwise_count(self._odd ^ odd) <= 2 * distance
        places = np.flatnonzero(fit)
        spans = zip(self._starts[places].tolist(), self._starts[places + 1].tolist(), strict=True)
        others = [other for start, end in spans if (other := self._text[start : end - 1]) != word]
        found = zip(edits(word, others).tolist(), others, strict=True)
        return sorted((steps, other) for steps, other in found if steps <= distance)

    def _index(self, word: str) -> int | None:
        block = bisect_right(self._heads, word) - 1
        if block < 0:
            return None
        # A block with the line breaks around it.
        start = self._starts.item(block * _BLOCK) - 1
        end = self._starts.item(min((block + 1) * _BLOCK, len(self)))
        found = self._text.find(f"\n{word}\n", start, end)
        return None if found < 0 else block * _BLOCK + self._text.count("\n", start, found)


def _bits(text: str) -> npt.NDArray[np.uint32]:
    """Return a number with one bit set for each letter; few letters share one."""
    return np.uint32(1) << (np.frombuffer(text.encode("utf-32-le"), np.uint32) & np.uint32(31))
