"""The start page: each kind of work leads to its list, and people without work are told so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from eakte.records.today import CHORE_LABELS, Chore
from eakte.web.pages.today import ICONS, LISTS
from tests.web.city import City
from tests.web.conftest import Person

CARD = re.compile(r'<a href="([^"]+)" data-row><b><span class="ea-num ea-count">(\d+)</span> ([^<]+)</b>')


def test_every_kind_of_work_has_a_list_and_a_picture() -> None:
    assert set(LISTS) == set(ICONS) == set(Chore)


@pytest.mark.parametrize("login", ["brandt", "reimer"])
def test_each_card_leads_to_a_list_the_person_may_open(signed_in: Callable[[str], Person], login: str) -> None:
    person = signed_in(login)
    page = person.get("/", follow_redirects=True)
    assert page.request.path == "/heute"
    cards = CARD.findall(page.text)
    assert cards
    assert [address for address, _, _ in cards if person.get(address).status_code != 200] == []


def test_a_clerk_sees_what_waits_and_what_they_worked_on(city: City, clerk: Person, stranger: Person) -> None:
    cards = {label: int(count) for _, count, label in CARD.findall(clerk.get("/heute").text)}
    assert cards == {CHORE_LABELS[Chore.INBOX]: len(city.waiting), CHORE_LABELS[Chore.FAULTS]: 1}
    assert city.file_reference in clerk.get("/heute").text
    page = stranger.get("/heute").text
    assert "Nichts wartet auf Sie." in page
    assert city.file_reference not in page
