"""How many hits fall into each year or month: bars for the eye, a table for everybody, both from the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from eakte.web.bars import upright

WIDTH, HEIGHT = 188, 44
WIDEST = 24
MONTHS_UP_TO = 36
"""So many months are shown one by one; a longer time by years."""
MOST_BARS = 60
MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; sizes are units of the picture, counted from its left and upper edge."""

    label: str
    count: int
    period: str
    """As it is typed: ``2021`` or ``03.2021``."""
    left: float
    top: float
    width: float
    height: float


def bars(months: Mapping[str, int]) -> tuple[Bar, ...]:
    """Return a bar for each year or month from the first to the last with hits, empty ones included."""
    if not months:
        return ()
    first, last = min(months), max(months)
    numbers = range(_number(first), _number(last) + 1)
    if len(numbers) <= MONTHS_UP_TO:
        rows = [(f"{MONTHS[each % 12]} {each // 12}", f"{each % 12 + 1:02}.{each // 12}", _count(months, each))
                for each in numbers]  # fmt: skip
    else:
        rows = _years(months)
    drawn = upright([count for _, _, count in rows], width=WIDTH, height=HEIGHT, gap=1, widest=WIDEST)
    return tuple(
        Bar(label, count, period, one.left, one.top, one.width, one.height)
        for (label, period, count), one in zip(rows, drawn, strict=True)
    )


def _years(months: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return the years, several together where there are too many for the picture."""
    counted: Counter[int] = Counter()
    for month, count in months.items():
        counted[int(month[:4])] += count
    first, last = min(counted), max(counted)
    together = -(-(last - first + 1) // MOST_BARS)
    rows = []
    for start in range(first, last + 1, together):
        end = min(start + together - 1, last)
        count = sum(counted[year] for year in range(start, end + 1))
        rows.append((str(start) if start == end else f"{start}–{end}", f"{start}..{end}", count))
    return rows


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _count(months: Mapping[str, int], number: int) -> int:
    return months.get(f"{number // 12:04}-{number % 12 + 1:02}", 0)
