from __future__ import annotations

import pytest
from sqlalchemy import select

from eakte.actions import organisation_table, users
from eakte.errors import NotAllowed
from eakte.records.access import SYSTEM
from eakte.records.plan_rows import PlanRefused
from eakte.store.people import OrgUnit, Person
from tests.town import NOW, Town

UNITS = "Kennzeichen;Name;Art;Übergeordnet\n70;Umwelt;Fachbereich;\n70.1;Wasser;Bereich;70\n"
PEOPLE = (
    "Anmeldename;Name;Einheit;Stelle;Rolle\n"
    "nass;Nass, N.;70.1;Sachbearbeitung;clerk\n"
    "nass;Nass, N.;70;Registratur;Registratur\n"
)


def test_units_and_people_with_several_posts_come_from_tables(town: Town) -> None:
    with town.database.begin() as session:
        assert organisation_table.load_units(session, SYSTEM, UNITS.encode(), NOW) == 2
        assert organisation_table.load_people(session, SYSTEM, PEOPLE.encode(), NOW) == 2
    with town.database.reading() as session:
        actor = users.actor_by_login(session, "nass", NOW)
        assert {"70", "70.1"} <= actor.unit_codes


def test_every_fault_is_named_and_nothing_is_kept(town: Town) -> None:
    wrong = UNITS + "70;Doppelt;Bereich;\n71;Luft;Wolke;\n72;Lärm;Bereich;99\n;Ohne;Bereich;\n"
    with pytest.raises(PlanRefused) as refused, town.database.begin() as session:
        organisation_table.load_units(session, SYSTEM, wrong.encode(), NOW)
    assert [problem.line for problem in refused.value.problems] == [4, 5, 6, 7]
    with pytest.raises(PlanRefused) as refused, town.database.begin() as session:
        organisation_table.load_people(session, SYSTEM, (PEOPLE + "x;X;10;Stelle;König\n").encode(), NOW)
    assert [problem.line for problem in refused.value.problems] == [2, 3, 4]
    with town.database.reading() as session:
        assert session.scalar(select(OrgUnit.id).where(OrgUnit.code == "70")) is None
        assert session.scalar(select(Person.id).where(Person.login == "nass")) is None


def test_only_who_keeps_people_loads_them(town: Town) -> None:
    actor = town.actor("weber")
    with town.database.begin() as session, pytest.raises(NotAllowed):
        organisation_table.load_units(session, actor, UNITS.encode(), NOW)
