"""Reference numbers (Aktenzeichen) in any spelling: ``63.20-2026/0417``, ``63.20 – 2026 / 417``, ``63 20 2026 0417``.

A key is the spelling in which equal reference numbers are equal: the parts of the file plan code as
written, then year and numbers without leading zeros, ``63.20-2026/417``; a case and a document of the
file add their numbers, ``63.20-2026/0417-01#0003`` gives ``63.20-2026/417-1-3``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SEPARATOR = r"[\s.,:;·•_/\\|\-\u2010-\u2015\u2212]{1,4}"
_PATTERN = re.compile(
    rf"(?P<code>[0-9](?<!\w.)\d{{0,3}}(?:{_SEPARATOR}\d{{1,3}}){{0,6}})"
    rf"(?P<before>{_SEPARATOR})(?P<year>(?:19|20)\d\d)"
    rf"(?P<after>{_SEPARATOR})(?P<number>\d{{1,6}})(?P<rest>(?:[/.#\-\u2010-\u2015]\d{{1,6}}){{0,3}})(?![\w])",
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference number found in a text, at its characters ``start`` to ``end``."""

    start: int
    end: int
    keys: tuple[str, ...]
    """The key itself first, then those of the case file and case that hold it."""


def mentions(text: str) -> Iterator[Mention]:
    """Yield every reference number in *text*."""
    for match in _PATTERN.finditer(text):
        if not _is_date(match):
            yield Mention(match.start(), match.end(), _keys(match))


def key_of(text: str) -> str | None:
    """Return the key if *text* is one reference number and nothing else."""
    match = _PATTERN.fullmatch(text.strip())
    return None if match is None or _is_date(match) else _keys(match)[0]


def keys_in(text: str) -> frozenset[str]:
    """Return the keys of all reference numbers in *text*, those of the holding files included."""
    return frozenset(key for mention in mentions(text) for key in mention.keys)


def _keys(match: re.Match[str]) -> tuple[str, ...]:
    code = ".".join(_DIGITS.findall(match["code"]))
    numbers = [str(int(digits)) for digits in _DIGITS.findall(match["number"] + match["rest"])]
    file_key = f"{code}-{match['year']}/{numbers[0]}"
    return tuple("-".join((file_key, *numbers[1 : count + 1])) for count in range(len(numbers) - 1, -1, -1))


def _is_date(match: re.Match[str]) -> bool:
    """Tell whether it reads as a date and a number after it: ``12.03.2021 500`` or ``am 1.4.2021, 15``."""
    if re.search(r"[/\\\-\u2010-\u2015_|]", match["after"]):
        return False
    parts = [int(digits) for digits in _DIGITS.findall(match["code"])]
    return len(parts) < 2 or (len(parts) == 2 and parts[0] <= 31 and parts[1] <= 12)
