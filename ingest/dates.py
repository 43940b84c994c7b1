"""Dates in German running text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    "jan": 1, "feb": 2, "mär": 3, "mar": 3, "mae": 3, "apr": 4, "mai": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dez": 12,
}  # fmt: skip
_WRITTEN = re.compile(
    r"(?<!\d)(\d{1,2})\s?[.,:]\s?"
    r"(Januar|Jan\.?|Februar|Feb\.?|M[äaá]rz|Maerz|Mär\.?|April|Apr\.?|Mai|Juni|Jun\.?|Juli|Jul\.?|August|Aug\.?|"
    r"September|Sept?\.?|Oktober|Okt\.?|November|Nov\.?|Dezember|Dez\.?)\s(\d{4})(?!\d)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})\s?\.\s?(\d{1,2})\s?\.\s?(\d{4}|\d{2})(?![\d/]|\.\d|-\d)")
_ISO = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_CENTURY_TURN = 70
"""Two-digit years from here on are of the last century."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and the characters it was read from."""

    day: date
    start: int
    end: int


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Return the dates in *text* in the order they stand; impossible ones (31.02.) are none."""
    found = [
        _found(m, year=m[3], month=str(_MONTHS[m[2][:3].lower().replace("á", "a")]), day=m[1])
        for m in _WRITTEN.finditer(text)
    ]
    found += [_found(m, year=m[3], month=m[2], day=m[1]) for m in _NUMBERS.finditer(text)]
    found += [_found(m, year=m[1], month=m[2], day=m[3]) for m in _ISO.finditer(text)]
    return tuple(sorted((date for date in found if date), key=lambda date: date.start))


def _found(match: re.Match[str], *, year: str, month: str, day: str) -> FoundDate | None:
    full_year = int(year)
    if len(year) == 2:
        full_year += 1900 if full_year >= _CENTURY_TURN else 2000
    try:
        return FoundDate(date(full_year, int(month), int(day)), match.start(), match.end())
    except ValueError:
        return None
