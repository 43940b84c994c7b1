"""The paper of a scanned page: how it lies, how worn it is, whether anything is on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL = 620
"""Width in pixels at which skew is measured: A4 at 75 dpi still has lines."""
_STEEPEST = 7.0
_COARSE, _FINE = 0.5, 0.1

_GLANCE = 400
"""Width in pixels at which paper is looked at: a pen's stroke is one pixel wide."""
_MARGIN = 0.08
"""Share of each side that is not looked at: punch holes, staples, shadows of the edge."""
_STROKE = 6
"""Pixels a mark must reach to be no dust: three millimetres."""
_INK = 0.82
"""Brightness against the paper around it below which a spot is ink."""

_EVEN = 40
"""Grey levels between the darkest and the lightest part of even paper."""


def rotated(point: tuple[float, float], angle: float, size: tuple[int, int]) -> tuple[float, float]:
    """Return *point* of an image of *size* after the image is turned counter-clockwise by *angle* about its middle."""
    middle_x, middle_y = size[0] / 2, size[1] / 2
    x, y = point[0] - middle_x, point[1] - middle_y
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return middle_x + x * cosine + y * sine, middle_y - x * sine + y * cosine


def skew_of(image: Image.Image) -> float:
    """Return by how many degrees counter-clockwise the lines of *image* lie turned, at most 7; 0.0 without lines.

    The right angle is the one at which rows of the page are either full of ink or empty.
    """
    small = image.convert("L").reduce(max(1, image.width // _SMALL))
    ink = _ink(small)
    if ink.sum() < _SMALL:
        return 0.0
    coarse = _best(ink, np.arange(-_STEEPEST, _STEEPEST + _COARSE, _COARSE))
    return _best(ink, np.arange(coarse - _COARSE, coarse + _COARSE + _FINE, _FINE))


def _best(ink: NDArray[np.bool_], angles: NDArray[np.float64]) -> float:
    down, across = np.nonzero(ink)
    middle = ink.shape[1] / 2

    def sharpness(angle: float) -> float:
        rows = np.round(down + (across - middle) * math.tan(math.radians(angle))).astype(int)
        profile = np.bincount(rows - rows.min())
        return float(np.square(np.diff(profile)).sum())

    return round(float(max(angles, key=sharpness)), 2)


def is_blank(image: Image.Image) -> bool:
    """Whether nothing stands on *image* but paper, dust and what the edges bring: no mark of three millimetres."""
    small = image.convert("L").reduce(max(1, image.width // _GLANCE))
    ink = _ink(small)
    rows, columns = (round(side * _MARGIN) for side in ink.shape)
    ink = ink[rows : ink.shape[0] - rows, columns : ink.shape[1] - columns]
    labels, _ = ndimage.label(ink, structure=np.ones((3, 3)))
    return not any(
        max(part.stop - part.start for part in mark) >= _STROKE for mark in ndimage.find_objects(labels) if mark
    )


def _ink(small: Image.Image) -> NDArray[np.bool_]:
    paper = np.asarray(_background(small), dtype=np.float32)
    return np.asarray(small, dtype=np.float32) < _INK * np.maximum(paper, 1)


def _background(small: Image.Image) -> Image.Image:
    """The paper without what stands on it."""
    bright = ndimage.maximum_filter(np.asarray(small), size=9, mode="nearest")  # Pillow's own sorts every window
    return Image.fromarray(bright).filter(ImageFilter.GaussianBlur(4))


def cleaned(image: Image.Image) -> Image.Image:
    """Return *image* on white paper if its paper is stained or darkened unevenly, else *image* itself."""
    if image.mode == "1" or min(image.size) < _SMALL // 2:
        return image
    paper = _background(image.reduce(max(1, image.width // _GLANCE * 2)))
    darkest, lightest = np.percentile(np.asarray(paper), (5, 95))
    if lightest - darkest < _EVEN:
        return image
    whole = np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR), dtype=np.uint16)
    pixels = np.asarray(image, dtype=np.uint16) * np.uint16(245) // np.maximum(whole, 40)
    return Image.fromarray(np.minimum(pixels, 255).astype(np.uint8))
