"""Arranging pages in real Chromium with the keyboard alone: merge, turn, move, cut, confirm and take back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.chromium import told, watched_page
from tests.web.city import City, state_of
from tests.web.test_arranging import made

SignIn = Callable[[Page, str], None]
MOST_TABS = 150
NAME = "() => { const e = document.activeElement; return e.tagName === 'SELECT' ? e.id : (e.innerText || '').trim() }"


def tab_to(page: Page, name: str) -> None:
    """Press the tabulator until the element that begins with *name* has the focus."""
    for _ in range(MOST_TABS):
        if str(told(page, NAME)).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"never reached: {name}")


def press(page: Page, name: str) -> None:
    """Press a button that leads to the next step."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_letters_are_merged_turned_and_taken_back_by_keyboard(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    first, second = city.waiting[:2]
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "brandt")
        page.goto(f"/posteingang/{first}")
        page.keyboard.press("s")
        expect(page.get_by_role("heading", name="Seiten ordnen")).to_be_visible()
        expect(page.get_by_text("An den Seiten ist nichts geändert.")).to_be_visible()
        assert violations(page) == []
        tab_to(page, "f-other")
        page.keyboard.press("Home")
        press(page, "Zusammenführen")
        press(page, "Drehen")
        assert str(told(page, NAME)).startswith("Drehen"), "the same key goes on with the same page"
        press(page, "Nach hinten")
        press(page, "Hier trennen")
        expect(page.get_by_role("heading", name="Teil 2")).to_be_visible()
        expect(page.get_by_text("2 Eingänge werden ersetzt durch:")).to_be_visible()
        assert violations(page) == []
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Die neuen Eingänge werden gerade gemacht: 2 Teile")).to_be_visible()
        assert violations(page) == []
        new = made(city)
        expect(page.get_by_role("heading", name="Neue Eingänge")).to_be_visible()
        assert violations(page) == []
        with page.expect_navigation():
            page.keyboard.press("u")
        assert state_of(city, first) == "waiting"
        assert {state_of(city, one) for one in new} == {"replaced"}
        assert second in city.waiting
        assert complaints == []
