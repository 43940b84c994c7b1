"""Learning by command: ordered for a worker, versions with their measure, and back to an earlier one."""

from __future__ import annotations

import json

from eakte.cli.exits import Exit
from eakte.store.jobs import live_jobs
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town
from tests.worker.test_learning import add, unit_id

pytestmark = ON_SQLITE


def test_training_is_ordered_for_one_unit_or_for_all(town: Town, shell: Shell) -> None:
    assert "1 Einheit(en)" in shell.done("learning", "train", "--unit", "63.2")
    assert live_jobs(town.database, "learning") == {str(unit_id(town))}
    assert "8 Einheit(en)" in shell.done("learning", "train", "--as", "weber")
    assert shell("learning", "train", "--unit", "99").exit_code == Exit.REFUSED
    assert shell("learning", "train", "--as", "brandt").exit_code == Exit.REFUSED


def test_versions_are_listed_with_their_measure_and_an_earlier_one_serves_again(town: Town, shell: Shell) -> None:
    assert "noch nichts gelernt" in shell.done("learning", "versions")
    add(town, serves=True)
    add(town, serves=True)
    assert shell.done("learning", "use", "63.2", "1") == "Fassung 1 gilt.\n"
    listed = json.loads(shell.done("learning", "versions", "--json"))
    assert [(one["number"], one["serving"]) for one in listed] == [(2, False), (1, True)]
    assert (listed[0]["unit"], listed[0]["letters"], listed[0]["right"], listed[0]["right_before"]) == (
        "63.2",
        30,
        9,
        8,
    )
    assert "Dokumenttyp" in shell.done("learning", "versions")
    assert "Regeln allein" in shell.done("learning", "use", "63.2", "0")
    assert shell("learning", "use", "63.2", "7").exit_code == Exit.REFUSED
