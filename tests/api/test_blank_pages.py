"""Blank pages by program: told, brought back, left out again."""

from __future__ import annotations

from tests.api.conftest import Program, code_of
from tests.web.city import City, append_pages


def test_blank_pages_are_told_brought_back_and_left_out_again(city: City, clerk: Program) -> None:
    append_pages(city, city.filed, "bpb")
    place = f"/documents/{city.filed}/blank-pages"
    first = clerk.get(place).get_json()
    assert (first["blank_pages"], first["left_out"], first["shown_by"]) == ([2, 4], True, "")
    shown = clerk.post(f"{place}/restore").get_json()
    assert (shown["blank_pages"], shown["left_out"], shown["shown_by"]) == ([2, 4], False, "Brandt, Kathrin")
    assert clerk.post(f"{place}/leave-out").get_json() == first
    assert [page["number"] for page in clerk.get(f"/documents/{city.filed}/pages").get_json()["items"]] == [1, 2, 3, 4]


def test_strangers_learn_nothing_of_blank_pages(city: City, stranger: Program) -> None:
    append_pages(city, city.filed, "b")
    place = f"/documents/{city.filed}/blank-pages"
    assert code_of(stranger.get(place)) == (404, "not-found")
    assert code_of(stranger.post(f"{place}/restore")) == (404, "not-found")
