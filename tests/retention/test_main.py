from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from retention import write_offer
from retention.__main__ import main
from tests.retention.samples import HEAD, case_file, schema_folder

RULES = """
[[rule]]
rule_id = "12.05.01/1"
title = "Bußgeldsachen"
kind = "fixed"
years = 5
trigger = "CASE_CLOSED"
trigger_label = "z.d.A."
period_start = "end_of_calendar_year"
action = "V"
legal_basis = "§ 31 OWiG"
certainty = "illustrative"
"""
FACTS = {"reference": "12.05.01-0001/2015", "opened_on": "2015-01-05", "closed_on": "2015-06-01"}


def explain(folder: Path, facts: object, rules: str = RULES) -> int:
    (folder / "facts.json").write_text(facts if isinstance(facts, str) else json.dumps(facts))
    (folder / "rules.toml").write_text(rules)
    return main(["explain", str(folder / "facts.json"), str(folder / "rules.toml"), "--today", "2026-11-20"])


def test_explain_prints_the_verdict_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(tmp_path, FACTS) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], answer["retention_end"], answer["rule_id"]) == ("destroy", "2020-12-31", "12.05.01/1")
    assert "31.12.2020" in answer["explanation"]
    assert answer["explanation"] == " ".join(answer["steps"])


def test_explain_knows_holds_and_events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holds = [{"reason": "Klage", "placed_on": "2026-01-07"}]
    assert explain(tmp_path, {**FACTS, "holds": holds, "events": {"AWARD": "2014-02-03"}}) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "on_hold"


def test_explain_knows_scopes_conflicts_and_records_in_several_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lower = RULES.replace("12.05.01/1", "12/1").replace("years = 5", "years = 30").replace('"fixed"', '"min"')
    other = RULES.replace("12.05.01/1", "52/1").replace("CASE_CLOSED", "DEMOLITION")
    rules = RULES.replace('"fixed"', '"law_max"') + lower + other
    facts = {**FACTS, "file_plan": "12.05.01", "department": "32.1", "file_type": "Bußgeldakte"}
    assert explain(tmp_path, facts, rules) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], answer["retention_end"]) == ("conflict", "2020-12-31")
    assert [(one["other_rule_id"], one["other_end"]) for one in answer["conflicts"]] == [("12/1", "2045-12-31")]
    there = {**FACTS, "reference": "52-1", "file_plan": ["52"]}
    assert explain(tmp_path, {**facts, "also_in": [there]}, rules) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], answer["waits_for"], answer["decided_by"]) == ("waiting_for_event", "DEMOLITION", "52-1")
    there["events"] = {"DEMOLITION": ["2020-01-01", {"happened_on": "2021-01-01", "evidence": "Foto"}]}
    assert explain(tmp_path, {**there, "also_in": []}, rules) == 0
    assert json.loads(capsys.readouterr().out)["retention_end"] == "2026-12-31"


def test_the_help_shows_an_example_that_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["explain", "--help"])
    text = capsys.readouterr().out.partition("FACTS.json (nur")[2]
    facts = text[text.index("  {") : text.index("Tage als")]
    rules = text[text.index("  [[rule]]") : text.index("Antwort:")]
    assert explain(tmp_path, facts, rules) == 0
    assert json.loads(capsys.readouterr().out)["retention_end"] == "2096-02-28"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ("{", "kein JSON"),
        ([], "erwartet ist ein Objekt"),
        ({**FACTS, "closed_on": "1.6.2015"}, "closed_on ist kein Datum"),
        ({**FACTS, "closed_on": "2014-06-01"}, "vor opened_on"),
        ({**FACTS, "holds": ["Klage"]}, "holds enthält"),
        ({**FACTS, "reference": ""}, "reference fehlt"),
        ({**FACTS, "also_in": [3]}, "also_in muss eine Liste"),
        ({**FACTS, "file_plan": 12}, "file_plan muss ein Schlüssel"),
    ],
)
def test_bad_facts_are_refused_in_german(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], facts: object, reason: str
) -> None:
    assert explain(tmp_path, facts) == 2
    assert reason in capsys.readouterr().err


def test_bad_rules_are_refused_in_german(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(tmp_path, FACTS, RULES.replace('"V"', '"X"')) == 2
    assert "Regel 1: Aussonderungsart „X“" in capsys.readouterr().err


def test_check_is_clean_only_without_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = write_offer([case_file()], HEAD, tmp_path).path
    schemas = ["--schemas", str(schema_folder())]
    assert main(["check", str(package), *schemas]) == 0
    assert json.loads(capsys.readouterr().out)["clean"] is True
    package.write_bytes(package.read_bytes()[:200])
    assert main(["check", str(package), *schemas]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert finding["code"] == "package-unreadable"


def test_check_needs_schemas_and_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = write_offer([case_file()], HEAD, tmp_path).path
    assert main(["check", str(package), "--schemas", str(tmp_path / "fehlt")]) == 2
    assert "Schemata" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "fehlt.zip"), "--schemas", str(tmp_path)]) == 2


def test_the_library_runs_alone_and_knows_no_web_or_database() -> None:
    code = "import sys, retention; print(sorted({'flask', 'sqlalchemy', 'click', 'eakte'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
