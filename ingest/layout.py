"""The parts of a page: cells (lines cut at wide gaps), how large their type is, and blocks that are addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from ingest.lines import Line, around, words_by_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.model import Box, Page, Word

POSTCODE = re.compile(r"(?<!\d)\d{5}\s+[A-ZÄÖÜ]")
_TOWN = re.compile(rf"[^\w]{{0,3}}_?\s?{POSTCODE.pattern}")

_WIDE_GAP = 1.8
"""Times the height of the words: more space than justified text has between two words."""
_ALIGNED = 0.025
"""Share of the page width by which a crooked scan may shift the beginnings of the lines of one block."""
_MOST_LINES = 6
_WINDOW_FROM, _WINDOW_TO = 0.11, 0.45
"""Where on the height of the first page a recipient stands (DIN 5008: 45 to 90 of 297 mm; forms begin higher)."""
_FOOTER_FROM = 0.85
_OFFICE = re.compile(
    r"(?i)^(?:an\s+(?:die|den|das)\s+)?(?:\w*stadt|gemeinde|samtgemeinde|markt|landkreis|kreis|magistrat|bürgermeister\w*"
    r"|oberbürgermeister\w*|amt|fachbereich|fachdienst|bauamt|ordnungsamt|behörde)\b"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Lines under each other that end with a postcode and a town; the first is the name."""

    cells: tuple[Line, ...]

    @property
    def box(self) -> Box:
        """The common box of all lines."""
        return around(cell.box for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Layout:
    """The first page of a letter, taken apart. Sizes are pixels."""

    cells: tuple[Line, ...]
    """From top to bottom."""
    width: int
    height: int
    size: float
    """Height of a usual word."""
    pitch: float
    """From line to line within a paragraph."""
    recipient: Address | None
    senders: tuple[Address, ...]
    """Address blocks of the one who writes: above the recipient, on the right or at the foot."""


def layout_of(page: Page) -> Layout:
    """Take *page* apart."""
    cells = cells_of(page)
    size = median(word.box.height for word in page.words) if page.words else 0.0
    addresses = _addresses(cells, page.width, 3 * size)
    recipient = _recipient(addresses, page)
    return Layout(
        cells=cells,
        width=page.width,
        height=page.height,
        size=size,
        pitch=_pitch(cells, page.width, size),
        recipient=recipient,
        senders=tuple(each for each in addresses if each is not recipient and _is_of_sender(each, recipient, page)),
    )


def cells_of(page: Page) -> tuple[Line, ...]:
    """Return the lines of *page*, cut where columns stand side by side, from top to bottom."""
    cells = [_cell(page.number, words) for line in words_by_line(page.words) for words in _cut(line)]
    return tuple(sorted(cells, key=lambda cell: (middle(cell), cell.box.left)))


def middle(cell: Line) -> float:
    """Return the height at which *cell* stands."""
    box = cell.box
    return box.top + box.height / 2


def type_size(cell: Line) -> float:
    """Return the height of the type of *cell*; specks and rules read as short words do not count."""
    heights = [word.box.height for word in cell.words if sum(sign.isalpha() for sign in word.text) > 2]
    return median(heights) if heights else 0.0


def level(one: Line, other: Line) -> bool:
    """Whether two cells stand at the same height."""
    return abs(middle(one) - middle(other)) < 0.7 * max(one.box.height, other.box.height)


def overlaps(one: Box, other: Box) -> bool:
    """Whether two boxes share a column."""
    return one.left < other.left + other.width and other.left < one.left + one.width


def aligned(one: Line, other: Line, width: int) -> bool:
    """Whether two cells begin at the same left edge of a page *width* pixels wide."""
    return abs(one.box.left - other.box.left) < _ALIGNED * width


def paragraphs(cells: Sequence[Line], pitch: float) -> list[list[Line]]:
    """Group *cells* (from top to bottom, one column) where more than a line's space is between them."""
    groups: list[list[Line]] = []
    for cell in cells:
        if groups and middle(cell) - middle(groups[-1][-1]) < 1.4 * pitch:
            groups[-1].append(cell)
        else:
            groups.append([cell])
    return groups


def _cell(page: int, words: Sequence[Word]) -> Line:
    return Line(page, tuple(words), " ".join(word.text for word in words))


def _cut(line: Sequence[Word]) -> Iterable[list[Word]]:
    gap = _WIDE_GAP * median(word.box.height for word in line)
    part: list[Word] = []
    for word in line:
        if part and word.box.left - (part[-1].box.left + part[-1].box.width) > gap:
            yield part
            part = []
        part.append(word)
    yield part


def _pitch(cells: Sequence[Line], width: int, size: float) -> float:
    """The usual distance of lines that begin at one edge and follow each other closely."""
    steps = [
        middle(lower) - middle(upper)
        for upper, lower in pairwise(cells)
        if aligned(upper, lower, width) and 0 < middle(lower) - middle(upper) < 2.2 * size
    ]
    return median(steps) if steps else 1.5 * size


def _addresses(cells: Sequence[Line], width: int, reach: float) -> list[Address]:
    ends = [cell for cell in cells if _TOWN.match(cell.text) and len(cell.text) < 45]
    found = [Address(tuple(_upwards(cells, end, width, reach))) for end in ends]
    return [each for each in found if len(each.cells) > 1]


def _upwards(cells: Sequence[Line], end: Line, width: int, reach: float) -> list[Line]:
    """The lines above *end* that belong to it: same edge, and never further apart than its last lines."""
    block = [end]
    for cell in reversed([each for each in cells if each is not end and middle(each) < middle(end)]):
        if not aligned(cell, end, width) or level(cell, block[0]):
            continue
        step = middle(block[0]) - middle(cell)
        if step > reach or POSTCODE.search(cell.text) or len(block) == _MOST_LINES:
            break
        if len(block) > 1 and step > 1.45 * (middle(block[-1]) - middle(block[0])) / (len(block) - 1):
            break
        block.insert(0, cell)
    return block


def _recipient(addresses: Sequence[Address], page: Page) -> Address | None:
    upper = [each for each in addresses if each.box.top < _WINDOW_TO * page.height and each.box.left < 0.4 * page.width]
    offices = [each for each in upper if any(_OFFICE.match(cell.text) for cell in each.cells)]
    if len(upper) > 1:
        return upper[-1]
    if offices:
        return offices[-1]
    return next((each for each in upper if each.box.top > _WINDOW_FROM * page.height), None)


def _is_of_sender(address: Address, recipient: Address | None, page: Page) -> bool:
    box = address.box
    above = box.top < (recipient.box.top if recipient else _WINDOW_FROM * page.height)
    right = box.left > 0.5 * page.width and box.top < _WINDOW_TO * page.height
    return above or right or box.top > _FOOTER_FROM * page.height
