"""A draft of arranged pages while somebody works on it: turned, moved, cut and joined step by step, kept as a text.

Cuts stand at places and not at pages: a page that is moved past one changes its part with its neighbour. So every step
can be taken back by another one, and no step loses a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from eakte.records.arranging import FULL_TURN, QUARTER, PageRef, Part

_PAGE = re.compile(r"(\d{1,3})\.(\d{1,5})(?:\.(90|180|270))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """All pages in one row, and the places (from 1 on) before which a new part begins."""

    pages: tuple[PageRef, ...]
    cuts: frozenset[int] = frozenset()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The pages of each part."""
        edges = [0, *sorted(self.cuts), len(self.pages)]
        return tuple(self.pages[a:b] for a, b in pairwise(edges))


def draft_of(source: UUID, pages: int) -> Draft:
    """Return an item as it is."""
    return Draft(tuple(PageRef(source, number) for number in range(1, pages + 1)))


def turned(draft: Draft, place: int) -> Draft:
    """Turn the page at *place* (from 0) by 90 degrees clockwise; a place that is not there changes nothing."""
    if not 0 <= place < len(draft.pages):
        return draft
    page = draft.pages[place]
    other = replace(page, turn=(page.turn + QUARTER) % FULL_TURN)
    return replace(draft, pages=(*draft.pages[:place], other, *draft.pages[place + 1 :]))


def moved_up(draft: Draft, place: int) -> Draft:
    """Let the page at *place* change places with the one before it."""
    if not 0 < place < len(draft.pages):
        return draft
    before, page = draft.pages[place - 1 : place + 1]
    return replace(draft, pages=(*draft.pages[: place - 1], page, before, *draft.pages[place + 1 :]))


def cut_at(draft: Draft, place: int) -> Draft:
    """Let a part begin with the page at *place*, or join it to the part before if one does."""
    return replace(draft, cuts=draft.cuts ^ {place}) if 0 < place < len(draft.pages) else draft


def joined(draft: Draft, source: UUID, pages: int) -> Draft:
    """Append the pages of another item to the last part."""
    return replace(draft, pages=draft.pages + draft_of(source, pages).pages)


def without(draft: Draft, source: UUID) -> Draft:
    """Take the pages of an item out again: it is left as it is."""
    kept = [place for place, page in enumerate(draft.pages) if page.source != source]
    cuts = {sum(old < cut for old in kept) for cut in draft.cuts} - {0, len(kept)}
    return Draft(tuple(draft.pages[place] for place in kept), frozenset(cuts))


def written(draft: Draft, sources: Sequence[UUID]) -> str:
    """Return a draft as a text: pages as ``source.number.turn`` with ``-`` between them and ``_`` between parts."""
    place = {source: number for number, source in enumerate(sources)}
    return "_".join("-".join(_page(page, place[page.source]) for page in part) for part in draft.parts)


def _page(page: PageRef, source: int) -> str:
    return f"{source}.{page.number}" + (f".{page.turn}" if page.turn else "")


def read(text: str, sources: Sequence[UUID]) -> Draft | None:
    """Return the draft that :func:`written` wrote, or ``None`` if the text is none."""
    pages: list[PageRef] = []
    cuts: set[int] = set()
    for part in text.split("_"):
        cuts.add(len(pages))
        for one in part.split("-"):
            found = _PAGE.fullmatch(one)
            if found is None or int(found[1]) >= len(sources):
                return None
            pages.append(PageRef(sources[int(found[1])], int(found[2]), int(found[3] or 0)))
    return Draft(tuple(pages), frozenset(cuts - {0}))
