"""``migration`` from the command line, on the town."""

from __future__ import annotations

import json
import re
from pathlib import Path

from eakte.demo.binders import as_csv, write_binders
from eakte.demo.letters import Carrier
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town


def manifest(folder: Path, *, wrong: bool = False) -> Path:
    (binder,) = write_binders(folder / "scans" / "63.2" / "regal", 1, plan="52.01", carriers={Carrier.BORN_PDF})
    cells = list(binder.cells())
    if wrong:
        cells[7] = "99.99"
    path = folder / "liste.csv"
    path.write_bytes(as_csv([cells]))
    return path


@ON_SQLITE
def test_a_run_is_checked_started_followed_stopped_and_taken_back(town: Town, shell: Shell) -> None:
    path = manifest(town.folder)

    def call(*words: object) -> str:
        result = shell("migration", *words, "--as", "ott", EAKTE_MIGRATION_FOLDER=str(town.folder / "scans"))
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "Kein Fehler gefunden." in call("check", path, "--folder", "63.2/regal")
    assert "Es gibt keinen Lauf." in call("status")
    started = call("start", path, "--folder", "63.2/regal", "--title", "Regal 1")
    found = re.search(r"[0-9a-f-]{36}", started)
    assert found
    number = found[0]
    (run,) = json.loads(call("status", "--json"))["runs"]
    assert (run["run_id"], run["state"]) == (number, "running")
    assert "angehalten" in call("stop", number)
    assert "geht weiter" in call("resume", number)
    call("stop", number)
    assert "1 Zeilen sind offen." in call("report", number)
    assert "beauftragt" in call("rollback", number, "--reason", "Probe")


@ON_SQLITE
def test_the_dry_run_names_the_line_and_leaves_nothing_behind(town: Town, shell: Shell) -> None:
    path = manifest(town.folder, wrong=True)
    folder = str(town.folder / "scans")
    told = shell("migration", "check", path, "--folder", "63.2/regal", "--as", "ott", EAKTE_MIGRATION_FOLDER=folder)
    assert "Die Betreffseinheit 99.99 gibt es" in told.output
    assert "Es gibt keinen Lauf." in shell.done("migration", "status")


@ON_SQLITE
def test_a_clerk_may_not_migrate(town: Town, shell: Shell) -> None:
    path = manifest(town.folder)
    folder = str(town.folder / "scans")
    told = shell("migration", "check", path, "--folder", "63.2/regal", "--as", "brandt", EAKTE_MIGRATION_FOLDER=folder)
    assert told.exit_code != 0
