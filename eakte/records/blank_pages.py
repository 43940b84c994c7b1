"""Which pages of a document are left out of what is shown, because nothing is on them."""

from __future__ import annotations

from collections.abc import Iterable


def to_leave_out(pages: Iterable[tuple[int, bool]]) -> tuple[int, ...]:
    """Return the numbers of the blank pages among *pages* (number, whether it is blank).

    Where nothing else is left, nothing is left out: a document without a page to look at would seem lost.
    """
    told = list(pages)
    blank = tuple(number for number, is_blank in told if is_blank)
    return blank if len(blank) < len(told) else ()
