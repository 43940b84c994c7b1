"""What a letter says about itself, each value with the place where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.dates import find_dates
from ingest.layout import layout_of, level, middle, overlaps
from ingest.letterhead import signs_of
from ingest.lines import Line, flow_of
from ingest.mentions import mentions_of
from ingest.mentions.limits import find_deadlines
from ingest.model import Facts, Finding
from ingest.references import locate_references
from ingest.senders import sender_of
from ingest.subjects import subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.model import Evidence, Page

_OWN_SIGN = re.compile(
    r"(?i)\b(?:ihr(?:e[ms]?)?\s+(?:zeichen|aktenzeichen|gesch[äa]ftszeichen)|aktenzeichen|az\b|betreff)"
)
_DATE_LABEL = re.compile(r"(?i)\bdatum\b:?(?!\s*\d)")
_STAMP = re.compile(r"(?i)^(?:post)?eing(?:ang|egangen)\w*\b")
_OF_THE_BODY = 1000

_SENTENCE = r"(?:[^.]|(?<=\d)\.){0,160}"  # a dot behind a number ends no sentence
_RAISES = rf"\b(?:lege|legen|erhebe|erheben|reiche|reichen)\b{_SENTENCE}\b"
_REMEDIES = (
    (
        "Akteneinsicht",
        (
            r"(?:(?:beantrage|bitte|ersuche|verlange|gew[äa]hr)\w*|antrag auf)\b[^.]{0,80}\bakteneinsicht"
            r"|\beinsicht in (?:die|meine|ihre) (?:\w+)?(?:akten?|verwaltungsvorg[äa]nge)\b"
        ),
    ),
    ("Widerspruch", rf"\bwiderspruch gegen\b|{_RAISES}widerspruch\b"),
    ("Einspruch", rf"\beinspruch gegen\b|{_RAISES}einspruch\b"),
    ("Klage", rf"\bklage gegen\b|\bklageschrift\b|{_RAISES}klage\b"),
    ("Beschwerde", rf"\b\w*beschwerde gegen\b|{_RAISES}\w*beschwerde\b"),
)
_INSTRUCTION = re.compile(
    r"(?i)\bk(?:ann|[öo]nnen)\b[^.]{0,200}\b(?:erhoben|eingelegt|erheben|einlegen)\b|rechtsbehelfsbelehrung"
)
"""An authority's own instruction about remedies names them, but is none."""


def facts_of(pages: Sequence[Page]) -> Facts:
    """Read the facts off *pages*; what is not found stays empty."""
    if not pages:
        return Facts()
    layout = layout_of(next((page for page in pages if page.words), pages[0]))  # a scan may begin with a blank side
    flows = [flow_of(page) for page in pages if page.words]
    letter_date = _letter_date(layout.cells)
    return Facts(
        references=_references(flows),
        foreign_reference=signs_of(layout),
        letter_date=letter_date,
        sender=sender_of(layout),
        subject=subject_of(layout),
        deadlines=_deadlines(flows, letter_date),
        legal_remedy=_legal_remedy(flows),
        mentions=mentions_of(pages, written_on=letter_date.value if letter_date else ""),
    )


def _references(flows: Sequence[Line]) -> tuple[Finding, ...]:
    places: dict[str, list[Evidence]] = {}
    named: set[str] = set()
    for flow in flows:
        for found in locate_references(flow.text):
            places.setdefault(found.value, []).extend(flow.evidences(found.start, found.end))
            before = flow.text[max(0, found.start - 40) : found.start]
            if _OWN_SIGN.search(before):
                named.add(found.value)
    order = sorted(places, key=lambda value: value not in named)  # stable: else as they stand in the letter
    return tuple(Finding(value, tuple(places[value])) for value in order)


def _letter_date(cells: Sequence[Line]) -> Finding | None:
    best: tuple[int, Finding] | None = None
    for number, cell in enumerate(cells):
        for found in find_dates(cell.text):
            if _is_stamped(cell, cells):
                continue
            finding = Finding(found.day.isoformat(), cell.evidences(found.start, found.end))
            rank = number if _is_labelled(cell, cells) else _date_rank(cell.text, found.start, number)
            if best is None or rank < best[0]:
                best = (rank, finding)
    return best[1] if best and best[0] < _OF_THE_BODY else None


def _is_stamped(cell: Line, cells: Sequence[Line]) -> bool:
    """Whether a date stands in the stamp of the day the letter came in."""
    return any(_STAMP.search(each.text) and _above(each, cell, rows=3) for each in cells)


def _is_labelled(cell: Line, cells: Sequence[Line]) -> bool:
    """Whether "Datum" stands beside or above a date that begins its cell."""
    if find_dates(cell.text)[0].start > 3:
        return False
    return any(
        _DATE_LABEL.search(each.text)
        and (_above(each, cell, rows=2.5) or (level(each, cell) and each.box.left < cell.box.left))
        for each in cells
    )


def _above(upper: Line, lower: Line, *, rows: float) -> bool:
    reach = rows * max(upper.box.height, lower.box.height)
    return overlaps(upper.box, lower.box) and 0 < middle(lower) - middle(upper) < reach


def _date_rank(text: str, start: int, number: int) -> int:
    """Lower is better; from ``_OF_THE_BODY`` on it is a date in the body and not of the letter."""
    before = text[:start]
    if re.search(r"(?i)(?:,\s*(?:den|am)?\s*|\bdatum:?\s*|rechnungsdatum:?\s*)$", before) and len(before) < 60:
        return number
    alone = len(text) - len(before) < 24 and len(before.strip()) < 4
    return 100 + number if alone else _OF_THE_BODY + number


def _deadlines(flows: Sequence[Line], letter_date: Finding | None) -> tuple[Finding, ...]:
    found: dict[str, Finding] = {}
    for flow in flows:
        for each in find_deadlines(flow.text):
            if not letter_date or each.value > letter_date.value:
                found.setdefault(each.value, Finding(each.value, flow.evidences(each.start, each.end)))
    return tuple(found[day] for day in sorted(found))


def _legal_remedy(flows: Sequence[Line]) -> Finding | None:
    for value, pattern in _REMEDIES:
        for flow in flows:
            for match in re.finditer(pattern, flow.text, re.IGNORECASE):
                around = flow.text[max(0, match.start() - 60) : match.end() + 120]
                if not _INSTRUCTION.search(around):
                    return Finding(value, flow.evidences(match.start(), match.end()))
    return None
