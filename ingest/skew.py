"""By how much the lines of a scanned page lean, the page straightened for recognition, and its words laid back.

Text recognition loses half of a page that leans clockwise by two degrees and is as sure of the other half as ever, so
every page is asked before it is recognised: a hundredth of what recognising it costs.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from ingest.model import Box

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from ingest.model import Word

    _Strips: TypeAlias = NDArray[np.int32]

_SMALL: Final = 620
"""Width in pixels at which skew is measured: A4 at 75 dpi still has lines."""
_EDGE: Final = 0.04
"""Share of each side that is not looked at: shadows of the feeder, the lid behind a smaller sheet."""
_AROUND: Final = 6
"""Pixels on each side over which the paper around a spot is averaged: a line of text and the gap below it."""
_DARKER: Final = 25
"""Grey levels by which ink is darker than the average around it."""
_STRIP: Final = 16
"""Pixels across that are summed before anything is turned: within them a line drops less than a pixel or two."""

_STEEPEST: Final = 7.0
_COARSE, _FINE = 0.5, 0.1
_CERTAIN: Final = 2.0
"""How much sharper lines must become by straightening: those of text ten times, of text on its side up to 1.7."""


def skew_of(image: Image.Image) -> float:
    """Return by how many degrees counter-clockwise the lines of *image* lie turned, at most 7.

    0.0 where that is not certain: without lines, or where they are no sharper at another angle.
    """
    strips = _ink_in_strips(image)
    if strips.size == 0 or strips.sum() < _SMALL:
        return 0.0
    coarse = _sharpest(strips, np.arange(-_STEEPEST, _STEEPEST + _FINE, _COARSE))
    angle = _sharpest(strips, np.arange(coarse - _COARSE, coarse + _COARSE + _FINE, _FINE))
    certain = _sharpness(strips, angle) >= _CERTAIN * _sharpness(strips, 0.0)
    return round(angle, 2) if certain else 0.0


def _ink_in_strips(image: Image.Image) -> _Strips:
    """How many pixels are ink in each row of each upright strip of the page: strips × rows."""
    small = image.convert("L").reduce(max(1, image.width // _SMALL))
    across, down = (round(side * _EDGE) for side in small.size)
    small = small.crop((across, down, small.width - across, small.height - down))
    around = np.asarray(small.filter(ImageFilter.BoxBlur(_AROUND)), dtype=np.int16)
    ink = around - np.asarray(small, dtype=np.int16) > _DARKER
    rows, count = ink.shape[0], ink.shape[1] // _STRIP
    summed = ink[:, : count * _STRIP].reshape(rows, count, _STRIP).sum(axis=2, dtype=np.int32)
    return np.ascontiguousarray(summed.T)


def _sharpest(strips: _Strips, angles: NDArray[np.float64]) -> float:
    return float(max(angles, key=lambda angle: _sharpness(strips, angle)))


def _sharpness(strips: _Strips, angle: float) -> float:
    """How suddenly rows of ink begin and end if the page is straightened by *angle*."""
    count, height = strips.shape
    drops = np.round(np.arange(count) * _STRIP * math.tan(math.radians(angle))).astype(int)
    drops -= drops.min()
    rows = np.zeros(height + int(drops.max()), dtype=np.int64)
    for strip, drop in zip(strips, drops.tolist(), strict=True):
        rows[drop : drop + height] += strip
    return float(np.square(np.diff(rows)).sum())


def straightened(image: Image.Image, angle: float) -> Image.Image:
    """Return *image*, whose lines lie turned counter-clockwise by *angle* degrees, turned back about its middle.

    It keeps its size; the corners are of the paper's grey, so that no edge is seen there.
    """
    grey = image.convert("L")
    paper = int(np.median(np.asarray(grey.reduce(max(1, grey.width // _SMALL)))))
    return grey.rotate(-angle, Image.Resampling.BILINEAR, fillcolor=paper)


def laid_back(word: Word, angle: float, size: tuple[int, int]) -> Word:
    """Return *word* of a page ``straightened`` by *angle*, with the box around it on the page as it lies.

    Args:
        word: What was recognised; its box is pixels of the straightened page.
        angle: Degrees counter-clockwise, as ``skew_of`` tells.
        size: Width and height of the page in pixels.
    """
    box = word.box
    sides = (box.left, box.left + box.width), (box.top, box.top + box.height)
    corners = [rotated((x, y), angle, size) for x in sides[0] for y in sides[1]]
    left, right = _within([x for x, _ in corners], size[0])
    top, bottom = _within([y for _, y in corners], size[1])
    return replace(word, box=Box(left, top, right - left, bottom - top))


def rotated(point: tuple[float, float], angle: float, size: tuple[int, int]) -> tuple[float, float]:
    """Return *point* of an image of *size* after the image is turned counter-clockwise by *angle* about its middle."""
    middle_x, middle_y = size[0] / 2, size[1] / 2
    x, y = point[0] - middle_x, point[1] - middle_y
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return middle_x + x * cosine + y * sine, middle_y - x * sine + y * cosine


def _within(places: list[float], length: int) -> tuple[int, int]:
    """The first and last of *places* as whole pixels of a side of *length*, at least one apart."""
    first = max(0, min(round(min(places)), length - 1))
    return first, max(first + 1, min(round(max(places)), length))
