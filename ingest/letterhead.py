"""Sender, subject and signs of a letter, by where they stand and what stands before them (DIN 5008)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.dates import find_dates
from ingest.model import Finding
from ingest.references import find_references

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.lines import Line

_FOREIGN_LABEL = re.compile(
    r"(?i)\b(?:mein(?:e)?\s+zeichen|unser(?:e)?\s+(?:zeichen|aktenzeichen|gesch[äa]ftszeichen|referenz)"
    r"|rechnungs?(?:nummer|-?\s?nr\.?)|rechnung\s+nr\.?|gesch[äa]fts(?:nummer|-nr\.?)|kundennummer)\s*[:.]?\s*"
)
_SIGN = re.compile(r"[A-Za-z0-9ÄÖÜäöü][\w./ÄÖÜäöü-]*\d[\w./-]*")
_SALUTATION = re.compile(r"(?i)^(?:sehr\s+geehrte|guten\s+tag|liebe[r]?\s|hallo\s)")
_SUBJECT_LABEL = re.compile(r"(?i)^betr(?:eff|ifft|\.)?\s*[:.]\s*(?=\S)")
_HEADING = re.compile(
    r"(?i)^(?:rechnung|mahnung|zahlungserinnerung|bescheid|bu[ßs]+geldbescheid|baugenehmigung|antrag|anh[öo]rung|stellungnahme"
    r"|widerspruch|vollmacht|klage|einspruch|\w+(?:antrag|bescheid|rechnung|anzeige|vollmacht))\b"
)
_POSTCODE = re.compile(r"\b\d{5}\s+[A-ZÄÖÜ]")
_PARTS = re.compile(r"\s*[·•∙|*°]\s*|\s+[-–—]\s+|,\s+|\s{3,}")
_CLOSING = re.compile(r"(?i)^(?:mit\s+(?:freundlich|best|vorz[üu]glich)\w*\s|hochachtungsvoll|freundliche\s+gr[üu])")
_NAME = re.compile(r"(?![\d_a-zäöüß])\w[\w.&’'-]+(?:\s+[\w.&’'+-]+)*")
_PLACE = re.compile(r"(?:.{0,40},)?\s*(?:den|am|vom|datum:?)?\s*", re.IGNORECASE)
_SIGNS_LINE = re.compile(r"(?i)\b(?:zeichen|az\.|aktenzeichen|datum|telefon|telefax|e-mail|durchwahl|seite)\b")


def signs_of(lines: Sequence[Line]) -> Finding | None:
    """Return the sender's own sign: what stands behind or below "Unser Zeichen", or the number of an invoice."""
    for number, line in enumerate(lines):
        for label in _FOREIGN_LABEL.finditer(line.text):
            found = _behind(line, label.end()) or _below(lines[number + 1 : number + 3], line, label)
            if found is not None:
                return found
    return None


def _behind(line: Line, start: int) -> Finding | None:
    sign = _SIGN.match(line.text, start)
    return _foreign(line, sign) if sign else None


def _below(following: Sequence[Line], labels: Line, label: re.Match[str]) -> Finding | None:
    """The sign in the column under its label, as in the line "Ihr Zeichen  Unser Zeichen  Datum"."""
    column = labels.evidence(label.start(), label.end()).box
    for line in following:
        for sign in _SIGN.finditer(line.text):
            box = line.evidence(sign.start(), sign.end()).box
            if box.left < column.left + column.width and box.left + box.width > column.left:
                return _foreign(line, sign)
    return None


def _foreign(line: Line, sign: re.Match[str]) -> Finding | None:
    value = sign[0].rstrip(".,")
    if find_references(value) or any(d.start <= sign.start() < d.end for d in find_dates(line.text)):
        return None
    return Finding(value, line.evidences(sign.start(), sign.end()))


def subject_of(lines: Sequence[Line]) -> Finding | None:
    """Return the subject: behind "Betreff:", else the lines right above the salutation, else a heading."""
    for line in lines:
        label = _SUBJECT_LABEL.match(line.text)
        if label:
            return Finding(line.text[label.end() :].strip(), line.evidences(label.end(), len(line.text)))
    for number, line in enumerate(lines):
        if _SALUTATION.match(line.text):
            return _above(lines[:number])
    headings = (line for line in lines if _HEADING.match(line.text) and len(line.text) < 120)
    heading = next(headings, None)
    if heading is None:
        return None
    # A form's title is often repeated below with what it is about.
    longer = next((each for each in headings if each.text.startswith(f"{heading.text} ")), heading)
    return Finding(longer.text, longer.evidences(0, len(longer.text)))


def _above(lines: Sequence[Line]) -> Finding | None:
    chosen: list[Line] = []
    for line in reversed(lines):
        if not chosen and _SIGNS_LINE.search(line.text):
            continue  # some letters give the signs between subject and salutation
        if len(chosen) == 3 or _ends_subject(line) or (chosen and _gap(line, chosen[0]) > 1.2 * chosen[0].box.height):
            break
        chosen.insert(0, line)
    text = " ".join(line.text for line in chosen)
    if not text:
        return None
    return Finding(text, tuple(e for line in chosen for e in line.evidences(0, len(line.text))))


def _ends_subject(line: Line) -> bool:
    dated = any(_PLACE.fullmatch(line.text[: found.start]) for found in find_dates(line.text))
    return bool(dated or _POSTCODE.search(line.text) or _SIGNS_LINE.search(line.text))


def _gap(upper: Line, lower: Line) -> int:
    return lower.box.top - (upper.box.top + upper.box.height)


def sender_of(lines: Sequence[Line], page_height: int) -> Finding | None:
    """Return the sender: the name that opens the return address at the top, else the name under the greeting."""
    top = [line for line in lines if line.box.top < 0.3 * page_height]
    for line in top:
        parts = _PARTS.split(line.text)
        if _POSTCODE.search(line.text) and len(parts) >= 2 and not _POSTCODE.search(parts[0]):
            name = _name_in(line, 0, len(parts[0]))
            if name is not None:
                return name
    return _signature(lines) or _letterhead(top)


def _letterhead(top: Sequence[Line]) -> Finding | None:
    """The first line if it is printed larger than the rest, as names of firms and offices are."""
    if len(top) < 3 or top[0].box.height < 1.3 * sorted(line.box.height for line in top)[len(top) // 2]:
        return None
    return _name_in(top[0], 0, len(top[0].text))


def _name_in(line: Line, start: int, end: int) -> Finding | None:
    match = _NAME.search(line.text, start, end)
    if match is None or any(sign.isdigit() for sign in match[0]) or len(match[0]) < 4:
        return None
    return Finding(match[0].strip(), line.evidences(match.start(), match.end()))


def _signature(lines: Sequence[Line]) -> Finding | None:
    for number, line in enumerate(lines):
        if not _CLOSING.match(line.text):
            continue
        for following in lines[number + 1 : number + 4]:
            found = _name_in(following, 0, len(following.text))
            if found is not None and len(found.value) < 60:
                return found
    return None
