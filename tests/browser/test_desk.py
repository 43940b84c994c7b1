"""The records manager's desk in real Chromium, by keyboard alone, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from eakte.actions import cases
from eakte.actions.cases import NewCaseFile
from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import NOW, City

SignIn = Callable[[Page, str], None]
MOST_TABS = 60


def closed_sheds(city: City) -> None:
    """Two closed case files that wait for a demolition."""
    clerk = city.actor("brandt")
    for name in ("Schuppen", "Scheune"):
        with city.services.database.begin() as session:
            made = cases.open_case_file(session, clerk, NewCaseFile("63.30", name, "63.2"), NOW)
            cases.close(session, clerk, made.id, now=NOW)


def tab_to(page: Page, wanted: Locator) -> None:
    """Reach an element with the tabulator key."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_list_tells_its_counts_and_reasons_on_demand(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    closed_sheds(city)
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "reimer")
        page.keyboard.press("g")
        page.keyboard.press("f")
        expect(page.get_by_role("link", name="Überfällig 1")).to_be_visible()
        expect(page.get_by_role("link", name="Wartet auf Ereignis 2")).to_be_visible()
        assert violations(page) == []
        row = page.get_by_role("row").filter(has_text="Parkausweise 2009")
        tab_to(page, row.locator("summary"))
        page.keyboard.press("Enter")
        expect(row.get_by_text("Die Frist endete am 31.12.2015", exact=False)).to_be_visible()
        assert violations(page) == []
        page.get_by_role("link", name="Vorausschau").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("img", name="Akten je Jahr des Fristendes")).to_be_visible()
        expect(page.get_by_role("rowheader", name="abgelaufen")).to_be_visible()
        assert violations(page) == []
        assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_event_is_recorded_on_all_waiting_files_by_keyboard_alone(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    closed_sheds(city)
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "brandt")
        page.keyboard.press("g")
        page.keyboard.press("v")
        expect(page.get_by_role("heading", name="Fehlende Ereignisse")).to_be_visible()
        assert violations(page) == []
        tab_to(page, page.get_by_role("link", name="Beseitigung der Anlage 2"))
        page.keyboard.press("Enter")
        every = page.get_by_label("bei allen 2 dieser Liste")
        expect(every).to_be_visible()
        assert violations(page) == []
        tab_to(page, page.get_by_label("bei den ausgewählten Akten"))
        page.keyboard.press("ArrowDown")
        expect(every).to_be_checked()
        tab_to(page, page.get_by_label("Geschehen am"))
        page.keyboard.type("03.03.2020")
        page.keyboard.press("Tab")
        page.keyboard.type("Abrissanzeige")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Das Ereignis ist bei 2 Akten erfasst", exact=False)).to_be_visible()
        expect(page.get_by_text("Keine Akte wartet auf ein Ereignis.")).to_be_visible()
        assert violations(page) == []
        assert complaints == []
