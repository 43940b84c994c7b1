"""Generated letters, spoiled in several ways and at several resolutions, with their truth."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from bench.letters import degrade, draw, office_letter, printed

RESOLUTIONS = (150, 200, 300)
_INK = 70
_FADED = 165
"""Grey of what a printer with little toner leaves."""
_SPECKS = 0.003
"""Share of the spots of a noisy page that are black or white."""


def worn(image: Image.Image, *, seed: int) -> Image.Image:
    """Lay *image* on paper that has darkened unevenly and has stains, in faded ink."""
    chance = np.random.default_rng(seed)
    down, across = np.mgrid[0 : image.height, 0 : image.width].astype(np.float32)
    paper = 190 - 50 * across / image.width - 30 * np.sin(3 * down / image.height)
    for _ in range(5):
        x, y = chance.uniform(0, image.width), chance.uniform(0, image.height)
        reach = chance.uniform(0.05, 0.2) * image.width
        paper -= 45 * np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * reach**2))
    ink = np.asarray(image.convert("L"), dtype=np.float32) / 255
    pixels = _INK + (paper - _INK) * ink + chance.normal(0, 9, ink.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def blurred(image: Image.Image, *, seed: int) -> Image.Image:
    """Take *image* out of focus and pack it hard, as telephones do."""
    dpi = image.width / 8.27
    soft = degrade(image.filter(ImageFilter.GaussianBlur(dpi / 180)), seed=seed, noise=8)
    file = io.BytesIO()
    soft.save(file, "JPEG", quality=35)
    return Image.open(file).convert("L")


def noisy(image: Image.Image, *, seed: int) -> Image.Image:
    """Scan *image* with a bad lamp and dust on the glass."""
    pixels = np.array(degrade(image, seed=seed, noise=30))
    chance = np.random.default_rng(seed).random(pixels.shape)
    pixels[chance < _SPECKS / 2] = 0
    pixels[chance > 1 - _SPECKS / 2] = 255
    return Image.fromarray(pixels)


def faded(image: Image.Image, *, seed: int) -> Image.Image:
    """Print *image* with the last of the toner."""
    return degrade(image.point(lambda grey: _FADED + grey * (250 - _FADED) // 255), seed=seed, noise=8)


def leaning(image: Image.Image, *, seed: int) -> Image.Image:
    """Turn *image* by some degrees, as it lies under a camera or a feeder draws it in."""
    angle = 2.5 if seed % 2 else -3.0
    return degrade(image.rotate(angle, Image.Resampling.BILINEAR, fillcolor="white"), seed=seed)


KINDS: dict[str, Callable[..., Image.Image]] = {
    "clean": degrade, "noisy": noisy, "faded": faded, "worn": worn, "blurred": blurred, "leaning": leaning,
}  # fmt: skip
_NAME = re.compile(r"([a-z]+)-(\d+)-\d+")


def kind_of(file: Path) -> tuple[str, int] | None:
    """Return the kind and the resolution (dpi) of a *file* that ``write_samples`` wrote, else ``None``."""
    told = _NAME.fullmatch(file.stem)
    return (told[1], int(told[2])) if told and told[1] in KINDS else None


def write_samples(folder: Path, *, seeds: Sequence[int] = (1, 2), resolutions: Sequence[int] = RESOLUTIONS) -> None:
    """Write ``KIND-DPI-SEED.png`` and its truth into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for dpi in resolutions:
        for kind, spoil in KINDS.items():
            for seed in seeds:
                letter = office_letter(seed)
                file = folder / f"{kind}-{dpi}-{seed}.png"
                spoil(draw(letter, dpi=dpi), seed=seed).save(file, dpi=(dpi, dpi))
                file.with_suffix(".txt").write_text(printed(letter), "utf-8")
