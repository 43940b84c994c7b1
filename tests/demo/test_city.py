"""The demo city as data: it is complete, fits together and names nobody real."""

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from eakte.demo.data import CONFIG, load_city
from eakte.demo.mail import Fate, demo_mail
from eakte.demo.script import Arrive, CloseFile, OpenFile, script
from eakte.records.access import Role
from eakte.records.calendar import BERLIN
from retention.catalogue import load_csv

CITY = load_city()
TODAY = datetime(2026, 11, 21, 10, tzinfo=BERLIN)
SUBJECT_UNITS = [entry for entry in CITY.plan if entry.level == "SUBJECT_UNIT"]


def test_the_organisation_has_three_levels() -> None:
    codes = {unit.code for unit in CITY.units}
    assert {unit.kind for unit in CITY.units} == {"Dezernat", "Fachbereich", "Bereich"}
    assert all(unit.parent is None or unit.parent in codes for unit in CITY.units)


def test_about_a_dozen_people_hold_all_roles_and_two_can_approve() -> None:
    roles = Counter(Role[person.role] for person in CITY.people)
    assert 14 <= len(CITY.people) <= 16
    assert set(roles) == set(Role)
    assert roles[Role.RECORDS_MANAGER] == 2


def test_every_person_belongs_to_a_unit() -> None:
    codes = {unit.code for unit in CITY.units}
    assert {person.unit for person in CITY.people} <= codes
    assert len({person.login for person in CITY.people}) == len(CITY.people)


def test_the_file_plan_has_sixty_units_where_files_are_opened() -> None:
    assert len(SUBJECT_UNITS) >= 60
    codes = {entry.code for entry in CITY.plan}
    assert len(codes) == len(CITY.plan)
    assert all(entry.parent is None or entry.parent in codes for entry in CITY.plan)


def test_every_subject_unit_names_an_existing_rule_and_lead_unit() -> None:
    rules = {rule.rule_id.rsplit("/", 1)[0] for rule in load_csv(CONFIG / "retention" / "demo_rules.csv")}
    units = {unit.code for unit in CITY.units}
    assert {entry.rule_code for entry in SUBJECT_UNITS} <= rules
    assert {entry.lead_unit for entry in SUBJECT_UNITS} <= units


def test_every_event_is_the_trigger_of_its_rule() -> None:
    triggers = {
        rule.rule_id.rsplit("/", 1)[0]: rule.trigger for rule in load_csv(CONFIG / "retention" / "demo_rules.csv")
    }
    rule_of = {entry.code: entry.rule_code for entry in SUBJECT_UNITS}
    for entry in CITY.case_files:
        for event in entry.events:
            assert event.code == triggers[rule_of[entry.plan]], entry.key


def test_forty_case_files_spread_over_years_and_departments() -> None:
    assert len(CITY.case_files) >= 40
    assert {entry.opened.year for entry in CITY.case_files} >= {2009, 2010, 2013, 2016, 2019, 2021, 2024, 2026}
    assert len({entry.unit for entry in CITY.case_files}) >= 7
    closed = [entry for entry in CITY.case_files if entry.closed]
    assert 15 <= len(closed) <= len(CITY.case_files) - 15
    assert sum(entry.hold is not None for entry in CITY.case_files) >= 2
    assert any(entry.restricted for entry in CITY.case_files)


def test_case_files_stand_at_subject_units_and_in_units_with_a_clerk() -> None:
    places = {entry.code for entry in SUBJECT_UNITS}
    staffed = {person.unit for person in CITY.people if person.role in {"CLERK", "REGISTRAR"}}
    assert {entry.plan for entry in CITY.case_files} <= places
    assert {entry.unit for entry in CITY.case_files} <= staffed


def test_references_are_foreseen_without_doubles() -> None:
    assert len({entry.reference for entry in CITY.case_files}) == len(CITY.case_files)
    assert CITY.case_file("gartenweg-7").reference == "52.01.01-2026/0001"


def test_a_dozen_letters_wait_and_the_others_are_filed() -> None:
    fates = Counter(mail.fate for mail in demo_mail())
    assert 10 <= fates[Fate.WAITING] <= 18
    assert fates[Fate.FILED] >= 60
    assert any(mail.locked for mail in demo_mail())


def test_the_post_is_the_same_every_time() -> None:
    assert [mail.upload_id for mail in demo_mail()] == [mail.upload_id for mail in demo_mail()]


def test_the_story_runs_forward_and_ends_now() -> None:
    steps = script(CITY, demo_mail(), TODAY)
    moments = [step.at for step in steps]
    assert moments == sorted(moments)
    assert moments[-1] <= TODAY


def test_no_letter_comes_before_its_file_is_opened_or_after_it_is_closed() -> None:
    opened: set[str] = set()
    closed: set[str] = set()
    for step in script(CITY, demo_mail(), TODAY):
        if isinstance(step, OpenFile):
            opened.add(step.entry.key)
        elif isinstance(step, CloseFile):
            closed.add(step.entry.key)
        elif isinstance(step, Arrive) and (key := step.mail.letter.spec.case_file_key):
            assert key in opened - closed


@pytest.mark.parametrize("path", sorted((CONFIG / "demo").rglob("*.toml")), ids=lambda path: path.stem)
def test_addresses_and_numbers_are_invented(path: Path) -> None:
    text = path.read_text("utf-8")
    assert set(re.findall(r"\b\d{5} [A-ZÄÖÜ]\w+", text)) <= {
        "12345 Musterstadt", "12346 Übersee", "12347 Neuenfelde", "12348 Großlager", "12349 Altenbrück",
    }  # fmt: skip
    assert not re.search(r"\w\.(de|com|net|org|eu)\b", text)
    assert not re.search(r"\bDE\d{20}\b", text)


def test_nothing_in_the_city_lies_before_the_electronic_records() -> None:
    assert min(entry.opened for entry in CITY.case_files) > date(2009, 1, 5)
