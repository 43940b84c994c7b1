from __future__ import annotations

import json
import re

import pytest

from eakte.actions import verdicts
from eakte.cli.exits import Exit
from eakte.services import build
from eakte.settings import Settings
from eakte.worker import rule_preview
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE


@pytest.mark.usefixtures("town")
def test_rules_are_listed_and_asked_for_a_day(shell: Shell) -> None:
    assert "3 Jahre ab Ende des Jahres von z.d.A." in shell.done("retention", "rules")
    assert "R-P/1" in shell.done("retention", "rules", "R-P")
    assert [one["code"] for one in json.loads(shell.done("retention", "rules", "--json"))] == ["R-B", "R-P", "R-V"]
    told = shell.done("retention", "which", "--plan", "52.01", "--on", "01.01.2020", "--as", "brandt")
    assert "Am 01.01.2020 führt die Regel R-V/1" in told
    assert "Keine Widersprüche." in shell.done("retention", "conflicts", "--as", "weber")
    assert shell("retention", "conflicts", "--as", "brandt").exit_code == Exit.REFUSED


def test_the_forecast_tells_files_pages_and_bytes(shell: Shell, town: Town) -> None:
    assert "Keine Akte hat ein Fristende." in shell.done("retention", "forecast", "--as", "weber")
    case_file, _ = town.filed()
    town.close(case_file.id, on=town.now)
    with town.database.begin() as session:
        verdicts.review(session, [case_file.id], town.now.date())
    for measure, label, amount in (("files", "Akten", 1), ("pages", "Seiten", 1), ("bytes", "Bytes", len("Brief 1"))):
        assert label in shell.done("retention", "forecast", "--measure", measure, "--as", "weber")
        told = json.loads(shell.done("retention", "forecast", "--measure", measure, "--json", "--as", "weber"))
        assert told["heads"] == ["Fristende", "63", "zusammen"]
        assert sum(row[2] for row in told["rows"]) == amount
    assert shell("retention", "forecast", "--as", "brandt").exit_code == Exit.REFUSED


def test_two_people_change_a_rule(shell: Shell, town: Town) -> None:
    town.close(town.case_file().id, on=town.now)
    texts = ("--set", "period=20 Jahre", "--set", "reason=Satzung")
    begun = shell.done("retention", "draft", "--version", "R-V", *texts, "--as", "weber")
    number = re.search(r"Nummer ([0-9a-f-]{36})", begun)
    assert number is not None
    assert "valid_from=  ! Bitte ein Datum" in begun
    assert shell("retention", "preview", number[1], "--order", "--as", "weber").exit_code == Exit.REFUSED
    assert shell("retention", "draft", number[1], "--set", "farbe=rot", "--as", "weber").exit_code == Exit.USAGE
    assert "!" not in shell.done("retention", "draft", number[1], "--set", "valid_from=01.01.2090", "--as", "weber")
    assert "0 von 1 Akten" in shell.done("retention", "preview", number[1], "--order", "--as", "weber")
    services = build(Settings(data_folder=shell.folder))
    for _ in range(2):
        rule_preview.compare(services, number[1], "1")
    services.database.close()
    told = shell.done("retention", "preview", number[1], "--files", "--as", "lang")
    assert "1 Akten bewegen sich" in told
    assert "Neubau Gartenweg 7" in told
    seen = re.search(r"--seen ([0-9a-f]{64})", told)
    assert seen is not None
    assert shell("retention", "approve", number[1], "--seen", seen[1], "--as", "weber").exit_code == Exit.REFUSED
    assert "R-V/2 ab 01.01.2090" in shell.done("retention", "approve", number[1], "--seen", seen[1], "--as", "lang")
    assert "freigegeben" in shell.done("retention", "draft", "--as", "weber")
