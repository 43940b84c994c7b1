"""Make letters one after the other: composed, drawn, scanned and written to a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from eakte.demo.data import CONFIG, City, load_city
from eakte.demo.letters.compose import compose
from eakte.demo.letters.content import Content
from eakte.demo.letters.layouts import draw
from eakte.demo.letters.scan import Wear, rasterise, scan, wear_of
from eakte.demo.letters.spec import Carrier, LetterSpec
from eakte.demo.letters.texts import load_texts


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: its truth, and the way to its file."""

    content: Content
    seed: int
    number: int

    @property
    def spec(self) -> LetterSpec:
        """What the letter says."""
        return self.content.spec

    def render(self, folder: Path) -> Path:
        """Write the letter into *folder* and return its path. The same letter gives the same bytes."""
        path = folder / self.spec.filename
        pdf = draw(self.content)
        if self.spec.carrier is Carrier.BORN_PDF:
            path.write_bytes(pdf)
        else:
            self._scan(pdf, path)
        return path

    def render_locked(self, folder: Path) -> Path:
        """Write the letter as a PDF that opens with a password only, as senders sometimes do."""
        path = folder / f"vertraulich_{self.number:04d}.pdf"
        path.write_bytes(draw(self.content, password="geheim"))  # noqa: S106 - nobody is to open it
        return path

    def _scan(self, pdf: bytes, path: Path) -> None:
        random = np.random.default_rng((self.seed, self.number))
        spec = self.spec
        wear = wear_of(random, dpi=spec.dpi, stamp=spec.received_on, colour=spec.carrier is not Carrier.SCAN_TIFF)
        pages = [scan(page, wear, random, first=number == 0) for number, page in enumerate(rasterise(pdf, spec.dpi))]
        quality = int(random.integers(55, 86))
        if spec.carrier is Carrier.SCAN_JPEG:
            pages[0].save(path, "JPEG", quality=quality, dpi=(spec.dpi, spec.dpi))
        elif spec.carrier is Carrier.SCAN_TIFF:
            _save_tiff(pages, path, wear)
        else:
            _save_pdf(pages, path, spec, quality)


def _save_tiff(pages: list[Image.Image], path: Path, wear: Wear) -> None:
    """Write a fax-like TIFF of black and white pages, as old scanners do."""
    black = [page.convert("L").point(lambda level: 255 * (level > 150)).convert("1") for page in pages]
    black[0].save(path, "TIFF", save_all=True, append_images=black[1:], compression="group4", dpi=(wear.dpi, wear.dpi))


def _save_pdf(pages: list[Image.Image], path: Path, spec: LetterSpec, quality: int) -> None:
    scanned_at = time.struct_time((*spec.received_on.timetuple()[:3], 8, 30, 0, 0, 0, 0))
    pages[0].save(
        path,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=spec.dpi,
        quality=quality,
        producer="Stadtscanner",
        creationDate=scanned_at,
        modDate=scanned_at,
    )


def letters(seed: int, count: int, *, city: City | None = None, config: Path = CONFIG) -> Iterator[Letter]:
    """Yield *count* letters of *seed*; letter n is the same whatever the count."""
    town = city or load_city(config)
    texts = load_texts(config / "demo" / "letters")
    for number in range(count):
        yield Letter(compose(town, texts, seed=seed, number=number), seed, number)
