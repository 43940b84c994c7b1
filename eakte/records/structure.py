"""Structure inside a case file: how deep records may lie in each other.

Level 1 is the case file (Akte), then sub-files (Teilakte), then cases (Vorgang) and their sub-cases (Teilvorgang); the
last level is a document. xdomea assumes no more than five levels (specification 3.1.0, Akte, Teilakte, Vorgang,
Teilvorgang, Dokument), and a container must be able to hold a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from eakte.errors import TooDeep

MOST_LEVELS = 5
Key = TypeVar("Key")


def level(*, sub_files_above: int, cases_above: int = 0) -> int:
    """Return the level of a sub-file or case below so many others; directly in the case file it is 2."""
    return 2 + sub_files_above + cases_above


def check_sub_file(*, sub_files_above: int, height: int = 0) -> None:
    """Check that a sub-file may lie there; ``height`` counts the levels of sub-files and cases already in it.

    Raises:
        TooDeep: A case with a document in it would have no level left.
    """
    # An empty sub-file must still hold a case.
    _check(level(sub_files_above=sub_files_above) + max(height, 1))


def check_case(*, sub_files_above: int, cases_above: int, height: int = 0) -> None:
    """Check that a case may lie there; ``height`` counts the levels of sub-cases already in it.

    Raises:
        TooDeep: A document in the deepest case would have no level left.
    """
    _check(level(sub_files_above=sub_files_above, cases_above=cases_above) + height)


def _check(deepest_container: int) -> None:
    if deepest_container + 1 > MOST_LEVELS:
        raise TooDeep(levels=str(MOST_LEVELS))


def above(key: Key, parents: Mapping[Key, Key | None]) -> Iterator[Key]:
    """Yield what a node lies in, nearest first; a ring ends instead of going on for ever."""
    seen = {key}
    current = parents.get(key)
    while current is not None and current not in seen:
        yield current
        seen.add(current)
        current = parents.get(current)


def branch(key: Key, parents: Mapping[Key, Key | None]) -> frozenset[Key]:
    """Return a node and everything below it."""
    return frozenset({key} | {node for node in parents if key in above(node, parents)})


def height(key: Key, parents: Mapping[Key, Key | None]) -> int:
    """Return how many levels lie below a node."""
    return max(list(above(node, parents)).index(key) + 1 if node != key else 0 for node in branch(key, parents))
