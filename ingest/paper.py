"""The paper of a scanned page: how worn it is, whether anything is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GLANCE = 400
"""Width in pixels at which paper is looked at: a pen's stroke is one pixel wide."""
_MARGIN = 0.08
"""Share of each side that is not looked at: punch holes, staples, shadows of the edge."""
_STROKE = 6
"""Pixels a mark must reach to be no dust: three millimetres."""
_INK = 0.82
"""Brightness against the paper around it below which a spot is ink."""

_LEAST = 310
"""Pixels of the shorter side below which an image has no paper to speak of."""
_FOCUS = 220
"""Dots per inch over the blur in pixels that takes the noise from cleaned paper and leaves its letters."""
_NOISY = 10
"""Grey levels of noise from which on grain is read for dots: scanners leave 5."""
_CALMING = 0.6
"""Blur in pixels that calms it."""
_EVERY = 29
"""Rows of which one is looked at for noise."""
_EVEN = 40
"""Grey levels between the darkest and the lightest part of even paper."""


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


def cleaned(image: Image.Image, *, dpi: int) -> Image.Image:
    """Return *image* (grey, *dpi* dots per inch) on white paper if its paper is darkened unevenly, else itself.

    What was pale becomes strong with all its noise, so the result is a little out of focus: with that, letters on
    stained paper are read with a tenth of the errors.
    """
    if image.mode == "1" or min(image.size) < _LEAST:
        return image
    paper = _background(image.reduce(max(1, image.width // _GLANCE * 2)))
    darkest, lightest = np.percentile(np.asarray(paper), (5, 95))
    if lightest - darkest < _EVEN:
        return image
    whole = np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR), dtype=np.uint16)
    pixels = np.asarray(image, dtype=np.uint16) * np.uint16(245) // np.maximum(whole, 40)
    bright = Image.fromarray(np.minimum(pixels, 255).astype(np.uint8))
    return bright.filter(ImageFilter.GaussianBlur(dpi / _FOCUS))


def calmed(image: Image.Image) -> Image.Image:
    """Return *image* a trace out of focus if it is noisy, so that grain is read for dots less often, else itself."""
    if image.mode != "L" or min(image.size) < _LEAST or _noise(image) < _NOISY:
        return image
    return image.filter(ImageFilter.GaussianBlur(_CALMING))


def _noise(image: Image.Image) -> float:
    """By how many grey levels spots differ from the two beside them: in the middle of all, so paper alone counts."""
    rows = np.asarray(image)[::_EVERY].astype(np.int16)
    return float(np.median(np.abs(2 * rows[:, 1:-1] - rows[:, :-2] - rows[:, 2:]))) / 2
