"""Pages set from text of our own making: letters of mails, web pages, contents of archives, invoices."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from ingest.errors import TooManyPages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.model import Limits

logging.getLogger("fpdf").setLevel(logging.ERROR)  # it tells every letter its font lacks
logging.getLogger("fontTools").setLevel(logging.ERROR)

_FONTS = Path("/usr/share/fonts/truetype/dejavu")
_MARGIN = 20
_CELL_GAP = 3
_HIGHEST_ROW = 200
"""Millimetres; a taller row is broken over pages."""
_LONGEST_BLOCK = 20_000
"""Characters set in one piece; the typesetter's time grows faster than a longer one."""


class Style(StrEnum):
    """How a block of text looks."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    SMALL = "small"


_LOOKS = {Style.TITLE: ("B", 15, 8), Style.HEADING: ("B", 11.5, 7), Style.TEXT: ("", 10, 5), Style.SMALL: ("", 8, 4)}
"""Weight, size in points and height of a line in millimetres."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text with a look; ``cells`` instead of ``text`` stand beside each other, as wide as ``shares`` say."""

    text: str = ""
    style: Style = Style.TEXT
    cells: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    right: frozenset[int] = field(default_factory=frozenset)
    """Cells whose text stands to the right."""


def typeset(blocks: Iterable[Block], target: Path, *, limits: Limits, pdf: FPDF | None = None) -> Path:
    """Set *blocks* on A4 pages, write them as PDF to *target* and return it; *pdf* is a prepared document.

    Raises:
        TooManyPages: They fill more pages than *limits* allow.
    """
    sheet = pdf or FPDF(format="A4")
    family = _fonts(sheet)
    sheet.set_margin(_MARGIN)
    sheet.set_auto_page_break(auto=True, margin=_MARGIN)
    sheet.add_page()
    for block in blocks:
        weight, size, height = _LOOKS[block.style]
        sheet.set_font(family, style=weight, size=size)
        if block.cells:
            _row(sheet, block, height, family)
        else:
            for piece in _pieces(_settable(block.text, family)):
                sheet.multi_cell(0, height, piece, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
                if sheet.page_no() > limits.max_pages:
                    raise TooManyPages(f"more than {limits.max_pages} pages")
        sheet.ln(height / 4)
        if sheet.page_no() > limits.max_pages:
            raise TooManyPages(f"more than {limits.max_pages} pages")
    sheet.output(str(target))
    return target


def _fonts(sheet: FPDF) -> str:
    plain, bold = _FONTS / "DejaVuSans.ttf", _FONTS / "DejaVuSans-Bold.ttf"
    if not (plain.exists() and bold.exists()):
        return "Helvetica"
    sheet.add_font("Body", fname=str(plain))
    sheet.add_font("Body", style="B", fname=str(bold))
    return "Body"


def _settable(text: str, family: str) -> str:
    """Without signs that no font sets; the font without a file has Windows-1252 only."""
    kept = "".join(sign for sign in text.expandtabs(4) if sign == "\n" or sign.isprintable())
    kept = kept.encode("utf-8", "replace").decode("utf-8")
    return kept if family == "Body" else kept.encode("cp1252", "replace").decode("cp1252").replace("€", "EUR")


def _pieces(text: str) -> Iterable[str]:
    """Paragraph by paragraph, which is much faster than one long text; empty lines stay."""
    for line in text.split("\n"):
        yield from (line[start : start + _LONGEST_BLOCK] for start in range(0, max(1, len(line)), _LONGEST_BLOCK))


def _height(sheet: FPDF, across: float, height: float, cell: str) -> float:
    found = sheet.multi_cell(max(10, across - _CELL_GAP), height, cell, align="L", dry_run=True, output="HEIGHT")
    return found if isinstance(found, float) else height


def _row(sheet: FPDF, block: Block, height: float, family: str) -> None:
    width = sheet.epw
    shares = block.shares or (1.0,) * len(block.cells)
    widths = [width * share / sum(shares) for share in shares]
    cells = [_settable(cell, family)[:_LONGEST_BLOCK] for cell in block.cells]
    tall = max(_height(sheet, across, height, cell) for across, cell in zip(widths, cells, strict=True))
    if sheet.will_page_break(min(tall, _HIGHEST_ROW)):
        sheet.add_page()
    top, left, lowest, page = sheet.get_y(), sheet.l_margin, sheet.get_y(), sheet.page_no()
    for number, (across, cell) in enumerate(zip(widths, cells, strict=True)):
        if sheet.page_no() != page:  # a cell longer than a page: the next ones follow below it
            top, page = sheet.get_y(), sheet.page_no()
        sheet.set_xy(left, top)
        align = "R" if number in block.right else "L"
        sheet.multi_cell(max(10, across - _CELL_GAP), height, cell, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        lowest = max(lowest, sheet.get_y()) if sheet.page_no() == page else sheet.get_y()
        left += across
    sheet.set_xy(sheet.l_margin, lowest)
