"""The worklist of badly read pages, and what document and inbox say of them."""

from __future__ import annotations

import re

from tests.web.city import City, document_of, spoil
from tests.web.conftest import Person

FORM = re.compile(r'action="(/schlecht-lesbar/[0-9a-f-]{36}/[a-z-]+)"')


def test_the_worklist_shows_what_is_unsure_and_takes_it_off(city: City, clerk: Person) -> None:
    spoil(city, city.filed, 54)
    spoil(city, document_of(city, city.waiting[0]), 41)
    page = clerk.get("/schlecht-lesbar").text
    assert page.index("41 %") < page.index("54 %")
    assert f"/dokumente/{city.filed}#seite-1" in page
    assert f"/posteingang/{city.waiting[0]}#seite-1" in page
    answer = clerk.post(FORM.findall(page)[0], back="worklist")
    assert answer.headers["Location"] == "/schlecht-lesbar"
    left = clerk.get("/schlecht-lesbar").text
    assert "41 %" not in left
    assert "54 %" in left


def test_document_and_inbox_say_which_page_reads_badly_and_take_it_back(city: City, clerk: Person) -> None:
    item_id = city.waiting[0]
    document_id = document_of(city, item_id)
    spoil(city, document_id, 54)
    for path in (f"/posteingang/{item_id}", f"/dokumente/{document_id}"):
        assert re.search(r'Seite 1</a> schlecht lesbar, <span class="ea-num">54 %', clerk.get(path).text)
    settle = FORM.findall(clerk.get(f"/posteingang/{item_id}").text)[0]
    assert clerk.post(settle, item=str(item_id)).headers["Location"] == f"/posteingang/{item_id}"
    page = clerk.get(f"/dokumente/{document_id}").text
    assert "So in Ordnung laut Brandt, Kathrin" in page
    assert clerk.post(FORM.findall(page)[0]).headers["Location"] == f"/dokumente/{document_id}"
    assert "So in Ordnung laut" not in clerk.get(f"/dokumente/{document_id}").text


def test_a_stranger_sees_no_page_and_settles_none(city: City, stranger: Person, clerk: Person) -> None:
    spoil(city, city.filed, 54)
    settle = FORM.findall(clerk.get("/schlecht-lesbar").text)[0]
    page = stranger.get("/schlecht-lesbar").text
    assert "54 %" not in page
    assert "Alle Seiten sind gut lesbar oder angesehen." in page
    assert stranger.post(settle).status_code == 404
    assert "54 %" in clerk.get("/schlecht-lesbar").text


def test_a_page_is_ordered_to_be_read_again_from_the_worklist_and_the_document_tells(city: City, clerk: Person) -> None:
    spoil(city, city.filed, 54)
    page = clerk.get("/schlecht-lesbar").text
    assert "Fraktur" in page
    answer = clerk.post(f"/dokumente/{city.filed}/neu-lesen", back="worklist", pages="1", languages=["deu", "frk"])
    assert answer.headers["Location"] == "/schlecht-lesbar"
    told = clerk.get(f"/dokumente/{city.filed}").text
    assert "Wird neu gelesen: Seite 1 mit Deutsch, Fraktur." in told
    again = clerk.post(f"/dokumente/{city.filed}/neu-lesen", pages="alle", languages="deu")
    assert again.status_code == 409
    assert "wird gerade neu gelesen" in again.text


def test_reading_again_asks_for_a_language_and_for_a_document_one_may_see(
    city: City, clerk: Person, stranger: Person
) -> None:
    clerk.get("/schlecht-lesbar")
    nothing = clerk.post(f"/dokumente/{city.filed}/neu-lesen", pages="alle")
    assert nothing.status_code == 422
    assert "mindestens eine Sprache" in nothing.text
    stranger.get("/schlecht-lesbar")
    assert stranger.post(f"/dokumente/{city.filed}/neu-lesen", pages="alle", languages="deu").status_code == 404


def test_the_inbox_offers_to_read_again_and_goes_on_there(city: City, clerk: Person) -> None:
    item_id = city.waiting[0]
    document_id = document_of(city, item_id)
    spoil(city, document_id, 54)
    page = clerk.get(f"/posteingang/{item_id}").text
    assert f'action="/dokumente/{document_id}/neu-lesen"' in page
    answer = clerk.post(
        f"/dokumente/{document_id}/neu-lesen", item=str(item_id), pages="schlechte", languages="deu", insists="on"
    )
    assert answer.headers["Location"] == f"/posteingang/{item_id}"
    assert "Wird neu gelesen: Seite 1 mit Deutsch." in clerk.get(f"/posteingang/{item_id}").text
