"""Pages of a list that changes while it is read: each goes on behind the last hit shown, wherever that stands by now.

By date and by reference the order is total (the value, then the id), so nothing is shown twice or passed over,
whatever is added or removed between two pages. By relevance the last hit is looked for around its old place; where it
has gone, the list goes on at that place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from search.model import Found, Place, Sort

AROUND = 50
"""Places before and behind the old one where the last hit of a page is looked for, by relevance."""

Top = Callable[[int, int], Sequence[Found]]
"""``top(offset, limit)``: a piece of the ordered list."""


def start_of(top: Top, sort: Sort, after: Place, total: int) -> int:
    """Return the offset of the first hit behind *after*."""
    if sort is Sort.RELEVANCE:
        first = max(0, after.offset - AROUND)
        ids = [found.document_id for found in top(first, 2 * AROUND)]
        return first + ids.index(after.document_id) + 1 if after.document_id in ids else after.offset
    last = (after.key, after.document_id)
    before = top(max(0, after.offset - 1), 1)
    if before and after.offset and _place(before[0]) == last:
        return after.offset
    return bisect_right(range(total), last, key=lambda offset: _place(top(offset, 1)[0]))


def place_of(found: Found, offset: int) -> Place:
    """Return the place behind a hit; *offset* counts the hits up to it."""
    return Place(offset, found.key, found.document_id)


def _place(found: Found) -> tuple[str, str]:
    return found.key, found.document_id
