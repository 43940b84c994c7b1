"""Periods as people type them: ``2021``, ``03.2021``, ``12.03.2021``, ``2019..2021``, ``..2020``."""

from __future__ import annotations

import calendar
import re
from datetime import date

_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[./](\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(\d{4})")
_BETWEEN = re.compile(r"\.{2,}|…|–")


def period(text: str) -> tuple[date | None, date | None] | None:
    """Return the first and last day that *text* names, ``None`` for an open end; ``None`` if it names none."""
    if not _BETWEEN.search(text):
        return _span(text)
    first_text, last_text = _BETWEEN.split(text, maxsplit=1)
    first, last = _span(first_text), _span(last_text)
    if (first_text and not first) or (last_text and not last) or not (first or last):
        return None
    return (first[0] if first else None), (last[1] if last else None)


def _span(text: str) -> tuple[date, date] | None:
    try:
        return _day(text) or _month(text) or _year(text)
    except ValueError:
        return None


def _day(text: str) -> tuple[date, date] | None:
    if match := _DAY.fullmatch(text):
        day = date(int(match[3]), int(match[2]), int(match[1]))
    elif match := _ISO_DAY.fullmatch(text):
        day = date(int(match[1]), int(match[2]), int(match[3]))
    else:
        return None
    return day, day


def _month(text: str) -> tuple[date, date] | None:
    if match := _MONTH.fullmatch(text):
        year, month = int(match[2]), int(match[1])
    elif match := _ISO_MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
    else:
        return None
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _year(text: str) -> tuple[date, date] | None:
    match = _YEAR.fullmatch(text)
    return (date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)) if match else None
