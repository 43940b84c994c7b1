"""Time limits: a day ("bis zum 12.03.2026") or a time that runs ("innerhalb eines Monats nach Zustellung").

Whether and when such a time has run out is a question of law (sections 186 to 193 BGB, 31 VwVfG, 57 VwGO) and of when
the letter was served; here is only told what it says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.dates import find_dates
from ingest.mentions.found import CERTAIN, LIKELY, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.dates import FoundDate

_BEFORE_DAY = re.compile(
    r"(?i)\b(?:bis\s+(?:sp[äa]testens\s+)?(?:zum|am|einschlie[ßs]+lich)?|sp[äa]testens\s+(?:am|bis(?:\s+zum)?)"
    r"|frist\w*(?:\s+\w+){0,3}|f[äa]llig(?:\s+\w+){0,2}|zahlbar\s+bis(?:\s+zum)?)[\s:]*$"
)
_DUE = re.compile(r"(?i)\s*f[äa]llig")
_REACH = 45
"""Characters before a date in which the words of a deadline stand."""

_NUMBERS = {
    "ein": 1, "eine": 1, "einen": 1, "einer": 1, "eines": 1, "einem": 1, "zwei": 2, "zweier": 2, "drei": 3,
    "dreier": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12,
    "vierzehn": 14, "achtzehn": 18, "zwanzig": 20, "dreißig": 30,
}  # fmt: skip
_UNITS = {"tag": ("Tag", "Tage"), "woche": ("Woche", "Wochen"), "monat": ("Monat", "Monate"), "jahr": ("Jahr", "Jahre")}
_DAYS = r"(?P<days>Werk|Arbeits|Kalender|Bank)"
_OTHER_DAYS = ("werk", "arbeits", "bank")
_NUMBER = r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_TIME = rf"(?P<number>{_NUMBER})(?:\s?\([^)]{{1,14}}\))?\s+{_DAYS}?(?P<unit>Tage?n?s?|Wochen?|Monate?n?s?|Jahre?n?s?)\b"
_EVENT = (
    r"(?:\s+(?:nach|ab|seit|von)(?:\s+(?:der|dem|des|Ihrer|ihrer|seiner|deren|erfolgter))?\s+"
    r"(?P<event>Zustellung|Bekanntgabe|Bekanntmachung|Zugang|Erhalt|Empfang|Eingang|Verkündung|Eröffnung|Ver[öo]ffentlichung"
    r"|Rechnungsdatum|Rechnungserhalt|Rechnungseingang|Rechnungsstellung|Lieferung|Datum|Kenntnis\w*|Rechtskraft"
    r"|Bestandskraft|Unanfechtbarkeit|Abnahme)\b)?"
)
_RUNNING = re.compile(
    rf"(?i)\b(?:innerhalb(?:\s+von)?|binnen|innert|Frist\s+von|spätestens)\s+(?:der\s+nächsten\s+|einer\s+Frist\s+von\s+)?{_TIME}"
    + _EVENT
)
_ADJECTIVE = re.compile(
    r"(?i)\b(?P<number>\d{1,2}|ein|zwei|drei|vier|sechs|acht|zehn|vierzehn)-?(?P<unit>tägig|wöchig|monatig)\w{0,2}\s+"
    r"(?:\w+\s+)?Frist\b"
)
_BINNEN = re.compile(rf"(?i)\b(?:innerhalb|binnen)\s+(?:einer\s+|der\s+)?(?P<unit>Monats|Wochen|Jahres)frist\b{_EVENT}")


def find_deadlines(text: str) -> tuple[Found, ...]:
    """Return the days *text* names as a time limit, as ISO dates, in the order they stand."""
    return tuple(Found(each.day.isoformat(), each.start, each.end) for each in find_dates(text) if _limits(text, each))


def _limits(text: str, found: FoundDate) -> bool:
    before = text[max(0, found.start - _REACH) : found.start]
    return bool(_BEFORE_DAY.search(before) or _DUE.match(text, found.end))


def find_running_limits(text: str) -> tuple[Found, ...]:
    """Return the times that run from an event, in words: ``1 Monat nach Zustellung``, ``14 Tage``."""
    return tuple(sorted(_running(text), key=lambda each: each.start))


def _running(text: str) -> Iterator[Found]:
    for match in _RUNNING.finditer(text):
        yield _found(match, match["number"], match["unit"], match["event"], days=match["days"] or "")
    for match in _ADJECTIVE.finditer(text):
        yield _found(match, match["number"], match["unit"].replace("täg", "tag").replace("wöch", "woch"), None)
    for match in _BINNEN.finditer(text):
        yield _found(match, "1", match["unit"], match["event"])


def _found(match: re.Match[str], number: str, unit: str, event: str | None, *, days: str = "") -> Found:
    count = int(number) if number.isdigit() else _NUMBERS[number.lower()]
    one, many = next(names for stem, names in _UNITS.items() if unit.lower()[:3] == stem[:3])
    name = one if count == 1 else many
    time = f"{count} {days.title()}{name.lower()}" if days.lower() in _OTHER_DAYS else f"{count} {name}"
    named = event and event[0].upper() + event[1:]
    return Found(f"{time} nach {named}" if named else time, match.start(), match.end(), CERTAIN if named else LIKELY)
