from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention import DisposalAction, Plan, PlanUnit, inspect, plan_file_name, read_plan, validate, write_plan
from retention.errors import MessageUnexpectedError, PlanMessageInvalidError, SchemasMissingError
from tests.retention.samples import HEAD, schema_folder

TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["C"]), min_size=1).filter(
    lambda text: text.strip() == text and text
)
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1))
UNITS = st.builds(
    PlanUnit,
    code=st.just(""),
    title=TEXTS,
    parent=st.none(),
    depth=st.just(0),
    action=st.sampled_from(DisposalAction),
    years=st.none() | st.integers(0, 200),
    retired=st.booleans(),
    retired_on=DAYS,
    details=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan whose units stand in the order of a message: each branch wholly before the next."""

    def branch(code: str, parent: str | None, depth: int) -> list[PlanUnit]:
        unit = replace(draw(UNITS), code=code, parent=parent, depth=depth)
        count = draw(st.integers(0, 2)) if depth < 4 else 0
        return [unit, *(each for number in range(count) for each in branch(f"{code}.{number}", code, depth + 1))]

    units = [unit for number in range(draw(st.integers(0, 3))) for unit in branch(str(number), None, 0)]
    return Plan(draw(TEXTS), draw(TEXTS), draw(DAYS), draw(DAYS), tuple(units))


PLAN = Plan(
    "Aktenplan der Stadt",
    "2027",
    date(2027, 1, 1),
    None,
    (
        PlanUnit("5", "Bauen", None, 0, DisposalAction.REVIEW, 10),
        PlanUnit("52", "Bauordnung", "5", 1, DisposalAction.DESTROY, 5, retired=True, retired_on=date(2026, 12, 31)),
        PlanUnit("6", "Umwelt", None, 0, DisposalAction.ARCHIVE, None, details={"Regel": "6/1"}),
    ),
)


def written(plan: Plan) -> str:
    sink = io.BytesIO()
    write_plan(plan, HEAD, sink)
    return sink.getvalue().decode()


def message(folder: Path, text: str) -> Path:
    path = folder / plan_file_name(HEAD)
    path.write_text(text, encoding="utf-8")
    return path


@given(plans())
def test_a_plan_comes_back_from_a_valid_message_as_it_went(plan: Plan) -> None:
    schemas = schema_folder()
    with TemporaryDirectory() as folder:
        path = message(Path(folder), written(plan))
        assert validate(path, schemas) == ()
        read = read_plan(path, schemas)
    assert replace(read, units=tuple(replace(unit, line=0) for unit in read.units)) == plan


def test_an_older_message_is_read_as_well(tmp_path: Path) -> None:
    path = message(tmp_path, written(PLAN).replace("schema:3.1.0", "schema:3.0.0"))
    assert inspect(path, schema_folder()).version == "3.0.0"
    assert [unit.code for unit in read_plan(path, schema_folder()).units] == ["5", "52", "6"]


def test_a_message_of_another_system_keeps_its_short_titles_and_says_its_lines(tmp_path: Path) -> None:
    text = written(PLAN).replace("<xdomea:", "<x:").replace("</xdomea:", "</x:").replace("xmlns:xdomea", "xmlns:x")
    text = text.replace("<x:Inhaltsangabe>Bauordnung</x:Inhaltsangabe>", "<x:BetreffKurz>Bauaufsicht</x:BetreffKurz>")
    text = text.replace("eakte.aktenplaneinheit", "anderes.system")
    units = read_plan(message(tmp_path, text), schema_folder()).units
    assert units[1].title == "Bauaufsicht"
    assert units[2].details == {}
    lines = text.splitlines()
    assert all("Einheit" in lines[unit.line - 1] for unit in units)


def test_a_unit_without_an_action_is_written_for_review(tmp_path: Path) -> None:
    plan = replace(PLAN, units=(replace(PLAN.units[0], action=None, years=None),))
    (unit,) = read_plan(message(tmp_path, written(plan)), schema_folder()).units
    assert (unit.action, unit.years) == (DisposalAction.REVIEW, None)


def test_a_message_that_breaks_the_schema_is_refused_with_each_finding(tmp_path: Path) -> None:
    text = (
        written(PLAN)
        .replace("<xdomea:AnzahlJahre>10<", "<xdomea:AnzahlJahre>zehn<")
        .replace(">0</xdomea:Still", ">nein</xdomea:Still", 1)
    )
    with pytest.raises(PlanMessageInvalidError) as refused:
        read_plan(message(tmp_path, text), schema_folder())
    assert any("zehn" in problem for problem in refused.value.problems)
    assert any("nein" in problem for problem in refused.value.problems)


@pytest.mark.parametrize("old", ["2.4.0", "2.3.0"])
def test_older_versions_are_refused_by_name(tmp_path: Path, old: str) -> None:
    path = message(tmp_path, written(PLAN).replace("schema:3.1.0", f"schema:{old}"))
    with pytest.raises(MessageUnexpectedError, match=old):
        read_plan(path, schema_folder())


def test_another_message_is_no_plan(tmp_path: Path) -> None:
    path = message(tmp_path, written(PLAN).replace("Aktenplan.Aktenplan.0301", "Aktenplan.EmpfangBestaetigen.0302"))
    with pytest.raises(MessageUnexpectedError, match="0301"):
        read_plan(path, schema_folder())


def test_without_schemas_no_plan_is_read(tmp_path: Path) -> None:
    with pytest.raises(SchemasMissingError):
        read_plan(message(tmp_path, written(PLAN)), None)
