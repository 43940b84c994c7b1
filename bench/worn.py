"""Generated letters at several resolutions: as scanned, on worn paper, out of focus, askew; with their truth."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from bench.letters import degrade, draw, office_letter, printed

RESOLUTIONS = (150, 200, 300)
_INK = 70


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


def askew(image: Image.Image, *, seed: int) -> Image.Image:
    """Turn *image* by some degrees, as it lies under a camera."""
    angle = 2.5 if seed % 2 else -3.0
    return degrade(image.rotate(angle, Image.Resampling.BILINEAR, fillcolor="white"), seed=seed)


KINDS: dict[str, Callable[..., Image.Image]] = {"scan": degrade, "worn": worn, "blurred": blurred, "askew": askew}


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
