"""Searching in real Chromium with the keyboard alone: type, complete, filter, next hit, open a page with its marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from eakte.store.documents import DocumentVersion, PageRow
from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import City

SignIn = Callable[[Page, str], None]
FAR = 80


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with Tab until *wanted* has the focus."""
    for _ in range(FAR):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def boxes(city: City, words: set[str]) -> list[tuple[float, ...]]:
    """Return where text recognition saw the words on the first page of the filed document."""
    with city.services.database.reading() as session:
        query = select(PageRow.words).join(DocumentVersion, DocumentVersion.id == PageRow.version_id)
        found = session.scalars(query.where(DocumentVersion.document_id == city.filed, PageRow.number == 1)).one()
    return sorted(tuple(map(float, word[1:5])) for word in found if word[0].strip(":,.") in words)


def marks(page: Page) -> list[tuple[float, ...]]:
    """Return the places of the marks, without their margin of three pixels."""
    sizes = page.locator(".ea-found").evaluate_all(
        "all => all.map(one => ['x', 'y', 'width', 'height'].map(name => Number(one.getAttribute(name))))"
    )
    return sorted((left + 3, top + 3, width - 6, height - 6) for left, top, width, height in sizes)


def test_a_search_by_keyboard_ends_on_the_page_with_the_right_words_marked(
    city: City, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, "brandt")
    page.keyboard.press("/")
    page.keyboard.type("Tiefgarage Baugenehmigung")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Antrag auf Baugenehmigung")).to_be_visible()
    expected = boxes(city, {"Tiefgarage", "Baugenehmigung"})
    assert len(expected) == 2
    assert marks(page) == expected
    tab_to(page, page.get_by_role("checkbox", name="Bauantrag"))
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("document_type=Bauantrag"))
    expect(page.get_by_role("link", name="Dokumenttyp: Bauantrag entfernen")).to_be_visible()
    now = page.locator("[data-hit-now]").first
    expect(now).to_have_text("1")
    page.keyboard.press("F3")
    expect(now).to_have_text("2")
    tab_to(page, page.locator("[data-hit]").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/dokumente/{city.filed}"))
    expect(page.locator(".ea-found").first).to_be_visible()
    assert marks(page) == expected
    page.keyboard.press("F3")
    expect(page.locator(".ea-found").nth(1)).to_have_attribute("data-now", "")


def test_words_are_completed_and_filters_taken_away_by_keyboard(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.goto("/suche?document_type=Bauantrag")
    query = page.locator("#f-query")
    tab_to(page, query)
    page.keyboard.type("Tiefg")
    expect(page.get_by_role("option", name="Tiefgarage")).to_be_visible()
    expect(query).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Tiefgarage")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=Tiefgarage"))
    expect(page).to_have_url(re.compile("document_type=Bauantrag"))
    tab_to(page, page.get_by_role("link", name="Dokumenttyp: Bauantrag entfernen"))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "document_type" not in url)
    expect(page.get_by_text("Treffer in 1 Akte")).to_be_visible()


def test_a_search_is_kept_by_keyboard(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.goto("/suche?q=Tiefgarage")
    page.keyboard.press("m")
    tab_to(page, page.get_by_label("Name der Suche"))
    page.keyboard.type("Garagen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suche/gemerkt")
    expect(page.get_by_role("link", name="Garagen")).to_be_visible()


@pytest.fixture(params=["light", "dark"])
def tinted(request: pytest.FixtureRequest, browser: Browser, live: str) -> Iterator[Page]:
    with watched_page(browser, live, color_scheme=request.param, reduced_motion="reduce") as (page, complaints):
        yield page
        assert complaints == []


def test_no_search_page_has_a_barrier(city: City, tinted: Page, sign_in: SignIn) -> None:
    sign_in(tinted, "brandt")
    found = {}
    for path in ("/suche", "/suche?q=Tiefgarage&sort=reference&document_type=Bauantrag", "/suche/gemerkt"):
        tinted.goto(path)
        for summary in tinted.locator("main summary").all():
            if summary.locator("..").get_attribute("open") is None:
                summary.click()
        found[path] = violations(tinted)
    tinted.goto(f"/dokumente/{city.filed}/aehnliche")
    found["similar"] = violations(tinted)
    assert {path: barriers for path, barriers in found.items() if barriers} == {}
