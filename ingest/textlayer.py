"""The invisible text of a searchable PDF: recognised words at their places, drawn in render mode 3."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

from ingest.blank_font import ADVANCE, EM, glyphs_of_codes, program
from ingest.lines import words_by_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.model import Box, Page, Word

_DEEPEST_TREE = 50
_TALL = 0.5


class TextLayer:
    """Writes the recognised words of pages into one PDF, sharing one font."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._font: pikepdf.Object | None = None

    def lay_under(self, sheet: pikepdf.Page, page: Page) -> None:
        """Put the words of *page* under the content of *sheet*, which stays byte for byte as it is."""
        if not page.words:
            return
        left, bottom, right, top = visible_box(sheet)
        width, height = right - left, top - bottom
        turn = turn_of(sheet)
        if turn in (90, 270):
            width, height = height, width
        # Three decimals are a thousandth of a point; the matrix turns the page as shown into the page as stored.
        matrix = " ".join(f"{number:.3f}" for number in _to_stored(turn, (left, bottom, right, top)))
        commands = _commands(page.words, width / page.width, height / page.height, height)
        form = pikepdf.Stream(self._pdf, f"q {matrix} cm\n{commands}\nQ".encode("ascii"))
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox = [left, bottom, right, top]
        form.Resources = Dictionary(Font=Dictionary(Glyphless=self._shared_font()))
        name = sheet.add_resource(form, Name.XObject, prefix="Text")
        sheet.contents_add(f"q {name} Do Q\n".encode("ascii"), prepend=True)

    def _shared_font(self) -> pikepdf.Object:
        if self._font is None:
            self._font = _glyphless_font(self._pdf)
        return self._font


def visible_box(sheet: pikepdf.Page) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of what viewers show of *sheet*: its crop box within its media box."""
    media = _ordered(sheet.mediabox)
    crop = _ordered(sheet.cropbox)
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return box if box[0] < box[2] and box[1] < box[3] else media


def turn_of(sheet: pikepdf.Page) -> int:
    """Return by how many degrees clockwise *sheet* is shown turned: 0, 90, 180 or 270."""
    node: pikepdf.Object | None = sheet.obj
    for _ in range(_DEEPEST_TREE):
        if not isinstance(node, pikepdf.Dictionary):
            break
        if "/Rotate" in node:
            return round(float(node["/Rotate"]) / 90) * 90 % 360
        node = node.get("/Parent")  # a page inherits what it does not say itself
    return 0


def _ordered(box: Iterable[object]) -> tuple[float, float, float, float]:
    left, bottom, right, top = (float(str(side)) for side in box)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _to_stored(turn: int, box: tuple[float, float, float, float]) -> tuple[float, ...]:
    """The matrix from the page as shown (origin bottom left) to the page as stored, turned clockwise by *turn*."""
    left, bottom, right, top = box
    return {
        90: (0, 1, -1, 0, right, bottom),
        180: (-1, 0, 0, -1, right, top),
        270: (0, -1, 1, 0, left, top),
    }.get(turn, (1, 0, 0, 1, left, bottom))


def _commands(words: Sequence[Word], across: float, down: float, height: float) -> str:
    rows = ["BT 3 Tr"]
    for word, box in placed(words):
        size = box.height * down
        code = word.text.encode("utf-16-be", "surrogatepass")
        natural = len(code) / 2 * size * ADVANCE / EM
        stretch = 100 * box.width * across / natural
        x, y = box.left * across, height - (box.top + box.height) * down
        rows.append(f"/Glyphless {size:.2f} Tf {stretch:.2f} Tz 1 0 0 1 {x:.2f} {y:.2f} Tm <{code.hex()}0020> Tj")
    rows.append("ET")
    return "\n".join(rows)


def placed(words: Sequence[Word]) -> list[tuple[Word, Box]]:
    """Return each word with the box its text is drawn in.

    That is its own box, but for signs much lower than their line (hyphens, dots): readers take text of another
    size for another line, so those get top and height of the word beside them. The line as a whole would not do:
    one that leans is higher than all its words.
    """
    result = []
    for line in words_by_line(words):
        least = _TALL * max(word.box.height for word in line)
        beside = next(word.box for word in line if word.box.height >= least)
        for word in line:
            if word.box.height >= least:
                beside = word.box
            result.append((word, replace(word.box, top=beside.top, height=beside.height)))
    return result


def _glyphless_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name.GlyphLessFont,
        Flags=5,
        FontBBox=[0, 0, ADVANCE, EM],
        ItalicAngle=0,
        Ascent=EM,
        Descent=0,
        CapHeight=EM,
        StemV=80,
        FontFile2=pikepdf.Stream(pdf, program(), Length1=len(program())),
    )
    glyphs = pikepdf.Stream(pdf, glyphs_of_codes())
    glyphs.Filter = Name.FlateDecode
    letters = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name.GlyphLessFont,
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=ADVANCE,
        CIDToGIDMap=glyphs,
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name.GlyphLessFont,
            Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(letters)],
            ToUnicode=pikepdf.Stream(pdf, _TO_UNICODE),
        )
    )


_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end
"""
