"""How well and how cheaply pages are read: our reading against bare ``tesseract``, on images or PDFs with their truth.

Run ``python -m bench.ocr DIR``: DIR holds ``NAME.png`` (or jpg, tif, pdf …) with what is written on it in ``NAME.txt``
beside. ``python -m bench.ocr --make DIR`` writes generated letters there. The last line is one JSON object:

- ``pages``: how many were read;
- ``cer``, ``wer``: errors per character and per word of the truth, runs of blanks taken as one;
- ``cer_bare``, ``wer_bare``: the same for ``tesseract page out`` with the same languages;
- ``cpu_ratio``: our CPU seconds, with every output of a reading, over those of bare ``tesseract``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.distance import distance
from bench.ingest import RULES, bare, cpu_seconds
from bench.worn import write_samples
from ingest import ReaderSettings, engines, read
from ingest.errors import IngestError
from ingest.model import Limits, Scan
from ingest.reading import Engines

_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".pbm", ".pgm", ".ppm")
_PRINTED_DPI = "300"


@dataclass(slots=True)
class Errors:
    """Errors of one reader over all files, and what it cost."""

    signs: int = 0
    words: int = 0
    cpu_seconds: float = 0.0

    def add(self, truth: str, text: str) -> None:
        """Count what *text* has wrong."""
        self.signs += distance(" ".join(truth.split()), " ".join(text.split()))
        self.words += distance(truth.split(), text.split())


@dataclass(slots=True)
class Tally:
    """Both readers over the same files."""

    pages: int = 0
    signs: int = 0
    words: int = 0


def samples(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file of *folder* that has a truth beside it, and that truth."""
    for file in sorted(folder.rglob("*")):
        truth = file.with_suffix(".txt")
        if file.suffix.lower() in (*_IMAGES, ".pdf") and truth.is_file():
            yield file, truth.read_text("utf-8")


def ours(file: Path, made: Engines, languages: str, work: Path) -> tuple[str, int]:
    """Return the text of *file* as the product reads it, and its pages; nothing where it cannot be read."""
    try:
        reading = read(Scan(file, file.name, languages), made, limits=Limits(), work=work)
    except IngestError as error:
        print(f"{file.name}: {error.text}")
        return "", 1
    return "\n".join(page.text for page in reading.pages), len(reading.pages)


def as_images(file: Path, folder: Path) -> Sequence[Path]:
    """Return *file* as images that ``tesseract`` takes: PDFs are printed at 300 dpi."""
    if file.suffix.lower() != ".pdf":
        return [file]
    subprocess.run(["pdftoppm", "-r", _PRINTED_DPI, "-png", file, folder / "bare-page"], check=True)
    return sorted(folder.glob("bare-page*.png"))


def main() -> None:
    """Measure and print the result as JSON in the last line."""
    options = _options()
    if options.make:
        write_samples(options.folder)
    made = engines.build(ReaderSettings(options.engine, RULES))
    good, plain, tally = Errors(), Errors(), Tally()
    for file, truth in samples(options.folder):
        with tempfile.TemporaryDirectory() as name:
            _compare(file, truth, (good, plain, tally), made=made, languages=options.languages, work=Path(name))
    print(json.dumps(summary(good, plain, tally)))


def _compare(
    file: Path, truth: str, sums: tuple[Errors, Errors, Tally], *, made: Engines, languages: str, work: Path
) -> None:
    good, plain, tally = sums
    read_by_us: list[tuple[str, int]] = []
    good.cpu_seconds += cpu_seconds(lambda: read_by_us.append(ours(file, made, languages, work / "ours")))
    text, count = read_by_us[0]
    images, texts = as_images(file, work), []
    for image in images:
        plain.cpu_seconds += cpu_seconds(lambda one=image: bare([one], work, languages))  # type: ignore[misc]  # bound now
        texts.append((work / "bare.txt").read_text("utf-8"))
    before = good.signs, plain.signs
    good.add(truth, text)
    plain.add(truth, "\n".join(texts))
    tally.pages += count
    tally.signs += len(" ".join(truth.split()))
    tally.words += len(truth.split())
    size = max(1, len(" ".join(truth.split())))
    print(f"{file.name}: {(good.signs - before[0]) / size:.4f}, bare {(plain.signs - before[1]) / size:.4f}")


def summary(good: Errors, plain: Errors, tally: Tally) -> dict[str, float]:
    """Return the figures of a run."""
    signs, words = max(1, tally.signs), max(1, tally.words)
    return {
        "pages": tally.pages,
        "cer": round(good.signs / signs, 5),
        "wer": round(good.words / words, 5),
        "cer_bare": round(plain.signs / signs, 5),
        "wer_bare": round(plain.words / words, 5),
        "cpu_ratio": round(good.cpu_seconds / plain.cpu_seconds, 3) if plain.cpu_seconds else 0.0,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ocr")
    parser.add_argument("folder", type=Path, help="images or PDFs, each with its truth in NAME.txt")
    parser.add_argument("--make", action="store_true", help="write generated letters there first")
    parser.add_argument("--engine", default="tesserocr")
    parser.add_argument("--languages", default="deu+eng")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ["OMP_THREAD_LIMIT"] = "1"
    main()
