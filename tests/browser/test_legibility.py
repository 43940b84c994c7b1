"""The worklist of badly read pages in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import City, document_of, spoil

SignIn = Callable[[Page, str], None]


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
