"""Restricting, opening and lifting by command."""

from __future__ import annotations

import json
from datetime import timedelta

from eakte.cli.console import clock
from eakte.cli.exits import Exit
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE


def test_a_file_is_restricted_opened_and_lifted_by_command(town: Town, shell: Shell) -> None:
    town.now = clock()
    case_file, _ = town.filed()
    ott = ("--as", "ott")
    terms = ("--ground", "claims", "--reason", "Klage")
    printed = shell.done("restrictions", "place", case_file.file_reference, *terms, *ott)
    number = printed.rsplit(" ", 1)[1].strip()
    town.now += timedelta(minutes=1)
    assert not town.sees("ott", case_file.id)
    assert case_file.file_reference in shell.done("restrictions", "list", *ott)
    assert json.loads(shell.done("restrictions", "show", number, *ott))["holds"] is True
    shell.done("restrictions", "open", number, "--purpose", "claims", "--reason", "Klage", *ott)
    shell.done("restrictions", "close", number, *ott)
    assert shell("restrictions", "lift", number, "--reason", "Erledigt", *ott).exit_code == Exit.REFUSED
    shell.done("restrictions", "inform", number, "--on", "01.11.2026", "--how", "Schreiben", *ott)
    shell.done("restrictions", "lift", number, "--reason", "Erledigt", *ott)
    town.now += timedelta(hours=1)
    assert town.sees("brandt", case_file.id)
