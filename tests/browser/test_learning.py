"""A clerk corrects a proposal, and the next proposal is another one and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page, expect

from eakte.store.documents import Document, IncomingItem
from eakte.worker import learning
from tests.browser.accessibility import violations
from tests.web.city import NOW, City


def _unit_id(city: City) -> UUID:
    with city.services.database.reading() as session:
        return session.get_one(IncomingItem, city.waiting[0]).org_unit_id


def test_a_correction_changes_the_next_proposal_and_says_why(
    city: City, page: Page, sign_in: Callable[[Page, str], None]
) -> None:
    first, second = city.waiting[:2]
    with city.services.database.begin() as session:  # the clock of the city stands still
        session.get_one(Document, city.filed).filed_at = NOW - timedelta(days=1)
    sign_in(page, "brandt")
    page.goto(f"/posteingang/{second}")
    expect(page.get_by_label("Dokumenttyp")).to_have_value("Bauantrag")
    page.goto(f"/posteingang/{first}")
    kind = page.get_by_label("Dokumenttyp")
    expect(kind).to_have_value("Bauantrag")
    kind.fill("Tekturantrag")
    page.get_by_role("button", name="Ablegen, dann nächstes").click()
    expect(page.get_by_text("Abgelegt in")).to_be_visible()
    learning.propose_anew(city.services, str(_unit_id(city)))  # what the worker's job does
    page.goto(f"/posteingang/{second}")
    expect(page.get_by_label("Dokumenttyp")).to_have_value("Tekturantrag")
    reason = page.locator("#ea-type-reason")
    expect(reason).to_contain_text("Von 2 fast gleichen Schreiben wurde 1 als „Tekturantrag“ abgelegt.")
    assert violations(page) == []
