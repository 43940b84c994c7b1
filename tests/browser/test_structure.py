"""Structure, document life and moves in a real browser: by keyboard alone, and fit for assistive technology."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from eakte.actions import structure
from tests.browser.accessibility import violations
from tests.web.city import NOW, City


@pytest.fixture
def nested(city: City) -> City:
    """The city with a sub-file, a case in it and a sub-case."""
    actor = city.actor("brandt")
    with city.services.database.begin() as session:
        band = structure.open_sub_file(session, actor, city.file_id, "Statik", now=NOW)
        top = structure.open_case(session, actor, city.file_id, "Prüfstatik", NOW, sub_file_id=band.id)
        structure.open_case(session, actor, city.file_id, "Nachforderung", NOW, parent_id=top.id)
    return city


def test_the_tree_is_walked_by_arrows_and_opened_by_enter(
    nested: City, page: Page, sign_in: Callable[[Page, str], None]
) -> None:
    sign_in(page, "brandt")
    page.goto(f"/akten/{nested.file_id}")
    tree = page.get_by_role("tree", name="Struktur")
    expect(tree.get_by_role("treeitem")).to_have_count(4)
    expect(tree.locator("[role=treeitem][tabindex='0']")).to_have_count(1)
    tree.locator("[tabindex='0']").focus()
    page.keyboard.press("Home")
    expect(page.locator(":focus")).to_contain_text("T01 Statik")
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("treeitem", name="Prüfstatik")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_contain_text("02 Prüfstatik")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Teilvorgang 03 Nachforderung")).to_be_visible()


@pytest.mark.parametrize("where", ["case_file", "sub_file", "document", "moving"])
def test_nothing_stands_in_the_way_of_assistive_technology(
    nested: City, page: Page, sign_in: Callable[[Page, str], None], where: str
) -> None:
    sign_in(page, "brandt")
    address = {
        "case_file": f"/akten/{nested.file_id}",
        "sub_file": f"/akten/{nested.file_id}?teilakte=1",
        "document": f"/dokumente/{nested.filed}",
        "moving": f"/dokumente/{nested.filed}/umprotokollieren?target={nested.file_reference}-02",
    }[where]
    page.goto(address)
    assert violations(page) == []


def test_a_document_is_signed_off_in_its_dialog(nested: City, page: Page, sign_in: Callable[[Page, str], None]) -> None:
    sign_in(page, "brandt")
    page.goto(f"/dokumente/{nested.filed}")
    page.get_by_role("button", name="Schlusszeichnen").click()
    dialog = page.get_by_role("dialog", name="Dokument schlusszeichnen")
    dialog.get_by_role("button", name="Schlusszeichnen").click()
    expect(page.get_by_text("schlussgezeichnet").first).to_be_visible()
    expect(page.get_by_role("button", name="Neue Fassung")).to_have_count(0)
