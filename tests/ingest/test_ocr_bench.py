"""The bench of text recognition tells its figures as one object, and those of generated letters as a table."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import ocr
from bench.letters import degrade, draw, office_letter, printed
from bench.worn import kind_of, write_samples


def test_one_letter_is_told_by_kind_and_resolution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clean-150-1.png"
    degrade(draw(office_letter(1), dpi=150), seed=1).save(file, dpi=(150, 150))
    file.with_suffix(".txt").write_text(printed(office_letter(1)), "utf-8")
    monkeypatch.setattr(sys, "argv", ["ocr", str(tmp_path)])
    ocr.main()
    *_, row, last = capsys.readouterr().out.splitlines()
    told = json.loads(last)
    assert row.split()[0] == "clean"
    assert f"{100 * told['cer']:.2f} / {100 * told['cer_bare']:.2f}" in row
    assert set(told) >= {"pages", "cer", "wer", "cer_bare", "cpu_ratio"}
    assert told["pages"] == 1
    assert told["cer"] <= 0.01
    assert told["cpu_ratio"] > 0


def test_sums_are_over_all_letters_of_a_kind() -> None:
    short, long = ocr.Tally(pages=1, signs=100), ocr.Tally(pages=1, signs=300)
    short.ours.count("Rathaus", "Ratshaus")
    long.bare.count("Rathaus am Platz", "Rathaus a Platx")
    rows = list(ocr.table({Path("worn-200-1.png"): short, Path("worn-200-2.png"): long, Path("eigene.pdf"): short}))
    assert rows[1].split() == ["worn", "-", "0.25", "/", "0.50", "-"]
    assert len(rows) == 2
    assert list(ocr.table({Path("eigene.pdf"): short})) == []


def test_samples_carry_kind_and_resolution_in_their_names(tmp_path: Path) -> None:
    write_samples(tmp_path, seeds=(1,), resolutions=(60,))
    kinds = [kind_of(file) for file, _ in ocr.samples(tmp_path)]
    assert kinds == [(kind, 60) for kind in ("blurred", "clean", "faded", "leaning", "noisy", "worn")]
    assert kind_of(Path("brief-2026-1.png")) is None
