"""PDF files: their pages as scans or as text, and the searchable PDF made of them.

pikepdf opens and repairs, pdfium draws and tells which characters stand where.
Neither is safe in several threads, so one lock stands before both.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2

from ingest import pdf_images, pdf_text
from ingest.archival import save_archival
from ingest.document import Sheet, ready, view_of
from ingest.drawing import drawing_dpi, drawn, drawn_to_look_at, is_quick
from ingest.errors import DamagedFile, EncryptedFile, TooManyPages
from ingest.forms import with_fields_drawn
from ingest.model import TextSource
from ingest.raster import as_scan
from ingest.safety import check_pdf_page
from ingest.textlayer import TextLayer, turn_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from PIL import Image

    from ingest.model import Limits, Page

_LOCK = threading.RLock()
"""pdfium keeps global state, so the lock is for the process and not for one file."""

_POINTS_PER_INCH = 72


class PdfDocument:
    """An opened PDF; ``is_ours`` if we have set its pages from text, which then is exactly what stands on them."""

    def __init__(self, path: Path, *, limits: Limits, work: Path, is_ours: bool = False) -> None:
        self._limits, self._is_ours = limits, is_ours
        self._open = ExitStack()
        with _LOCK:
            self._pdf = self._open.enter_context(_opened(path))
            self.page_count = _count(self._pdf, limits)
            self.warnings = self._notes()
            # A repaired copy is what the other program can open, too, and what has no password any more.
            clean = _rewritten(self._pdf, work / "repaired.pdf") if self.warnings else path
            filled = with_fields_drawn(clean, work / "fields.pdf")
            self._has_fields = filled != clean
            self._drawn = self._open_drawing(filled, work)

    def _notes(self) -> tuple[str, ...]:
        repaired = "repaired" if self._pdf.get_warnings() else ""
        protected = "write-protected" if self._pdf.is_encrypted else ""
        return tuple(note for note in (repaired, protected) if note)

    def _open_drawing(self, path: Path, work: Path) -> pypdfium2.PdfDocument:
        try:
            drawing = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError:
            drawing = None
        if drawing is None or len(drawing) != self.page_count:
            try:
                drawing = pypdfium2.PdfDocument(_rewritten(self._pdf, work / "repaired.pdf"))
            except pypdfium2.PdfiumError as error:
                raise DamagedFile(f"no page can be drawn: {error}") from error
        self._open.callback(drawing.close)
        return drawing

    def sheet(self, index: int) -> Sheet:
        """Take out the page at *index*: its text if it carries good text, else the scan."""
        with _LOCK:
            stored = self._pdf.pages[index]
            commands = check_pdf_page(stored, self._limits)
            with self._drawing(index) as drawing:
                return self._sheet(index, stored, drawing, commands)

    @contextmanager
    def _drawing(self, index: int) -> Iterator[pypdfium2.PdfPage]:
        try:
            drawing = self._drawn[index]
        except pypdfium2.PdfiumError as error:
            raise DamagedFile(f"page {index + 1} cannot be drawn: {error}") from error
        try:
            yield drawing
        finally:
            drawing.close()

    def _view(self, index: int, width: int) -> Image.Image:
        with _LOCK, self._drawing(index) as drawing:
            return view_of(drawn_to_look_at(drawing, width))

    def _sheet(self, index: int, stored: pikepdf.Page, drawing: pypdfium2.PdfPage, commands: int) -> Sheet:
        across, down = drawing.get_size()
        dpi = drawing_dpi(across, down)
        size = (max(1, round(across * dpi / _POINTS_PER_INCH)), max(1, round(down * dpi / _POINTS_PER_INCH)))
        carried = pdf_text.embedded(drawing, size)
        is_sure = carried.is_good or (self._is_ours and bool(carried.text.words))
        if is_sure and not carried.hides_scan:
            quick = not self._has_fields and is_quick(stored, commands)
            return Sheet(*size, dpi=dpi, view=partial(self._view, index), text=carried.text, is_quick=quick)
        scan = pdf_images.whole_page_scan(stored, self._limits)
        if scan is not None:
            return Sheet(scan.image.width, scan.image.height, scan.dpi, ready(scan.image), as_scan(scan.image))
        image = drawn(drawing, dpi)
        blank = not carried.has_characters and image.convert("L").getextrema() == (255, 255)
        return Sheet(image.width, image.height, dpi, ready(image), None if blank else as_scan(image))

    def write_searchable(self, pages: Sequence[Page], path: Path) -> str:
        """Write the file again with the recognised words under the pages that were recognised."""
        with _LOCK:
            layer = TextLayer(self._pdf)
            for stored, page in zip(self._pdf.pages, pages, strict=True):
                if page.turn:
                    stored.obj.Rotate = (turn_of(stored) + page.turn) % 360
                if page.source is TextSource.OCR:
                    layer.lay_under(stored, page)
            return save_archival(self._pdf, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _LOCK:
            self._open.close()


def _opened(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise EncryptedFile("the PDF asks for a password") from error
    except (pikepdf.PdfError, OSError, ValueError) as error:
        raise DamagedFile(f"not a readable PDF: {error}") from error


def _count(pdf: pikepdf.Pdf, limits: Limits) -> int:
    try:
        count = len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise DamagedFile(f"the page tree is broken: {error}") from error
    if count > limits.max_pages:
        raise TooManyPages(f"{count} pages")
    if count == 0:
        raise DamagedFile("the PDF has no pages")
    return count


def _rewritten(pdf: pikepdf.Pdf, path: Path) -> Path:
    try:
        pdf.save(path, deterministic_id=True, encryption=False)
    except (pikepdf.PdfError, RuntimeError) as error:
        raise DamagedFile(f"cannot be repaired: {error}") from error
    return path
