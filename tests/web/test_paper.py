"""The paper part of case files on their pages, and the registry's list of loans."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from sqlalchemy import select

from eakte.store.paper import PaperPart
from tests.web.city import City
from tests.web.conftest import Person

PLANS = {"content": "Pläne 1:100", "box": "17", "shelf": "B 3", "location": "Keller"}


def only_part(city: City) -> UUID:
    with city.services.database.reading() as session:
        return session.scalars(select(PaperPart.id)).one()


@pytest.fixture
def keeper(city: City, manager: Person) -> Person:
    """A records manager at a case file with one paper part."""
    manager.get(f"/akten/{city.file_id}/papier")
    assert manager.post(f"/akten/{city.file_id}/papier", **PLANS).status_code == 303
    return manager


def test_a_paper_part_is_kept_lent_and_taken_back(city: City, keeper: Person) -> None:
    path, part = f"/akten/{city.file_id}/papier", only_part(city)
    page = keeper.get(path).text
    assert all(text in page for text in ("Pläne 1:100", "B 3", "am Standort", "teils auf Papier"))
    assert keeper.post(f"/papierteile/{part}/ausleihen", borrower="Gericht", due_on="30.11.2026").status_code == 303
    assert "an Gericht seit 18.11.2026, zurück bis 30.11.2026" in keeper.get(path).text
    assert keeper.post(f"/papierteile/{part}/ausleihen", borrower="x", due_on="30.11.2026").status_code == 409
    assert keeper.post(f"/papierteile/{part}", **{**PLANS, "shelf": "C 9", "revision": "2"}).status_code == 303
    assert keeper.post(f"/papierteile/{part}", **{**PLANS, "shelf": "D 1", "revision": "2"}).status_code == 409
    assert keeper.post(f"/papierteile/{part}/zurueck").status_code == 303
    page = keeper.get(path).text
    assert ("C 9" in page, "Frühere Ausleihen (1)" in page) == (True, True)


def test_a_file_with_paper_is_not_called_electronic(city: City, keeper: Person) -> None:
    path = f"/akten/{city.file_id}/papier/medium"
    assert keeper.post(path, medium="electronic").status_code == 422
    assert keeper.post(path, medium="").status_code == 422
    assert keeper.post(path, medium="paper").status_code == 303


def test_the_list_of_loans_is_shown_and_taken_to_a_spreadsheet(city: City, keeper: Person) -> None:
    part = only_part(city)
    keeper.post(f"/papierteile/{part}", **{**PLANS, "content": "=1+1", "revision": "1"})
    keeper.post(f"/papierteile/{part}/ausleihen", borrower="Gericht", due_on="30.11.2026")
    assert "Nichts ist überfällig." in keeper.get("/ausleihen").text
    page = keeper.get("/ausleihen?alle=1").text
    assert ("Gericht" in page, city.file_reference in page) == (True, True)
    answer = keeper.get("/ausleihen.csv?alle=1")
    assert answer.headers["Content-Type"].startswith("text/csv")
    heads, row = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";")
    assert dict(zip(heads, row, strict=True))["ausgeliehen an"] == "Gericht"
    assert dict(zip(heads, row, strict=True))["Inhalt"] == "'=1+1"
    assert keeper.post(f"/papierteile/{part}/zurueck", back="loans").headers["Location"] == "/ausleihen"


def test_a_clerk_reads_where_paper_is_and_changes_nothing(city: City, keeper: Person, clerk: Person) -> None:
    part = only_part(city)
    page = clerk.get(f"/akten/{city.file_id}/papier").text
    assert ("Pläne 1:100" in page, "Aufnehmen" in page) == (True, False)
    assert clerk.post(f"/akten/{city.file_id}/papier", **PLANS).status_code == 403
    assert clerk.post(f"/papierteile/{part}/ausleihen", borrower="x", due_on="30.11.2026").status_code == 403
    assert clerk.get("/ausleihen").status_code == 403
    assert keeper.get("/ausleihen").status_code == 200


def test_a_stranger_learns_nothing_of_paper(city: City, keeper: Person, stranger: Person) -> None:
    part = only_part(city)
    stranger.get("/posteingang")
    assert stranger.get(f"/akten/{city.file_id}/papier").status_code == 404
    assert stranger.post(f"/papierteile/{part}").status_code == 403
    assert keeper.get(f"/akten/{city.file_id}/papier").status_code == 200
