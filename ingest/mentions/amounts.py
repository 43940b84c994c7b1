"""Amounts of money in euros, in German notation (DIN 5008: ``1.234,56 €``, ``EUR 500``, ``850,-- Euro``).

Groups of thousands may be parted by dots or spaces. Recognition takes digits for letters and commas for dots; what
stands before the last two digits is the decimal sign then. A number without the name of a currency is an amount
only behind a word such as "Rechnungsbetrag".
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from ingest.mentions.found import CERTAIN, DIGIT, LIKELY, POSSIBLE, Found, as_digits, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = "[ \u00a0\u202f]"
_NUMBER = (
    rf"(?:{DIGIT}{{1,3}}(?:[.,'’]{DIGIT}{{3}})+(?:[.,]{_SPACE}?{DIGIT}{{2}})?"  # 1.234,56
    rf"|\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:,\d{{2}})?"  # 1 234,56
    rf"|{DIGIT}{{1,9}}[.,]{_SPACE}?{DIGIT}{{2}}"  # 1234,56
    rf"|\d{{1,9}})(?:{_SPACE}?[,.]{_SPACE}?[-–—=]{{1,2}})?"  # 850,--
)
_BEFORE = r"(?<![\w.,'’/§])(?P<minus>[-−](?=\d))?"
_NAME = r"(?:€|(?:EUR[O0]?|Euro)\b)"
_WITH_CURRENCY = re.compile(
    rf"{_BEFORE}(?P<behind>{_NUMBER})\s?{_NAME}|(?<!\w)(?:€|EUR){_SPACE}?(?P<before>{_NUMBER})(?![\w]|[.,]\d)"
)
_LARGE = re.compile(
    rf"{_BEFORE}(?P<number>\d{{1,4}}(?:,\d{{1,3}})?)\s?"
    rf"(?P<unit>Tsd|Tausend|Mio|Millionen?|Mrd|Milliarden?)\b\.?\s?{_NAME}"
)
_UNITS = {"tsd": 3, "tau": 3, "mio": 6, "mil": 6, "mrd": 9}
_LABEL = re.compile(
    r"(?:[^\W\d_][\w-]*)?(?:betr[äa]ge?|[Ss]umme|[Kk]osten|[Gg]eb[üu]hr(?:en)?|[Mm]iete|[Pp]reis|[Uu]msatzsteuer|[Bb]rutto"
    r"|[Nn]etto|[Gg]esamt|[Ff]orderung|Betrag|Beitrag|Mehrwertsteuer|MwSt\.?|zu\s+zahlen)\b"
)
_LABEL_REACH = 45
_BY_LABEL = re.compile(
    rf"(?<![\w.,'’/])(?P<number>{DIGIT}{{1,3}}(?:\.{DIGIT}{{3}})*,{DIGIT}{{2}}|\d{{1,7}},\d{{2}})"
    r"(?![\w.,]*\d|\s?(?:%|‰|m²|m2|qm|ha|km|kg|Std|Stk|h\b|€|EUR|Euro))"
)


def find_amounts(text: str) -> tuple[Found, ...]:
    """Return the amounts in *text*; values are decimal text with two digits (``1234.56``), in the order they stand."""
    found = [*_large(text), *_with_currency(text)]
    taken = [(each.start, each.end) for each in found]
    found += [
        each for each in _by_label(text) if not any(each.start < end and start < each.end for start, end in taken)
    ]
    return tuple(sorted(found, key=lambda each: each.start))


def _large(text: str) -> Iterator[Found]:
    for match in _LARGE.finditer(text):
        power = _UNITS[match["unit"][:3].lower()]
        value = Decimal(match["number"].replace(",", ".")).scaleb(power)
        yield _found(text, match, value, CERTAIN, minus=bool(match["minus"]))


def _with_currency(text: str) -> Iterator[Found]:
    for match in _WITH_CURRENCY.finditer(text):
        written = match["behind"] or match["before"]
        value = _value(written)
        if value is not None:
            yield _found(text, match, value, _confidence(written), minus=bool(match["minus"]))


def _by_label(text: str) -> Iterator[Found]:
    for match in _BY_LABEL.finditer(text):
        before = text[max(0, match.start() - _LABEL_REACH) : match.start()]
        labels = list(_LABEL.finditer(before))
        if not labels or not _reaches(before[labels[-1].end() :]):
            continue
        value = _value(match["number"])
        if value is not None:
            yield Found(f"{value:.2f}", match.start(), match.end(), POSSIBLE, labels[-1][0])


def _found(text: str, match: re.Match[str], value: Decimal, confidence: float, *, minus: bool) -> Found:
    before = text[max(0, match.start() - _LABEL_REACH) : match.start()]
    label = next((each for each in reversed(list(_LABEL.finditer(before))) if _reaches(before[each.end() :])), None)
    return Found(
        f"{-value if minus else value:.2f}",
        match.start(),
        match.end(),
        confidence,
        " ".join(label[0].split()) if label else "",
    )


def _reaches(between: str) -> bool:
    """Whether a label still speaks of what comes after *between*: no other number and no end of a sentence."""
    return re.search(r"\d{2}(?!\s?%|\d)|[.;](?:\s|$)", between) is None


def _value(written: str) -> Decimal | None:
    number = re.sub(r"\s?[,.]\s?[-–—=]{1,2}$", "", written)
    if not is_number(number):
        return None
    digits = as_digits(re.sub(_SPACE, "", number))
    decimals = re.search(r"[.,](\d{2})$", digits)
    whole = digits[: decimals.start()] if decimals else digits
    if decimals is None and "," in whole:
        return None  # "1,234 €" is three decimals or an English thousand: nobody knows
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{decimals[1] if decimals else '00'}")


def _confidence(written: str) -> float:
    usual = re.fullmatch(
        rf"(?:\d{{1,3}}(?:\.\d{{3}})+|\d+)(?:,\d{{2}}|,\s?[-–—]{{1,2}})?|\d+\.\d{{2}}|\d{{1,3}}(?:{_SPACE}\d{{3}})+,\d{{2}}",
        written,
    )
    return CERTAIN if usual else LIKELY
