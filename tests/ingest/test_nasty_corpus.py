"""Nasty files, as the corpus command reads them: each ends with its own reason or as pages, untouched, and in time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import corpus
from eakte.settings import Settings
from eakte.texts import sentences
from tests.ingest.nasty import Nasty
from tests.ingest.nasty.containers import CONTAINERS
from tests.ingest.nasty.images import IMAGES
from tests.ingest.nasty.pdfs import GOOD, PDFS
from tests.ingest.nasty.texts import TEXTS
from tests.ingest.test_containers import mail
from tests.ingest.test_office import needs_office

ALL: Nasty = {**PDFS, **IMAGES, **CONTAINERS, **TEXTS}
SETTINGS = replace(Settings(), ocr_engine="null", read_seconds=300)
OF_OFFICE = {"a text document of noise", "rich text without end"}


def test_there_are_more_than_sixty() -> None:
    assert len(ALL) == len(PDFS) + len(IMAGES) + len(CONTAINERS) + len(TEXTS) > 60


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs_office) if name in OF_OFFICE else name for name in ALL]
)
def test_a_nasty_file_ends_as_it_must_and_stays_as_it_came(name: str, tmp_path: Path) -> None:
    write, expected = ALL[name]
    write(tmp_path / "upload.pdf")
    fate, *parts = corpus.fates_of(tmp_path / "upload.pdf", name, SETTINGS)
    assert (fate.outcome, fate.code) != ("ERROR", fate.code)
    assert fate.code == (expected.code if expected else corpus.NOTHING)
    assert fate.is_same
    assert (fate.pages > 0) == (fate.outcome == "read")
    for part in parts:
        assert part.outcome in {"read", "waiting", "refused"}
        assert part.code == corpus.NOTHING or sentences()[part.code]


def test_the_command_tells_of_each_file_and_sums_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "gut.txt").write_bytes(GOOD)
    (tmp_path / "a" / "b" / "leer.pdf").write_bytes(b"")
    (tmp_path / "post.eml").write_bytes(mail(("Plan.pdf", GOOD), ("leer.zip", b"PK\5\6" + bytes(18))))
    assert corpus.main([str(tmp_path), "--engine", "null"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    cells = [line.split("\t") for line in lines]
    assert [(cell[0], cell[1], cell[2], cell[3], cell[5], cell[6]) for cell in cells] == [
        ("refused", "empty-file", "-", "0", "same", "a/b/leer.pdf"),
        ("read", "-", "application/pdf", "1", "same", "a/gut.txt"),
        ("read", "-", "message/rfc822", "1", "same", "post.eml"),
        ("read", "-", "application/pdf", "1", "same", "post.eml » Plan.pdf"),
        ("refused", "empty-file", "application/zip", "0", "same", "post.eml » leer.zip"),
    ]
    sums = json.loads(last)
    assert (sums["files"], sums["parts"], sums["read"], sums["refused"], sums["errors"]) == (3, 2, 3, 2, 0)
    assert sums["bytes_equal"] is True
    assert sums["by_code"] == {"empty-file": 2}
