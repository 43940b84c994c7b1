"""Restrictions of processing and requests of data subjects in real Chromium, by keyboard alone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import City

SignIn = Callable[[Page, str], None]


def press(at: Locator, key: str = "Enter") -> None:
    at.focus()
    at.page.keyboard.press(key)


def write(at: Locator, text: str) -> None:
    at.focus()
    at.page.keyboard.press("Control+a")
    at.page.keyboard.type(text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_restricted_opened_for_a_purpose_and_lifted(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "reimer")
        page.goto(f"/akten/{city.file_id}/rechte")
        press(page.get_by_role("link", name="Verarbeitung einschränken"))
        expect(page.get_by_role("heading", name="Verarbeitung einschränken")).to_be_visible()
        assert violations(page) == []
        press(page.get_by_label("Betroffene Person braucht die Daten"), "Space")
        write(page.get_by_role("textbox", name="Grund", exact=True), "Schreiben vom 3.11.")
        press(page.get_by_role("button", name="Einschränken"))
        expect(page.get_by_text("Noch nie geöffnet.")).to_be_visible()
        assert violations(page) == []
        press(page.get_by_label("zur Geltendmachung"), "Space")
        write(page.get_by_label("Wozu genau?"), "Klage 4 K 17/26")
        press(page.get_by_role("button", name="Öffnen"))
        page.wait_for_url(f"**/akten/{city.file_id}")
        page.keyboard.press("g")
        page.keyboard.press("d")
        expect(page.get_by_role("heading", name="Eingeschränkte Verarbeitung")).to_be_visible()
        assert violations(page) == []
        press(page.get_by_role("link", name=city.file_reference))
        press(page.get_by_role("button", name="Wieder schließen"))
        expect(page.get_by_role("button", name="Öffnen")).to_be_visible()
        write(page.get_by_label("Unterrichtet am"), "01.11.2026")
        write(page.get_by_label("Wie?"), "Schreiben")
        press(page.get_by_role("button", name="Unterrichtung festhalten"))
        write(page.get_by_label("Grund der Aufhebung"), "Erledigt")
        press(page.get_by_role("button", name="Einschränkung aufheben"))
        expect(page.get_by_text("Aufgehoben am")).to_be_visible()
        assert violations(page) == []
        assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_request_is_taken_from_the_letter_to_the_answer(
    city: City, browser: Browser, live: str, sign_in: SignIn, scheme: str
) -> None:
    with watched_page(browser, live, color_scheme=scheme) as (page, complaints):
        sign_in(page, "reimer")
        page.keyboard.press("g")
        page.keyboard.press("2")
        expect(page.get_by_role("heading", name="Kein Antrag ist offen.")).to_be_visible()
        assert violations(page) == []
        press(page.get_by_role("link", name="Antrag erfassen"))
        press(page.get_by_label("Löschung (Art. 17 DSGVO)"), "Space")
        write(page.get_by_label("Wer stellt den Antrag?"), "Hollmann")
        write(page.get_by_label("Eingegangen am"), "03.11.2026")
        assert violations(page) == []
        press(page.get_by_role("button", name="Antrag erfassen"))
        press(page.get_by_role("button", name="Suchen", exact=True))
        press(page.get_by_label(f"{city.file_reference} gehört dazu"), "Space")
        assert violations(page) == []
        press(page.get_by_role("button", name="Zum Antrag nehmen"))
        expect(page.get_by_text("Vorschlag: Verarbeitung einschränken.")).to_be_visible()
        press(page.locator("summary", has_text=f"Über {city.file_reference} entscheiden"))
        assert violations(page) == []
        press(page.get_by_label("ablehnen"), "Space")
        write(page.get_by_label("Begründung"), "Der Bauantrag läuft noch.")
        press(page.get_by_role("button", name="Entscheiden", exact=True))
        expect(page.get_by_label("Text an die Person")).to_contain_text("Der Grund: Der Bauantrag läuft noch.")
        press(page.get_by_role("button", name="Antwort festhalten und Antrag schließen"))
        expect(page.get_by_text("beantwortet am")).to_be_visible()
        assert violations(page) == []
        page.goto("/datenschutz/antraege?zeige=beantwortet")
        expect(page.get_by_role("link", name="Hollmann")).to_be_visible()
        assert violations(page) == []
        assert complaints == []
