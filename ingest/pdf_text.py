"""Text a PDF page carries itself: whether it is good, its words with their places, its running text."""

from __future__ import annotations

import ctypes
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdf
import pypdf.errors
import pypdfium2.raw as pdfium

from ingest.document import EmbeddedText
from ingest.lines import text_of_words
from ingest.model import Box, Word
from ingest.quality import is_readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pypdfium2

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it misses is known from the other two programs

_MAX_CHARACTERS = 100_000
"""More characters than any page for people has; such a page is recognised as it looks."""

_FULL_PAGE_IMAGE = 0.6
_CERTAIN = 100


@dataclass(frozen=True, slots=True)
class Carried:
    """What text a page carries. ``hides_scan``: little text stands over an image of the page."""

    text: EmbeddedText
    is_good: bool
    has_characters: bool
    hides_scan: bool


class PypdfText:
    """Reads running text with pypdf; the file is opened when the first page asks for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: pypdf.PdfReader | None = None

    def of_page(self, index: int) -> str:
        """Return the text of the page at *index*, empty if pypdf cannot read it."""
        try:
            if self._reader is None:
                self._reader = pypdf.PdfReader(self._path)
            return str(self._reader.pages[index].extract_text())
        except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            return ""  # the words pdfium gives make the text then

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()


def embedded(page: pypdfium2.PdfPage, size: tuple[int, int], running_text: Callable[[], str]) -> Carried:
    """Return the text of *page* with words on a raster of *size* pixels."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count == 0 or count > _MAX_CHARACTERS:
            return Carried(EmbeddedText("", ()), is_good=False, has_characters=count > 0, hides_scan=False)
        words = _words(page, textpage, size)
    finally:
        textpage.close()
    spelled = text_of_words(words)
    good = is_readable(spelled)
    text = _better_text(running_text(), spelled) if good else spelled
    hides = len(spelled) < 300 and _image_share(page) > _FULL_PAGE_IMAGE
    return Carried(EmbeddedText(text, words), is_good=good, has_characters=True, hides_scan=hides)


def _better_text(running: str, spelled: str) -> str:
    """Prefer pypdf's text, whose lines follow the file, as long as it has the words that are seen."""
    seen = spelled.split()
    known = set(running.split())
    return running if seen and sum(word in known for word in seen) >= 0.8 * len(seen) else spelled


def _words(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, size: tuple[int, int]) -> tuple[Word, ...]:
    words: list[Word] = []
    letters: list[str] = []
    corners: list[tuple[float, float, float, float]] = []
    for index in range(textpage.count_chars()):
        letter = _letter(pdfium.FPDFText_GetUnicode(textpage, index))
        if letter.strip():
            letters.append(letter)
            corners.append(textpage.get_charbox(index, loose=True))
        elif letters:
            words += _word(page, "".join(letters), corners, size)
            letters, corners = [], []
    if letters:
        words += _word(page, "".join(letters), corners, size)
    return tuple(words)


def _letter(code: int) -> str:
    if code == 2:  # pdfium's sign for a hyphen at the end of a line
        return "-"
    if code < 32 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return " "
    return chr(code)


def _word(
    page: pypdfium2.PdfPage, text: str, corners: list[tuple[float, float, float, float]], size: tuple[int, int]
) -> list[Word]:
    left, bottom = min(c[0] for c in corners), min(c[1] for c in corners)
    right, top = max(c[2] for c in corners), max(c[3] for c in corners)
    (x1, y1), (x2, y2) = _on_raster(page, (left, bottom), size), _on_raster(page, (right, top), size)
    x1, x2 = sorted((min(max(x1, 0), size[0]), min(max(x2, 0), size[0])))
    y1, y2 = sorted((min(max(y1, 0), size[1]), min(max(y2, 0), size[1])))
    if x1 == x2 or y1 == y2:
        return []  # outside the visible page
    return [Word(text, Box(x1, y1, x2 - x1, y2 - y1), _CERTAIN)]


def _on_raster(page: pypdfium2.PdfPage, point: tuple[float, float], size: tuple[int, int]) -> tuple[int, int]:
    x, y = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, *point, x, y)
    return x.value, y.value


def _image_share(page: pypdfium2.PdfPage) -> float:
    """The part of the page its largest image covers."""
    across, down = page.get_size()
    largest = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
    return largest / (across * down) if across * down else 0.0
