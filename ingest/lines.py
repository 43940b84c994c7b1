"""Lines of a page, put together from its words in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.model import Box, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.model import Page, Word


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand side by side on a page, joined by single spaces in ``text``."""

    page: int
    words: tuple[Word, ...]
    text: str

    @property
    def box(self) -> Box:
        """The common box of all words."""
        return around(word.box for word in self.words)

    def evidence(self, start: int, end: int) -> Evidence:
        """Return the words that cover the characters *start* to *end* of ``text``."""
        chosen = self.words_within(start, end)
        return Evidence(self.page, around(w.box for w in chosen), " ".join(w.text for w in chosen))

    def evidences(self, start: int, end: int) -> tuple[Evidence, ...]:
        """Return the words that cover *start* to *end*, one place for each line they stand on."""
        chosen = self.words_within(start, end)
        return tuple(
            Evidence(self.page, around(w.box for w in line), " ".join(w.text for w in line))
            for line in words_by_line(chosen)
        )

    def words_within(self, start: int, end: int) -> list[Word]:
        """Return the words that cover the characters *start* to *end* of ``text``."""
        chosen, position = [], 0
        for word in self.words:
            if position < end and position + len(word.text) > start:
                chosen.append(word)
            position += len(word.text) + 1
        return chosen


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all *boxes* (at least one)."""
    all_boxes = tuple(boxes)
    left, top = min(b.left for b in all_boxes), min(b.top for b in all_boxes)
    right, bottom = max(b.left + b.width for b in all_boxes), max(b.top + b.height for b in all_boxes)
    return Box(left, top, right - left, bottom - top)


def flow_of(page: Page) -> Line:
    """Return the whole page as one line, for what runs over line ends."""
    return Line(page.number, page.words, " ".join(word.text for word in page.words))


def text_of_words(words: Sequence[Word]) -> str:
    """Return *words* as text, one line per line on the page."""
    return "\n".join(" ".join(word.text for word in line) for line in words_by_line(words))


def words_by_line(words: Sequence[Word]) -> list[list[Word]]:
    """Return *words* (in reading order) as one list for each line they stand on."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and _continues(lines[-1], word.box):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _continues(line: Sequence[Word], box: Box) -> bool:
    """Whether *box* stands to the right of the line's last word and at its height."""
    last = line[-1].box
    middle, tallest = box.top + box.height / 2, max(last.height, box.height)
    level = abs(middle - (last.top + last.height / 2)) < 0.6 * tallest
    return level and box.left >= last.left + last.width / 2
