"""The scanned image out of a PDF page that is nothing but one image, without drawing the page."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image

from ingest.document import check_pixels
from ingest.raster import SHARP_ENOUGH, flatten, halved_if_too_fine
from ingest.textlayer import turn_of, visible_box

if TYPE_CHECKING:
    from ingest.model import Limits

_SMALL_CONTENT = 4096
"""Bytes of a content stream that draws one image; a longer one draws more."""

_HARMLESS = {"q", "Q", "cm", "Do", "gs"}
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Scan:
    """The image of a page, upright as shown, and its resolution."""

    image: Image.Image
    dpi: int


def whole_page_scan(page: pikepdf.Page, limits: Limits) -> Scan | None:
    """Return the one image that covers *page*, or ``None`` if the page must be drawn.

    Raises:
        DecompressionBomb: The image is larger than *limits* allow.
    """
    found = _only_image(page)
    if found is None:
        return None
    width, height = int(found.get("/Width", 0)), int(found.get("/Height", 0))
    check_pixels(width, height, limits)
    left, _, right, _ = visible_box(page)
    dpi = round(width / (right - left) * 72)
    if dpi < SHARP_ENOUGH or width == 0 or height == 0:
        return None
    image = _decoded(found)
    if image is None or image.size != (width, height):
        return None
    image, dpi = halved_if_too_fine(flatten(image), dpi)
    turn = _TURNS.get(turn_of(page))
    return Scan(image if turn is None else image.transpose(turn), dpi)


def _only_image(page: pikepdf.Page) -> pikepdf.Stream | None:
    """The page's only image if it is drawn once, upright and over the whole visible page."""
    try:
        images = page.get_images(recursive=False)
        if len(images) != 1 or not _is_small(page.obj.get("/Contents")):
            return None
        name, image = next(iter(images.items()))
        placed = _placement(page, name)
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, IndexError):
        return None
    if placed is None or not _covers(placed, visible_box(page)):
        return None
    # A mask or an inverting decode array changes what is seen: those pages are drawn.
    changed = any(key in image for key in ("/SMask", "/Mask", "/ImageMask", "/Decode"))
    return None if changed or "/Annots" in page.obj else image


def _is_small(contents: pikepdf.Object | None) -> bool:
    if contents is None:
        return False
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return sum(int(part.get("/Length", _SMALL_CONTENT + 1)) for part in parts) <= _SMALL_CONTENT


def _placement(page: pikepdf.Page, name: str) -> pikepdf.Matrix | None:
    matrix, stack, placed = pikepdf.Matrix(), [], None
    for instruction in pikepdf.parse_content_stream(page):
        operands, command = instruction.operands, str(instruction.operator)
        if command not in _HARMLESS:
            return None
        if command == "q":
            stack.append(matrix)
        elif command == "Q":
            matrix = stack.pop()
        elif command == "cm":
            matrix = pikepdf.Matrix(*(float(number) for number in operands)) @ matrix
        elif command == "Do":
            if placed is not None or str(operands[0]) != name:
                return None
            placed = matrix
    return placed


def _covers(placed: pikepdf.Matrix, box: tuple[float, float, float, float]) -> bool:
    """Whether the image fills *box* upright; word boxes of the image are then boxes of the page."""
    left, bottom, right, top = box
    slack_x, slack_y = (right - left) * 0.005, (top - bottom) * 0.005
    upright = abs(placed.b) < 1e-3 and abs(placed.c) < 1e-3 and placed.a > 0 and placed.d > 0
    return (
        upright
        and abs(placed.e - left) <= slack_x
        and abs(placed.f - bottom) <= slack_y
        and abs(placed.e + placed.a - right) <= slack_x
        and abs(placed.f + placed.d - top) <= slack_y
    )


def _decoded(image: pikepdf.Stream) -> Image.Image | None:
    try:
        found = pikepdf.PdfImage(image).as_pil_image()
        found.load()
    except (pikepdf.PdfError, OSError, ValueError, NotImplementedError, zlib.error, SyntaxError, KeyError):
        return None
    except pikepdf.UnsupportedImageTypeError:
        return None
    return found
