"""Calendar arithmetic of retention periods. Days are plain dates of the city's own calendar (Europe/Berlin)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from retention.model import PeriodStart

if TYPE_CHECKING:
    from retention.model import Rule


def add_months(day: date, months: int) -> date:
    """*day* plus *months*; a day the month does not have becomes its last (29.02. plus a year is 28.02.).

    Results past the calendar's end are its last day, 31.12.9999.
    """
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if year > date.max.year:
        return date.max
    if day.day <= 28 or month == day.month != 2:
        return date(year, month, day.day)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def start_day(trigger_day: date, period_start: PeriodStart) -> date:
    """The day from which a period counts: the trigger day itself or 31.12. of its year."""
    if period_start is PeriodStart.END_OF_CALENDAR_YEAR:
        return date(trigger_day.year, 12, 31)
    return trigger_day


def retention_end(trigger_day: date, rule: Rule) -> date:
    """The last day of keeping (Aufbewahrungsende) when *rule*'s trigger happened on *trigger_day*.

    ``end_of_calendar_year``: 31.12. of the trigger's year plus the period. ``exact_date``: trigger plus the period.
    A period without a length (``until_event_plus`` with nothing to add) ends with the start day.
    """
    return add_months(start_day(trigger_day, rule.period_start), rule.months or 0)
