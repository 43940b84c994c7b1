"""Parcels of land: "Gemarkung Linden, Flur 3, Flurstück 12/4", in the order and with the brackets people write them.

A parcel is numbered within its Flur, and that within its Gemarkung (cadastre of the Länder, GeoInfoDok); divided ones
have a denominator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.mentions.found import CERTAIN, DIGIT, LIKELY, POSSIBLE, Found, as_digits, is_number, spaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UPPER = r"[^\W\d_a-zäöüß]"
_NAME = (
    rf"(?:(?:Bad|Groß|Klein|Alt|Neu|Ober|Unter|Sankt|St\.)[ ])?(?!Flur)(?!Flst){_UPPER}[^\W\d_]{{1,40}}"
    rf"(?:[-–]{_UPPER}?[^\W\d_]{{1,40}}){{0,3}}"
    rf"(?:[ ](?:am|an[ ]der|im|in|bei|vor|ob[ ]der)[ ](?!Flur){_UPPER}[^\W\d_]{{1,40}})?"
)
_PARCEL = rf"{DIGIT}{{1,5}}(?:\s?/\s?{DIGIT}{{1,4}})?(?![\w/])"
_MORE = rf"(?:\s?(?:,|;|und|u\.|sowie)\s?(?=[0-9]){_PARCEL}(?!\s?\.\s?\d|\s?(?:m²|qm|ha|Euro|€))){{0,30}}"
_NO = r"(?:\s?-?\s?(?:[Nn]rn?\.?|[Nn]ummern?))?\s?:?\s{0,3}"
_PART = re.compile(
    rf"(?P<district>\bGema?rkung)\s?:?\s+(?P<name>{_NAME})"
    rf"|\bFlur(?!st){_NO}(?P<field>{DIGIT}{{1,3}})(?![\w/])"
    rf"|\b(?:Flurst(?:[üui]{{1,2}}cke?[ns]?|\.)|Flst\.?|Fl\.\s?-?St\.?){_NO}(?P<parcels>{_PARCEL}{_MORE})"
    rf"|\bFl(?:ur)?\.?\s?-?Nr\.\s?:?\s{{0,3}}(?P<bavarian>{_PARCEL}{_MORE})"
)
_BETWEEN = re.compile(
    r"(?:[\s,;:()/·|–-]|der|des|die|in|von|vom|und|aus|auf|Grundstücks?|Nr\.?|lfd\.?|gelegen|belegen){0,12}"
)
_LOOSE = re.compile(r"Gemarkung,\s*Flur,\s*Flurstücke?\s*:?\s*(?P<name>" + _NAME + r"),\s*(?=Flur)")
"""The heading of a form, and what was filled in below it."""


@dataclass(slots=True)
class _Parts:
    """What stands together of one or more parcels."""

    start: int
    end: int
    name: str = ""
    field: str = ""
    parcels: tuple[str, ...] = ()

    def takes(self, match: re.Match[str]) -> bool:
        """Whether a further part belongs here: each kind once."""
        return not (
            (match["district"] and self.name)
            or (match["field"] and self.field)
            or ((match["parcels"] or match["bavarian"]) and self.parcels)
        )

    def take(self, match: re.Match[str]) -> None:
        """Add a part."""
        self.end = match.end()
        if match["district"]:
            self.name = spaced(match["name"])
        elif match["field"]:
            self.field = as_digits(match["field"])
        else:
            self.parcels = _numbers(match["parcels"] or match["bavarian"])


def find_parcels(text: str) -> tuple[Found, ...]:
    """Return the parcels in *text*, each as ``Gemarkung Linden, Flur 3, Flurstück 12/4`` as far as it says."""
    headed = {match.end(): match for match in _LOOSE.finditer(text)}
    return tuple(found for parts in _grouped(text, headed) for found in _parcels(parts))


def _grouped(text: str, headed: dict[int, re.Match[str]]) -> Iterator[_Parts]:
    parts: _Parts | None = None
    for match in _PART.finditer(text):
        if match["field"] and not is_number(match["field"]):
            continue
        near = parts is not None and _BETWEEN.fullmatch(text, parts.end, match.start())
        if parts is None or not near or not parts.takes(match):
            if parts is not None:
                yield parts
            parts = _Parts(match.start(), match.end())
            if head := headed.get(match.start()):
                parts.start, parts.name = head.start("name"), spaced(head["name"])
        parts.take(match)
    if parts is not None:
        yield parts


def _parcels(parts: _Parts) -> Sequence[Found]:
    places = [f"Gemarkung {parts.name}"] if parts.name else []
    places += [f"Flur {parts.field.lstrip('0') or '0'}"] if parts.field else []
    values = [", ".join([*places, f"Flurstück {number}"]) for number in parts.parcels]
    if not values and parts.name and parts.field:
        values = [", ".join(places)]
    sure = CERTAIN if parts.name and parts.field else LIKELY if places else POSSIBLE
    return [Found(value, parts.start, parts.end, sure) for value in values]


def _numbers(written: str) -> tuple[str, ...]:
    found = re.findall(rf"{DIGIT}{{1,5}}(?:\s?/\s?{DIGIT}{{1,4}})?", written.replace("und", ",").replace("sowie", ","))
    return tuple(as_digits(re.sub(r"\s", "", each)) for each in found if is_number(each))
