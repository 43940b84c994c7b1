"""Plain text files, set on pages so that they are read, shown and filed like letters."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Name

from ingest.errors import TooManyPages
from ingest.mono_font import mono_font
from ingest.typeset import Block
from ingest.typeset import typeset as any_typeset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.model import Limits

_PIECE = 8_400
_COLUMNS, _ROWS = 84, 58
_A4 = (595, 842)
_START = "BT /F1 10 Tf 12.5 TL 50 780 Td"


def typeset(text: str, target: Path, *, limits: Limits) -> Path:
    """Write *text* as PDF to *target* and return it: in a fixed-width font, where that lacks signs in the font for all.

    Raises:
        TooManyPages: The text fills more pages than *limits* allow.
    """
    if not _is_western(text):
        return any_typeset((Block(line) for line in text.splitlines()), target, limits=limits)
    pages = _pages(text)
    if len(pages) > limits.max_pages:
        raise TooManyPages(f"{len(pages)} pages")
    with pikepdf.new() as pdf:
        font = mono_font(pdf)
        for rows in pages:
            sheet = pdf.add_blank_page(page_size=_A4)
            sheet.add_resource(font, Name.Font, Name.F1)
            sheet.contents_add(_commands(rows))
        pdf.save(target, deterministic_id=True)
    return target


def _is_western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _pages(text: str) -> list[list[str]]:
    rows: list[str] = []
    for line in text.expandtabs(8).splitlines():
        # In pieces: wrapping takes time with the square of the length of a word.
        for start in range(0, max(1, len(line)), _PIECE):
            rows += textwrap.wrap(line[start : start + _PIECE], _COLUMNS, drop_whitespace=False) or [""]
    return [rows[start : start + _ROWS] for start in range(0, max(1, len(rows)), _ROWS)]


def _commands(rows: Sequence[str]) -> bytes:
    lines = [f"<{row.encode('cp1252', 'replace').hex()}> Tj T*" for row in rows]
    return "\n".join([_START, *lines, "ET"]).encode("ascii")
