"""Named fields of entries: ``betrag:100..500``, ``bauherr:Eintracht``; the caller says which names there are.

In the index a word of a field is ``name=word``. A number or day is kept by the beginnings of its digits,
``name#`` to ``name#10000000000012345``, so that any range is a few hundred exact values and engines need no
ranges of their own. A reference number is ``name@key``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from search import dates, german, references

WIDTH = 17
"""Digits of an encoded number: 12 before the decimal mark, four after it, and one for the sign."""

_SCALE = 10_000
_ZERO: int = 10 ** (WIDTH - 1)
_HIGHEST = 2 * _ZERO - 1
_BETWEEN = re.compile(r"\.{2,}|…|–")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")


class FieldKind(StrEnum):
    """How the values of a field are asked for."""

    TEXT = "text"
    NUMBER = "number"
    """Also money."""
    DATE = "date"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class EntryField:
    """One value of a document or of its case file, under the name people type before the colon."""

    name: str
    text: str
    """As people write it."""
    value: Decimal | date | None = None
    """What ranges compare; ``None`` for texts."""


@dataclass(frozen=True, slots=True)
class Named:
    """These folded words stand side by side in the field; the last one may only begin so."""

    name: str
    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class NamedRange:
    """The field's number or day, encoded, lies from ``low`` to ``high``, inclusive."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class NamedReference:
    """The field names the reference number with this key."""

    name: str
    key: str


FieldNode = Named | NamedRange | NamedReference


def name_key(name: str) -> str:
    """Return a field's name as it is compared: ``Fällig_am`` and ``faellig_am`` are equal."""
    return german.fold(name)


def encoded(value: Decimal | date) -> int:
    """Return a number or day as the whole number that is compared."""
    if isinstance(value, date):
        return int(value.strftime("%Y%m%d"))
    return min(max(int(value * _SCALE) + _ZERO, 0), _HIGHEST)


def words_of(field: EntryField) -> list[str]:
    """Return the words of a field as the index holds them."""
    return [f"{name_key(field.name)}={token.word}" for token in german.tokens(german.clean(field.text))]


def keys_of(field: EntryField) -> Iterator[str]:
    """Yield the unanalysed values of a field: beginnings of its digits, reference numbers in it."""
    name = name_key(field.name)
    if field.value is not None:
        digits = f"{encoded(field.value):0{WIDTH}}"
        yield from (f"{name}#{digits[:count]}" for count in range(WIDTH + 1))
    yield from (f"{name}@{key}" for key in references.keys_in(german.clean(field.text)))


def covering(asked: NamedRange) -> frozenset[str]:
    """Return the beginnings of digits that together are exactly the range."""
    found, low = set(), asked.low
    while low <= asked.high:
        count = 0
        while count < WIDTH and low % 10 ** (count + 1) == 0 and low + 10 ** (count + 1) - 1 <= asked.high:
            count += 1
        found.add(f"{asked.name}#{low:0{WIDTH}}"[: len(asked.name) + 1 + WIDTH - count])
        low += 10**count
    return frozenset(found)


def asked_for(name: str, kind: FieldKind, value: str, *, quoted: bool = False) -> FieldNode | None:
    """Return what a typed value of a field asks for, ``None`` if it is no value of that kind."""
    if kind is FieldKind.DATE:
        return _days(name, value)
    if kind is FieldKind.NUMBER:
        return _numbers(name, value)
    key = references.key_of(value) if kind is FieldKind.REFERENCE else None
    if key:
        return NamedReference(name, key)
    words = tuple(token.word for token in german.tokens(value))
    return Named(name, words, begins=value.endswith("*") and not quoted) if words else None


def _days(name: str, value: str) -> NamedRange | None:
    span = dates.period(value)
    if span is None:
        return None
    first, last = span
    return NamedRange(name, encoded(first) if first else 0, encoded(last) if last else _HIGHEST)


def _numbers(name: str, value: str) -> NamedRange | None:
    parts = _BETWEEN.split(value, maxsplit=1)
    numbers = [_number(part) for part in parts]
    if any(part and number is None for part, number in zip(parts, numbers, strict=True)) or numbers == [None] * len(
        parts
    ):
        return None
    low, high = numbers[0], numbers[-1]
    return NamedRange(name, encoded(low) if low is not None else 0, encoded(high) if high is not None else _HIGHEST)


def _number(text: str) -> Decimal | None:
    plain = text.strip().removesuffix("€").strip()
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain.replace(".", "").replace(",", "."))
    except InvalidOperation:
        return None
