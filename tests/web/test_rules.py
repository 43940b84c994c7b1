from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.web.conftest import Person

SignIn = Callable[[str], Person]


@pytest.fixture
def manager(signed_in: SignIn) -> Person:
    return signed_in("reimer")


def test_rules_are_found_and_shown_with_their_versions(manager: Person) -> None:
    page = manager.get("/aufbewahrung/regeln").text
    assert "3 Regeln" in page
    assert "30 Jahre ab Ende des Jahres von z.d.A." in page
    assert "nicht freigegeben" in page
    assert "1 Regel zu" in manager.get("/aufbewahrung/regeln?q=Beseitigung").text
    assert "Keine Regel passt" in manager.get("/aufbewahrung/regeln?q=Raumfahrt").text
    shown = manager.get("/aufbewahrung/regeln/regel/63.20").text
    assert "63.20/1" in shown
    assert "Heute gilt Fassung 1" in shown
    assert manager.get("/aufbewahrung/regeln/regel/99").status_code == 404


def test_the_rule_of_a_day_is_answered_and_what_was_typed_stays(manager: Person) -> None:
    page = manager.get("/aufbewahrung/regeln/stichtag?stichtag=01.01.2020&plan=63.20").text
    assert "Am 01.01.2020 führt die Regel 63.20/1" in page
    refused = manager.get("/aufbewahrung/regeln/stichtag?stichtag=01.01.2020&plan=99")
    assert (refused.status_code, 'value="99"' in refused.text) == (422, True)
    wrong = manager.get("/aufbewahrung/regeln/stichtag?stichtag=gestern&plan=63.20")
    assert (wrong.status_code, "TT.MM.JJJJ" in wrong.text, 'value="gestern"' in wrong.text) == (422, True, True)
    unknown = manager.get("/aufbewahrung/regeln/stichtag?akte=1-2/3")
    assert (unknown.status_code, "gibt es nicht" in unknown.text) == (404, True)


def test_the_navigation_leads_a_records_manager_to_rules_and_contradictions(manager: Person, signed_in: SignIn) -> None:
    addresses = re.findall(r'href="(/aufbewahrung/[^"]+)"', manager.get("/aktenplan").text)
    assert addresses == ["/aufbewahrung/regeln", "/aufbewahrung/regeln/widersprueche"]
    assert "widersprechen sich auf keiner Akte" in manager.get(addresses[1]).text
    clerk = signed_in("brandt")
    assert clerk.get("/aufbewahrung/regeln").status_code == 200
    assert clerk.get("/aufbewahrung/regeln/widersprueche").status_code == 403
