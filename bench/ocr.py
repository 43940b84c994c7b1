"""How well and how cheaply pages are read: our reading against bare ``tesseract``, on images or PDFs with their truth.

Run ``python -m bench.ocr DIR``: DIR holds ``NAME.png`` (or jpg, tif, pdf …) with what is written on it in ``NAME.txt``
beside. ``python -m bench.ocr --make DIR`` writes generated letters there, ``--letters`` of each kind and resolution,
and tells for each how many characters of a hundred we and bare ``tesseract`` have wrong. The last line is one JSON
object:

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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.distance import distance
from bench.ingest import RULES, bare, cpu_seconds
from bench.worn import KINDS, RESOLUTIONS, kind_of, write_samples
from ingest import ReaderSettings, engines, read
from ingest.errors import IngestError
from ingest.model import Limits, Scan
from ingest.reading import Engines

_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".pbm", ".pgm", ".ppm")
_PRINTED_DPI = "300"


@dataclass(slots=True)
class Errors:
    """Errors of one reader, and what it cost."""

    signs: int = 0
    words: int = 0
    cpu_seconds: float = 0.0

    def count(self, truth: str, text: str) -> None:
        """Count what *text* has wrong."""
        self.signs += distance(" ".join(truth.split()), " ".join(text.split()))
        self.words += distance(truth.split(), text.split())

    def add(self, other: Errors) -> None:
        """Add those of other files."""
        self.signs += other.signs
        self.words += other.words
        self.cpu_seconds += other.cpu_seconds


@dataclass(slots=True)
class Tally:
    """Both readers over the same files."""

    pages: int = 0
    signs: int = 0
    words: int = 0
    ours: Errors = field(default_factory=Errors)
    bare: Errors = field(default_factory=Errors)

    def rates(self) -> tuple[float, float]:
        """Return the errors per character of ours and of bare."""
        return self.ours.signs / max(1, self.signs), self.bare.signs / max(1, self.signs)


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
        write_samples(options.folder, seeds=range(1, options.letters + 1))
    made = engines.build(ReaderSettings(options.engine, RULES))
    tallies: dict[Path, Tally] = {}
    for file, truth in samples(options.folder):
        with tempfile.TemporaryDirectory() as name:
            tallies[file] = _compared(file, truth, made=made, languages=options.languages, work=Path(name))
        print("{}: {:.4f}, bare {:.4f}".format(file.name, *tallies[file].rates()), flush=True)
    for line in table(tallies):
        print(line)
    print(json.dumps(summary(total(tallies.values()))))


def _compared(file: Path, truth: str, *, made: Engines, languages: str, work: Path) -> Tally:
    tally = Tally(signs=len(" ".join(truth.split())), words=len(truth.split()))
    read_by_us: list[tuple[str, int]] = []
    tally.ours.cpu_seconds = cpu_seconds(lambda: read_by_us.append(ours(file, made, languages, work / "ours")))
    text, tally.pages = read_by_us[0]
    images, texts = as_images(file, work), []
    for image in images:
        tally.bare.cpu_seconds += cpu_seconds(lambda one=image: bare([one], work, languages))  # type: ignore[misc]  # bound now
        texts.append((work / "bare.txt").read_text("utf-8"))
    tally.ours.count(truth, text)
    tally.bare.count(truth, "\n".join(texts))
    return tally


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of *tallies*."""
    whole = Tally()
    for tally in tallies:
        whole.pages += tally.pages
        whole.signs += tally.signs
        whole.words += tally.words
        whole.ours.add(tally.ours)
        whole.bare.add(tally.bare)
    return whole


def table(tallies: dict[Path, Tally]) -> Iterator[str]:
    """Yield a line for each kind of generated letter: errors per hundred characters at each resolution."""
    classes: dict[tuple[str, int], list[Tally]] = {}
    for file, tally in tallies.items():
        if known := kind_of(file):
            classes.setdefault(known, []).append(tally)
    if classes:
        yield "cer in %, ours / bare" + "".join(f"{dpi:>12} dpi" for dpi in RESOLUTIONS)
    for kind in KINDS:
        cells = [total(classes[kind, dpi]) if (kind, dpi) in classes else None for dpi in RESOLUTIONS]
        if any(cells):
            yield f"{kind:<21}" + "".join(f"{_cell(cell):>16}" for cell in cells)


def _cell(tally: Tally | None) -> str:
    return "{:.2f} / {:.2f}".format(*(100 * rate for rate in tally.rates())) if tally else "-"


def summary(tally: Tally) -> dict[str, float]:
    """Return the figures of a run."""
    words = max(1, tally.words)
    cer, cer_bare = tally.rates()
    return {
        "pages": tally.pages,
        "cer": round(cer, 5),
        "wer": round(tally.ours.words / words, 5),
        "cer_bare": round(cer_bare, 5),
        "wer_bare": round(tally.bare.words / words, 5),
        "cpu_ratio": round(tally.ours.cpu_seconds / tally.bare.cpu_seconds, 3) if tally.bare.cpu_seconds else 0.0,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ocr")
    parser.add_argument("folder", type=Path, help="images or PDFs, each with its truth in NAME.txt")
    parser.add_argument("--make", action="store_true", help="write generated letters there first")
    parser.add_argument("--letters", type=int, default=2, help="of each kind and resolution to write")
    parser.add_argument("--engine", default="tesserocr")
    parser.add_argument("--languages", default="deu+eng")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ["OMP_THREAD_LIMIT"] = "1"
    main()
