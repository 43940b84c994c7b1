"""Image files (TIFF with many pages, JPEG, PNG, HEIC …) and the PDF that holds them without loss."""

from __future__ import annotations

import io
import threading
import warnings
import zlib
from typing import TYPE_CHECKING

import pi_heif
import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from ingest.archival import save_archival
from ingest.document import Sheet, check_pixels, ready
from ingest.errors import DamagedFile, DecompressionBomb, TooManyPages
from ingest.media_type import JPEG
from ingest.raster import as_scan, flatten, halved_if_too_fine, likely_dpi
from ingest.textlayer import TextLayer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from ingest.model import Limits, Page

pi_heif.register_heif_opener()

_ORIENTATION = 0x0112
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, zlib.error)
"""What Pillow raises on damaged files, depending on the format."""


class ImageDocument:
    """An opened image file."""

    warnings: tuple[str, ...] = ()

    def __init__(self, path: Path, *, media_type: str, limits: Limits) -> None:
        self._path, self._media_type, self._limits = path, media_type, limits
        self._lock = threading.Lock()
        try:
            with _without_warning():
                self._image = Image.open(path)
                self.page_count = _frames(self._image, limits)
        except Image.DecompressionBombError as error:
            raise DecompressionBomb(str(error)) from error
        except (*_BROKEN, UnidentifiedImageError) as error:
            raise DamagedFile(f"not a readable image: {error}") from error

    def sheet(self, index: int) -> Sheet:
        """Take out the page at *index*."""
        upright = ImageOps.exif_transpose(self._frame(index))
        image, dpi = halved_if_too_fine(flatten(upright), likely_dpi(upright))
        return Sheet(image.width, image.height, dpi, ready(image), as_scan(image))

    def _frame(self, index: int) -> Image.Image:
        with self._lock, _without_warning():
            try:
                self._image.seek(index)
                check_pixels(*self._image.size, self._limits)
                frame = self._image.copy()
            except Image.DecompressionBombError as error:
                raise DecompressionBomb(str(error)) from error
            except _BROKEN as error:
                raise DamagedFile(f"page {index + 1} is damaged: {error}") from error
        return frame

    def write_searchable(self, pages: Sequence[Page], path: Path) -> str:
        """Write a PDF with every page image as it came and its words as invisible text."""
        with pikepdf.new() as pdf:
            layer = TextLayer(pdf)
            for index, page in enumerate(pages):
                layer.lay_under(self._add_page(pdf, index, page), page)
            return save_archival(pdf, path)

    def _add_page(self, pdf: pikepdf.Pdf, index: int, page: Page) -> pikepdf.Page:
        width, height = page.width / page.dpi * 72, page.height / page.dpi * 72
        if page.turn in (90, 270):
            width, height = height, width  # as the file has it
        image = self._as_it_came(pdf) if self._media_type == JPEG else None
        if image is None:
            image = _packed(pdf, flatten(ImageOps.exif_transpose(self._frame(index))))
        sheet = pdf.add_blank_page(page_size=(width, height))
        sheet.obj.Rotate = page.turn
        name = sheet.add_resource(image, Name.XObject, prefix="Scan")
        sheet.contents_add(f"q {width:.3f} 0 0 {height:.3f} 0 0 cm {name} Do Q\n".encode("ascii"))
        return sheet

    def _as_it_came(self, pdf: pikepdf.Pdf) -> pikepdf.Stream | None:
        """The JPEG's own bytes; ``None`` for the few that a PDF viewer would show turned or in wrong colours."""
        colour = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}.get(self._image.mode)
        if colour is None or self._image.getexif().get(_ORIENTATION, 1) != 1:
            return None
        stream = pikepdf.Stream(pdf, self._path.read_bytes())
        _describe(stream, self._image.size, colour, bits=8)
        stream.Filter = Name.DCTDecode
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._image.close()


def _without_warning() -> AbstractContextManager[object]:
    """Silence Pillow's hint about large images: the limit here is ours and refuses instead of warning."""
    return warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning)


def _frames(image: Image.Image, limits: Limits) -> int:
    check_pixels(*image.size, limits)
    count = 0
    for count, _ in enumerate(_sequence(image), start=1):
        if count > limits.max_pages:
            raise TooManyPages(f"more than {limits.max_pages} pages")
    return count


def _sequence(image: Image.Image) -> Iterator[Image.Image]:
    # Only TIFF has pages; the frames of an animated PNG are no pages.
    return iter(ImageSequence.Iterator(image)) if image.format == "TIFF" else iter((image,))


def _packed(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """The pixels without loss: fax coding for bilevel pages, deflate for all others."""
    if image.mode == "1":
        return _fax(pdf, image)
    # Level 1 packs scans nearly as well as level 9 in a fifth of the time.
    stream = pikepdf.Stream(pdf, zlib.compress(image.tobytes(), 1))
    _describe(stream, image.size, Name.DeviceGray if image.mode == "L" else Name.DeviceRGB, bits=8)
    stream.Filter = Name.FlateDecode
    return stream


def _fax(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    file = io.BytesIO()
    # One strip, or the parts could not stand in one stream; 273 is where it starts, 279 how long it is.
    image.save(file, "TIFF", compression="group4", tiffinfo={278: image.height})
    with Image.open(file) as tiff:
        tags = dict(tiff.getexif())
    start, length = (_single(tags[tag]) for tag in (273, 279))
    black_is_one = tags[262] == 0
    stream = pikepdf.Stream(pdf, file.getvalue()[start : start + length])
    _describe(stream, image.size, Name.DeviceGray, bits=1)
    stream.Filter = Name.CCITTFaxDecode
    stream.DecodeParms = Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=not black_is_one)
    return stream


def _single(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]


def _describe(stream: pikepdf.Stream, size: tuple[int, int], colour: pikepdf.Name, *, bits: int) -> None:
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = size
    stream.ColorSpace, stream.BitsPerComponent = colour, bits
