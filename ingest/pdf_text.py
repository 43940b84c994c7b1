"""Text a PDF page carries itself: whether it is good, its words with their places, its running text."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2.raw as pdfium

from ingest.document import EmbeddedText
from ingest.lines import text_of_words
from ingest.model import Box, Word
from ingest.quality import is_readable

if TYPE_CHECKING:
    import pypdfium2
    from numpy.typing import NDArray

_MAX_CHARACTERS = 100_000
"""More characters than any page for people has; such a page is recognised as it looks."""

_FULL_PAGE_IMAGE = 0.6
_CERTAIN = 100
_FINE, _FAR = 1 << 20, 1_000
"""Pixels of a raster so fine, and points of a distance so long, that rounding does not count."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What text a page carries. ``hides_scan``: little text stands over an image of the page."""

    text: EmbeddedText
    is_good: bool
    has_characters: bool
    hides_scan: bool


def embedded(page: pypdfium2.PdfPage, size: tuple[int, int]) -> Carried:
    """Return the text of *page* with words on a raster of *size* pixels; its lines are those that are seen."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count == 0 or count > _MAX_CHARACTERS:
            return Carried(EmbeddedText("", ()), is_good=False, has_characters=count > 0, hides_scan=False)
        words = _words(page, textpage, count, size)
    finally:
        textpage.close()
    text = text_of_words(words)
    hides = len(text) < 300 and _image_share(page) > _FULL_PAGE_IMAGE
    return Carried(EmbeddedText(text, words), is_good=is_readable(text), has_characters=True, hides_scan=hides)


def _words(
    page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, count: int, size: tuple[int, int]
) -> tuple[Word, ...]:
    # A page has thousands of characters: what is asked of each is asked without detours.
    handle, code_of = textpage.raw, pdfium.FPDFText_GetUnicode
    texts: list[str] = []
    firsts: list[int] = []
    kept: list[int] = []
    letters: list[str] = []
    for index in range(count):
        letter = _letter(code_of(handle, index))
        if not letter.isspace():
            if not letters:
                firsts.append(len(kept))
            letters.append(letter)
            kept.append(index)
        elif letters:
            texts.append("".join(letters))
            letters = []
    if letters:
        texts.append("".join(letters))
    if not texts:
        return ()
    sides = _on_raster(page, _boxes(handle, kept, firsts), size).tolist()
    return tuple(
        Word(text, Box(left, top, right - left, bottom - top), _CERTAIN)
        for text, (left, top, right, bottom) in zip(texts, sides, strict=True)
        if left < right and top < bottom  # else outside the visible page
    )


@cache
def _letter(code: int) -> str:
    if code == 2:  # pdfium's sign for a hyphen at the end of a line
        return "-"
    if code < 32 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return " "
    return chr(code)


def _boxes(handle: object, kept: list[int], firsts: list[int]) -> NDArray[np.float32]:
    """Return left, top, right and bottom of each word, which begin with the characters *firsts* of those *kept*."""
    room = (pdfium.FS_RECTF * len(kept))()
    box_of = pdfium.FPDFText_GetLooseCharBox
    for box, index in zip(room, kept, strict=True):
        box_of(handle, index, box)
    left, top, right, bottom = np.frombuffer(room, dtype=np.float32).reshape(-1, 4).T
    least, most = np.minimum.reduceat, np.maximum.reduceat
    return np.stack((least(left, firsts), most(top, firsts), most(right, firsts), least(bottom, firsts)), axis=1)


def _on_raster(page: pypdfium2.PdfPage, boxes: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.int_]:
    """Return *boxes* of the page as stored as left, top, right and bottom in pixels of the page as shown."""
    origin, across, up = (_far_out(page, point) for point in ((0, 0), (_FAR, 0), (0, _FAR)))
    matrix = np.stack((across - origin, up - origin)) / _FAR
    places = boxes.astype(np.float64).reshape(-1, 2, 2) @ matrix + origin
    pixels = np.rint(places * np.array(size)).astype(int).clip(0, size)
    return np.concatenate((pixels.min(axis=1), pixels.max(axis=1)), axis=1)


def _far_out(page: pypdfium2.PdfPage, point: tuple[int, int]) -> NDArray[np.float64]:
    """Return where *point* of the page as stored is seen, as shares of the page's width and height."""
    x, y = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, *point, x, y)
    return np.array((x.value, y.value)) / _FINE


def _image_share(page: pypdfium2.PdfPage) -> float:
    """The part of the page its largest image covers."""
    across, down = page.get_size()
    largest = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
    return largest / (across * down) if across * down else 0.0
