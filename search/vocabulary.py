"""The words of an index, searchable by piece and by likeness, without asking the engine."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

_MOST_CANDIDATES = 2_000
_BLOCK = 64
"""Words between two of which the place is known."""


class Vocabulary:
    """Folded words with the number of documents that hold them.

    Kept as one string with offsets: a million words take about 20 MB instead of 150, and pieces
    are found at the speed of ``str.find``.
    """

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        counts: dict[str, int] = {}
        for word, count in counted:
            counts[word] = counts.get(word, 0) + count
        words = sorted(counts)
        self._text = "\n" + "\n".join(words) + "\n"
        self._counts = array("L", (counts[word] for word in words))
        self._heads = words[::_BLOCK]
        self._starts = array("L", [1])
        for first in range(0, len(words), _BLOCK):
            self._starts.append(self._starts[-1] + sum(len(word) + 1 for word in words[first : first + _BLOCK]))

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
        # Of distance + 1 pieces one stands unchanged in every word that near, unless neighbours
        # were swapped across a cut: those swaps are undone first.
        size = len(word) // (distance + 1)
        if size == 0:
            return []
        cuts = [size * number for number in range(1, distance + 1)]
        candidates: set[str] = set()
        for form in (word, *(_swapped(word, cut) for cut in cuts)):
            pieces = [form[start:end] for start, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]
            anchored = (f"\n{pieces[0]}", *pieces[1:-1], f"{pieces[-1]}\n")
            for piece, place in zip(anchored, [0, *cuts], strict=True):
                candidates.update(self._around(piece, place, len(word), distance))
        places = _places(word)
        found = [(_steps(places, len(word), other), other) for other in candidates if other != word]
        return sorted((steps, other) for steps, other in found if steps <= distance)

    def _around(self, piece: str, place: int, length: int, distance: int) -> Iterator[str]:
        position = 0
        found = 0
        while found < _MOST_CANDIDATES:
            position = self._text.find(piece, position)
            if position < 0:
                return
            anchor = position + 1 if piece.startswith("\n") else position
            start = self._text.rfind("\n", 0, anchor) + 1
            end = self._text.index("\n", anchor)
            if abs(end - start - length) <= distance and abs(position - start - place) <= distance:
                found += 1
                yield self._text[start:end]
            position = end

    def _index(self, word: str) -> int | None:
        block = bisect_right(self._heads, word) - 1
        if block < 0:
            return None
        # A block with the line breaks around it.
        start, end = self._starts[block] - 1, self._starts[block + 1]
        found = self._text.find(f"\n{word}\n", start, end)
        return None if found < 0 else block * _BLOCK + self._text.count("\n", start, found)


def _swapped(word: str, place: int) -> str:
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def edits(first: str, second: str, most: int) -> int:
    """Return the steps (change, drop, add, swap neighbours) from *first* to *second*; ``most + 1`` if more."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    return min(_steps(_places(first), len(first), second), most + 1)


def _places(word: str) -> dict[str, int]:
    """Return for each letter the bits of its places in *word*."""
    places: dict[str, int] = {}
    for place, letter in enumerate(word):
        places[letter] = places.get(letter, 0) | 1 << place
    return places


def _steps(places: dict[str, int], length: int, other: str) -> int:
    """Return the steps from the word of *places* to *other*.

    All places at once in the bits of a number: Hyyrö, "A Bit-Vector Algorithm for Computing Levenshtein and Damerau
    Edit Distances" (2003).
    """
    if not length:
        return len(other)
    steps, end = length, 1 << (length - 1)
    plus, minus, same, before = (end << 1) - 1, 0, 0, 0
    for letter in other:
        here = places.get(letter, 0)
        swapped = ((~same & here) << 1) & before
        same = (((here & plus) + plus) ^ plus) | here | minus | swapped
        up, down = minus | ~(same | plus), same & plus
        if up & end:
            steps += 1
        elif down & end:
            steps -= 1
        up = up << 1 | 1
        plus, minus, before = (down << 1) | ~(same | up), up & same, here
    return steps
