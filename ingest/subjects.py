"""What a letter is about, by where the words stand (DIN 5008) and how large they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.dates import find_dates
from ingest.layout import POSTCODE, aligned, middle, paragraphs, type_size
from ingest.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.layout import Layout
    from ingest.lines import Line

_SALUTATION = re.compile(r"(?i)^(?:sehr\s+geehrte|guten\s+(?:tag|morgen)|liebe[r]?\s|hallo\b|werte[r]?\s)")
_LABEL = re.compile(r"(?i)^betr(?:eff|ifft|\.)?\s*[:.]\s*(?=\S)")
_HEADING = re.compile(
    r"(?i)^(?:rechnung|mahnung|zahlungserinnerung|bescheid|bu[ßs]+geldbescheid|baugenehmigung|antrag|anh[öo]rung|stellungnahme"
    r"|widerspruch|vollmacht|klage|einspruch|\w+(?:antrag|bescheid|rechnung|anzeige|vollmacht|bescheinigung))\b"
)
_PLACE = re.compile(r"(?:.{0,40},)?\s*(?:den|am|vom|datum:?)?\s*", re.IGNORECASE)
_SIGNS = re.compile(r"(?i)\b(?:zeichen|az\.|aktenzeichen|datum|telefon|telefax|e-mail|durchwahl|seite)\b")
_EARLIER = re.compile(r"(?i)^(?:bezug\b|ihr(?:e)?\s+(?:schreiben|nachricht|anfrage|e-mail|bescheid)\s+vom\b)")
_FIELD = re.compile(r"^(?:\d{1,2}[.)]?\s+[A-ZÄÖÜ]|\[|[xX☐☒]\s|[^:]{3,40}:(?:\s|$))")
_INSTRUCTION = re.compile(r"(?i)\b(?:bitte|ausf[üu]ll\w*|zutreffende[sn]?|ankreuzen|hinweise?|druckschrift)\b")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-$")
_MOST_LINES = 4
_LARGE = 1.3
"""Times the usual height of a word: the title of a form."""
_UPPER_PART = 0.55


def subject_of(layout: Layout) -> Finding | None:
    """Return the subject: behind "Betreff:", else the lines above the salutation, else the title of a form."""
    return _labelled(layout) or _above_salutation(layout) or _title(layout)


def _labelled(layout: Layout) -> Finding | None:
    for number, cell in enumerate(layout.cells):
        label = _LABEL.match(cell.text)
        if label is None:
            continue
        rest = [each for each in layout.cells[number + 1 :] if each.box.left >= cell.box.left - 0.02 * layout.width]
        more = []
        for each in paragraphs([cell, *rest], layout.pitch)[0][1:_MOST_LINES]:
            if _SALUTATION.match(each.text) or _is_no_subject(each):
                break
            more.append(each)
        return _joined([cell, *more], label.end())
    return None


def _above_salutation(layout: Layout) -> Finding | None:
    salutation = next((cell for cell in layout.cells if _SALUTATION.match(cell.text)), None)
    if salutation is None:
        return None
    above = [cell for cell in layout.cells if middle(cell) < middle(salutation) - 0.5 * layout.pitch]
    column = [cell for cell in above if aligned(cell, salutation, layout.width) or _reaches_across(cell, salutation)]
    for group in reversed(paragraphs(column, layout.pitch)):
        lines = _subject_lines(group)
        if lines:
            return _joined(lines)
        if any(POSTCODE.search(cell.text) for cell in group):
            return None  # the recipient: this letter has no subject
    return None


def _reaches_across(cell: Line, salutation: Line) -> bool:
    """Whether a subject is centred over the text instead of beginning at its edge."""
    box = cell.box
    return box.left < salutation.box.left + salutation.box.width and box.left > salutation.box.left


def _subject_lines(group: Sequence[Line]) -> list[Line]:
    """The last lines of *group* up to the recipient or the date; signs among them are left out."""
    chosen: list[Line] = []
    for cell in reversed(group):
        if POSTCODE.search(cell.text) and not chosen:
            return []
        if _ends(cell):
            break
        if not _is_no_subject(cell):
            chosen.insert(0, cell)
        elif chosen:
            break
    return chosen[-_MOST_LINES:]


def _ends(cell: Line) -> bool:
    dated = any(_PLACE.fullmatch(cell.text[: found.start]) for found in find_dates(cell.text))
    return dated or POSTCODE.search(cell.text) is not None


def _is_no_subject(cell: Line) -> bool:
    letters = sum(sign.isalpha() for sign in cell.text)
    weak = max(word.confidence for word in cell.words) < 50
    speck = letters < 3 and not any(sign.isdigit() for sign in cell.text)
    return bool(_SIGNS.search(cell.text) or _EARLIER.match(cell.text) or weak or speck)


def _title(layout: Layout) -> Finding | None:
    """The title of a form with what stands below it, where that says more about the same."""
    number = _title_place(layout)
    if number is None:
        return None
    title = layout.cells[number]
    below = [cell for cell in layout.cells[number + 1 :] if aligned(cell, title, layout.width)]
    group = next(iter(paragraphs(below, layout.pitch)), [])
    near = bool(group) and middle(group[0]) - middle(title) < 1.5 * layout.pitch + 2 * type_size(title)
    lines = list(_until_field(group)) if near else []
    if not lines or not _says_more(" ".join(line.text for line in lines), title.text):
        return _joined([title])
    return _joined(lines)


def _title_place(layout: Layout) -> int | None:
    below = layout.recipient.box.top + layout.recipient.box.height if layout.recipient else 0
    open_cells = [
        (number, cell)
        for number, cell in enumerate(layout.cells)
        if below <= cell.box.top < _UPPER_PART * layout.height and not _ends(cell) and not _is_no_subject(cell)
    ]
    left = [(n, cell) for n, cell in open_cells if cell.box.left < 0.4 * layout.width]
    if layout.recipient is not None:
        large = [(n, cell) for n, cell in left if type_size(cell) > _LARGE * layout.size and len(cell.text) > 5]
        if large:
            return max(large, key=lambda pair: type_size(pair[1]))[0]
    anywhere = enumerate(layout.cells)
    return next((n for n, cell in (*left, *anywhere) if _HEADING.match(cell.text) and len(cell.text) < 120), None)


def _until_field(group: Sequence[Line]) -> Sequence[Line]:
    end = next((n for n, cell in enumerate(group) if _FIELD.match(cell.text)), len(group))
    return group[: min(end, _MOST_LINES)]


def _says_more(text: str, title: str) -> bool:
    if _INSTRUCTION.search(text) or text.endswith((".", "!")) or len(text) <= len(title):
        return False
    words = re.findall(r"\w{5,}", text.casefold())
    titles = re.findall(r"\w{5,}", title.casefold())
    return any(word in other or other in word for word in words for other in titles)


def _joined(lines: Sequence[Line], start: int = 0) -> Finding | None:
    text = lines[0].text[start:].strip()
    for line in lines[1:]:
        following = line.text.strip()
        if _BROKEN_WORD.search(text) and following[:1].islower() and not re.match(r"(?:und|oder|bzw)\b", following):
            text = text[:-1] + following
        else:
            text = f"{text} {following}"
    # Recognition takes the dash between two parts for a hyphen, and quotation marks for others.
    text = re.sub(r"(?<=\S) [-‐−–—~] (?=\S)", " – ", text).strip(" |_")
    text = re.sub(r"„([^„“”\"]*)[”\"]", r"„\1“", text)
    places = tuple(e for n, line in enumerate(lines) for e in line.evidences(start if n == 0 else 0, len(line.text)))
    return Finding(text, places) if text else None
