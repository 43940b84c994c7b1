"""The search alone, on the command line and on JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search import jsonl
from search.__main__ import main

LINES = """
{"id": "a", "title": "Stellplatz", "date": "2026-04-17", "text": "Antrag am Gartenweg", "access_keys": ["unit:63"]}
{"document_id": "b", "pages": ["Garage", {"number": 2, "text": "Carport"}], "document_type": "Bescheid"}
"""


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_lines_are_indexed_and_found(engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lines.jsonl").write_text(LINES, encoding="utf-8")
    shared = ["--folder", str(tmp_path / "index"), "--engine", engine]
    assert main(["index", str(tmp_path / "lines.jsonl"), "--keys", "unit:52", *shared]) == 0
    assert json.loads(capsys.readouterr().out) == {"indexed": 2}
    assert main(["find", "Gartenwege", "--keys", "unit:63,unit:1", *shared]) == 0
    results = json.loads(capsys.readouterr().out)
    assert [hit["document_id"] for hit in results["hits"]] == ["a"]
    assert main(["find", "Gartenwege", "--keys", "unit:52", "--exact", *shared]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 0
    assert main(["find", "carport typ:bescheid", "--keys", "unit:52", *shared]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["pages"][0]["number"] == 2


def test_a_bad_line_is_named_in_german(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lines.jsonl").write_text('{"id": "a"}\n{"id"', encoding="utf-8")
    assert main(["index", str(tmp_path / "lines.jsonl"), "--folder", str(tmp_path / "index")]) == 1
    assert "Zeile 2 ist kein gültiger Eintrag" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line", ["[]", "1", '{"text": "ohne Kennung"}', '{"id": 1, "pages": 3}', '{"id": 1, "date": "x"}']
)
def test_no_wrong_line_passes_silently(line: str) -> None:
    with pytest.raises(ValueError, match="Zeile 1"):
        list(jsonl.entries([line], frozenset()))
