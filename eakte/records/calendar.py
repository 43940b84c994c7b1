"""The city's calendar: which day a moment falls on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
"""Dates of the records are days of this zone (STANDARDS: retention dates are local dates)."""


def day_of(now: datetime) -> date:
    """Return the local day of a moment."""
    return now.astimezone(BERLIN).date()


def start_of(day: date) -> datetime:
    """Return the moment a local day begins."""
    return datetime.combine(day, time(), tzinfo=BERLIN)


def end_of(day: date) -> datetime:
    """Return the moment a local day is over."""
    return start_of(day + timedelta(days=1))


def german(day: date | None) -> str:
    """Return a date as TT.MM.JJJJ, or an empty text."""
    return f"{day:%d.%m.%Y}" if day else ""
