"""Entering, deciding and answering requests of data subjects by command."""

from __future__ import annotations

import json
from pathlib import Path

from eakte.cli.console import clock
from eakte.cli.exits import Exit
from eakte.records.calendar import day_of, german
from eakte.records.data_requests import due_on
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE


def test_a_request_is_entered_decided_and_answered_by_command(town: Town, shell: Shell, tmp_path: Path) -> None:
    town.now = clock()
    case_file, _ = town.filed()
    weber, reference = ("--as", "weber"), case_file.file_reference
    today = day_of(town.now)
    about = ("--from", "Erika Selten", "--received", german(today))
    printed = shell.done("requests", "enter", "erasure", *about, *weber)
    assert f"Frist {german(due_on(today, extended=False))}" in printed
    number = printed.rsplit(" ", 1)[1].strip()
    assert "Erika Selten" in shell.done("requests", "list", *weber)
    assert "Nichts gefunden" in shell.done("requests", "search", number, "--name", "Erika Selten", *weber)
    shell.done("requests", "add", number, reference, *weber)
    [row] = json.loads(shell.done("requests", "show", number, *weber))["records"]
    assert (row["reference"], row["proposed"]) == (reference, "restrict")
    erase = shell("requests", "decide", number, reference, "erase", "--reason", "x", *weber)
    assert erase.exit_code == Exit.REFUSED
    shell.done("requests", "decide", number, reference, "refuse", "--reason", "In Arbeit", *weber)
    assert "Der Grund: In Arbeit" in shell.done("requests", "answer", number, *weber)
    shell.done("requests", "reconsider", number, reference, *weber)
    shell.done("requests", "remove", number, reference, *weber)
    shell.done("requests", "extend", number, "--reason", "Viele Akten", *weber)
    shell.done("requests", "assign", number, "lang", *weber)
    letter = tmp_path / "antwort.txt"
    letter.write_text("Guten Tag", "utf-8")
    assert shell("requests", "answer", number, "--text", str(letter), *weber).exit_code == Exit.REFUSED
    shell.done("requests", "answer", number, "--text", str(letter), "--as", "lang")
    assert number in shell.done("requests", "list", "--answered", *weber)
