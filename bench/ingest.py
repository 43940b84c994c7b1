"""What reading costs: CPU seconds, throughput, busy cores and memory, beside bare ``tesseract`` on the same pages.

Run ``python -m bench.ingest`` on a machine that does nothing else. The last line is one JSON object:

- ``ocr_cpu_ratio``: scanned pages (colour and grey, as PDF), read with text, boxes, page image, thumbnail,
  searchable PDF, facts and proposals, over ``tesseract page.png out`` with the same languages and
  ``OMP_THREAD_LIMIT=1`` on the same pages; user and system time with all child processes, in turns in one run.
- ``ocr_cpu_ratio_grey``, ``ocr_cpu_ratio_colour``: the same for one kind of page.
- ``born_digital_ratio``: CPU seconds per born-digital page with all outputs over those of a scanned page of ours.
- ``watch_throughput_ratio``: one-page scans a second from the watched folder to the inbox, by a real worker process,
  over those that bare ``tesseract`` reads to text on the same cores, one process each. The time begins when the
  first file is put and holds the seconds it must rest.
- ``watch_cpu_ratio``: the same in CPU seconds a file, everything a worker does over bare ``tesseract``.
- ``cores_busy``: the share of all cores that one file of many scanned pages keeps busy while it is read.
- ``peak_mb``, ``peak_mb_tenth``: the most memory a process has while it reads a long file with all outputs, and one
  of a tenth of its pages: the larger of a file of text and one of scans, whose pages are not recognised for this,
  because recognising a page gives all its memory back and takes hours for so many.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from fpdf import FPDF

from bench.letters import degrade, draw, font_file, office_letter
from bench.long_files import busy, lengthened, peak_mb
from bench.watching import Office, bare_files_a_second
from ingest import ReaderSettings, engines, read
from ingest.model import Limits, Scan
from ingest.reading import Engines

LANGUAGES = "deu+eng"
DIGITAL = 20
"""Pages of the born-digital file."""
RULES = Path(__file__).resolve().parent.parent / "config" / "classification"


@dataclass(slots=True)
class Costs:
    """CPU seconds per page, one entry for each round."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Ours over bare: the median of the rounds, so that one disturbed round does not decide."""
        return round(median(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)), 3)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the user and system time *work* takes in this process and its children."""

    def spent() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in used)

    before = spent()
    work()
    return spent() - before


def scanned(folder: Path, seeds: Sequence[int], *, mode: str) -> tuple[Path, list[Path]]:
    """Write pages as one scanned PDF and as PNG files of the very same pixels."""
    images = [degrade(draw(office_letter(seed), mode=mode), seed=seed) for seed in seeds]
    pdf = folder / f"{mode}.pdf"
    images[0].save(pdf, "PDF", save_all=True, append_images=images[1:], resolution=300, quality=85)
    subprocess.run(["pdfimages", "-png", pdf, folder / mode], check=True)
    return pdf, sorted(folder.glob(f"{mode}-*.png"))


def born_digital(folder: Path, seeds: Sequence[int]) -> Path:
    """Write pages as a PDF of text."""
    pdf = FPDF(format="A4")
    pdf.add_font("Letter", fname=font_file("Liberation Sans"))
    for seed in seeds:
        letter = office_letter(seed)
        pdf.add_page()
        pdf.set_font("Letter", size=11)
        for paragraph in (letter.sender, *letter.recipient, *letter.signs, letter.subject, *letter.body):
            pdf.multi_cell(0, 6, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
    path = folder / "digital.pdf"
    path.write_bytes(bytes(pdf.output()))
    return path


def bare(images: Sequence[Path], folder: Path, languages: str = LANGUAGES) -> None:
    """Run ``tesseract`` to text on each image, as anyone would at a prompt."""
    for image in images:
        command = ["tesseract", str(image), str(folder / "bare"), "-l", languages]
        subprocess.run(command, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=True, capture_output=True)


def measure(costs: Costs, pdf: Path, images: Sequence[Path], *, made: Engines, folder: Path) -> None:
    """Add one round: bare on every page, then ours on the file of the same pages."""
    costs.bare.append(cpu_seconds(lambda: bare(images, folder)) / len(images))
    costs.ours.append(cpu_seconds(lambda: reading(pdf, made, folder)) / len(images))


def main() -> None:
    """Measure and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest")
    parser.add_argument("--pages", type=int, default=4, help="pages of each kind")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=200, help="one-page files for the watched folder; 0: none")
    parser.add_argument("--long", type=int, default=1_000, help="pages of the long file; 0: none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        result = costs_of_pages(Path(name), options.pages, options.rounds)
        if options.long:
            result |= memory(Path(name), options.long)
        if options.files:
            result |= watched(Path(name), options.files)
    print(json.dumps(result))


def costs_of_pages(folder: Path, pages: int, rounds: int) -> dict[str, float]:
    """Measure what a page of each kind costs, in turns, and how busy many pages keep the cores."""
    made = engines.build(ReaderSettings("tesserocr", RULES))
    kinds = {kind: scanned(folder, range(1, pages + 1), mode=mode) for kind, mode in (("grey", "L"), ("colour", "RGB"))}
    text = born_digital(folder, range(1, DIGITAL + 1))
    costs, digital = {kind: Costs() for kind in kinds}, []
    for number in range(rounds):
        for kind, (pdf, images) in kinds.items():
            cost = costs[kind]
            measure(cost, pdf, images, made=made, folder=folder)
            print(f"round {number + 1} {kind}: ours {cost.ours[-1]:.3f} s, bare {cost.bare[-1]:.3f} s a page")
        digital.append(cpu_seconds(partial(reading, text, made, folder)) / DIGITAL)
        print(f"round {number + 1} digital: ours {digital[-1]:.4f} s a page")
    share = busy(partial(reading, lengthened(kinds["grey"][0], 5 * pages, folder / "many.pdf"), made, folder), cores())
    return {**summary(costs, digital, pages), "cores_busy": round(share, 3)}


def reading(path: Path, made: Engines, folder: Path) -> None:
    """Read a file with all outputs."""
    read(Scan(path, path.name, LANGUAGES), made, limits=Limits(), work=folder / "work")


def memory(folder: Path, pages: int) -> dict[str, float]:
    """Measure the peak of a long file and of one of a tenth of its pages."""
    peaks = {}
    for name, count in (("peak_mb_tenth", max(1, pages // 10)), ("peak_mb", pages)):
        found = {
            kind: peak_mb(lengthened(folder / f"{kind}.pdf", count, folder / "long.pdf"), engine, folder / "long")
            for kind, engine in (("digital", "tesserocr"), ("RGB", "null"))
        }
        print(f"{count} pages: " + ", ".join(f"{kind} {peak:.0f} MB" for kind, peak in found.items()))
        peaks[name] = round(max(found.values()), 1)
    return peaks


def watched(folder: Path, files: int) -> dict[str, float]:
    """Measure one-page scans through the watched folder beside bare ``tesseract``."""
    scans = [scanned(made_folder(folder / f"file-{seed}"), [seed], mode="L") for seed in range(1, files + 3)]
    images = [image for _, found in scans[2:] for image in found]
    named = [pdf.rename(pdf.parent / f"{pdf.parent.name}.pdf") for pdf, _ in scans]
    costs: list[float] = []
    alone = partial(bare_files_a_second, images, folder, LANGUAGES, cores())
    spent = cpu_seconds(lambda: costs.append(alone()))
    office = Office(folder / "office")
    run = office.run((named[0], named[1]), named[2:])
    office.close()
    print(
        f"{files} files: {run.files_a_second:.3f} a second, {run.cpu / files:.3f} CPU s each; "
        f"bare {costs[0]:.3f} a second, {spent / files:.3f} CPU s each"
    )
    return {
        "watch_throughput_ratio": round(run.files_a_second / costs[0], 3),
        "watch_cpu_ratio": round(run.cpu / spent, 3),
        "watch_files": files,
    }


def made_folder(path: Path) -> Path:
    """Return *path*, an empty folder made for it."""
    path.mkdir()
    return path


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def summary(costs: dict[str, Costs], digital: Sequence[float], pages: int) -> dict[str, float]:
    """Return the figures of a run."""
    both = Costs(
        [sum(pair) for pair in zip(costs["grey"].ours, costs["colour"].ours, strict=True)],
        [sum(pair) for pair in zip(costs["grey"].bare, costs["colour"].bare, strict=True)],
    )
    return {
        "ocr_cpu_ratio": both.ratio,
        "ocr_cpu_ratio_grey": costs["grey"].ratio,
        "ocr_cpu_ratio_colour": costs["colour"].ratio,
        "born_digital_ratio": round(median(digital) / (median(both.ours) / 2), 4),
        "born_digital_ms": round(1000 * median(digital), 1),
        "cpu_seconds_per_page": round(median(both.ours) / 2, 3),
        "bare_cpu_seconds_per_page": round(median(both.bare) / 2, 3),
        "pages": 2 * pages,
    }


if __name__ == "__main__":
    main()
