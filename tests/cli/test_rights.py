"""Asking by command who sees a record and why."""

from __future__ import annotations

import json

from eakte.actions.rights import Whom
from eakte.cli.exits import Exit
from tests.actions.test_shares_and_blocks import share
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE


def test_why_answers_for_case_files_cases_documents_and_items(town: Town, shell: Shell) -> None:
    case_file, filed = town.filed()
    item_id = town.waiting()
    reference = case_file.file_reference
    for named in (reference, f"{reference}-01", f"{reference}-01#0001", case_file.id, filed.document_id, item_id):
        printed = shell.done("rights", "why", "brandt", named)
        assert printed.startswith(f"brandt sieht {named}.\n- ")
        assert "63.2 Amt 63.2" in printed
    assert shell.done("rights", "why", "kaya", reference).startswith(f"kaya sieht {reference} nicht.\n")


def test_why_answers_for_a_past_moment(town: Town, shell: Shell) -> None:
    case_file = town.case_file()
    share(town, case_file.id, Whom(unit="50.1"), days=1)
    asked = ("rights", "why", "kaya", case_file.file_reference, "--json", "--at")
    assert json.loads(shell.done(*asked, "20.11.2026 12:00"))["visible"] is True
    assert json.loads(shell.done(*asked, "2026-11-20T09:59"))["visible"] is False
    assert json.loads(shell.done(*asked, "22.11.2026"))["visible"] is False


def test_who_names_everybody_with_the_reason(town: Town, shell: Shell) -> None:
    restricted = town.case_file(restricted=True)
    printed = shell.done("rights", "who", restricted.file_reference)
    assert "Brandt, K. (brandt)\n  - " in printed
    assert "Ott, M. (ott)\n" in printed
    assert "Prüfer" not in printed


def test_who_does_not_see_a_record_gets_no_answer_about_it(town: Town, shell: Shell) -> None:
    reference = town.case_file(restricted=True).file_reference
    hidden = shell("rights", "why", "brandt", reference, "--as", "pruefer")
    missing = shell("rights", "why", "brandt", "52.01-1999/9999", "--as", "pruefer")
    assert hidden.exit_code == missing.exit_code == Exit.REFUSED
    assert hidden.output == missing.output
