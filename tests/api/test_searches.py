"""Programs search with every filter, go through all pages, and keep searches within the person's rights."""

from __future__ import annotations

import pytest

from eakte.actions import lagging
from eakte.app import create_app
from eakte.store.jobs import enqueue
from tests.api.conftest import Program, code_of
from tests.web.city import City
from tests.web.conftest import Person

GARAGES = {"name": "Garagen", "q": "Tiefgarage", "search_filters": {"document_type": ["Bauantrag"]}}


def test_facets_come_on_demand_and_filters_narrow(clerk: Program) -> None:
    asked = "/search?q=Tiefgarage&facet=month&facet=plan_branch&facet=origin&facet=retention"
    facets = clerk.get(asked).get_json()["facets"]
    assert (facets["month"], facets["origin"]) == ({"2026-11": 1}, {"upload": 1})
    assert facets["plan_branch"] == {"6": 1, "63": 1, "63.20": 1}
    assert facets["retention"] == {"open": 1}
    assert clerk.get("/search?q=Tiefgarage&plan_branch=6&retention=open&origin=upload").get_json()["total"] == 1
    assert clerk.get("/search?q=Tiefgarage&retention=destroy").get_json()["total"] == 0


def test_similar_documents_are_for_those_who_see_the_document(city: City, clerk: Program, stranger: Program) -> None:
    assert clerk.get(f"/documents/{city.filed}/similar").get_json()["items"] == []
    assert code_of(stranger.get(f"/documents/{city.filed}/similar")) == (404, "not-found")


def test_a_kept_search_is_listed_shown_and_removed(clerk: Program, stranger: Program) -> None:
    made = clerk.post("/saved-searches", {**GARAGES, "shared_with": "63", "watched": True})
    assert made.status_code == 201
    path = f"/saved-searches/{made.get_json()['search_id']}"
    shown = clerk.get(path).get_json()
    assert (shown["q"], shown["search_filters"]) == ("Tiefgarage", {"document_type": ["Bauantrag"]})
    assert (shown["mine"], shown["watched"], shown["shared_with"], shown["new_hits"]) == (True, True, "63", 0)
    assert stranger.get("/saved-searches").get_json()["items"] == []
    assert code_of(stranger.get(path)) == (404, "not-found")
    assert code_of(stranger.call("DELETE", path)) == (404, "not-found")
    assert clerk.call("DELETE", path).status_code == 200
    assert clerk.get("/saved-searches").get_json()["items"] == []


def test_a_filter_that_is_none_is_refused(clerk: Program) -> None:
    refused = clerk.post("/saved-searches", {**GARAGES, "search_filters": {"access": ["all"]}})
    assert code_of(refused) == (422, "invalid-input")


def test_a_search_that_does_not_answer_is_a_problem_that_says_when_to_ask_again(city: City, clerk: Program) -> None:
    folder = city.services.settings.data_folder / "index"
    aside = folder.rename(folder.with_name("aside"))
    for path in ("/search?q=Tiefgarage", "/search/suggestions?prefix=Tief", f"/documents/{city.filed}/similar"):
        refused = clerk.get(path)
        assert code_of(refused) == (503, "search-away")
        assert int(refused.headers["Retry-After"]) > 0
    aside.rename(folder)
    assert clerk.get("/search?q=Tiefgarage").get_json()["total"] == 1


def test_a_search_that_lags_too_far_behind_changes_of_rights_is_refused_and_says_why(
    city: City, clerk: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with city.services.database.begin() as session:
        enqueue(session, "reindexing", f"{city.filed}:7", str(city.filed))
    monkeypatch.setattr(lagging, "MOST", 0)
    for path in ("/search?q=Tiefgarage", "/search/suggestions?prefix=Tief", f"/documents/{city.filed}/similar"):
        refused = clerk.get(path)
        assert code_of(refused) == (503, "search-behind")
        assert int(refused.headers["Retry-After"]) > 0
    person = Person(create_app(city.services).test_client())
    person.sign_in("brandt")
    page = person.get("/suche?q=Tiefgarage")
    assert page.status_code == 503
    assert "sehr viele Änderungen an Zugriffsrechten" in page.text
    assert 'value="Tiefgarage"' in page.text
