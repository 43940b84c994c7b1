"""How values read in German: the filters and words templates use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Protocol

from markupsafe import Markup, escape

from eakte.actions.proposals import BAND_LABELS, band_of
from eakte.records.calendar import BERLIN, day_of, german

BAND_ICONS = {"sure": "check", "check": "warn", "unclear": "unclear"}


def day(value: date | datetime | None) -> str:
    """Return TT.MM.JJJJ, or a dash."""
    if isinstance(value, datetime):
        value = day_of(value)
    return german(value) or "–"


def moment(value: datetime | None, today: date | None) -> str:
    """Return the time for today, else the day with its time."""
    if value is None:
        return "–"
    local = value.astimezone(BERLIN)
    return f"{local:%H:%M}" if local.date() == today else f"{local:%d.%m.%Y, %H:%M}"


def short_moment(value: datetime, today: date) -> str:
    """Return the time for today, the day without year this year, else the whole day: for narrow lists."""
    local = value.astimezone(BERLIN)
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%d.%m.}" if local.year == today.year else f"{local:%d.%m.%Y}"


def day_word(value: datetime, today: date) -> str:
    """Return Heute, Gestern or the day, as headings of lists."""
    distance = (today - day_of(value)).days
    return {0: "Heute", 1: "Gestern"}.get(distance, day(value))


def number(value: int) -> str:
    """Return a whole number with points for thousands."""
    return f"{value:,}".replace(",", ".")


def size(value: int) -> str:
    """Return a size in bytes, rounded for people."""
    for unit, step in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if value >= step:
            return f"{value / step:.1f} {unit}".replace(".0 ", " ").replace(".", ",")
    return f"{value} Byte"


def band(percent: int | None) -> dict[str, object]:
    """Return name, word and icon for a confidence in per cent."""
    name = band_of(percent)
    return {"name": name.value, "word": BAND_LABELS[name], "icon": BAND_ICONS[name.value], "percent": percent}


def marked(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """Return a snippet with its found words marked; everything else is escaped."""
    parts, place = [], 0
    for start, end in marks:
        if start < place:
            continue
        parts += [escape(text[place:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        place = end
    return Markup("").join([*parts, escape(text[place:])])


def iso_day(written: str) -> str:
    """Return an ISO date as TT.MM.JJJJ."""
    return german(date.fromisoformat(written))


class Received(Protocol):
    """Anything with a moment of arrival."""

    @property
    def received_at(self) -> datetime:
        """When it came in."""


def by_day(rows: Iterable[Received], today: date) -> list[tuple[str, list[Received]]]:
    """Group rows in their order under Heute, Gestern or the day."""
    return [(label, list(group)) for label, group in groupby(rows, lambda row: day_word(row.received_at, today))]


FILTERS = {
    "iso_day": iso_day,
    "day": day,
    "moment": moment,
    "short_moment": short_moment,
    "day_word": day_word,
    "number": number,
    "size": size,
    "band": band,
}
