"""Account numbers (IBAN, ISO 13616) in running text; one is told only if its check digits hold.

Printed in groups of four. Recognition takes digits for letters: a German account is digits alone, so each letter that
looks like a digit is set right in one way only, and what then fails its check digits is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.iban import LENGTHS, is_iban
from ingest.mentions.found import CERTAIN, LIKELY, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIKE_DIGITS = str.maketrans("OoQDIl|iSsBZzGT", "000011115582267")
_GAP = "[ \u00a0\n.]"
_GERMAN = re.compile(
    rf"(?<![^\W_])([DO0]E)({_GAP}?[0-9OoQDIl|iSsBZzG](?:{_GAP}{{0,2}}[0-9OoQDIl|iSsBZzG]){{19}})(?![^\W_])"
)
_FOREIGN = re.compile(r"(?<![^\W_])([A-Z]{2})(?=[ \u00a0]?\d{2})")
_LABEL = re.compile(r"(?i)\b[I1l]BAN\b[^\w]{0,4}$")
_MOST_LETTERS = 6
"""More letters in a German account are a word."""


def find_ibans(text: str) -> tuple[Found, ...]:
    """Return the account numbers in *text* without spaces, in the order they stand."""
    found = {each.start: each for each in (*_foreign(text), *_german(text))}
    return tuple(found[start] for start in sorted(found))


def _german(text: str) -> Iterator[Found]:
    for match in _GERMAN.finditer(text):
        signs = re.sub(_GAP, "", match[2])
        account = "DE" + signs.translate(_LIKE_DIGITS)
        repaired = signs != account[2:] or match[1] != "DE"
        if sum(not sign.isdigit() for sign in signs) > _MOST_LETTERS or not is_iban(account):
            continue
        if _in_fours(match[0]) or _LABEL.search(text[max(0, match.start() - 12) : match.start()]):
            yield Found(account, match.start(), match.end(), LIKELY if repaired else CERTAIN)


def _foreign(text: str) -> Iterator[Found]:
    for match in _FOREIGN.finditer(text):
        length = LENGTHS.get(match[1], 0) if match[1] != "DE" else 0
        end, signs = match.start(), ""
        while (
            len(signs) < length
            and end < len(text)
            and ((text[end].isascii() and text[end].isalnum()) or text[end] in " \u00a0")
        ):
            signs += text[end].strip()
            end += 1
        ends_there = end == len(text) or not text[end].isalnum()
        if length and ends_there and is_iban(signs) and _in_fours(text[match.start() : end]):
            yield Found(signs, match.start(), end)


def _in_fours(written: str) -> bool:
    """Whether gaps stand between groups of four only, as an IBAN is printed; in one piece it has none."""
    groups = re.split(f"{_GAP}+", written)
    return all(len(group) % 4 == 0 for group in groups[:-1])
