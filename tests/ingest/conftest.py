"""Engines of the real kind, built once, and a folder to work in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ReaderSettings, engines, read
from ingest.engines.null import NullOcr
from ingest.model import Limits, Reading, Scan
from ingest.reading import Engines
from tests.ingest import pages

RULES = Path(__file__).parents[2] / "config" / "classification"


@pytest.fixture(scope="session")
def real_engines() -> Engines:
    return engines.build(ReaderSettings("tesserocr", RULES))


@pytest.fixture(scope="session")
def blind_engines(real_engines: Engines) -> Engines:
    return Engines(NullOcr(), real_engines.rules)


@pytest.fixture(scope="session")
def scanned_letter(tmp_path_factory: pytest.TempPathFactory, real_engines: Engines) -> tuple[Path, Reading]:
    """A scanned letter with a form beside it (two pages), and its Reading."""
    folder = tmp_path_factory.mktemp("scanned")
    second = pages.scan(pages.Letter(subject="Anlage zum Antrag", body=("Lageplan und Grundriss",)), seed=2, dpi=200)
    first = pages.scanned_pdf(folder / "first.pdf", [pages.scan()])
    path = pages.joined(folder / "letter.pdf", [first, pages.scanned_pdf(folder / "second.pdf", [second], dpi=200)])
    return path, read(Scan(path, "Schreiben.pdf"), real_engines, limits=Limits(), work=folder / "work")
