"""Legal deadlines in months (Regulation (EEC, Euratom) No 1182/71), with the holidays of all Germany.

A holiday that only some Länder keep is left out: a deadline that would end on it is shown early, never late.
"""

from __future__ import annotations

from datetime import date, timedelta

from retention.periods import add_months

SATURDAY = 5
_FIXED = frozenset({(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)})
"""New Year, Labour Day, Day of German Unity (Art. 2 (2) of the Unification Treaty), Christmas: in every Land."""
_AFTER_EASTER = (-2, 1, 39, 50)
"""Good Friday, Easter Monday, Ascension Day, Whit Monday, in days from Easter Sunday: in every Land."""


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the rule of Gauss as Lichtenberg completed it)."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    seed = (19 * golden + moon) % 30
    put_right = (seed + golden // 11) // 29
    boundary = 21 + seed - put_right
    sunday = 7 - (year + year // 4 + sun) % 7
    days = boundary + 7 - (boundary - sunday) % 7
    return date(year, 3, 1) + timedelta(days=days - 1)


def is_working_day(day: date) -> bool:
    """Tell whether a day is neither Saturday, Sunday nor a holiday of all Germany (Art. 2 of the Regulation)."""
    if day.weekday() >= SATURDAY or (day.month, day.day) in _FIXED:
        return False
    return day not in {easter(day.year) + timedelta(days=days) for days in _AFTER_EASTER}


def months_after(event: date, months: int) -> date:
    """Return the last day of a period of months that begins with an event.

    It ends with the day of the same number, or with the last day of a month that has none (Art. 3 (2) (c)); if that is
    no working day, with the next one (Art. 3 (4)).
    """
    last = add_months(event, months)
    while not is_working_day(last):
        last += timedelta(days=1)
    return last
