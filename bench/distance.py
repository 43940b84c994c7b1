"""Edit distance between two sequences, for the error rates of text recognition."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Return how many insertions, deletions and replacements lead from *first* to *second*.

    One column of the table at a time as bits of a number (G. Myers 1999, in the form of H. Hyyrö 2003).
    """
    if not first:
        return len(second)
    places: dict[Hashable, int] = {}
    for index, sign in enumerate(first):
        places[sign] = places.get(sign, 0) | 1 << index
    every, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    more, less, score = every, 0, len(first)
    for sign in second:
        same = places.get(sign, 0)
        diagonal = (((same & more) + more) ^ more) | same
        up, down = less | every & ~(diagonal | more), more & diagonal
        score += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & every, down << 1 & every
        more, less = down | every & ~(same | less | up), up & (same | less)
    return score
