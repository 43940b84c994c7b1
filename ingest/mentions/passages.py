"""The text of a page with the places of its signs: a line's end or a column's gap is a line break, all else a space."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from ingest.lines import Line, flow_of
from ingest.model import Mention

if TYPE_CHECKING:
    from ingest.mentions.found import Found
    from ingest.model import MentionKind, Page, Word

_WIDE_GAP = 1.8
"""Times the height of the taller word: more space than justified text has between two, dashes being flat."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A page to be searched. ``text`` is ``flow.text`` but for its line breaks; without words there is no flow."""

    page: int
    text: str
    flow: Line | None

    def mention(self, kind: MentionKind, found: Found) -> Mention:
        """Return what was *found* with its boxes, one for each line; words read badly make it less sure."""
        words = self.flow.words_within(found.start, found.end) if self.flow else []
        read = fmean(word.confidence for word in words) / 100 if words else 1.0
        places = self.flow.evidences(found.start, found.end) if self.flow else ()
        return Mention(
            kind=kind,
            value=found.value,
            text=" ".join(self.text[found.start : found.end].split()),
            page=self.page,
            boxes=tuple(place.box for place in places),
            confidence=round(found.confidence * min(1.0, max(0.0, read)), 2),
            called=found.called,
        )


def passage_of(page: Page) -> Passage:
    """Return *page* as it is searched."""
    if not page.words:
        return Passage(page.number, page.text, None)
    flow = flow_of(page)
    signs = list(flow.text)
    end = 0
    for left, right in pairwise(page.words):
        end += len(left.text)
        if _is_apart(left, right):
            signs[end] = "\n"
        end += 1
    return Passage(page.number, "".join(signs), flow)


def _is_apart(left: Word, right: Word) -> bool:
    """Whether *right* begins a new line or column."""
    one, other = left.box, right.box
    tallest = max(one.height, other.height)
    level = abs((one.top + one.height / 2) - (other.top + other.height / 2)) < 0.6 * tallest
    gap = other.left - (one.left + one.width)
    return not level or other.left < one.left or gap > _WIDE_GAP * tallest
