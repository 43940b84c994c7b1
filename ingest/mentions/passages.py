"""The text of a page with the places of its signs: full lines go on, other line ends and gaps are breaks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from ingest.lines import Line, flow_of
from ingest.model import Mention

if TYPE_CHECKING:
    from ingest.mentions.found import Found
    from ingest.model import Box, MentionKind, Page

_WIDE_GAP = 1.8
"""Times the height of the taller word: more space than justified text has between two, dashes being flat."""

_CLOSE = 2.6
"""Times the height of the taller word: from line to line within a paragraph."""


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
    margin = max(word.box.left + word.box.width for word in page.words)
    signs = list(flow.text)
    end = 0
    for left, right in pairwise(page.words):
        end += len(left.text)
        if _is_apart(left.box, right.box, margin):
            signs[end] = "\n"
        end += 1
    return Passage(page.number, "".join(signs), flow)


def _is_apart(left: Box, right: Box, margin: int) -> bool:
    """Whether *right* begins a new line or column; a line that was full when it ended goes on with it."""
    tallest = max(left.height, right.height)
    end = left.left + left.width
    if abs((left.top + left.height / 2) - (right.top + right.height / 2)) < 0.6 * tallest and right.left > left.left:
        return right.left - end > _WIDE_GAP * tallest
    follows = right.left < left.left and right.top - left.top < _CLOSE * tallest
    return not (follows and end + right.width > margin)
