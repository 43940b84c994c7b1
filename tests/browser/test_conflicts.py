"""Two clerks at two browsers save the same record: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from eakte.actions import users
from eakte.records.access import SYSTEM, Role
from eakte.records.metadata import CaseFileKind, Catalogue, DocumentKind, FieldSpec, FieldType, FileTemplate, Required
from eakte.store.documents import Document
from tests.browser.accessibility import violations
from tests.chromium import watched_page
from tests.web.city import NOW, PASSWORD, City

SignIn = Callable[[Page, str], None]
CATALOGUE = Catalogue(
    case_file_kinds=(CaseFileKind("bauakte", "Bauakte", ("63.20",), (FieldSpec("flurstueck", "Flurstück"),)),),
    document_kinds=(
        DocumentKind("Bauantrag", (FieldSpec("betrag", "Rohbausumme", FieldType.MONEY),)),
        DocumentKind("Rechnung", (FieldSpec("rechnungsnummer", "Rechnungsnummer", required=Required.FILING),)),
    ),
    templates=(FileTemplate("bauantrag", "Bauantrag", ("63.20",), "bauakte", cases=("Antrag", "Nachbarn")),),
)
EXPECTED = ("status of 409", "status of 422")
"""What browsers write to the console when a page is answered with a conflict or a refusal."""


@pytest.fixture(autouse=True)
def declared(city: City) -> None:
    city.services.database.catalogue = CATALOGUE
    with city.services.database.begin() as session:
        users.add_person(session, SYSTEM, login="ott", name="Ott, Mara", password=PASSWORD, now=NOW)
        users.assign_post(
            session,
            SYSTEM,
            "ott",
            unit_code="63.2",
            title="Vertretung",
            role=Role.CLERK,
            valid_from=date(2020, 1, 1),
            now=NOW,
        )


@pytest.fixture
def clerks(browser: Browser, live: str, sign_in: SignIn) -> Iterator[tuple[Page, Page]]:
    """Two clerks at two browsers."""
    with watched_page(browser, live) as (first, ours), watched_page(browser, live) as (second, theirs):
        sign_in(first, "ott")
        sign_in(second, "brandt")
        yield first, second
        assert [said for said in (*ours, *theirs) if not any(text in said for text in EXPECTED)] == []


def stored(city: City) -> Document:
    with city.services.database.reading() as session:
        return session.get_one(Document, city.filed)


def test_the_second_clerk_chooses_between_both_versions(city: City, clerks: tuple[Page, Page]) -> None:
    first, second = clerks
    for page in clerks:
        page.goto(f"/dokumente/{city.filed}")
        page.keyboard.press("b")
        expect(page.get_by_role("heading", name="Angaben zum Dokument")).to_be_visible()
    first.get_by_label("Absender").fill("Dräger, Architektin")
    first.get_by_label("Fremdes Aktenzeichen").fill("AZ 7")
    first.get_by_role("button", name="Speichern").click()
    expect(first.get_by_text("Dräger, Architektin")).to_be_visible()

    second.get_by_label("Absender").fill("Hollmann GmbH")
    second.get_by_label("Rohbausumme").fill("1.200,50")
    second.get_by_role("button", name="Speichern").click()
    expect(second.get_by_role("heading", name="Gleichzeitig geändert")).to_be_visible()
    expect(second.get_by_role("alert").get_by_text("Ott, Mara")).to_be_visible()
    assert violations(second) == []
    assert stored(city).sender == "Dräger, Architektin"

    sender = second.get_by_role("group", name="Absender")
    expect(sender.get_by_role("textbox")).to_have_value("Hollmann GmbH")
    expect(sender.get_by_text("Dräger, Architektin")).to_be_visible()
    amount = second.get_by_role("group", name="Rohbausumme")
    expect(amount.get_by_label("Ihre Eingabe")).to_be_checked()
    expect(second.get_by_role("group", name="Fremdes Aktenzeichen").get_by_label("Jetzt gespeichert")).to_be_checked()
    sender.get_by_label("Ihre Eingabe").check()
    second.get_by_role("button", name="Auswahl speichern").click()
    expect(second.get_by_text("1.200,50")).to_be_visible()
    saved = stored(city)
    assert (saved.sender, saved.foreign_reference) == ("Hollmann GmbH", "AZ 7")
    assert saved.field_values == {"betrag": "1200.50"}


def test_fields_follow_the_type_that_is_typed(city: City, clerks: tuple[Page, Page]) -> None:
    page, _ = clerks
    page.goto(f"/posteingang/{city.waiting[0]}")
    form = page.locator("form.ea-proposal")
    expect(form.get_by_label("Rohbausumme")).to_be_visible()
    form.get_by_label("Dokumenttyp").fill("Rechnung")
    form.get_by_label("Schreiben vom").click()
    number = form.get_by_label("Rechnungsnummer")
    expect(number).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_be_focused()
    number.fill("RE-7")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"Abgelegt in {city.file_reference}")).to_be_visible()


def test_a_new_case_file_is_made_by_a_template(clerks: tuple[Page, Page]) -> None:
    page, _ = clerks
    page.goto("/akten/neu")
    page.get_by_label("Aktenplaneinheit").fill("63.20 Baugenehmigungen")
    page.get_by_label("Betreff der Akte").click()
    page.get_by_label("Vorlage").select_option(label="Bauantrag")
    expect(page.get_by_text("Legt an: Antrag, Nachbarn")).to_be_visible()
    expect(page.get_by_label("Flurstück")).to_be_visible()
    page.get_by_label("Flurstück").fill("12/3")
    page.get_by_label("Betreff der Akte").fill("Garage")
    page.get_by_role("button", name="Akte anlegen").click()
    expect(page.get_by_role("heading", name="Garage")).to_be_visible()
    page.get_by_role("link", name="Angaben").click()
    expect(page.get_by_label("Flurstück")).to_have_value("12/3")
    assert violations(page) == []
