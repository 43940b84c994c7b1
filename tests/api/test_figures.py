"""Figures by program are those of the page."""

from __future__ import annotations

from tests.api.conftest import Program
from tests.web.city import City


def test_a_program_has_the_figures_of_its_person(city: City, clerk: Program, stranger: Program) -> None:
    told = {one["figure_subject"]: one for one in clerk.get("/figures").get_json()["items"]}
    assert set(told) == {"inbox_age", "scanning", "classifier"}
    assert told["inbox_age"]["number_heads"] == ["63.2"]
    assert told["inbox_age"]["rows"][0] == {"row_label": "heute", "numbers": [len(city.waiting)]}
    assert told["classifier"]["rows"] == [{"row_label": "Bauantrag", "numbers": [1, 0, 0]}]
    assert all(one["rows"] == [] for one in stranger.get("/figures").get_json()["items"])
