from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from eakte.worker import rule_preview
from tests.web.city import City
from tests.web.conftest import Person

SignIn = Callable[[str], Person]
TYPED = {"period": "5 Jahre", "valid_from": "01.01.2027", "reason": "Neue Satzung"}


@pytest.fixture
def manager(signed_in: SignIn) -> Person:
    return signed_in("reimer")


def drafted(person: Person, **typed: str) -> str:
    """Begin a new version of a rule, type something, and return the address of the draft."""
    person.get("/aufbewahrung/regeln/regel/63.90")
    where = person.post("/aufbewahrung/entwuerfe", aenderung="version", code="63.90").headers["Location"]
    person.get(where)
    person.post(where, revision="1", **typed)
    return where


def work_off(city: City, where: str) -> None:
    draft_id = where.rsplit("/", 1)[1]
    for _ in range(3):  # one piece of the stock, its end, and once more
        rule_preview.compare(city.services, draft_id, "1")


def test_what_is_typed_stays_with_the_fault_at_its_field(manager: Person) -> None:
    where = drafted(manager, period="fünf", valid_from="gestern", reason="")
    page = manager.get(where).text
    assert 'value="fünf"' in page
    assert 'value="gestern"' in page
    assert re.search(r'id="f-period-problem">Bitte eine Dauer', page)
    assert re.search(r'id="f-reason-problem">Bitte begründen', page)
    assert "Vorschau rechnen" in page
    assert manager.post(f"{where}/vorschau").status_code == 409


def test_who_comes_second_keeps_what_they_typed(manager: Person) -> None:
    where = drafted(manager, **TYPED)
    late = manager.post(where, revision="1", **{**TYPED, "period": "7 Jahre"})
    assert late.status_code == 409
    assert 'value="7 Jahre"' in late.text
    assert "inzwischen geändert" in late.text
    assert 'value="5 Jahre"' in manager.get(where).text


def test_two_people_change_a_rule_after_seeing_what_moves(manager: Person, signed_in: SignIn, city: City) -> None:
    where = drafted(manager, **{**TYPED, "period": "30 Jahre"})
    assert manager.post(f"{where}/vorschau").status_code == 303
    assert "Akten verglichen" in manager.get(where).text
    work_off(city, where)
    page = manager.get(where).text
    assert "nicht mehr fällig" in page
    assert "Freigeben muss eine Person" in page
    assert "63.90/2" in page
    table = manager.get(f"{where}/akten.csv")
    assert table.mimetype == "text/csv"
    assert "Parkausweise 2009" in table.text
    assert "31.12.2015;31.12.2040" in table.text
    second = signed_in("seidel")
    shown = second.get(where).text
    fingerprint = re.search(r'name="fingerprint" value="([0-9a-f]{64})"', shown)
    assert fingerprint is not None
    assert second.post(f"{where}/freigeben", fingerprint="0" * 64).status_code == 409
    done = second.post(f"{where}/freigeben", fingerprint=fingerprint[1])
    assert done.headers["Location"].endswith("/aufbewahrung/regeln/regel/63.90")
    rule = second.get(done.headers["Location"]).text
    assert "ab 01.01.2027: 30 Jahre" in rule
    assert "Seidel, Rolf (seidel)" in rule
    assert "Neue Satzung" in rule
    assert "freigegeben" in second.get("/aufbewahrung/entwuerfe").text


def test_a_draft_is_given_up_with_a_reason_and_a_clerk_sees_none(manager: Person, signed_in: SignIn) -> None:
    where = drafted(manager, **TYPED)
    assert manager.post(f"{where}/verwerfen", reason="").status_code == 422
    manager.post(f"{where}/verwerfen", reason="Doppelt")
    assert "Verworfen von Reimer, Jutta (reimer)" in manager.get(where).text
    assert signed_in("brandt").get(where).status_code == 403


def test_a_new_rule_needs_a_code_of_its_own(manager: Person) -> None:
    manager.get("/aufbewahrung/entwuerfe")
    refused = manager.post("/aufbewahrung/entwuerfe", aenderung="new", code="63.90")
    assert (refused.status_code, "gibt es schon" in refused.text, 'value="63.90"' in refused.text) == (422, True, True)
    made = manager.post("/aufbewahrung/entwuerfe", aenderung="new", code="63.95")
    assert "Neue Regel: 63.95" in manager.get(made.headers["Location"]).text
