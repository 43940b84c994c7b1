"""The page of figures: a picture with words and a table for each, the same numbers for spreadsheets and programs."""

from __future__ import annotations

from tests.web.city import City
from tests.web.conftest import Person


def test_each_figure_has_its_picture_its_table_and_its_file(city: City, clerk: Person, manager: Person) -> None:
    page = clerk.get("/lage").text
    assert 'aria-label="Alter: heute 3, ' in page
    assert f'<th scope="row">heute</th><td class="ea-right ea-num">{len(city.waiting)}</td>' in page
    assert "Fristende der Akten" not in page
    assert clerk.get("/lage/inbox_age.csv").text.lstrip("\ufeff").splitlines()[:2] == ["Alter;63.2", "heute;3"]
    assert manager.get("/lage").text.count('role="img" aria-labelledby="ea-chart-') == 2


def test_figures_out_of_reach_are_as_those_that_are_not(clerk: Person, stranger: Person) -> None:
    assert [clerk.get(f"/lage/{name}.csv").status_code for name in ("storage", "weather")] == [404, 404]
    assert stranger.get("/lage/inbox_age.csv").text.lstrip("\ufeff").splitlines() == ["Alter"]
