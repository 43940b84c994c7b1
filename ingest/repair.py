"""Repair of the paragraph sign, which the German recognition model does not know.

It reads ``§ 64 BauO`` as ``8 64 BauO`` or ``$ 64 BauO``. The sign is put back only where nothing else can stand:
before a number that a law's name follows, with at most an Absatz, Satz or Nummer in between.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.ocr import Recognised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.model import Word

_SIGNS = {"8": "§", "$": "§", "5": "§", "S": "§", "&": "§", "88": "§§", "$$": "§§", "8$": "§§", "$8": "§§", "SS": "§§"}
_GLUED = re.compile(r"^\$(\d{1,3}[a-z]?)$")
"""Only the dollar: an 8 before digits may as well be part of the number."""
_NUMBER = re.compile(r"^\(?\d{1,4}[a-z]?[.,;]?\)?$")
_LAW = re.compile(
    r"^(?!(?:AG|KG|OHG|UG)\b)(?:[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]{0,14}(?:G|GB|O|VO|VwV)|BGB|StGB|HGB|StPO|ZPO|AO|SGB|GG|DSGVO|BauNVO|LBO|BImSchV)[.,;:)]?$"
)
_LINKS = "abs. absatz satz s. nr. nummer nrn. und bis i.v.m. ivm buchst. buchstabe lit. i. v. m. ff. f. der des"
_BETWEEN = frozenset(_LINKS.split())
_REACH = 8
"""Words between the sign and the law's name, as in "§ 10 Abs. 3 Satz 2 Nr. 1 BauGB"."""


def repaired(found: Recognised) -> Recognised:
    """Return *found* with certain paragraph signs put back; changed words keep what was read in ``original``."""
    words = tuple(_repaired(found.words, index) for index in range(len(found.words)))
    return Recognised(words, _replaced(found.text, found.words, words))


def _repaired(words: Sequence[Word], index: int) -> Word:
    word = words[index]
    opening = "(" if word.text.startswith("(") else ""
    bare = word.text[len(opening) :]
    if bare in _SIGNS and not _continues_a_citation(words, index) and _cites_a_law(words, index + 1):
        return replace(word, text=opening + _SIGNS[bare], original=word.text)
    glued = _GLUED.match(bare)
    if glued and _law_follows(words, index + 1):
        return replace(word, text=f"{opening}§{glued[1]}", original=word.text)
    return word


def _continues_a_citation(words: Sequence[Word], index: int) -> bool:
    """Whether the word before makes this one a plain number, as in "§§ 5 8 BauO" or "Nr. 8 64 BauO"."""
    before = words[index - 1].text.lower().strip("(,;") if index else ""
    return before.startswith("§") or before in _BETWEEN - {"und", "bis", "i.v.m.", "ivm", "v.", "m.", "der", "des"}


def _cites_a_law(words: Sequence[Word], start: int) -> bool:
    return start < len(words) and _is_number(words[start].text) and _law_follows(words, start + 1)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text)) and any(sign.isdigit() for sign in text)


def _law_follows(words: Sequence[Word], start: int) -> bool:
    for word in words[start : start + _REACH]:
        if _LAW.match(word.text):
            return True
        if word.text.lower().rstrip(",;") not in _BETWEEN and not _is_number(word.text):
            return False
    return False


def _replaced(text: str, before: Sequence[Word], after: Sequence[Word]) -> str:
    parts, position = [], 0
    for old, new in zip(before, after, strict=True):
        start = text.find(old.text, position)
        if start < 0:
            return text
        parts += [text[position:start], new.text]
        position = start + len(old.text)
    return "".join(parts) + text[position:]
