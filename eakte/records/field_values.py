"""Values of declared fields: reading what was typed or sent, one canonical form each, and whether they may stand.

Stored and sent by programs is one form (``given``): text without surplus blanks, ``12.5``, ``1234.50``,
``2026-11-26``, ``true``. People type and read the German form (``entered``, ``shown``): ``12,5``,
``1.234,50``, ``26.11.2026``, ``ja``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias, TypeVar

from eakte.records.calendar import german
from eakte.records.metadata import FieldSpec, FieldType, Json, Required, Values

Value: TypeAlias = str | Decimal | date | bool
"""A value in its own type."""

LONGEST_TEXT = 500
WHOLE_DIGITS = 12
"""Digits before the decimal mark that a number may have; search compares numbers up to here."""
FIRST_YEAR = 1000
"""Earlier years have no four digits, and no file of a city."""

PLACES = 4
"""Digits after the decimal mark of a number; money has two."""

_GERMAN_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_EURO = re.compile(r"\s*(?:€|euro?)\s*$", re.IGNORECASE)
_YES, _NO = frozenset({"ja", "true", "on"}), frozenset({"nein", "false", "off"})
_Raw = TypeVar("_Raw")


class Refused(ValueError):
    """The text is no value of the field; ``str`` is the German reason."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field cannot stay as it is, in German, with the field's label in it."""

    name: str
    text: str


def entered(spec: FieldSpec, typed: str) -> Value | None:
    """Return what a person typed, ``None`` for nothing.

    Raises:
        Refused: It is no value of this field.
    """
    text = tidy(typed)
    return _read(spec, _EURO.sub("", text) if spec.type is FieldType.MONEY else text, _GERMAN_NUMBER)


def given(spec: FieldSpec, sent: object) -> Value | None:
    """Return what a program sent or the database holds, ``None`` for nothing, like :func:`entered`."""
    if sent is None:
        return None
    if isinstance(sent, bool):
        sent = "ja" if sent else "nein"
    if not isinstance(sent, str | int | float):
        raise Refused("Erwartet wird ein einzelner Wert.")
    return _read(spec, tidy(str(sent)), _PLAIN_NUMBER)


def _read(spec: FieldSpec, text: str, numbers: re.Pattern[str]) -> Value | None:
    if not text:
        return None
    match spec.type:
        case FieldType.NUMBER:
            return _number(text, PLACES, numbers)
        case FieldType.MONEY:
            return _number(text, 2, numbers)
        case FieldType.DATE:
            return _day(text)
        case FieldType.YES_NO:
            return _yes_or_no(text)
        case _:
            return _text(spec, text)


def canonical(spec: FieldSpec, value: Value) -> Json:
    """Return the one form in which a value is stored and sent."""
    match value:
        case bool():
            return value
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.quantize(Decimal("0.01")) if spec.type is FieldType.MONEY else _plain(value), "f")
        case _:
            return value


def stored(spec: FieldSpec, value: Json | None) -> Value | None:
    """Return a stored value in its type; ``None`` if there is none, or if it no longer fits the declaration."""
    try:
        return given(spec, value)
    except Refused:
        return None


def shown(spec: FieldSpec | None, value: Json | None) -> str:
    """Return a stored value as people read it; one that no longer fits its declaration as it stands."""
    if value is None:
        return ""
    found = stored(spec, value) if spec else None
    match found if found is not None else value:
        case bool(truth):
            return "ja" if truth else "nein"
        case date() as day:
            return german(day)
        case Decimal() as number:
            return _german_number(number, money=spec is not None and spec.type is FieldType.MONEY)
        case text:
            return str(text)


def judged(fields: Iterable[FieldSpec], values: Values, stage: Required) -> tuple[Problem, ...]:
    """Return every reason why the values are not enough at a stage; none of the fields they do not name."""
    found: list[Problem] = []
    due = {Required.FILING} if stage is Required.FILING else {Required.FILING, Required.CLOSING}
    for spec in fields:
        try:
            value = given(spec, values.get(spec.name))
        except Refused as refused:
            found.append(Problem(spec.name, f"{spec.label}: {refused}"))
            continue
        if value is None and stage is not Required.NO and spec.required in due:
            found.append(Problem(spec.name, f"{spec.label}: Bitte ausfüllen."))
    return tuple(found)


def changed(
    fields: Iterable[FieldSpec], before: Values, typed: Mapping[str, str]
) -> tuple[dict[str, Json], tuple[Problem, ...]]:
    """Return all values after a person typed some, and what could not be accepted.

    A text that shows just what is stored changes nothing, even where it no longer fits its declaration;
    values of fields that are not declared (any more) stay.
    """
    fresh = {
        spec.name: (spec, text)
        for spec in fields
        if (text := typed.get(spec.name)) is not None and tidy(text) != shown(spec, before.get(spec.name))
    }
    return _merged(before, fresh, entered)


def sent(
    fields: Iterable[FieldSpec], before: Values, wanted: Mapping[str, object]
) -> tuple[dict[str, Json], tuple[Problem, ...]]:
    """Return all values after a program sent some, like :func:`changed`; names that are not declared are refused."""
    specs = {spec.name: spec for spec in fields}
    fresh = {name: value for name, value in wanted.items() if before.get(name) != value}
    unknown = tuple(Problem(name, f"Das Feld „{name}“ gibt es hier nicht.") for name in fresh if name not in specs)
    values, problems = _merged(before, {name: (specs[name], fresh[name]) for name in fresh if name in specs}, given)
    return values, (*unknown, *problems)


def _merged(
    before: Values, fresh: Mapping[str, tuple[FieldSpec, _Raw]], read: Callable[[FieldSpec, _Raw], Value | None]
) -> tuple[dict[str, Json], tuple[Problem, ...]]:
    values, problems = dict(before), []
    for name, (spec, raw) in fresh.items():
        try:
            value = read(spec, raw)
        except Refused as refused:
            problems.append(Problem(name, f"{spec.label}: {refused}"))
            continue
        if value is None:
            values.pop(name, None)
        else:
            values[name] = canonical(spec, value)
    return values, tuple(problems)


def tidy(text: str) -> str:
    """Return a text in one line: composed letters, single blanks, no control characters."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in composed).split())


def _text(spec: FieldSpec, text: str) -> str:
    if spec.type is FieldType.CHOICE:
        found = next((choice for choice in spec.choices if choice.casefold() == text.casefold()), None)
        if found is None:
            raise Refused(f"Möglich sind: {', '.join(spec.choices)}.")
        return found
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Höchstens {LONGEST_TEXT} Zeichen.")
    if spec.pattern and not re.fullmatch(spec.pattern, text):
        raise Refused(spec.hint or "Die Schreibweise passt nicht.")
    return text


def _number(text: str, places: int, form: re.Pattern[str]) -> Decimal:
    compact = re.sub(r"\s", "", text).replace("\u2212", "-")
    if not form.fullmatch(compact):
        raise Refused("Bitte eine Zahl eingeben, zum Beispiel 1.234,5.")
    plain = compact if form is _PLAIN_NUMBER else compact.replace(".", "").replace(",", ".")
    number = _plain(Decimal(plain))
    if len(number.as_tuple().digits) + int(number.as_tuple().exponent) > WHOLE_DIGITS:
        raise Refused(f"Höchstens {WHOLE_DIGITS} Stellen vor dem Komma.")
    if -int(number.as_tuple().exponent) > places:
        raise Refused(f"Höchstens {places} Stellen nach dem Komma.")
    return number


def _plain(number: Decimal) -> Decimal:
    """Return the number without zeros at its end, never with an exponent above 0, and never minus zero."""
    short = number.normalize() + 0
    return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short


def _german_number(number: Decimal, *, money: bool) -> str:
    written = f"{number:,.2f}" if money else f"{number:,f}"
    return written.translate(str.maketrans(",.", ".,"))


def _day(text: str) -> date:
    try:
        match = _GERMAN_DAY.fullmatch(text)
        day = date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError as error:
        raise Refused("Datum im Format TT.MM.JJJJ eingeben.") from error
    if day.year < FIRST_YEAR:
        raise Refused(f"Datum nach dem Jahr {FIRST_YEAR} eingeben.")
    return day


def _yes_or_no(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise Refused("Bitte „ja“ oder „nein“ angeben.")
