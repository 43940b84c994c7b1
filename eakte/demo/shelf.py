"""A shelf of old files to try the migration desk with: scans in ``migration_folder`` and their manifest.

The binders stand in ``config/demo/shelf.toml``. Their letters are written and worn as those of the demo's post; two
lines of the manifest are wrong on purpose, so that the dry run and the list of exceptions have something to show.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eakte.demo.binders import IN_A_BOX, Binder, as_csv
from eakte.demo.data import CONFIG, CaseFileEntry, City, load_city
from eakte.demo.letters import Carrier, Letter, letters
from ingest.page_counts import pages_of

UNIT, NAME = "63.2", "regal-1"
PLAN, TOPIC = "52.01.02", "bauen"
SCANNED, TYPED = 1984, 1985
"""Seeds that give every binder one letter each; scanning takes its time, so only the first is scanned."""


def write_shelf(root: Path, config: Path = CONFIG) -> Path:
    """Write the shelf below *root*, unless it stands there already; return where its manifest is.

    Args:
        root: the folder of the setting ``migration_folder``; made where it is missing.
        config: folder with the demo city.
    """
    manifest = root / UNIT / f"{NAME}.csv"
    if manifest.exists():
        return manifest
    told = tomllib.loads((config / "demo" / "shelf.toml").read_text("utf-8"))["binder"]
    folder = root / UNIT / NAME
    lines = [
        _write(folder, number, row, inside).cells()
        for number, (row, inside) in enumerate(zip(told, _letters(load_city(config), told, config), strict=True), 1)
    ]
    manifest.write_bytes(as_csv(lines))  # last: a shelf that was not finished is written again
    return manifest


def _letters(city: City, told: list[Mapping[str, Any]], config: Path) -> Iterator[list[Letter]]:
    """Yield the letters of each binder, the oldest first."""
    old = replace(city, case_files=tuple(_entry(row) for row in told))
    made = list(letters(SCANNED, len(told), city=old, config=config))
    made += [_typed(letter) for letter in letters(TYPED, len(told), city=old, config=config)]
    for row in told:
        own = [letter for letter in made if letter.spec.case_file_key == row["reference"]]
        yield sorted(own, key=lambda letter: letter.spec.letter_date)


def _typed(letter: Letter) -> Letter:
    spec = letter.spec
    as_file = replace(spec, carrier=Carrier.BORN_PDF, filename=f"{spec.key}.pdf")
    return replace(letter, content=replace(letter.content, spec=as_file))


def _entry(row: Mapping[str, Any]) -> CaseFileEntry:
    return CaseFileEntry(
        **{name: row[name] for name in ("reference", "matter", "place", "applicant", "opened", "closed")},
        key=row["reference"],
        plan=PLAN,
        unit=UNIT,
        topic=TOPIC,
        cases=(),
        events=(),
        hold=None,
        restricted=False,
        post=1,
        fields={},
    )


def _write(folder: Path, number: int, row: Mapping[str, Any], inside: list[Letter]) -> Binder:
    """Write the scans of one binder and return what the manifest says of it."""
    box, binder = f"K{(number - 1) // IN_A_BOX + 1:02}", f"O{number:03}"
    below = folder / box / binder
    written = [] if row.get("unscanned") else [_pages(below, letter, sheet) for sheet, letter in enumerate(inside, 1)]
    return Binder(
        box=box,
        binder=binder,
        reference=row["reference"],
        title=f"{row['matter']}, {row['place']}",
        years=f"{row['opened'].year}–{row['closed'].year}",
        pages=sum(written, row.get("pages_off", 0)),
        path=f"{box}/{binder}",
        plan=PLAN,
    )


def _pages(below: Path, letter: Letter, sheet: int) -> int:
    """Write one letter and return how many pages it has."""
    below.mkdir(parents=True, exist_ok=True)
    file = letter.render(below)
    return pages_of(file.rename(below / f"{sheet:04}{file.suffix}")) or 1
