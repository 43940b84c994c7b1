"""Blank pages left out of the viewer, and brought back by one key, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import City, append_pages, document_of

SignIn = Callable[[Page, str], None]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_blank_backs_come_back_by_one_key_and_nothing_typed_is_lost(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str, tmp_path: Path
) -> None:
    append_pages(city, document_of(city, city.waiting[0]), "bpbpb")
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "brandt")
        page.goto(f"/posteingang/{city.waiting[0]}")
        strip = page.get_by_role("navigation", name="Seiten", exact=True).get_by_role("link")
        expect(page.get_by_text("3 leere Seiten ausgelassen (Seiten 2, 4, 6)")).to_be_visible()
        expect(strip).to_have_count(3)
        expect(page.locator("[data-page]")).to_have_count(3)
        assert violations(page) == []
        page.screenshot(path=tmp_path / "left-out.png")
        page.get_by_role("textbox", name="Betreff", exact=True).fill("Von Hand getippt")
        page.get_by_role("region", name="Seitenbilder").focus()
        page.keyboard.press("PageDown")
        expect(page.locator("[data-page-now]")).to_have_text("3")
        page.keyboard.press("e")
        expect(strip).to_have_count(6)
        expect(page.get_by_text("3 leere Seiten gezeigt")).to_be_visible()
        assert violations(page) == []
        page.screenshot(path=tmp_path / "shown.png")
        expect(page.get_by_role("textbox", name="Betreff", exact=True)).to_have_value("Von Hand getippt")
        page.keyboard.press("e")
        expect(strip).to_have_count(3)
        assert complaints == []


def test_blank_pages_of_a_filed_document_come_back(city: City, page: Page, sign_in: SignIn) -> None:
    append_pages(city, city.filed, "bp")
    sign_in(page, "brandt")
    page.goto(f"/dokumente/{city.filed}")
    expect(page.get_by_text("1 leere Seite ausgelassen (Seite 2)")).to_be_visible()
    page.get_by_role("button", name="Wiederherstellen").click()
    expect(page.get_by_text("wiederhergestellt von Brandt, Kathrin")).to_be_visible()
    expect(page.locator("[data-page]")).to_have_count(3)
    page.reload()
    expect(page.locator("[data-page]")).to_have_count(3)
    assert violations(page) == []
