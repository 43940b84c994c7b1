"""Bars of the days of a migration: a picture for the eye, beside a table of the same numbers for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eakte.actions.migration_days import Day
from eakte.records.calendar import german
from eakte.web.bars import Bar, upright

WIDTH, HEIGHT = 560, 90
_GAP = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with what it says in words."""

    bars: tuple[Bar, ...]
    description: str


def chart(days: Sequence[Day]) -> Chart:
    """Return the chart of one unit; days without pages have a bar without height."""
    pages = [one.pages for one in days]
    return Chart(bars_of(pages), _description(days, max(pages, default=0)))


def bars_of(values: Sequence[int]) -> tuple[Bar, ...]:
    """Return a bar for each value, side by side; the highest fills the picture."""
    return upright(values, width=WIDTH, height=HEIGHT, gap=_GAP)


def _description(days: Sequence[Day], most: int) -> str:
    files, pages = sum(one.files for one in days), sum(one.pages for one in days)
    if not days or not most:
        return "Keine Seiten."
    best = next(one for one in days if one.pages == most)
    span = f"{german(days[0].day)} bis {german(days[-1].day)}"
    return f"{span}: {files} Akten, {pages} Seiten; die meisten am {german(best.day)}: {most} Seiten."
