"""Hold orders by command."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from eakte.cli.console import clock
from eakte.cli.exits import Exit
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE
WEBER = ("--as", "weber")


def test_an_order_is_previewed_placed_prolonged_and_lifted_by_command(town: Town, shell: Shell) -> None:
    town.now = clock()
    case_file, _ = town.filed()
    over = ("--file", case_file.file_reference)
    assert "1 Akten" in shell.done("holds", "place", *over, "--preview", *WEBER)
    printed = shell.done("holds", "place", *over, "--reason", "Klage", "--review", "01.03.2090", *WEBER)
    number = re.search(r"[0-9a-f-]{36}", printed)[0]  # type: ignore[index]  # no number is a failure, too
    assert "01.03.2090" in printed
    [told] = json.loads(shell.done("holds", "list", "--which", "in-kraft", "--json", *WEBER))
    assert (told["order_id"], told["files"], told["reason"]) == (number, 1, "Klage")
    shell.done("holds", "prolong", number, "--until", "01.03.2091", "--reason", "Berufung", *WEBER)
    shell.done("holds", "lift", number, "--reason", "Rechtskräftig", *WEBER)
    town.now += timedelta(minutes=1)
    assert "Keine Anordnung." in shell.done("holds", "list", "--which", "in-kraft", *WEBER)
    assert number in shell.done("holds", "list", "--which", "aufgehoben", *WEBER)
    assert shell("holds", "lift", number, "--reason", "Noch einmal", *WEBER).exit_code == Exit.REFUSED


def test_a_file_that_is_not_there_is_told_and_nothing_is_held(town: Town, shell: Shell) -> None:
    town.now = clock()
    unknown = shell("holds", "place", "--file", "63.20-9999", "--reason", "Klage", *WEBER)
    assert (unknown.exit_code != 0, "Recht" in unknown.output) == (True, False)
    assert "Keine Anordnung." in shell.done("holds", "list", "--which", "in-kraft", *WEBER)
