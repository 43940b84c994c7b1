from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import CASE_CLOSED, DisposalAction, PeriodStart, RetentionKind, Rule
from retention.catalogue import COLUMNS, load_csv, rules_from_csv, rules_from_toml
from retention.errors import CatalogueInvalidError

DEMO = Path(__file__).parents[2] / "config" / "retention" / "demo_rules.csv"
HEAD = ",".join(COLUMNS)
LINE = "12.05.01,Bußgeld,Fines,5,fixed,CASE_CLOSED,z.d.A.,end_of_calendar_year,V,§ 31 OWiG,sure,"


def test_the_demo_catalogue_loads_whole() -> None:
    rules = {rule.rule_id: rule for rule in load_csv(DEMO)}
    assert len(rules) == 62
    assert rules["11.03.06/1"].months == 6
    assert rules["61.01.03/1"].months == 96
    assert rules["12.01.02/1"].months == 0
    assert rules["52.02.01/1"].months is None
    assert rules["12.02.02/1"].kind is RetentionKind.LAW_MAX
    assert rules["11.02.03/1"].trigger == CASE_CLOSED


def test_every_demo_line_says_that_it_is_a_demo() -> None:
    with DEMO.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert all(row["status"] == "Demo, keine Rechtsberatung" for row in rows)
    assert all(rule.approved_by is None for rule in load_csv(DEMO))


def test_every_bad_line_is_named_with_its_number() -> None:
    lines = [
        HEAD,
        LINE,
        LINE.replace("12.05.01", "12.05.02").replace(",V,", ",X,").replace(",5,", ",fünf,"),
        LINE.replace("12.05.01", "12.05.03").replace(",5,fixed", ",,fixed"),
        LINE,
    ]
    with pytest.raises(CatalogueInvalidError) as caught:
        rules_from_csv(lines)
    problems = caught.value.problems
    assert any(text.startswith("Zeile 3:") and "Aussonderungsart „X“" in text for text in problems)
    assert any(text.startswith("Zeile 3:") and "„fünf“" in text for text in problems)
    assert any(text.startswith("Zeile 4:") and "Dauer fehlt" in text for text in problems)
    assert any(text.startswith("Zeile 5:") and "zweimal" in text for text in problems)


def test_missing_columns_are_named() -> None:
    with pytest.raises(CatalogueInvalidError, match="legal_basis"):
        rules_from_csv([HEAD.replace("legal_basis", "quelle"), LINE])


def test_a_line_with_too_many_fields_is_named() -> None:
    with pytest.raises(CatalogueInvalidError, match="Zeile 2: Zu viele Spalten"):
        rules_from_csv([HEAD, LINE + ",noch,mehr"])


def test_versions_come_from_optional_columns() -> None:
    head = f"{HEAD},version,valid_from,valid_to,approved_by"
    old, new = rules_from_csv([head, f"{LINE},1,2010-01-01,2024-12-31,Archiv", f"{LINE},2,2025-01-01,,"])
    assert (old.rule_id, old.valid_to, old.approved_by) == ("12.05.01/1", date(2024, 12, 31), "Archiv")
    assert (new.rule_id, new.valid_from, new.valid_to) == ("12.05.01/2", date(2025, 1, 1), None)


def test_rules_read_from_toml_in_their_order() -> None:
    rules = rules_from_toml(
        """
        [[rule]]
        rule_id = "12.05.01/2"
        title = "Bußgeldsachen"
        kind = "fixed"
        years = 5
        trigger = "CASE_CLOSED"
        trigger_label = "z.d.A."
        period_start = "end_of_calendar_year"
        action = "V"
        legal_basis = "§ 31 OWiG"
        certainty = "sure"
        valid_from = 2025-01-01

        [[rule]]
        aktenplan_nr = "12"
        title_de = "Sicherheit und Ordnung"
        retention_kind = "permanent"
        trigger_code = "NONE"
        trigger_de = "keiner"
        period_start = "none"
        aussonderungsart_default = "A"
        legal_basis = "örtlich"
        certainty = "illustrative"
        """
    )
    assert [rule.rule_id for rule in rules] == ["12.05.01/2", "12/1"]
    assert (rules[0].months, rules[0].valid_from) == (60, date(2025, 1, 1))
    assert (rules[0].period_start, rules[1].action) == (PeriodStart.END_OF_CALENDAR_YEAR, DisposalAction.ARCHIVE)


@pytest.mark.parametrize("text", ["kein = ", "", "rule = 3", "[[rule]]\ntitle = 4"])
def test_bad_toml_is_refused_in_german(text: str) -> None:
    with pytest.raises(CatalogueInvalidError, match="Regelkatalog"):
        rules_from_toml(text)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_rules_or_named_problems(lines: list[str]) -> None:
    problems: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    try:
        rules = rules_from_csv([HEAD, *lines])
    except CatalogueInvalidError as error:
        problems = error.problems
    assert len(rules) <= len(lines)
    assert all(problem.startswith("Zeile ") for problem in problems)


def test_a_catalogue_may_be_parted_by_semicolons_and_another_encoding_is_named(tmp_path: Path) -> None:
    lines = [";".join(COLUMNS), '1.1;"Bau; Land";;10;fixed;CASE_CLOSED;z.d.A.;end_of_calendar_year;V;§ 1;sure;']
    (rule,) = rules_from_csv(lines)
    assert (rule.title, rule.months) == ("Bau; Land", 120)
    path = tmp_path / "regeln.csv"
    path.write_bytes("\n".join(lines).encode("latin-1"))
    with pytest.raises(CatalogueInvalidError, match="UTF-8"):
        load_csv(path)


WIDE = """
[[rule]]
rule_id = "36.01.01/2"
title = "Heimunterbringung"
kind = "multi_phase"
years = 70
first_phase_years = 5
trigger = "BIRTH"
trigger_label = "Geburt"
trigger_years = 30
period_start = "exact_date"
action = "B"
legal_basis = "§ 9b SGB VIII"
certainty = "sure"
valid_from = 2025-07-01
valid_until = 2035-12-31
approved_by = "Stadtarchiv"
approved_on = 2025-06-15
branch = "36.01"
departments = ["51.1", "51.2"]
file_types = ["Hilfeakte"]
"""


def test_a_rule_names_its_scope_its_approval_and_its_phases() -> None:
    [rule] = rules_from_toml(WIDE)
    assert (rule.branch, rule.departments, rule.file_types) == ("36.01", ("51.1", "51.2"), ("Hilfeakte",))
    assert (rule.months, rule.trigger_months, rule.first_phase_months) == (840, 360, 60)
    assert (rule.valid_to, rule.approved_on) == (date(2035, 12, 31), date(2025, 6, 15))


def test_a_csv_names_the_same_with_lists_parted_by_bars() -> None:
    head = f"{HEAD},branch,departments,file_types,trigger_years,approved_on,valid_until"
    [rule] = rules_from_csv([head, f"{LINE},12,32|33,Bußgeldakte,30,2025-06-15,2035-12-31"])
    assert (rule.branch, rule.departments, rule.file_types) == ("12", ("32", "33"), ("Bußgeldakte",))
    assert (rule.trigger_months, rule.valid_to) == (360, date(2035, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("departments", "departements", "gemeint ist wohl „departments“"),
        ("first_phase_years = 5", "first_phase_years = 71", "länger als die ganze Dauer"),
        ("multi_phase", "fixed", "nur die Fristart multi_phase"),
        ("2025-06-15", '"morgen"', "„morgen“ ist kein Datum"),
    ],
)
def test_a_scope_or_phase_that_cannot_be_meant_is_refused(old: str, new: str, problem: str) -> None:
    with pytest.raises(CatalogueInvalidError, match=problem):
        rules_from_toml(WIDE.replace(old, new))
