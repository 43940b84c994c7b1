"""What was written is opened by a second library before it counts."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from ingest import read, reading
from ingest.model import Limits, Scan
from ingest.reading import Engines
from ingest.second_look import opens_elsewhere
from tests.ingest import pages


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return pages.scanned_pdf(tmp_path / "scan.pdf", [pages.scan(dpi=100), pages.scan(dpi=100)], dpi=100)


def test_a_whole_file_with_its_pages_is_found_sound(written: Path) -> None:
    assert opens_elsewhere(written, 2)


def test_a_page_too_few_or_too_many_is_seen(written: Path) -> None:
    assert not opens_elsewhere(written, 1)
    assert not opens_elsewhere(written, 3)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_file_cut_off_is_not_sound(written: Path, share: float) -> None:
    written.write_bytes(written.read_bytes()[: int(share * written.stat().st_size)])
    assert not opens_elsewhere(written, 2)


def test_a_page_without_measure_is_not_sound(written: Path, tmp_path: Path) -> None:
    with pikepdf.open(written) as pdf:
        pdf.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 0, 0])
        pdf.save(tmp_path / "flat.pdf")
    assert not opens_elsewhere(tmp_path / "flat.pdf", 2)


def test_what_does_not_open_elsewhere_claims_no_standard_and_warns(
    written: Path, real_engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def result() -> tuple[str, bool]:
        found = read(Scan(written, written.name), real_engines, limits=Limits(), work=tmp_path / "work")
        return found.renditions[0].standard, any("zweiten Programm" in warning for warning in found.warnings)

    assert result() == ("PDF/A-2b", False)
    monkeypatch.setattr(reading, "opens_elsewhere", lambda _path, count: opens_elsewhere(written, count + 1))
    assert result() == ("", True)
