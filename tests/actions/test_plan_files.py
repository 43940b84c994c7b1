from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from sqlalchemy import func, select

from eakte.actions import file_plan, plan_files
from eakte.demo.data import load_city
from eakte.demo.setting_up import set_up
from eakte.errors import InvalidInput, NotAllowed, NotFound
from eakte.records.access import SYSTEM
from eakte.records.file_plan import PlanState
from eakte.records.plan_cells import COLUMNS
from eakte.records.plan_rows import PlanRefused, PlanRow
from eakte.settings import Settings
from eakte.store.database import Database
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import FilePlan, FilePlanUnit
from tests.records.plan_samples import plans
from tests.retention.samples import schema_folder
from tests.town import NOW, Town

DEMO = Path(__file__).parents[2] / "config" / "file_plan" / "demo.csv"
SETTINGS = Settings()


def load(
    town: Town, path: Path, *, version: str = "2027", login: str = "weber", settings: Settings = SETTINGS
) -> FilePlan:
    actor = town.actor(login)
    with town.database.begin() as session:
        return plan_files.load(session, actor, path, settings, title="Aktenplan", version=version, now=NOW)


def table(folder: Path, *lines: str) -> Path:
    path = folder / "plan.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


@effort(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans())
def test_what_is_exported_is_imported_the_same_in_every_format(
    town: Town, tmp_path: Path, plan: tuple[PlanRow, ...]
) -> None:
    settings = replace(SETTINGS, xdomea_schemas=str(schema_folder()))
    town.counter += 1
    rows, source = plan, tmp_path / "plan.csv"
    source.write_bytes(plan_files.write_csv(plan))
    for kind in plan_files.KINDS:
        made = load(town, source, version=f"{town.counter} {kind}", settings=settings)
        with town.database.reading() as session:
            rows = plan_files.rows_of(session, made.id)
            written = plan_files.export(session, SYSTEM, made.id, kind, settings, NOW)
        assert rows == plan
        source = tmp_path / written.name
        source.write_bytes(written.content)
    with town.database.reading() as session:
        assert plan_files.check(session, SYSTEM, source, settings) == plan_files.ReadPlan(
            plan, (), (), "Aktenplan", f"{town.counter} xml", None
        )


def test_a_loaded_plan_is_a_draft_until_it_is_put_in_force(town: Town, tmp_path: Path) -> None:
    town.case_file()
    made = load(town, table(tmp_path, "code;title;rule_code", "7;Kultur;R-B", "7.1;Museen;"))
    with town.database.reading() as session:
        states = dict(session.execute(select(FilePlan.version, FilePlan.state)).all())
        last = session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.sequence.desc()).limit(2)).all()
    assert states == {"1": PlanState.IN_FORCE, "2027": PlanState.DRAFT}
    assert last == ["plan.imported", "plan.drafted"]
    weber = town.actor("weber")
    with town.database.begin() as session:
        file_plan.put_in_force(session, weber, made.id, NOW.date(), NOW)
    assert town.case_file(plan="7.1", unit="63.2").file_reference.startswith("7.1-2026/")
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseFile)) == 2


def test_nothing_is_written_unless_the_whole_file_is_clean(town: Town, tmp_path: Path) -> None:
    path = table(tmp_path, "code;title;rule_code;lead_unit", "7;Kultur;R-B;", "7.1;Museen;R-9;", "7.2;Archive;;99")
    with pytest.raises(PlanRefused) as refused:
        load(town, path)
    assert refused.value.detail["problems"].splitlines() == [
        "Zeile 3: Die Aufbewahrungsregel R-9 gibt es nicht.",
        "Zeile 4: Die Organisationseinheit 99 gibt es nicht.",
    ]
    with town.database.reading() as session:
        assert session.scalars(select(FilePlan.version)).all() == ["1"]
        assert session.scalar(select(func.count()).where(FilePlanUnit.code == "7")) == 0


def test_the_plan_of_the_demo_city_loads_whole_with_its_rules_and_units(database: Database) -> None:
    with database.begin() as session:
        set_up(session, load_city(), DEMO.parents[1], NOW)
        read = plan_files.check(session, SYSTEM, DEMO, SETTINGS)
        assert read.problems == ()
        made = plan_files.load(session, SYSTEM, DEMO, SETTINGS, title="Aktenplan", version="2", now=NOW)
        assert plan_files.rows_of(session, made.id) == read.rows
    assert len(read.rows) > 100


def test_rights_of_new_files_are_kept_by_the_keys_of_units(town: Town, tmp_path: Path) -> None:
    path = table(tmp_path, "code;title;default_restricted;default_shares", "7;Kultur;ja;10, 63.2", "8;Sport;nein;keine")
    made = load(town, path)
    with town.database.reading() as session:
        units = {
            unit.code: unit for unit in session.scalars(select(FilePlanUnit).where(FilePlanUnit.plan_id == made.id))
        }
    assert (units["7"].default_restricted, units["7"].default_shares) == (True, ["unit:10", "unit:63.2"])
    assert (units["8"].default_restricted, units["8"].default_shares) == (False, [])


def test_a_version_is_named_once(town: Town, tmp_path: Path) -> None:
    path = table(tmp_path, "code;title", "7;Kultur")
    load(town, path)
    with pytest.raises(InvalidInput, match="gibt es schon"):
        load(town, path)


def test_without_title_a_table_is_no_version(town: Town, tmp_path: Path) -> None:
    path = table(tmp_path, "code;title", "7;Kultur")
    with town.database.begin() as session, pytest.raises(InvalidInput):
        plan_files.load(session, SYSTEM, path, SETTINGS, now=NOW)


def test_plans_of_other_systems_come_with_hints_where_only_people_choose_a_rule(town: Town, tmp_path: Path) -> None:
    settings = replace(SETTINGS, xdomea_schemas=str(schema_folder()))
    with town.database.reading() as session:
        written = plan_files.export(session, SYSTEM, None, "xml", settings, NOW)
        path = tmp_path / written.name
        path.write_text(written.content.decode().replace("eakte.aktenplaneinheit", "anderes.system"), "utf-8")
        read = plan_files.check(session, SYSTEM, path, settings)
    assert read.problems == ()
    assert any("52.01 nennt 3 Jahre, V, aber keine Regel" in hint.text for hint in read.hints)
    assert {row.rule_code for row in read.rows} == {""}


@pytest.mark.parametrize("name", ["plan.xml", "plan.zip", "plan.xlsx", "plan.csv", "plan.ods", "plan"])
def test_what_is_no_plan_is_refused_with_a_sentence(town: Town, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00kein Plan\xff")
    with town.database.reading() as session:
        read = plan_files.check(session, SYSTEM, path, SETTINGS)
    assert [problem.text.endswith((".", ")")) for problem in read.problems] == [True]


@pytest.mark.parametrize("login", ["brandt", "pruefer", "admin"])
def test_only_who_keeps_the_plan_checks_loads_and_exports(town: Town, tmp_path: Path, login: str) -> None:
    actor, path = town.actor(login), table(tmp_path, ";".join(COLUMNS), "7;Kultur" + ";" * 10)
    with town.database.begin() as session:
        for attempt in (
            lambda: plan_files.check(session, actor, path, SETTINGS),
            lambda: plan_files.load(session, actor, path, SETTINGS, title="x", version="y", now=NOW),
            lambda: plan_files.export(session, actor, None, "csv", SETTINGS, NOW),
        ):
            with pytest.raises(NotAllowed):
                attempt()


def test_an_unknown_version_is_not_found(town: Town) -> None:
    with town.database.reading() as session, pytest.raises(NotFound):
        plan_files.export(session, SYSTEM, uuid4(), "csv", SETTINGS, NOW)
