"""A morning's mail looked over and filed at once, and taken back: by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import delete

from eakte.store.textprints import TextPrint, TextPrintBand
from tests.web.city import City, reread


def test_the_mail_is_filed_at_once_but_for_one_letter_and_taken_back(
    city: City, page: Page, sign_in: Callable[[Page, str], None]
) -> None:
    with city.services.database.begin() as session:
        for kind in (TextPrintBand, TextPrint):  # or the letters would be nearly the same, and each looked at by itself
            session.execute(delete(kind))
    for item_id in city.waiting:
        reread(city, item_id, deadlines=())
    sign_in(page, "brandt")
    page.keyboard.press("Shift+A")
    page.wait_for_url("**/posteingang/sammelablage")
    boxes = page.locator('input[name="chosen"]')
    expect(boxes).to_have_count(3)
    expect(page.locator("[data-tells]")).to_have_text(" (3)")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-tells]")).to_have_text(" (2)")
    expect(boxes.nth(1)).not_to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 Schreiben sind abgelegt.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("2 Schreiben sind wieder im Posteingang.")).to_be_visible()
    expect(boxes).to_have_count(3)
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog", name="Hilfe")).to_contain_text("Hier steht nur, was sicher vorgeschlagen ist.")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("3 Schreiben sind abgelegt.")).to_be_visible()
