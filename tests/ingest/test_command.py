"""``python -m ingest`` alone, as a person or a script calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.ingest import pages


def test_it_prints_the_reading_as_json(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = pages.born_digital_pdf(
        tmp_path / "a.pdf", ["Ihr Zeichen: 52.01.01-2026/0417", "Sehr geehrte Damen und Herren"]
    )
    assert main([str(path), "--out", str(tmp_path / "out")]) == 0
    reading = json.loads(capsysbinary.readouterr().out)
    assert reading["facts"]["references"][0]["value"] == "52.01.01-2026/0417"
    assert (tmp_path / "out" / reading["renditions"][0]["path"]).read_bytes().startswith(b"%PDF")


def test_it_says_in_german_why_a_file_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.pdf").touch()
    assert main([str(tmp_path / "empty.pdf")]) == 1
    assert "Die Datei ist leer." in capsys.readouterr().err


def test_it_says_in_german_that_there_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing.pdf")]) == 2
    assert "gibt es nicht" in capsys.readouterr().err
