"""Who writes: names gathered where letters show them, compared with each other, the doubtful ones refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import median
from typing import TYPE_CHECKING
from unicodedata import normalize

from ingest.layout import POSTCODE, level, middle, overlaps, type_size
from ingest.lines import Line
from ingest.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.layout import Layout
    from ingest.model import Word

_PARTS = re.compile(r"\s*[·•∙|*°]\s*|\s+[-–—.:]\s+|,\s+|\s{3,}")
_SUBMITTED = re.compile(r"(?i)^(?:eingereicht\s+(?:von|durch)|absender(?:in)?)\s*:?\s*")
_APPLICANT = re.compile(
    r"(?i)^(?:\d{1,2}\.?\s+)?(?:antragsteller(?:in)?|antragstellende(?:\s+person)?|anzeigende(?:\s+person)?|bauherr(?:in|schaft)?"
    r"|(?:familien)?name(?:,?\s+vorname)?(?:\s+de[sr]\s+\w+)?|vorname(?:,|\s+und)?\s+(?:nach|familien)?name|firma)"
    r"(?:/\w+)?(?:\s*:\s*|$)"
)
_CLOSING = re.compile(r"(?i)^(?:mit\s+(?:freundlich|best|vorz[üu]glich)\w*\s|hochachtungsvoll|freundliche\s+gr[üu])")
_NO_NAME = re.compile(
    r"(?i)^(?:eingang\w*|eingegangen|posteingang|datum|telefon|telefax|tel|fax|e-?mail|kontakt|seite|betreff|ihr[e]?|unser[e]?"
    r"|im\s+auftrag|i\.\s?a|gez|anlagen?|an|herrn?|frau|postfach|bearbeitung|firma$)\b|@|www\.|\biban\b"
    r"|^(?:rechnung|mahnung|\w*antrag|\w*bescheid|\w*anzeige|widerspruch|vollmacht|stellungnahme|anh[öo]rung)\b"
)
_PERSON = re.compile(
    r"(?:(?:Dr|Prof|Dipl|Ing|Frau|Herr)[\w.-]*\s+)*(?:[^\W\d_a-zäöüß][\w’'.-]*\s+){1,3}[^\W\d_a-zäöüß][\w’'-]+"
)
_TURNED = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*), ([^\W\d_]+(?:[ -][^\W\d_]+)*)")
"""Family name before given name, as forms ask for it."""
_LEGAL_FORM = re.compile(r"(?i)(?:g?mbh|ag|kg|ohg|gbr|ug|se|eg|partg|e\.?|v\.?|k\.?|e\.[vk]\.?|co\.?)")
_VOWELS = frozenset("aeiouyıø")

_WEAK, _GOOD, _CERTAIN = 40, 60, 80
"""Confidence of a word below which it is a guess, from which on it counts as read, and as surely read."""
_ALIKE = 0.8
_EDGES = " ,;:|_‚'‘’„“”\"»«"
_LARGE = 1.2
"""Times the height of what stands around it: the type of a name that is meant to be seen first."""
_SAME_TYPE = 0.85
_HEAD_TO = 0.13


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name as read at one place; ``rank`` says how surely that place names the one who writes."""

    text: str
    words: tuple[Word, ...]
    finding: Finding
    rank: float
    cut: bool
    """Unreadable words around it were left out."""

    @property
    def confidence(self) -> float:
        return min((word.confidence for word in self.words if len(word.text) > 2), default=0)


def sender_of(layout: Layout) -> Finding | None:
    """Return who wrote the letter, in the best spelling the page shows; ``None`` rather than a guess."""
    recipient = [cell.text for cell in layout.recipient.cells] if layout.recipient else []
    found = list(_candidates(layout))
    others = [each for each in found if not any(_alike(each.text, line) for line in recipient)]
    # An office that writes to itself shows its return address all the same.
    groups = _grouped(others or [each for each in found if each.rank == _RETURN])
    for group in sorted(groups, key=lambda group: (-max(each.rank for each in group), -len(group))):
        best = _best_spelling(group)
        if best is not None:
            return best.finding
    return None


_SUBMITTER, _RETURN, _BLOCK, _HEAD, _FIELD, _SIGNED, _HINT = 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0
"""How surely a place names the one who writes; a hint counts only with others that say the same."""


def _candidates(layout: Layout) -> Iterator[_Candidate]:
    cells = layout.cells
    for cell in cells:
        yield from _labelled(cell, _SUBMITTED, _SUBMITTER, cells)
        yield from _labelled(cell, _APPLICANT, _FIELD, cells)
        if cell.box.top < 0.32 * layout.height:
            yield from _return_address(cell)
    for address in layout.senders:
        name = next((cell for cell in address.cells if not _NO_NAME.search(cell.text)), address.cells[0])
        # The foot of a letter names the writer too, but also the one who prints the form.
        yield from _named(name, 0, len(name.text), _BLOCK if address.box.top < 0.5 * layout.height else _FIELD)
    yield from _letterhead(layout)
    yield from _signature(cells)


def _labelled(cell: Line, label: re.Pattern[str], rank: float, cells: Sequence[Line]) -> Iterator[_Candidate]:
    match = label.match(cell.text)
    if match is None:
        return
    if match.end() < len(cell.text):
        yield from _named(cell, match.end(), _end_of_part(cell.text, match.end()), rank)
        return
    value = _beside(cell, cells) or _beneath(cell, cells)
    if value is not None:
        yield from _named(value, 0, _end_of_part(value.text, 0), rank)


def _end_of_part(text: str, start: int) -> int:
    if _TURNED.fullmatch(text, start):
        return len(text)
    part = _PARTS.search(text, start)
    return part.start() if part and part.start() > start else len(text)


def _beside(cell: Line, cells: Sequence[Line]) -> Line | None:
    right = [each for each in cells if each.box.left > cell.box.left and each is not cell and level(each, cell)]
    return min(right, key=lambda each: each.box.left, default=None)


def _beneath(cell: Line, cells: Sequence[Line]) -> Line | None:
    box = cell.box
    for each in cells:
        below = 0.7 * box.height < middle(each) - middle(cell) < 3 * max(box.height, each.box.height)
        if below and overlaps(each.box, box):
            return each
    return None


def _return_address(cell: Line) -> Iterator[_Candidate]:
    end = _end_of_part(cell.text, 0)
    if end < len(cell.text) and POSTCODE.search(cell.text, end):
        yield from _named(cell, 0, end, _RETURN)


def _letterhead(layout: Layout) -> Iterator[_Candidate]:
    """The largest type above the recipient, as names of firms and offices are printed."""
    limit = min(layout.recipient.box.top if layout.recipient else layout.height, _HEAD_TO * layout.height)
    head = [cell for cell in layout.cells if cell.box.top < limit and type_size(cell) > 0]
    largest = max((cell for cell in head if not _NO_NAME.search(cell.text)), key=type_size, default=None)
    if largest is None:
        return
    others = [type_size(cell) for cell in head if type_size(cell) < _SAME_TYPE * type_size(largest)]
    usual = max(layout.size, _LARGE * median(others)) if others else _LARGE * layout.size
    if type_size(largest) > usual:
        name = _with_second_line(largest, head)
        yield from _named(name, 0, len(name.text), _HEAD)
    elif head[0] is largest:
        yield from _named(largest, 0, len(largest.text), _HINT)


def _with_second_line(name: Line, head: Sequence[Line]) -> Line:
    second = _beneath(name, head)
    if second is None or type_size(second) < _SAME_TYPE * type_size(name):
        return name
    return Line(name.page, (*name.words, *second.words), f"{name.text} {second.text}")


def _signature(cells: Sequence[Line]) -> Iterator[_Candidate]:
    """The printed name below the greeting: first and last name; what a pen wrote is not read as such."""
    for number, closing in enumerate(cells):
        if not _CLOSING.match(closing.text):
            continue
        for cell in cells[number + 1 : number + 6]:
            near = middle(cell) - middle(closing) < 10 * closing.box.height
            if near and _PERSON.fullmatch(cell.text) and min(word.confidence for word in cell.words) >= _GOOD:
                yield from _named(cell, 0, len(cell.text), _SIGNED)


def _named(cell: Line, start: int, end: int, rank: float) -> Iterator[_Candidate]:
    """The name between *start* and *end*, if it can be one; specks read as words in front are left out."""
    words, first, last = cell.words_within(start, end), start, end
    while words and _is_speck(words[0]):
        first += len(words.pop(0).text) + 1
    while words and _is_speck(words[-1]) and not _LEGAL_FORM.fullmatch(words[-1].text):
        last -= len(words.pop().text) + 1
    text = _TURNED.sub(r"\2 \1", cell.text[first:last].strip(_EDGES))
    if words and _can_be_name(text) and _is_read(words):
        finding = Finding(text, cell.evidences(first, last))
        yield _Candidate(text, tuple(words), finding, rank, first > start or last < end)


def _is_speck(word: Word) -> bool:
    """Whether what was read is rather a part of a logo or a stain."""
    letters = sum(sign.isalpha() for sign in word.text)
    if any(sign.isdigit() for sign in word.text):
        return False  # a house number, a day: no name ends before it
    short = letters < 2 and not word.text.endswith(".") and word.confidence < _CERTAIN
    return letters == 0 or word.confidence < _WEAK or short


def _can_be_name(text: str) -> bool:
    letters = sum(sign.isalpha() for sign in text)
    if (
        len(text) < 4
        or len(text) > 90
        or any(sign.isdigit() for sign in text)
        or letters < 0.75 * len(text.replace(" ", ""))
    ):
        return False
    return not _NO_NAME.search(text) and not text[0].islower()


def _is_read(words: Sequence[Word]) -> bool:
    """Whether most of the words are read surely, and one is long enough to be a name's."""
    long = [word for word in words if len(word.text) > 2]
    plain = [word for word in long if word.confidence >= _GOOD and _VOWELS & set(_plain(word.text))]
    return bool(plain) and 2 * len(plain) > len(long) and all(word.confidence >= _WEAK for word in long)


def _grouped(candidates: Iterable[_Candidate]) -> list[list[_Candidate]]:
    groups: list[list[_Candidate]] = []
    for candidate in candidates:
        same = next((group for group in groups if any(_alike(candidate.text, each.text) for each in group)), None)
        if same is None:
            groups.append([candidate])
        else:
            same.append(candidate)
    return groups


def _best_spelling(group: Sequence[_Candidate]) -> _Candidate | None:
    """The spelling most places agree on; recognition loses dots and accents rather than inventing them."""

    def merit(one: _Candidate) -> tuple[bool, int, float, int, float]:
        same = [each for each in group if _plain(one.text).startswith(_plain(each.text))]
        marks = sum(not sign.isascii() for sign in one.text)
        return not one.cut, len(same), max(each.confidence for each in same), marks, one.confidence

    sure = [each for each in group if len(group) > 1 or (each.confidence >= _GOOD and each.rank > _HINT)]
    return max(sure, key=merit, default=None)


def _alike(one: str, other: str) -> bool:
    a, b = _plain(one), _plain(other)
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE


def _plain(text: str) -> str:
    return "".join(sign for sign in normalize("NFKD", text.casefold()) if sign.isalnum())
