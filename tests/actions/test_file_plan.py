"""The file plan: versions come into force, units are retired, numbers follow the pattern of their branch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from eakte.actions import cases, choices, file_plan
from eakte.actions.file_plan import UnitEdit
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotAllowed, NotFound
from eakte.records.calendar import day_of
from eakte.records.file_plan import PlanLevel, PlanState
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from eakte.store.plan import plan_in_force, plan_unit
from eakte.store.references import CASE_FILE, ReferenceCounter, resolve
from tests.town import Town

KEEPER = "weber"  # keeps records: works on the plan


def unit_named(town: Town, code: str) -> file_plan.PlanNode:
    with town.database.reading() as session:
        nodes = list(file_plan.tree(session, town.actor(KEEPER), town.now))
    while nodes:
        node = nodes.pop()
        if node.code == code:
            return node
        nodes += node.children
    raise LookupError(code)


def edit(town: Town, code: str, **stated: str) -> None:
    node = unit_named(town, code)
    with town.database.begin() as session:
        file_plan.edit_unit(session, town.actor(KEEPER), node.unit_id, UnitEdit(node.title, **stated), town.now)


def draft(town: Town, version: str = "2", *, copy: bool = True) -> file_plan.PlanVersion:
    with town.database.begin() as session:
        made = file_plan.begin_draft(
            session, town.actor(KEEPER), title="Aktenplan neu", version=version, copy=copy, now=town.now
        )
        return next(one for one in file_plan.versions(session, town.actor(KEEPER)) if one.plan_id == made.id)


def test_units_say_what_they_inherit_and_from_where(town: Town) -> None:
    edit(town, "52", reference_pattern="BA {plan}/{number:03}-{yy}", rule_code="R-B", lead_unit="63")
    node = unit_named(town, "52.01")
    assert (node.pattern.value, node.pattern.code) == ("BA {plan}/{number:03}-{yy}", "52")
    assert node.rule is not None
    assert (node.rule.value, node.rule.code) == ("R-V", "52.01")
    assert node.level is PlanLevel.SUBJECT_UNIT
    assert unit_named(town, "52").level is PlanLevel.MAIN_GROUP


def test_a_new_file_is_numbered_by_the_pattern_of_its_branch(town: Town) -> None:
    edit(town, "52", reference_pattern="BA {plan}/{number:03}-{yy}")
    assert town.case_file(plan="52.01").file_reference == "BA 52.01/001-26"
    assert town.case_file(plan="52.01").file_reference == "BA 52.01/002-26"


def test_a_pattern_with_a_derivation_asks_for_one(town: Town) -> None:
    edit(town, "52.01", reference_pattern="{plan} {derivation} {number}")
    actor = town.actor("brandt")
    with town.database.begin() as session, pytest.raises(InvalidInput) as refused:
        cases.open_case_file(session, actor, cases.NewCaseFile("52.01", "Carport", "63.2"), town.now)
    assert refused.value.detail["field"] == "derivation"
    with town.database.begin() as session:
        new = cases.NewCaseFile("52.01", "Carport", "63.2", derivation="Gartenweg 7")
        assert cases.open_case_file(session, actor, new, town.now).file_reference == "52.01 Gartenweg 7 1"


def test_a_number_once_given_is_never_given_again_whatever_pattern_asks(town: Town) -> None:
    town.case_file(plan="52.01")
    second = town.case_file(plan="52.01")
    with town.database.begin() as session:  # it has another number by now, and the counter has been set back
        session.get_one(CaseFile, second.id).file_reference = "52.01-2026/0009"
        session.execute(update(ReferenceCounter).values(last_number=0))
    assert town.case_file(plan="52.01").file_reference == "52.01-2026/0003"


def test_thirty_two_at_once_get_thirty_two_numbers(town: Town) -> None:
    actor = town.actor("brandt")

    def open_one(number: int) -> str:
        with town.database.begin() as session:
            new = cases.NewCaseFile("52.01", f"Akte {number}", "63.2")
            return cases.open_case_file(session, actor, new, town.now).file_reference

    with ThreadPoolExecutor(32) as people:
        given = list(people.map(open_one, range(32)))
    assert sorted(given) == [f"52.01-2026/{number:04}" for number in range(1, 33)]


@pytest.mark.parametrize("written", ["52.01-2026/0001", "52 01 2026 1", " 52.01-2026/1 ", "52-01-2026-0001"])
def test_a_reference_leads_to_its_file_however_it_is_written(town: Town, written: str) -> None:
    opened = town.case_file(plan="52.01")
    with town.database.reading() as session:
        assert resolve(session, written) == (CASE_FILE, opened.id)
        assert resolve(session, "52.01-2027/0001") is None


def test_nothing_is_opened_at_a_retired_unit_but_its_files_live_on(town: Town) -> None:
    opened = town.case_file(plan="52.01")
    node = unit_named(town, "52.01")
    with town.database.begin() as session, pytest.raises(MissingReason):
        file_plan.retire_unit(session, town.actor(KEEPER), node.unit_id, reason=" ", now=town.now)
    with town.database.begin() as session:
        file_plan.retire_unit(session, town.actor(KEEPER), node.unit_id, reason="Aufgabe entfällt", now=town.now)
    with pytest.raises(InvalidInput):
        town.case_file(plan="52.01")
    assert unit_named(town, "52.01").retired_because == "Aufgabe entfällt"
    with town.database.reading() as session:
        assert session.get_one(CaseFile, opened.id).state.value == "open"
        assert "52.01" not in {choice.code for choice in choices.subject_units(session)}


def test_a_new_version_replaces_the_old_one_on_its_day(town: Town) -> None:
    opened = town.case_file(plan="52.01")
    made = draft(town)
    assert made.units == 5
    later = town.now + timedelta(days=30)
    with town.database.begin() as session:
        file_plan.put_in_force(session, town.actor(KEEPER), made.plan_id, day_of(later), town.now)
        assert file_plan.put_due_in_force(session, town.now) is None
    with town.database.begin() as session:
        assert file_plan.put_due_in_force(session, later) is not None
    with town.database.reading() as session:
        in_force = plan_in_force(session)
        assert in_force is not None
        assert (in_force.id, in_force.valid_from) == (made.plan_id, day_of(later))
        old = next(one for one in file_plan.versions(session, town.actor(KEEPER)) if one.version == "1")
        assert (old.state, old.valid_to) == (PlanState.SUPERSEDED, day_of(later) - timedelta(days=1))
        unit = plan_unit(session, "52.01")
        assert unit is not None
        assert unit.plan_id == made.plan_id
        assert session.get_one(CaseFile, opened.id).plan_unit.plan_id == old.plan_id
    # The new version counts on where the old one stopped: the same number would mean two files.
    assert town.case_file(plan="52.01").file_reference == "52.01-2026/0002"


def test_a_superseded_version_is_never_changed(town: Town) -> None:
    node, made = unit_named(town, "52.01"), draft(town)
    with town.database.begin() as session:
        file_plan.put_in_force(session, town.actor(KEEPER), made.plan_id, day_of(town.now), town.now)
    with town.database.begin() as session, pytest.raises(MoveRefused):
        file_plan.edit_unit(session, town.actor(KEEPER), node.unit_id, UnitEdit("anders"), town.now)
    with town.database.begin() as session, pytest.raises(MoveRefused):
        file_plan.put_in_force(session, town.actor(KEEPER), made.plan_id, day_of(town.now), town.now)


def test_drafts_are_seen_by_those_who_work_on_plans_alone(town: Town) -> None:
    made = draft(town)
    with town.database.reading() as session:
        clerk = town.actor("brandt")
        assert made.plan_id not in {one.plan_id for one in file_plan.versions(session, clerk)}
        with pytest.raises(NotFound):
            file_plan.tree(session, clerk, town.now, made.plan_id)
        with pytest.raises(NotAllowed):
            file_plan.begin_draft(session, clerk, title="x", version="9", copy=False, now=town.now)


@pytest.mark.parametrize("stated", [{"rule_code": "R-X"}, {"lead_unit": "99"}, {"reference_pattern": "{plan}"}])
def test_a_unit_states_only_what_exists(town: Town, stated: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        edit(town, "52.01", **stated)


def test_changes_of_the_plan_stand_in_the_history_with_old_and_new_value(town: Town) -> None:
    edit(town, "52.01", rule_code="R-B")
    with town.database.reading() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "plan_unit.changed")).one()
        assert entry.detail["code"] == "52.01"
        assert entry.actor_login == KEEPER
