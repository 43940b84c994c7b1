"""Days of the letters: when they were written, and how they print a day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from eakte.demo.data import CaseFileEntry

LATEST = date(2026, 11, 17)
"""Last day of the demo's post."""
_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


def pick_letter_date(random: Random, case_file: CaseFileEntry | None) -> date:
    """Pick a working day in the life of the case file; post of open files is mostly recent."""
    if case_file is None:
        return working_day(LATEST - timedelta(days=random.randrange(3, 12)))
    last = min(case_file.closed or LATEST, LATEST) - timedelta(days=5)
    span = max((last - case_file.opened).days - 3, 1)
    days = random.randrange(span) if case_file.closed else min(int(random.expovariate(1 / 25)), span)
    return working_day(last - timedelta(days=days))


def working_day(day: date) -> date:
    """Return the day, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def short_date(day: date) -> str:
    """Return a day as ``12.11.2026``."""
    return f"{day:%d.%m.%Y}"


def long_date(day: date) -> str:
    """Return a day as ``12. November 2026``."""
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"
