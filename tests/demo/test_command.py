"""``eakte demo``: letters for tests and benchmarks, and a city that is loaded once."""

import json
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from eakte.actions import organisation
from eakte.cli.console import Console, clock
from eakte.cli.demo import demo
from eakte.demo.city import DatabaseNotEmpty
from eakte.records.access import SYSTEM


def _call(*args: str) -> Result:
    console = Console(None)
    try:
        return CliRunner().invoke(demo, args, obj=console)
    finally:
        console.close()


@pytest.fixture
def city_in_use(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with a unit of its own."""
    shutil.copy(migrated_sqlite, tmp_path / "eakte.sqlite")
    monkeypatch.setenv("EAKTE_DATA_FOLDER", str(tmp_path))
    console, now = Console(None), clock()
    with click.Context(demo), console.writing(None) as (session, _, _):
        organisation.add_unit(session, SYSTEM, code="1", name="Echte Stadt", kind="Dezernat", parent=None, now=now)
    console.close()


def test_letters_are_written_with_their_truth_beside_them(tmp_path: Path) -> None:
    result = _call("--letters", str(tmp_path / "post"), "--count", "3", "--seed", "5")
    assert result.exit_code == 0
    truths = [json.loads(line) for line in (tmp_path / "post" / "truth.jsonl").read_text("utf-8").splitlines()]
    assert len(truths) == 3
    for truth in truths:
        assert (tmp_path / "post" / truth["filename"]).stat().st_size > 1_000
        assert truth["subject"]


@pytest.mark.usefixtures("city_in_use")
def test_once_leaves_a_city_in_use_alone() -> None:
    result = _call("--once")
    assert result.exit_code == 0
    assert "wird nicht geladen" in result.output


@pytest.mark.usefixtures("city_in_use")
def test_without_once_a_city_in_use_is_refused() -> None:
    assert isinstance(_call().exception, DatabaseNotEmpty)
