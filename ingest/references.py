"""File references (Aktenzeichen) such as ``52.01.01-2026/0417`` in running text.

A reference is the code of a file plan unit (two to four groups of two digits), a hyphen, the year the file was
opened, a slash and a running number. Recognition confuses digits with letters and commas with dots; both are
set right where the rest of the pattern leaves no doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LIKE_DIGITS = str.maketrans("OoQDIl|iSsBZzG", "00001111558226")
_D = r"[0-9OoQDIl|iSsBZzG]"
_PATTERN = re.compile(
    rf"(?<![\w./-])({_D}{{2}}(?:\s?[.,]\s?{_D}{{2}}){{1,3}})\s?[-–—−‐~]\s?({_D}{{4}})\s?/\s?({_D}{{4,6}})(?![\w/])"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_MAX_LETTERS = 4
"""More letters among the digits are a word and not a misread number."""


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A reference in its normal spelling and the characters it was read from."""

    value: str
    start: int
    end: int

    @property
    def file_plan_code(self) -> str:
        """The code of the file plan unit it belongs to."""
        return self.value.split("-", 1)[0]


def find_references(text: str) -> tuple[str, ...]:
    """Return the different references in *text* in their normal spelling, in the order they stand."""
    return tuple(dict.fromkeys(found.value for found in locate_references(text)))


def locate_references(text: str) -> tuple[FoundReference, ...]:
    """Return every reference in *text* with its place."""
    found = []
    for match in _PATTERN.finditer(text):
        code, year, number = (part.translate(_LIKE_DIGITS) for part in match.groups())
        letters = sum(sign.isalpha() or sign == "|" for sign in match[0])
        if letters > _MAX_LETTERS or not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
            continue
        groups = ".".join(re.findall(r"\d{2}", code))
        found.append(FoundReference(f"{groups}-{year}/{number}", match.start(), match.end()))
    return tuple(found)
