"""The pages of a scan before they are read: looked at for separator sheets, and cut into documents."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import numpy as np
import pikepdf

from ingest import formats, safety
from ingest import media_type as types
from ingest.document import VIEW_WIDTH
from ingest.errors import DamagedFile, EncryptedFile
from ingest.model import Page, PageOrder, SheetLook, TextSource
from ingest.separators import codes_on
from ingest.textlayer import turn_of
from ingest.views import write_small, write_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL import Image

    from ingest.document import Document, Sheet
    from ingest.model import Limits, Scan

_INK: Final = 0.0004
"""Share of dark pixels below which a side is blank: dust and holes reach it, a single line of text is above."""
_EDGE: Final = 0.04
"""Share of the width and height along the edges that is not looked at: shadows of the feeder."""


def look(scan: Scan, *, limits: Limits, work: Path) -> tuple[SheetLook, ...]:
    """Return what every page of *scan* looks like; its images are written into *work*.

    Raises:
        IngestError: The file cannot be opened, with the reason.
    """
    work.mkdir(parents=True, exist_ok=True)
    with _opened(scan, limits, work) as document:
        return tuple(_look(index + 1, document.sheet(index), work) for index in range(document.page_count))


def _opened(scan: Scan, limits: Limits, work: Path) -> Document:
    safety.check_size(scan.path, limits)
    return formats.opened(formats.Task(scan, types.detect(scan.path), limits, work)).document


def _look(number: int, sheet: Sheet, work: Path) -> SheetLook:
    image, thumbnail = work / f"page-{number:04d}.webp", work / f"thumbnail-{number:04d}.webp"
    view = sheet.view(VIEW_WIDTH)
    write_view(view, image)
    write_small(view, thumbnail)
    codes = codes_on(view)
    return SheetLook(number, codes, not codes and is_blank(view), image, thumbnail)


def is_blank(view: Image.Image) -> bool:
    """Whether nothing but dust stands on a page image."""
    grey = np.asarray(view.convert("L"))
    high, wide = (int(side * _EDGE) for side in grey.shape)
    inner = grey[high : grey.shape[0] - high, wide : grey.shape[1] - wide]
    return bool(inner.size == 0 or (inner < 128).mean() < _INK)


def cut(
    scans: Sequence[Scan], pieces: Sequence[Sequence[PageOrder]], *, limits: Limits, work: Path
) -> tuple[Path, ...]:
    """Write one PDF per piece into *work*: the pages as they are in *scans*, nothing of them encoded anew.

    Files that are no PDF are put into one first. A page lies as it is shown (``Scan.shown``), and then as it is turned.

    Raises:
        DamagedFile: A page is asked for that the file does not have, or is shown with other pages than it has.
        IngestError: The file cannot be opened, with the reason.
    """
    work.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_files:
        sources = [open_files.enter_context(_pdf(scan, limits, work, place)) for place, scan in enumerate(scans)]
        for scan, source in zip(scans, sources, strict=True):
            if scan.shown is not None:
                _lay_as_shown(source, open_files.enter_context(_opened_pdf(scan.shown)))
        return tuple(_piece(sources, piece, work / f"piece-{place:04d}.pdf") for place, piece in enumerate(pieces, 1))


def _pdf(scan: Scan, limits: Limits, work: Path, place: int) -> pikepdf.Pdf:
    safety.check_size(scan.path, limits)
    path = scan.path
    if types.detect(path) != types.PDF:
        path = work / f"whole-{place:04d}.pdf"
        with _opened(scan, limits, work) as document:
            document.write_searchable(tuple(_unread(document, work)), path)
    return _opened_pdf(path)


def _opened_pdf(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise EncryptedFile("the PDF asks for a password") from error
    except pikepdf.PdfError as error:
        raise DamagedFile(str(error)) from error


def _lay_as_shown(source: pikepdf.Pdf, shown: pikepdf.Pdf) -> None:
    if len(source.pages) != len(shown.pages):
        raise DamagedFile(f"{len(source.pages)} pages, but {len(shown.pages)} are shown")
    for page, seen in zip(source.pages, shown.pages, strict=True):
        page.obj.Rotate = turn_of(seen)


def _unread(document: Document, work: Path) -> Iterator[Page]:
    for index in range(document.page_count):
        sheet = document.sheet(index)
        yield Page(index + 1, sheet.width, sheet.height, sheet.dpi, TextSource.NONE, "", (), None, work, work)


def _piece(sources: Sequence[pikepdf.Pdf], piece: Sequence[PageOrder], path: Path) -> Path:
    with pikepdf.new() as target:
        for order in piece:
            pages = sources[order.scan].pages
            if not 1 <= order.number <= len(pages):
                raise DamagedFile(f"page {order.number} of {len(pages)}")
            target.pages.append(pages[order.number - 1])
            if order.turn % 360:
                target.pages[-1].rotate(order.turn, relative=True)
        target.save(path, deterministic_id=True)
    return path
