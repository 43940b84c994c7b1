"""Page rasters: modes a recogniser takes, resolutions worth reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from typing import Final

SHARP_ENOUGH: Final = 140
"""Below this resolution (dpi) a page is drawn anew at ``READING_DPI`` if that is possible."""
READING_DPI: Final = 300
TOO_FINE: Final = 450
"""From this resolution on half the pixels read as well and cost a quarter."""

_A4_WIDTH_INCHES = 8.27


def flatten(image: Image.Image) -> Image.Image:
    """Return *image* as bilevel, grey or RGB, transparency laid on white paper."""
    if image.mode in ("1", "L", "RGB"):
        return image
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L") if image.mode != "I;16" else _from_16_bit(image)
    return image.convert("RGB")


def _from_16_bit(image: Image.Image) -> Image.Image:
    high_bytes = image.tobytes()[1::2]  # little endian: every second byte is the upper half
    return Image.frombytes("L", image.size, high_bytes)


def as_scan(image: Image.Image) -> Image.Image:
    """Return *image* as a recogniser takes it: grey costs a third less than colour and reads the same."""
    return image if image.mode in ("1", "L") else image.convert("L")


def halved_if_too_fine(image: Image.Image, dpi: int) -> tuple[Image.Image, int]:
    """Return *image* at a resolution worth reading and that resolution in dpi."""
    if dpi < TOO_FINE:
        return image, dpi
    factor = max(2, dpi // READING_DPI)
    whole = image.convert("L") if image.mode == "1" else image
    return whole.reduce(factor), round(dpi / factor)


def likely_dpi(image: Image.Image) -> int:
    """Return the resolution an image states, or the one that makes it as wide as A4 if it states none."""
    stated = image.info.get("dpi", (0, 0))
    try:
        dpi = round(float(stated[0]))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError):
        dpi = 0
    if 72 < dpi <= 2400:  # 72 is what programs write that do not know
        return dpi
    return max(70, min(1200, round(min(image.size) / _A4_WIDTH_INCHES)))
