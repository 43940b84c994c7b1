"""Page images as people see them (WebP): about 1240 pixels wide, and small ones of 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

SMALL_WIDTH = 200
"""Width of a small image in pixels."""
_QUALITY, _SMALL_QUALITY = 50, 45


def write_view(view: Image.Image, path: Path) -> None:
    """Write a page image."""
    # Method 2 packs a fifth smaller than 0; methods above cost twice the time for a few per cent.
    view.save(path, "WEBP", quality=_QUALITY, method=2)


def write_small(view: Image.Image, path: Path) -> None:
    """Write the small image of a page image."""
    small = view.reduce(max(1, view.width // (2 * SMALL_WIDTH)))
    small.thumbnail((SMALL_WIDTH, 4 * SMALL_WIDTH))
    small.save(path, "WEBP", quality=_SMALL_QUALITY, method=0)
