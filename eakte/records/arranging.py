"""The order of pages: which page of which incoming item comes where, in parts; and what goes with a destroyed part.

No page is ever left out: blank pages are marked, separator sheets are the scanning desk's. A page stands in one place,
unless somebody says that it belongs into several letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from eakte.errors import InvalidInput

FULL_TURN, QUARTER = 360, 90
MOST_SOURCES = 50
"""Items merged into one at a time; more than that is no letter."""
LONGEST_NAME = 500


class ArrangementState(StrEnum):
    """Way of one arrangement."""

    MAKING = "making"
    """The items that were arranged are hidden, those that take their place are being made."""
    MADE = "made"
    UNDONE = "undone"
    FAILED = "failed"
    """The pages could not be taken out of the files; everything is as before."""


@dataclass(frozen=True, slots=True, order=True)
class PageRef:
    """A page of an incoming item, counted from 1, turned clockwise by 0, 90, 180 or 270 against how it is shown."""

    source: UUID
    number: int
    turn: int = 0


Part = tuple[PageRef, ...]
"""The pages of one new item in their order."""


def check(parts: Sequence[Part], pages: Mapping[UUID, int], *, copies: bool = False) -> None:
    """Refuse an order that loses a page, doubles one unasked, or changes nothing.

    Args:
        parts: the pages of each new item.
        pages: how many pages each item to be arranged has.
        copies: whether a page may stand in several places.

    Raises:
        InvalidInput: The sentence says what is wrong.
    """
    there = {(source, number) for source, count in pages.items() for number in range(1, count + 1)}
    used = Counter((page.source, page.number) for part in parts for page in part)
    if len(pages) > MOST_SOURCES:
        raise _refused(f"Es können höchstens {MOST_SOURCES} Eingänge auf einmal zusammengeführt werden.")
    if not all(parts) or not parts:
        raise _refused("Jeder Teil braucht mindestens eine Seite.")
    if used.keys() - there:
        raise _refused("Eine der Seiten gibt es nicht.")
    if missing := len(there - used.keys()):
        raise _refused(f"{_pages(missing)} in keinem Teil. Weglassen lässt sich keine Seite.")
    if not copies and (doubled := sum(count > 1 for count in used.values())):
        raise _refused(f"{_pages(doubled)} in mehreren Teilen. Bitte geben Sie an, dass das so gewollt ist.")
    if any(page.turn % QUARTER or not 0 <= page.turn < FULL_TURN for part in parts for page in part):
        raise _refused("Seiten lassen sich um 90, 180 oder 270 Grad drehen.")
    if changes_nothing(parts):
        raise _refused("An den Seiten ist nichts geändert. Bitte trennen, drehen oder verschieben Sie eine Seite.")


def changes_nothing(parts: Sequence[Part]) -> bool:
    """Whether the only part is an item as it is."""
    if len(parts) != 1:
        return False
    source = parts[0][0].source
    return parts[0] == tuple(PageRef(source, number) for number in range(1, len(parts[0]) + 1))


def _refused(problem: str) -> InvalidInput:
    return InvalidInput(problem=problem, field="parts")


def _pages(count: int) -> str:
    return "Eine Seite steht" if count == 1 else f"{count} Seiten stehen"


def sources_of(parts: Iterable[Part]) -> tuple[UUID, ...]:
    """Return the items whose pages stand in *parts*, in the order of their first page."""
    return tuple(dict.fromkeys(page.source for part in parts for page in part))


def to_json(parts: Sequence[Part]) -> list[list[list[str | int]]]:
    """Return parts as the database keeps them; :func:`from_json` gives them back."""
    return [[[str(page.source), page.number, page.turn] for page in part] for part in parts]


def from_json(kept: Sequence[Sequence[Sequence[str | int]]]) -> tuple[Part, ...]:
    """Return the parts that :func:`to_json` wrote."""
    return tuple(tuple(PageRef(UUID(str(one)), int(number), int(turn)) for one, number, turn in part) for part in kept)


def name_of(filename: str, place: int, parts: int, sources: int) -> str:
    """Return the file name of a new item: that of the first page's item, and what was done."""
    what = f"Teil {place} von {parts}" if parts > 1 else "zusammengeführt" if sources > 1 else "Seiten geordnet"
    stem = filename.rpartition(".")[0] or filename
    return f"{stem[: LONGEST_NAME - 40]} ({what}).pdf"


def gone_with(
    gone: Collection[UUID],
    sources: Mapping[UUID, Collection[UUID]],
    *,
    replaced: Collection[UUID],
    keeping: Collection[UUID],
) -> frozenset[UUID]:
    """Return the replaced items that go with the items of a destroyed case file.

    A source goes when no part of it is left that is kept; what was made of something that goes, and was taken back,
    goes too, for it holds the same pages.

    Args:
        gone: items being destroyed.
        sources: of each new item all it came from, also through others.
        replaced: items that others took the place of, or that were taken back.
        keeping: items that are filed, or still wait to be.
    """
    parts: dict[UUID, set[UUID]] = {}
    for part, came_from in sources.items():
        for source in came_from:
            parts.setdefault(source, set()).add(part)
    left = set(keeping) - set(gone)
    used_up = {one for one in replaced if parts.get(one, set()) & set(gone) and not parts[one] & left}
    taken_back = {one for one in replaced if set(sources.get(one, ())) & (used_up | set(gone))}
    return frozenset((used_up | taken_back) - set(gone))
