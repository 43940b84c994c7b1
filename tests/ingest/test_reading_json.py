"""A Reading survives the way through JSON, wherever its folder is moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import proposals_from_rows, proposals_to_rows, reading_from_json, reading_to_json
from ingest.model import Reading


def test_a_reading_comes_back_as_it_was(scanned_letter: tuple[Path, Reading]) -> None:
    work, reading = scanned_letter[0].parent / "work", scanned_letter[1]
    assert reading_from_json(reading_to_json(reading, work), work) == reading


def test_paths_follow_the_folder(scanned_letter: tuple[Path, Reading], tmp_path: Path) -> None:
    work, reading = scanned_letter[0].parent / "work", scanned_letter[1]
    moved = reading_from_json(reading_to_json(reading, work), tmp_path)
    assert moved.pages[0].image == tmp_path / reading.pages[0].image.name
    assert str(work).encode() not in reading_to_json(reading, work)


def test_a_path_out_of_the_folder_is_refused(scanned_letter: tuple[Path, Reading]) -> None:
    work, reading = scanned_letter[0].parent / "work", scanned_letter[1]
    data = reading_to_json(reading, work).replace(b'"page-0001.webp"', b'"../../etc/passwd"')
    with pytest.raises(ValueError, match="out of the folder"):
        reading_from_json(data, work)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"pages": 3}', b"\xff"])
def test_other_json_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — any ValueError is the promise
        reading_from_json(data, tmp_path)


def test_proposals_come_back_as_they_were(scanned_letter: tuple[Path, Reading]) -> None:
    proposals = scanned_letter[1].file_plan_units
    assert proposals_from_rows(proposals_to_rows(proposals)) == proposals
