"""The sender's own sign, by the words before, beside or above it (DIN 5008)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.dates import find_dates
from ingest.layout import level, middle, overlaps
from ingest.model import Finding
from ingest.references import find_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.layout import Layout
    from ingest.lines import Line

_OURS = re.compile(
    r"(?i)\b(?:mein(?:e)?\s*zeichen|u(?:nsere?)?\s*(?:zeichen|aktenzeichen|gesch[äa]ftszeichen|referenz)"
    r"|gesch[äa]fts(?:nummer|-nr\.?)|^zeichen(?=\s*:))\s*[:.]?\s*"
)
_NUMBER = re.compile(
    r"(?i)\b(?:rechnungs?(?:nummer|-?\s?nr\.?)|rechnung\s+nr\.?|belegnummer|vorgangsnummer|kundennummer)\s*[:.]?\s*"
)
_SIGN = re.compile(r"\d{1,3}\s[A-Z][A-Za-z]{0,3}\s\d{1,6}/\d{2,4}|[A-Za-z0-9ÄÖÜäöü][\w./ÄÖÜäöü-]*\d[\w./-]*")
"""A sign in one piece, or that of a court (4 A 123/26)."""
_THEIRS = re.compile(r"(?i)\bihre?$")
_SPECKS = re.compile(r"[^\w\s]{0,2}\s?")
"""Rules of a table and creases read as signs."""
_ROWS = 3.5
"""Heights of a label within which the column below it shows its value."""


_READ = 20
"""Confidence below which a word is a stain; signs of letters and digits seldom reach that of words."""


def signs_of(layout: Layout) -> Finding | None:
    """Return the sender's own sign: beside or below "Unser Zeichen"; without one the number of an invoice."""
    for labels in (_OURS, _NUMBER):
        for cell in layout.cells:
            for label in labels.finditer(cell.text):
                if _is_theirs(layout.cells, cell):
                    continue
                found = next(_signs(layout.cells, cell, label), None)
                if found is not None:
                    return found
    return None


def _is_theirs(cells: Sequence[Line], cell: Line) -> bool:
    """Whether "Ihr" stands before a label that a gap has cut off."""
    return any(_THEIRS.search(each.text) and level(each, cell) and each.box.left < cell.box.left for each in cells)


def _signs(cells: Sequence[Line], cell: Line, label: re.Match[str]) -> Iterator[Finding]:
    start = label.end()
    specks = _SPECKS.match(cell.text, start)
    behind = _SIGN.match(cell.text, specks.end() if specks else start)
    if behind:
        yield from _foreign(cell, behind)
        return
    if start == len(cell.text):
        yield from _beside(cells, cell)
    yield from _below(cells, cell, label)


def _beside(cells: Sequence[Line], label: Line) -> Iterator[Finding]:
    """The sign in the next column at the height of its label."""
    right = [cell for cell in cells if cell.box.left > label.box.left + label.box.width and level(cell, label)]
    for cell in sorted(right, key=lambda cell: cell.box.left)[:1]:
        specks = _SPECKS.match(cell.text)
        sign = _SIGN.match(cell.text, specks.end() if specks else 0)
        if sign:
            yield from _foreign(cell, sign)


def _below(cells: Sequence[Line], labels: Line, label: re.Match[str]) -> Iterator[Finding]:
    """The sign in the column under its label, as in the line "Ihr Zeichen  Unser Zeichen  Datum"."""
    column = labels.evidence(label.start(), label.end()).box
    for cell in cells:
        if not 0.7 * column.height < middle(cell) - middle(labels) < _ROWS * column.height:
            continue
        for sign in _SIGN.finditer(cell.text):
            if overlaps(cell.evidence(sign.start(), sign.end()).box, column):
                yield from _foreign(cell, sign)


def _foreign(cell: Line, sign: re.Match[str]) -> Iterator[Finding]:
    value = sign[0].rstrip(".,")
    dated = any(found.start <= sign.start() < found.end for found in find_dates(cell.text))
    sure = all(word.confidence >= _READ for word in cell.words_within(sign.start(), sign.end()))
    if sure and not find_references(value) and not dated:
        yield Finding(value, cell.evidences(sign.start(), sign.end()))
