"""Pages of text are drawn when somebody looks at them, not when they are read.

Drawing such a page and packing its image costs five times what reading it does, and most pages of long files are
never looked at. That is for pages which are quickly drawn, whoever looks: everything else is drawn once, when it is
read. Small images, which lists show by the dozen, are made at once: they cost a tenth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf
import pypdfium2

from ingest.document import VIEW_WIDTH, view_of
from ingest.errors import DamagedFile
from ingest.raster import READING_DPI
from ingest.views import write_view

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_QUICK_COMMANDS = 200_000
"""Bytes of drawing commands; a page of text has 5,000, a street map some millions."""
_QUICK_PIXELS = 2_000_000
"""Pixels of all images of a page: letterheads and signatures."""
_MOST_OBJECTS = 20
_SLOW = ("/Pattern", "/Shading")
_SLOW_FILTERS = ("/JPXDecode", "/JBIG2Decode")

_POINTS_PER_INCH = 72
_DRAWN_PIXELS = 36_000_000
"""Pages larger than A2 are drawn at less than 300 dpi, so that one page stays below about 150 MB."""


def drawing_dpi(across: float, down: float) -> int:
    """Return the resolution at which a page of so many points is drawn to be read."""
    square_inches = across * down / _POINTS_PER_INCH**2
    affordable = (_DRAWN_PIXELS / max(square_inches, 0.01)) ** 0.5
    return max(1, int(min(READING_DPI, affordable)))


def drawn(page: pypdfium2.PdfPage, dpi: float) -> Image.Image:
    """Return *page* drawn at *dpi*."""
    bitmap = page.render(scale=dpi / _POINTS_PER_INCH, rev_byteorder=True, prefer_bgrx=True)
    image: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return image


def drawn_to_look_at(page: pypdfium2.PdfPage, width: int) -> Image.Image:
    """Return *page* drawn about *width* pixels wide, less where it is enormous."""
    across, down = page.get_size()
    return drawn(page, min(drawing_dpi(across, down), width * _POINTS_PER_INCH / across))


def is_quick(page: pikepdf.Page, commands: int) -> bool:
    """Tell whether *page*, with so many bytes of drawing *commands* in all, is drawn in a moment each time.

    A page in doubt is not.
    """
    resources = page.obj.get("/Resources")
    if commands > _QUICK_COMMANDS or not isinstance(resources, pikepdf.Dictionary):
        return False
    if any(name in resources for name in _SLOW):
        return False
    held = resources.get("/XObject", pikepdf.Dictionary())
    if not isinstance(held, pikepdf.Dictionary) or len(held) > _MOST_OBJECTS:
        return False
    return sum(_pixels(each) for each in held.as_dict().values()) <= _QUICK_PIXELS


def _pixels(item: pikepdf.Object) -> int:
    """Return how many pixels an image has, too many for everything else: what a form draws may be anything."""
    if not isinstance(item, pikepdf.Stream) or item.get("/Subtype") != "/Image":
        return _QUICK_PIXELS + 1
    masks = (item.get(name) for name in ("/SMask", "/Mask"))
    images = [item, *(mask for mask in masks if isinstance(mask, pikepdf.Stream))]
    if any(slow in str(image.get("/Filter", "")) for image in images for slow in _SLOW_FILTERS):
        return _QUICK_PIXELS + 1
    return sum(int(image.get("/Width", 0)) * int(image.get("/Height", 0)) for image in images)


def draw(path: Path, number: int, *, work: Path) -> Path:
    """Write the image (WebP) of page *number* of the PDF at *path* into *work* and return its path.

    Raises:
        DamagedFile: The page cannot be drawn.
    """
    work.mkdir(parents=True, exist_ok=True)
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            page = pdf[number - 1]
            view = view_of(drawn_to_look_at(page, VIEW_WIDTH))
            page.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise DamagedFile(f"page {number} cannot be drawn: {error}") from error
    image = work / "drawn.webp"
    write_view(view, image)
    return image
