from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.records.file_plan import PlanLevel
from eakte.records.plan_cells import COLUMNS, Cells, read_rows, texts_of
from eakte.records.plan_rows import PlanRow
from tests.records.plan_samples import KNOWN, plans


def cells(*lines: Mapping[str, str]) -> list[Cells]:
    return [Cells(number, texts) for number, texts in enumerate(lines, start=2)]


def problems(*lines: Mapping[str, str]) -> list[str]:
    return [str(problem) for problem in read_rows(cells(*lines), KNOWN)[1]]


@given(plans(), st.randoms(use_true_random=False))
def test_rows_are_read_back_as_they_were_written_whatever_their_order(
    plan: tuple[PlanRow, ...], random: Random
) -> None:
    lines = [texts_of(row) for row in plan]
    random.shuffle(lines)
    assert read_rows(cells(*lines), KNOWN) == (plan, ())


@given(plans())
def test_without_a_column_for_it_the_code_says_where_a_unit_belongs(plan: tuple[PlanRow, ...]) -> None:
    lines = [{name: text for name, text in texts_of(row).items() if name != "parent"} for row in plan]
    rows, _ = read_rows(cells(*lines), KNOWN)
    expected = {row.code: row.parent for row in plan}
    assert all(row.parent == expected[row.code] for row in rows if "." in row.code)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"code": "", "title": "Bauen"}, "Zeile 3: Kennzeichen fehlt."),
        ({"code": "1.1", "title": " "}, "Zeile 3: Bezeichnung fehlt."),
        ({"code": "1", "title": "Noch einmal"}, "Zeile 3: Das Kennzeichen 1 kommt 2-mal vor."),
        ({"code": "9.1", "title": "Waise"}, "Zeile 3: Die übergeordnete Einheit 9 von 9.1 gibt es nicht."),
        ({"code": "1.1", "title": "x", "level": "Abteilung"}, "Zeile 3: Die Ebene „Abteilung“ ist unbekannt"),
        (
            {"code": "1.1", "title": "x", "level": "Hauptgruppe"},
            "Zeile 3: 1.1 ist als Hauptgruppe bezeichnet, steht aber",
        ),
        ({"code": "1.1", "title": "x", "rule_code": "R-9"}, "Zeile 3: Die Aufbewahrungsregel R-9 gibt es nicht."),
        ({"code": "1.1", "title": "x", "lead_unit": "99"}, "Zeile 3: Die Organisationseinheit 99 gibt es nicht."),
        (
            {"code": "1.1", "title": "x", "default_shares": "10, 98"},
            "Zeile 3: Die Organisationseinheit 98 gibt es nicht.",
        ),
        ({"code": "1.1", "title": "x", "reference_pattern": "{plan}-{year}"}, "Zeile 3: Muster der Aktenzeichen: "),
        ({"code": "1.1", "title": "x", "default_restricted": "vielleicht"}, "ist weder ja noch nein."),
        ({"code": "1.1", "title": "x", "retired": "ja", "retired_on": "31.02.2026"}, "ist kein Datum (TT.MM.JJJJ)."),
        ({"code": "1.1", "title": "x", "retired_because": "Reform"}, "aber „Stillgelegt“ ist nicht „ja“."),
        ({"code": "1#1", "title": "x"}, "Zeile 3: Kennzeichen „1#1“: Erlaubt sind"),
        ({"code": "1.1", "title": "x" * 301}, "Zeile 3: Bezeichnung ist länger als 300 Zeichen."),
        ({"code": "1.1", "title": "Bau\x07amt"}, "Zeile 3: Bezeichnung enthält ein Steuerzeichen."),
    ],
)
def test_every_fault_is_named_with_its_line(fault: Mapping[str, str], text: str) -> None:
    assert any(text in problem for problem in problems({"code": "1", "title": "Bauen"}, fault))


def test_all_faults_are_named_at_once_in_the_order_of_lines() -> None:
    found = problems(
        {"code": "1", "title": "", "rule_code": "R-9"},
        {"code": "2.1", "title": "x", "lead_unit": "99"},
        {"code": "1", "title": "x"},
    )
    assert [problem.split(":")[0] for problem in found] == ["Zeile 2"] * 3 + ["Zeile 3"] * 2 + ["Zeile 4"]


def test_no_unit_lies_deeper_than_five_levels() -> None:
    lines = [{"code": ".".join("1" * depth), "title": "x"} for depth in range(1, 7)]
    assert [problem.split(" oder")[0] for problem in problems(*lines)] == [
        "Zeile 7: 1.1.1.1.1.1 liegt tiefer als 5 Ebenen"
    ]


def test_no_unit_lies_in_itself() -> None:
    found = problems(
        {"code": "1", "title": "x", "parent": "2"},
        {"code": "2", "title": "x", "parent": "1"},
    )
    assert all("sich selbst übergeordnet" in problem for problem in found)
    assert len(found) == 2


def test_levels_left_out_follow_from_the_place() -> None:
    rows, found = read_rows(cells(*({"code": code, "title": "x"} for code in ("1", "11", "11.1", "11.10", "2"))), KNOWN)
    assert found == ()
    assert [(row.code, row.parent, row.level) for row in rows] == [
        ("1", None, PlanLevel.MAIN_GROUP),
        ("11", "1", PlanLevel.UPPER_GROUP),
        ("11.1", "11", PlanLevel.SUBJECT_UNIT),
        ("11.10", "11", PlanLevel.SUBJECT_UNIT),
        ("2", None, PlanLevel.SUBJECT_UNIT),
    ]


def test_an_empty_table_is_no_plan() -> None:
    assert problems() == ["Die Tabelle enthält keine Einheit."]


def test_every_column_is_written() -> None:
    assert list(texts_of(PlanRow("1", "x"))) == list(COLUMNS)
