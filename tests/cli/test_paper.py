"""Paper parts, metadata and templates on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from eakte.cli.exits import Exit
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE
BUILDING = """
[case_file]
kind = "bauakte"
label = "Bauakte"
plan = ["52.01"]

[[field]]
name = "flurstueck"
label = "Flurstück"
pattern = '\\d+(/\\d+)?'
hint = "Zum Beispiel 12/3."
required = "closing"
"""
TEMPLATE = """
name = "bauantrag"
label = "Bauantrag"
plan = ["52.01"]
cases = ["Antrag", "Nachbarn"]
"""


@pytest.fixture
def configured(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of declarations that the shell's commands read."""
    config = shell.folder / "config"
    for name, text in (("metadata/bauakte.toml", BUILDING), ("file_templates/bauantrag.toml", TEMPLATE)):
        (config / name).parent.mkdir(parents=True)
        (config / name).write_text(text, "utf-8")
    monkeypatch.setenv("EAKTE_CONFIG_FOLDER", str(config))
    return config


def test_paper_is_kept_lent_and_taken_back(town: Town, shell: Shell) -> None:
    reference = town.case_file().file_reference
    assert "Nr. 1" in shell.done("paper", "add", reference, "Pläne", "--box", "17", "--as", "ott")
    lent = ("paper", "lend", reference, "1", "--to", "Gericht", "--until", "31.12.2099", "--as", "ott")
    shell.done(*lent)
    again = shell(*lent)
    assert (again.exit_code, "an Gericht ausgeliehen" in again.stderr) == (Exit.REFUSED, True)
    assert "Gericht" in shell.done("paper", "list", reference, "--as", "brandt")
    assert shell.done("paper", "loans", "--as", "ott") == "Nichts ist überfällig.\n"
    rows = list(
        csv.DictReader(io.StringIO(shell.done("paper", "loans", "--all", "--csv", "--as", "ott")), delimiter=";")
    )
    assert [row["ausgeliehen an"] for row in rows] == ["Gericht"]
    assert json.loads(shell.done("paper", "loans", "--all", "--json", "--as", "ott"))["total"] == 1
    shell.done("paper", "return", reference, "1", "--as", "ott")
    assert shell("paper", "return", reference, "2", "--as", "ott").exit_code == Exit.REFUSED
    assert shell("paper", "add", reference, "Pläne", "--as", "brandt").exit_code == Exit.REFUSED


@pytest.mark.usefixtures("town", "configured")
def test_a_case_file_is_opened_by_a_template_and_changed(shell: Shell) -> None:
    assert "bauantrag" in shell.done("cases", "templates", "--plan", "52.01")
    assert shell.done("cases", "templates", "--plan", "31.01") == "Keine Vorlage gefunden.\n"
    stated = ("--template", "bauantrag", "--field", "flurstueck=12/3", "--as", "brandt", "--json")
    reference = json.loads(shell.done("cases", "open", "52.01", "Garage", *stated))["reference"]
    shown = json.loads(shell.done("cases", "show", reference, "--as", "brandt", "--json"))
    assert [case["subject"] for case in shown["cases"]] == ["Antrag", "Nachbarn"]
    assert shown["fields"] == {"flurstueck": "12/3"}
    shell.done("cases", "change", reference, "--subject", "Carport", "--field", "flurstueck=7", "--as", "brandt")
    text = shell.done("cases", "show", reference, "--as", "brandt")
    assert ("Carport" in text, "Flurstück: 7" in text) == (True, True)
    refused = shell("cases", "change", reference, "--field", "flurstueck=zwölf", "--as", "brandt")
    assert (refused.exit_code, "Zum Beispiel 12/3." in refused.stderr) == (Exit.REFUSED, True)
    assert shell("cases", "change", reference, "--field", "flurstueck", "--as", "brandt").exit_code == Exit.USAGE


@pytest.mark.usefixtures("town")
def test_what_is_declared_is_shown_and_a_mistake_named(shell: Shell, configured: Path) -> None:
    assert "flurstueck: Flurstück (Text, Pflicht vor der z.d.A.)" in shell.done("metadata", "show")
    assert json.loads(shell.done("metadata", "show", "--json"))["templates"][0]["name"] == "bauantrag"
    (configured / "metadata" / "bauakte.toml").write_text(BUILDING.replace('label = "Flurstück"\n', ""), "utf-8")
    wrong = shell("metadata", "show")
    assert (wrong.exit_code, "bauakte.toml, Zeile 7" in wrong.stderr) == (Exit.NOT_READY, True)
