"""The worklist of badly read pages in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import City, document_of, spoil

SignIn = Callable[[Page, str], None]
PATIENCE = 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_looked_at_and_taken_off(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    spoil(city, document_of(city, city.waiting[0]), 41)
    spoil(city, city.filed, 54)
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "brandt")
        page.keyboard.press("g")
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Schlecht lesbare Seiten")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("row").filter(has_text="54 %").get_by_role("link").first.click()
        expect(page.get_by_text("schlecht lesbar, 54 %")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="So in Ordnung").click()
        expect(page.get_by_text("So in Ordnung laut Brandt, Kathrin")).to_be_visible()
        page.goto(f"/posteingang/{city.waiting[0]}")
        page.get_by_role("button", name="So in Ordnung").click()
        expect(page.get_by_text("So in Ordnung laut Brandt, Kathrin")).to_be_visible()
        page.goto("/schlecht-lesbar")
        expect(page.get_by_text("Alle Seiten sind gut lesbar oder angesehen.")).to_be_visible()
        assert complaints == []


def reload_until(page: Page, words: str) -> None:
    for _ in range(PATIENCE):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    raise AssertionError(f"never shown: {words}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_document_is_read_again_by_keyboard_alone_and_tells_the_result(
    working: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    spoil(working, working.filed, 21)
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "brandt")
        page.goto(f"/dokumente/{working.filed}")
        page.keyboard.press("r")
        dialog = page.get_by_role("dialog", name="Neu lesen")
        expect(dialog).to_be_visible()
        assert violations(page) == []
        english = dialog.get_by_label("Englisch")
        for _ in range(10):
            if english.evaluate("box => box === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(english).not_to_be_checked()
        page.keyboard.press("Enter")
        reload_until(page, "Neu gelesen: Seite 1 mit Deutsch, 21 % →")
        expect(page.get_by_text("schlecht lesbar, 21 %")).to_have_count(0)
        assert violations(page) == []
        page.goto("/schlecht-lesbar")
        expect(page.get_by_text("Alle Seiten sind gut lesbar oder angesehen.")).to_be_visible()
        assert complaints == []


def test_the_worklist_tells_what_is_being_read_again(city: City, page: Page, sign_in: SignIn) -> None:
    spoil(city, city.filed, 54)
    sign_in(page, "brandt")
    page.goto("/schlecht-lesbar")
    row = page.get_by_role("row").filter(has_text="54 %")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.get_by_label("Fraktur")).to_be_visible()
    assert violations(page) == []
    row.get_by_role("button", name="Seite 1 neu lesen").focus()
    page.keyboard.press("Enter")
    expect(row.get_by_text("wird neu gelesen")).to_be_visible()
    assert violations(page) == []
