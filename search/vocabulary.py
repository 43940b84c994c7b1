"""The words of an index, searchable by piece and by likeness, without asking the engine."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

_MOST_CANDIDATES = 2_000


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
        self._starts = array("L")
        position = 1
        for word in words:
            self._starts.append(position)
            position += len(word) + 1
        self._counts = array("L", (counts[word] for word in words))

    def __len__(self) -> int:
        return len(self._starts)

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
            for piece in (f"\n{pieces[0]}", *pieces[1:-1], f"{pieces[-1]}\n"):
                candidates.update(self._around(piece, len(word), distance))
        found = [(edits(word, other, distance), other) for other in candidates if other != word]
        return sorted((steps, other) for steps, other in found if steps <= distance)

    def _around(self, piece: str, length: int, distance: int) -> Iterator[str]:
        position = 0
        found = 0
        while found < _MOST_CANDIDATES:
            position = self._text.find(piece, position)
            if position < 0:
                return
            anchor = position + 1 if piece.startswith("\n") else position
            start = self._text.rfind("\n", 0, anchor) + 1
            end = self._text.index("\n", anchor)
            if abs(end - start - length) <= distance:
                found += 1
                yield self._text[start:end]
            position = end

    def _index(self, word: str) -> int | None:
        low, high = 0, len(self._starts)
        while low < high:
            middle = (low + high) // 2
            if self._word(middle) < word:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._starts) and self._word(low) == word else None

    def _word(self, index: int) -> str:
        end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[index] : end - 1]


def _swapped(word: str, place: int) -> str:
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def edits(first: str, second: str, most: int) -> int:
    """Return the steps (change, drop, add, swap neighbours) from *first* to *second*; ``most + 1`` if more."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for index, letter in enumerate(first, 1):
        older, before, row = before, row, [index]
        for place, other in enumerate(second, 1):
            steps = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != other))
            if index > 1 and place > 1 and letter == second[place - 2] and first[index - 2] == other:
                steps = min(steps, older[place - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return most + 1
    return row[-1]
