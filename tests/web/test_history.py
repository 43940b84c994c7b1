"""The history as people read it: who, for whom, when, what, from what to what, and why."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eakte.actions import holds
from eakte.actions.history_words import Change
from eakte.records.access import Mandate
from eakte.store.history import record
from eakte.web.spreadsheet import to_csv
from tests.web.city import NOW, City
from tests.web.conftest import Person


@pytest.fixture
def told(city: City) -> City:
    """The city, after a clerk in somebody's place has changed something."""
    own = city.actor("reimer")
    deputy = replace(own, mandates=(Mandate("seidel", own.keys, own.permissions),), own_keys=frozenset())
    with city.services.database.begin() as session:
        holds.place(session, deputy, city.file_id, reason="=HYPERLINK(1)", now=NOW)
        changes = {"state": ("open", "closed"), "closed_on": (None, NOW.date()), "restricted": (False, True)}
        record(session, deputy, "case_file.closed", about=("case_file", city.file_id), now=NOW,
               case_file_id=city.file_id, reason="+49 511", changes=changes)  # fmt: skip
    return city


def test_old_and_new_values_and_whom_somebody_stood_in_for_are_shown(told: City, manager: Person) -> None:
    for page in (manager.get("/protokoll").text, manager.get(f"/akten/{told.file_id}/verlauf").text):
        assert "i. V. seidel" in page
        assert "Zustand: In Bearbeitung → z.d.A." in page
        assert "z.d.A. am: – → 18.11.2026" in page
        assert "Zugriff beschränkt: nein → ja" in page


def test_the_history_of_a_file_is_for_those_who_may_see_it(told: City, clerk: Person, stranger: Person) -> None:
    assert "i. V. seidel" in clerk.get(f"/akten/{told.file_id}/verlauf").text
    assert stranger.get(f"/akten/{told.file_id}/verlauf").status_code == 404


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("person=seidel", True),
        ("person=brandt", False),
        ("von=18.11.2026&bis=18.11.2026", True),
        ("von=19.11.2026", False),
        ("bis=17.11.2026", False),
        ("aktion=case_file.closed", True),
        ("aktion=case.opened", False),
    ],
)
def test_entries_are_filtered_by_person_action_and_period(
    told: City, manager: Person, asked: str, *, shown: bool
) -> None:
    page = manager.get(f"/protokoll?akte={told.file_reference}&{asked}").text
    assert ("Zustand: In Bearbeitung → z.d.A." in page) is shown


def test_a_date_that_is_none_is_refused_with_a_sentence(told: City, manager: Person) -> None:
    answer = manager.get("/protokoll?von=gestern")
    assert (answer.status_code, told.file_reference in answer.text) == (422, False)


def test_the_table_for_spreadsheets_holds_no_formula_and_is_told_in_the_history(told: City, manager: Person) -> None:
    answer = manager.get(f"/protokoll.csv?akte={told.file_reference}")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Nr."
    assert "'+49 511" in [row[-1] for row in rows]
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@"[: len(cell)] and cell]
    assert "Protokoll ausgegeben" in manager.get("/protokoll").text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9), min_size=1))
def test_no_cell_is_taken_for_a_formula(cells: list[str]) -> None:
    [row] = csv.reader(io.StringIO(to_csv([cells]).decode("utf-8-sig"), newline=""), delimiter=";")
    assert all(not cell or cell[0] not in "=+-@\t\r" for cell in row)
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]


def test_values_that_went_with_their_file_are_said_to_be_gone() -> None:
    assert Change("subject", erased=True).text == "Betreff: mit der Akte vernichtet"
