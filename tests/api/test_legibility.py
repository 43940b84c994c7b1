"""Badly read pages by program: listed, found in order, read again with other languages, the result told."""

from __future__ import annotations

from uuid import uuid4

import pytest

from eakte.store.jobs import live_jobs
from tests.api.conftest import Program, code_of
from tests.web.city import City, document_of, spoil

BODY = {"languages": ["deu"], "page_numbers": [1]}


@pytest.fixture
def poor(city: City) -> City:
    spoil(city, city.filed, 54)
    for item_id, percent in zip(city.waiting, (41, 41, 70), strict=True):
        spoil(city, document_of(city, item_id), percent)
    return city


def pages(program: Program, path: str) -> list[dict[str, object]]:
    """Return the whole list, piece by piece."""
    found: list[dict[str, object]] = []
    while path:
        piece = program.get(path).get_json()
        found += piece["items"]
        path = (piece["next"] or "").removeprefix("/api/v1")
    return found


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_badly_read_pages_are_listed_the_worst_first_each_once(poor: City, clerk: Program, limit: int) -> None:
    found = pages(clerk, f"/poor-pages?limit={limit}")
    assert [row["confidence"] for row in found] == [41, 41, 54, 70]
    assert len({row["page_id"] for row in found}) == 4
    assert found[2]["document_id"] == str(poor.filed)
    assert clerk.get("/poor-pages").get_json()["poor_pages_left"] == 4


@pytest.mark.usefixtures("poor")
def test_the_list_is_narrowed_to_a_unit(clerk: Program) -> None:
    assert len(pages(clerk, "/poor-pages?org_unit_code=63.2")) == 4
    assert pages(clerk, "/poor-pages?org_unit_code=50.1") == []
    assert code_of(clerk.get("/poor-pages?org_unit_code=99.9")) == (422, "invalid-input")


def test_a_page_is_found_in_order_and_put_back(poor: City, clerk: Program) -> None:
    place = f"/documents/{poor.filed}/legibility"
    [page] = clerk.get(place).get_json()["poor_pages"]
    assert (page["page"], page["confidence"], page["settled_by"]) == (1, 54, "")
    settled = clerk.post(f"/poor-pages/{page['page_id']}/settling").get_json()
    assert settled["poor_pages"][0]["settled_by"] == "Brandt, Kathrin"
    assert len(pages(clerk, "/poor-pages")) == 3
    clerk.post(f"/poor-pages/{page['page_id']}/unsettling")
    assert clerk.get(place).get_json()["poor_pages"] == [page]


def test_a_document_is_ordered_to_be_read_again_once(poor: City, clerk: Program) -> None:
    place = f"/documents/{poor.filed}"
    assert clerk.get(f"{place}/legibility").get_json()["rereading"] is None
    answer = clerk.post(f"{place}/rereading", BODY)
    assert answer.status_code == 202
    assert answer.headers["Location"].endswith(f"{place}/legibility")
    told = clerk.get(f"{place}/legibility").get_json()["rereading"]
    assert (told["rereading_state"], told["languages"], told["page_numbers"]) == ("ordered", ["deu"], [1])
    assert told["ordered_by"] == "Brandt, Kathrin"
    assert str(poor.filed) in live_jobs(poor.services.database, "rereading")
    assert code_of(clerk.post(f"{place}/rereading", BODY)) == (409, "rereading-under-way")
    states = {row["document_id"]: row["rereading_state"] for row in pages(clerk, "/poor-pages")}
    assert (states.pop(str(poor.filed)), set(states.values())) == ("ordered", {None})


@pytest.mark.parametrize(
    "wrong", [{"languages": ["tlh"]}, {"languages": []}, {"languages": ["deu"], "page_numbers": [9]}, {}]
)
def test_what_cannot_be_read_again_is_refused(poor: City, clerk: Program, wrong: dict[str, object]) -> None:
    assert clerk.post(f"/documents/{poor.filed}/rereading", wrong).status_code == 422
    assert clerk.get(f"/documents/{poor.filed}/legibility").get_json()["rereading"] is None


def test_the_languages_to_choose_from_are_told(clerk: Program) -> None:
    found = clerk.get("/languages").get_json()["items"]
    assert {"language": "deu", "name": "Deutsch", "usual": True} in found


def test_strangers_learn_nothing(poor: City, clerk: Program, stranger: Program) -> None:
    [page] = clerk.get(f"/documents/{poor.filed}/legibility").get_json()["poor_pages"]
    listed = stranger.get("/poor-pages").get_json()
    assert (listed["items"], listed["poor_pages_left"]) == ([], 0)
    assert code_of(stranger.get(f"/documents/{poor.filed}/legibility")) == (404, "not-found")
    assert code_of(stranger.post(f"/documents/{poor.filed}/rereading", BODY)) == (404, "not-found")
    for page_id in (page["page_id"], uuid4()):
        assert code_of(stranger.post(f"/poor-pages/{page_id}/settling")) == (404, "not-found")
