"""Turn clean pages into pages as a scanner sees them: tint, skew, noise, stamp, punch holes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from eakte.demo.letters.fonts import font

_MONTHS = ("JAN", "FEB", "MÄRZ", "APR", "MAI", "JUNI", "JULI", "AUG", "SEP", "OKT", "NOV", "DEZ")
_TILE = 768
_SHARP = 0.4
"""Blur that turning the page brings anyway."""


@dataclass(frozen=True, slots=True)
class Wear:
    """How badly a page was treated; angles in degrees, noise in grey levels, lengths in millimetres."""

    dpi: int
    skew: float
    noise: float
    blur: float
    tint: tuple[int, int, int]
    dust: int
    punched: bool
    stamp: date | None
    stamp_angle: float
    stamp_at: tuple[float, float]
    colour: bool


def wear_of(random: np.random.Generator, *, dpi: int, stamp: date, colour: bool) -> Wear:
    """Choose the wear of one letter; without *colour* the scanner knows only grey."""
    yellow = int(random.integers(0, 16))
    light = int(random.integers(240, 253))
    return Wear(
        dpi=dpi,
        skew=float(random.normal(0, 0.55)),
        noise=float(random.uniform(2.0, 7.0)),
        blur=float(random.uniform(0.2, 0.7)) * dpi / 200,
        tint=(light, light - yellow // 4, light - yellow),
        dust=int(random.integers(20, 160)),
        punched=bool(random.random() < 0.5),
        stamp=stamp if random.random() < 0.85 else None,
        stamp_angle=float(random.uniform(-9, 9)),
        stamp_at=(float(random.uniform(116, 138)), float(random.uniform(25, 29))),
        colour=bool(random.random() < 0.7) and colour,
    )


def rasterise(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Return the pages of a PDF as colour images."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def scan(page: Image.Image, wear: Wear, random: np.random.Generator, *, first: bool) -> Image.Image:
    """Return the page as scanned, as colour or grey image."""
    if first and wear.stamp:
        _stamp(page, wear, wear.stamp)
    if wear.punched:
        _punch(page, wear.dpi)
    if not wear.colour:
        page = page.convert("L")
    skew = wear.skew + float(random.normal(0, 0.15))
    page = page.rotate(skew, Image.Resampling.BILINEAR, fillcolor="white")
    if wear.blur > _SHARP:
        page = page.filter(ImageFilter.BoxBlur(wear.blur - _SHARP))
    return Image.fromarray(_paper(np.asarray(page), wear, random))


def _paper(pixels: NDArray[np.uint8], wear: Wear, random: np.random.Generator) -> NDArray[np.uint8]:
    """Tint the paper, darken one edge, add grain and dust."""
    height, width = pixels.shape[:2]
    grain = random.normal(0, wear.noise, (_TILE, _TILE)).astype(np.float32)
    repeats = (height // _TILE + 1, width // _TILE + 1)
    noise = np.tile(grain, repeats)[:height, :width]
    shade = np.linspace(1.0, float(random.uniform(0.93, 1.0)), width, dtype=np.float32)[None, :]
    tint = np.array(wear.tint, dtype=np.float32) / 255
    for x, y in zip(random.integers(0, width, wear.dust), random.integers(0, height, wear.dust), strict=True):
        noise[y : y + 2, x : x + 2] -= 90
    if pixels.ndim == 3:
        return _bytes(pixels.astype(np.float32) * shade[..., None] * tint + noise[..., None])
    return _bytes(pixels.astype(np.float32) * shade * float(tint.mean()) + noise)


def _bytes(levels: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    return levels.clip(0, 255).astype(np.uint8)


def _punch(page: Image.Image, dpi: int) -> None:
    """Two holes 80 mm apart, 12 mm from the edge (ISO 838)."""
    draw = ImageDraw.Draw(page)
    x, radius = 12 * dpi / 25.4, 3 * dpi / 25.4
    for millimetres in (108.5, 188.5):
        y = millimetres * dpi / 25.4
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(92, 90, 88), outline=(60, 60, 60))


def _stamp(page: Image.Image, wear: Wear, day: date) -> None:
    """Press a red, slightly turned receipt stamp with its date on the page."""
    scale = wear.dpi / 25.4
    width, height = round(52 * scale), round(23 * scale)
    ink = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(ink)
    draw.rectangle((3, 3, width - 4, height - 4), outline=215, width=max(round(0.6 * scale), 2))
    face = font("Liberation Mono")
    lines = ("EINGANG", f"{day.day:02d}. {_MONTHS[day.month - 1]}. {day.year}", "Stadt Musterstadt")
    for number, (text, size) in enumerate(zip(lines, (4.4, 5.0, 3.4), strict=True)):
        letters = ImageFont.truetype(str(face.bold), round(size * scale))
        draw.text((width / 2, (5 + number * 6.6) * scale), text, font=letters, fill=225, anchor="mm")
    ink = ink.rotate(wear.stamp_angle, Image.Resampling.BICUBIC, expand=True)
    red = Image.new("RGB", ink.size, (178, 24, 32))
    page.paste(red, (round(wear.stamp_at[0] * scale), round(wear.stamp_at[1] * scale)), ink)
