"""Binders of old paper to try a migration with: scans in folders and the manifest a project team would write.

``python -m eakte.demo.binders FOLDER [BINDERS]`` writes them; FOLDER is one of those below ``migration_folder``.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from eakte.demo.letters import Carrier, Letter, letters
from ingest.page_counts import pages_of

HEADS = ("Karton", "Ordner", "Aktenzeichen alt", "Titel", "Laufzeit", "Seiten", "Datei", "Aktenplan")
LETTERS = 2
"""In each binder."""
IN_A_BOX = 3
"""Binders in each box."""


@dataclass(frozen=True, slots=True)
class Binder:
    """One line of the manifest; ``path`` is the folder of its scans."""

    box: str
    binder: str
    reference: str
    title: str
    years: str
    pages: int
    path: str
    plan: str

    def cells(self) -> tuple[str, ...]:
        """Return the line as cells under HEADS."""
        return (self.box, self.binder, self.reference, self.title, self.years, str(self.pages), self.path, self.plan)


def write_binders(
    folder: Path, count: int, *, seed: int = 1, plan: str = "", carriers: Collection[Carrier] = tuple(Carrier)
) -> list[Binder]:
    """Write scans of *count* binders below *folder* and return what a manifest says of them.

    Args:
        folder: of the run; made where it is missing.
        count: of binders.
        seed: the same binders for the same seed.
        plan: file plan unit of every line; empty leaves it to the run.
        carriers: kinds of files to use.
    """
    source = _letters(seed, carriers)
    binders = []
    for number in range(1, count + 1):
        box = f"K{(number - 1) // IN_A_BOX + 1:02}"
        path = f"{box}/O{number:03}"
        below = folder / path
        below.mkdir(parents=True, exist_ok=True)
        inside = [next(source) for _ in range(LETTERS)]
        files = [letter.render(below) for letter in inside]
        year = 1979 + number % 20
        binders.append(
            Binder(
                box=box,
                binder=f"O{number:03}",
                reference=f"A {number:03}/{year % 100:02}",
                title=f"{inside[0].spec.subject} ({number})"[:200],
                years=f"{year}-{year + 3}",
                pages=sum(pages_of(file) or 1 for file in files),
                path=path,
                plan=plan,
            )
        )
    return binders


def _letters(seed: int, carriers: Collection[Carrier]) -> Iterator[Letter]:
    while True:
        yield from (letter for letter in letters(seed, 200) if letter.spec.carrier in carriers)
        seed += 1


def as_csv(lines: Sequence[Sequence[str]]) -> bytes:
    """Return lines under HEADS as a CSV file, as a German spreadsheet writes it."""
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=";").writerows([HEADS, *lines])
    return sink.getvalue().encode("utf-8-sig")


def as_xlsx(lines: Sequence[Sequence[str]]) -> bytes:
    """Return lines under HEADS as a workbook."""
    book = Workbook()
    sheet = book.create_sheet("Kartons", 0)
    for line in (HEADS, *lines):
        sheet.append([int(cell) if cell.isdigit() else cell for cell in line])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def main(folder: Path, count: int) -> None:
    """Write binders with a manifest in both forms beside the folder."""
    lines = [binder.cells() for binder in write_binders(folder, count)]
    folder.with_suffix(".csv").write_bytes(as_csv(lines))
    folder.with_suffix(".xlsx").write_bytes(as_xlsx(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 12)
