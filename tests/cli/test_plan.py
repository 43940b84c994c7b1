from __future__ import annotations

import json
from pathlib import Path

import pytest

from eakte.cli.exits import Exit
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town

pytestmark = ON_SQLITE
DEMO = Path(__file__).parents[2] / "config"


@pytest.mark.usefixtures("town")
def test_a_plan_is_checked_loaded_put_in_force_and_written_back(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("Kennzeichen;Bezeichnung;Regel\n7;Kultur;R-9\n", "utf-8")
    refused = shell("plan", "check", path)
    assert refused.exit_code == Exit.REFUSED
    assert "Zeile 2: Die Aufbewahrungsregel R-9 gibt es nicht." in refused.stdout
    assert shell("plan", "import", path, "--title", "Aktenplan", "--version", "2027").exit_code == Exit.REFUSED
    path.write_text("Kennzeichen;Bezeichnung;Regel\n7;Kultur;R-B\n7.1;Museen;\n", "utf-8")
    assert "2 Einheiten, 0 Fehler" in shell.done("plan", "check", path)
    assert "2 Einheiten" in shell.done(
        "plan", "import", path, "--title", "Aktenplan", "--version", "2027", "--as", "weber"
    )
    assert "Entwurf" in shell.done("plan", "versions")
    assert "in Kraft" in shell.done("plan", "activate", "2027")
    (node,) = json.loads(shell.done("plan", "show", "--json"))
    assert [child["code"] for child in node["children"]] == ["7.1"]
    assert "52.01" in shell.done("plan", "show", "--version", "1")
    target = tmp_path / "zurück.xlsx"
    shell.done("plan", "export", target, "--version", "2027")
    assert "2 Einheiten, 0 Fehler" in shell.done("plan", "check", target)


@pytest.mark.usefixtures("town")
def test_rules_are_checked_and_loaded_once(shell: Shell, tmp_path: Path) -> None:
    rules = DEMO / "retention" / "demo_rules.csv"
    count = len(rules.read_text("utf-8").splitlines()) - 1
    assert f"{count} Regeln, keine Fehler." in shell.done("plan", "rules", rules, "--check")
    assert f"{count} Regeln geladen, 0 waren schon da." in shell.done("plan", "rules", rules)
    assert shell("plan", "rules", rules, "--as", "weber").exit_code == Exit.REFUSED
    assert f"0 Regeln geladen, {count} waren schon da." in shell.done("plan", "rules", rules)
    broken = tmp_path / "regeln.csv"
    broken.write_bytes("Ä".encode("latin-1"))
    result = shell("plan", "rules", broken)
    assert (result.exit_code, "UTF-8" in result.stderr) == (Exit.REFUSED, True)


def test_only_who_keeps_the_plan_sees_drafts_and_changes_it(town: Town, shell: Shell, tmp_path: Path) -> None:
    town.case_file()
    path = tmp_path / "plan.csv"
    path.write_text("code;title\n7;Kultur\n", "utf-8")
    shell.done("plan", "import", path, "--title", "Aktenplan", "--version", "2027")
    assert "2027" not in shell.done("plan", "versions", "--as", "brandt")
    assert shell("plan", "show", "--version", "2027", "--as", "brandt").exit_code == Exit.REFUSED
    assert shell("plan", "activate", "2027", "--as", "brandt").exit_code == Exit.REFUSED
    assert shell("plan", "check", path, "--as", "brandt").exit_code == Exit.REFUSED


def test_files_are_re_mapped_by_command_and_gaps_explained(town: Town, shell: Shell, tmp_path: Path) -> None:
    file = town.case_file()
    path, targets = tmp_path / "plan.csv", tmp_path / "ziele.csv"
    path.write_text("code;title;rule_code\n7;Bauen;\n7.1;Baugenehmigungen;R-B\n", "utf-8")
    shell.done("plan", "import", path, "--title", "Aktenplan", "--version", "2027")
    begun = shell.done("plan", "remap", "begin", "1", "2027", "--as", "weber")
    number = begun.split()[1]
    assert "Noch nicht entschieden." in shell.done("plan", "remap", "preview", number)
    targets.write_text("Bisher;Künftig;Aktenzeichen\n52.01;7.1;neu\n52.02;bleibt;\n31.01;bleibt;\n", "utf-8")
    shell.done("plan", "remap", "targets", number, targets)
    assert f"{file.file_reference} → 7.1-2026/…." in shell.done("plan", "remap", "preview", number)
    early = shell("plan", "remap", "order", number, "--reason", "Reform")
    assert (early.exit_code, "zuerst in Kraft" in early.stderr) == (Exit.REFUSED, True)
    shell.done("plan", "activate", "2027")
    shell.done("plan", "remap", "order", number, "--reason", "Reform", "--only-open", "--as", "weber")
    assert json.loads(shell.done("plan", "remap", "list", "--json"))[0]["state"] == "running"
    assert file.file_reference in shell.done("plan", "remap", "left", number)
    assert "1 Nummern vergeben, 0 Lücken." in shell.done("plan", "gaps", "52.01", "--year", "2026")
