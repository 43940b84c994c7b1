"""What reading costs: CPU seconds per page with all outputs, over those of bare ``tesseract`` to text.

Run ``python -m bench.ingest``. The last line is one JSON object:

- ``ocr_cpu_ratio``: scanned pages (colour and grey, as PDF), read with text, boxes, page image, thumbnail,
  searchable PDF, facts and proposals, over ``tesseract page.png out`` with the same languages and
  ``OMP_THREAD_LIMIT=1`` on the same pages; user and system time with all child processes, in turns in one run.
- ``ocr_cpu_ratio_grey``, ``ocr_cpu_ratio_colour``: the same for one kind of page.
- ``born_digital_ratio``: CPU seconds per born-digital page with all outputs over those of bare ``tesseract``
  on the page printed at 300 dpi.
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
from pathlib import Path
from statistics import median

from fpdf import FPDF

from bench.letters import degrade, draw, font_file, office_letter
from ingest import ReaderSettings, engines, read
from ingest.model import Limits, Scan
from ingest.reading import Engines

LANGUAGES = "deu+eng"
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


def born_digital(folder: Path, seeds: Sequence[int]) -> tuple[Path, list[Path]]:
    """Write pages as a PDF of text and print them at 300 dpi."""
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
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", path, folder / "digital"], check=True)
    return path, sorted(folder.glob("digital-*.png"))


def bare(images: Sequence[Path], folder: Path, languages: str = LANGUAGES) -> None:
    """Run ``tesseract`` to text on each image, as anyone would at a prompt."""
    for image in images:
        command = ["tesseract", str(image), str(folder / "bare"), "-l", languages]
        subprocess.run(command, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=True, capture_output=True)


def measure(costs: Costs, pdf: Path, images: Sequence[Path], *, made: Engines, folder: Path) -> None:
    """Add one round: bare on every page, then ours on the file of the same pages."""
    scan = Scan(pdf, pdf.name, LANGUAGES)
    costs.bare.append(cpu_seconds(lambda: bare(images, folder)) / len(images))
    ours = cpu_seconds(lambda: read(scan, made, limits=Limits(), work=folder / "work"))
    costs.ours.append(ours / len(images))


def main() -> None:
    """Measure and print the result as JSON in the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest")
    parser.add_argument("--pages", type=int, default=4, help="pages of each kind")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    made = engines.build(ReaderSettings("tesserocr", RULES))
    with tempfile.TemporaryDirectory() as name:
        folder, seeds = Path(name), range(1, options.pages + 1)
        kinds = {
            "grey": scanned(folder, seeds, mode="L"),
            "colour": scanned(folder, seeds, mode="RGB"),
            "digital": born_digital(folder, seeds),
        }
        costs = {kind: Costs() for kind in kinds}
        for number in range(options.rounds):
            for kind, (pdf, images) in kinds.items():
                measure(costs[kind], pdf, images, made=made, folder=folder)
                cost = costs[kind]
                print(f"round {number + 1} {kind}: ours {cost.ours[-1]:.3f} s, bare {cost.bare[-1]:.3f} s a page")
    print(json.dumps(summary(costs, options.pages)))


def summary(costs: dict[str, Costs], pages: int) -> dict[str, float]:
    """Return the figures of a run."""
    both = Costs(
        [sum(pair) for pair in zip(costs["grey"].ours, costs["colour"].ours, strict=True)],
        [sum(pair) for pair in zip(costs["grey"].bare, costs["colour"].bare, strict=True)],
    )
    return {
        "ocr_cpu_ratio": both.ratio,
        "ocr_cpu_ratio_grey": costs["grey"].ratio,
        "ocr_cpu_ratio_colour": costs["colour"].ratio,
        "born_digital_ratio": costs["digital"].ratio,
        "cpu_seconds_per_page": round(median(both.ours) / 2, 3),
        "bare_cpu_seconds_per_page": round(median(both.bare) / 2, 3),
        "pages": 2 * pages,
    }


if __name__ == "__main__":
    main()
