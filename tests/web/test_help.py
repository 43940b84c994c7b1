"""Help on each screen: every page has one, it opens with and without script, and the tour ends for good."""

from __future__ import annotations

import re

import pytest

from eakte.web import help as texts
from eakte.web.routes import ROUTES
from tests.web.city import City
from tests.web.conftest import Person

SENDS = re.compile(r"\.(csv|pdf|json|webp|ers|<kind>)")
NO_PAGES = {
    "sign_in_service.start", "sign_in_service.finish", "session.health", "assets.deliver", "inbox.cases",
    "inbox.original", "declared.case_file_fields", "declared.document_fields", "documents.original", "documents.pdf",
    "document_life.original", "document_life.rendition", "desk.counts",
}  # fmt: skip
"""What is asked for by GET and shows no page: downloads, pieces of pages, addresses that lead on."""
PAGES = sorted(
    {
        route.endpoint
        for route in ROUTES
        if route.method == "GET" and not route.part and not route.polls and not SENDS.search(route.path)
    }
    - NO_PAGES
)


@pytest.mark.parametrize("endpoint", PAGES)
def test_every_page_of_the_table_of_routes_has_a_help_text(endpoint: str) -> None:
    assert [screen.name for screen in texts.screens() if endpoint in screen.endpoints] != []


def test_no_help_is_for_a_page_that_is_none_or_for_two() -> None:
    named = [endpoint for screen in texts.screens() for endpoint in screen.endpoints]
    assert sorted(named) == PAGES
    assert len({screen.name for screen in texts.screens()}) == len(texts.screens())


@pytest.mark.parametrize("screen", texts.screens(), ids=lambda screen: str(screen.name))
def test_a_help_is_three_to_six_sentences(screen: texts.Screen) -> None:
    sentences = re.split(r"(?<=[.?!]) (?=[A-ZÄÖÜ])", screen.text)
    assert 3 <= len(sentences) <= 6, screen.text


def test_each_page_leads_to_its_own_help_without_script_and_brings_it_with_script(city: City, clerk: Person) -> None:
    for path, name in (("/posteingang", "posteingang"), (f"/akten/{city.file_id}", "akte"), ("/heute", "heute")):
        assert f'href="/hilfe/{name}"' in clerk.get(path).text
        page = clerk.get(f"/hilfe/{name}").text
        assert "<h1>Hilfe: " in page
        piece = clerk.htmx(f"/hilfe/{name}").text
        assert "<h1>" not in piece
        assert piece.strip() in page
    assert clerk.get("/hilfe/gibt-es-nicht").status_code == 404


def test_the_list_of_all_help_leads_to_each(clerk: Person) -> None:
    page = clerk.get("/hilfe").text
    assert [screen.name for screen in texts.screens() if f'href="/hilfe/{screen.name}"' not in page] == []


def test_the_tour_is_shown_until_the_person_has_seen_enough_of_it(clerk: Person, stranger: Person) -> None:
    assert "Rundgang für den Anfang" in clerk.get("/heute").text
    assert clerk.post("/hilfe/rundgang/ausblenden").status_code == 303
    assert "Rundgang für den Anfang" not in clerk.get("/heute").text
    assert "Rundgang für den Anfang" in clerk.get("/hilfe").text
    assert "Rundgang für den Anfang" in stranger.get("/heute").text


def test_the_tour_leads_nowhere_a_person_may_not_go(manager: Person, clerk: Person) -> None:
    assert 'href="/posteingang/sammelablage"><b>' in clerk.get("/hilfe").text
    for path in re.findall(r'href="(/[^"]*)"><b>', manager.get("/hilfe").text):
        assert manager.get(path).status_code == 200, path
