"""Changing documents and case files on their pages; two clerks who save the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from eakte.records.metadata import CaseFileKind, Catalogue, DocumentKind, FieldSpec, FieldType, FileTemplate, Required
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from tests.web.city import City, state_of
from tests.web.conftest import Person

CATALOGUE = Catalogue(
    case_file_kinds=(
        CaseFileKind(
            "bauakte",
            "Bauakte",
            ("63.20",),
            (
                FieldSpec("flurstueck", "Flurstück", pattern=r"\d+(/\d+)?", hint="Zum Beispiel 12/3."),
                FieldSpec("baulast", "Baulast", FieldType.YES_NO),
            ),
        ),
    ),
    document_kinds=(
        DocumentKind("Bauantrag", (FieldSpec("betrag", "Rohbausumme", FieldType.MONEY),)),
        DocumentKind("Rechnung", (FieldSpec("rechnungsnummer", "Rechnungsnummer", required=Required.FILING),)),
    ),
    templates=(FileTemplate("bauantrag", "Bauantrag", ("63.20",), "bauakte", cases=("Antrag", "Nachbarn")),),
)


@pytest.fixture(autouse=True)
def declared(city: City) -> None:
    city.services.database.catalogue = CATALOGUE


def form_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the page's first form after the navigation: inputs and selections."""
    form = page[page.index('name="revision"') :].split("</form>", 1)[0]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and not ('type="radio"' in tag and "checked" not in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    return {**found, "revision": revision[1]}


def document(city: City) -> Document:
    with city.services.database.reading() as session:
        return session.get_one(Document, city.filed)


def case_file(city: City) -> CaseFile:
    with city.services.database.reading() as session:
        return session.get_one(CaseFile, city.file_id)


def test_a_document_is_changed_with_its_fields(city: City, clerk: Person) -> None:
    path = f"/dokumente/{city.filed}/angaben"
    form = form_of(clerk.get(path).text)
    answer = clerk.post(path, **{**form, "sender": "Dräger, Architektin", "field_values.betrag": "12.500,00 €"})
    assert answer.status_code == 303
    page = clerk.get(answer.headers["Location"]).text
    assert "Dräger, Architektin" in page
    assert "<dt>Rohbausumme</dt><dd>12.500,00</dd>" in page
    assert document(city).field_values == {"betrag": "12500.00"}


def test_a_wrong_value_is_told_at_its_field_and_nothing_typed_is_lost(city: City, clerk: Person) -> None:
    path = f"/dokumente/{city.filed}/angaben"
    form = form_of(clerk.get(path).text)
    answer = clerk.post(path, **{**form, "subject": "Neuer Betreff", "field_values.betrag": "viel"})
    assert answer.status_code == 422
    assert "Rohbausumme: Bitte eine Zahl eingeben" in answer.text
    again = form_of(answer.text)
    assert (again["subject"], again["field_values.betrag"]) == ("Neuer Betreff", "viel")
    assert document(city).subject != "Neuer Betreff"
    assert clerk.post(path, **{**again, "field_values.betrag": "7"}).status_code == 303
    assert document(city).subject == "Neuer Betreff"
    answer = clerk.post(path, **{**form_of(clerk.get(path).text), "letter_date": "gestern"})
    assert (answer.status_code, "TT.MM.JJJJ" in answer.text) == (422, True)


def test_the_second_of_two_clerks_sees_both_versions_and_chooses(
    city: City, clerk: Person, signed_in: Callable[[str], Person]
) -> None:
    path, other = f"/dokumente/{city.filed}/angaben", signed_in("brandt")
    mine, theirs = form_of(clerk.get(path).text), form_of(other.get(path).text)
    assert other.post(path, **{**theirs, "sender": "Von Zweit", "foreign_reference": "AZ 7"}).status_code == 303
    typed = {**mine, "sender": "Von Erst", "subject": "Mein Betreff", "field_values.betrag": "99"}
    answer = clerk.post(path, **typed)
    assert answer.status_code == 409
    assert "Brandt, Kathrin" in answer.text
    assert document(city).sender == "Von Zweit"
    shown = form_of(answer.text)
    assert (shown["sender"], shown["stored.sender"]) == ("Von Erst", "Von Zweit")
    assert (shown["subject"], shown["pick.subject"]) == ("Mein Betreff", "mine")
    assert (shown["foreign_reference"], shown["pick.foreign_reference"]) == ("", "stored")
    assert "pick.sender" not in shown

    undecided = clerk.post(path, **shown)
    assert (undecided.status_code, "was gelten soll" in undecided.text) == (409, True)
    assert form_of(undecided.text)["subject"] == "Mein Betreff"

    assert clerk.post(path, **{**shown, "pick.sender": "mine", "sender": "Von beiden"}).status_code == 303
    saved = document(city)
    assert (saved.sender, saved.subject, saved.foreign_reference) == ("Von beiden", "Mein Betreff", "AZ 7")
    assert saved.field_values == {"betrag": "99.00"}


def test_a_third_change_while_choosing_is_a_conflict_again(
    city: City, clerk: Person, signed_in: Callable[[str], Person]
) -> None:
    path, other = f"/dokumente/{city.filed}/angaben", signed_in("brandt")
    mine = form_of(clerk.get(path).text)
    other.post(path, **{**form_of(other.get(path).text), "sender": "Zweit"})
    choosing = form_of(clerk.post(path, **{**mine, "sender": "Erst"}).text)
    other.post(path, **{**form_of(other.get(path).text), "sender": "Dritt"})
    answer = clerk.post(path, **{**choosing, "pick.sender": "mine"})
    assert answer.status_code == 409
    assert form_of(answer.text)["stored.sender"] == "Dritt"
    assert document(city).sender == "Dritt"


def test_two_who_save_the_same_have_nothing_to_choose(
    city: City, clerk: Person, signed_in: Callable[[str], Person]
) -> None:
    path, other = f"/dokumente/{city.filed}/angaben", signed_in("brandt")
    mine = form_of(clerk.get(path).text)
    other.post(path, **{**form_of(other.get(path).text), "sender": "Gleich"})
    answer = clerk.post(path, **{**mine, "sender": "Gleich"})
    assert answer.status_code == 409
    assert "Gespeichert ist schon, was Sie eingegeben haben." in answer.text


def test_a_case_file_is_changed_with_its_fields(city: City, clerk: Person, signed_in: Callable[[str], Person]) -> None:
    path = f"/akten/{city.file_id}/angaben"
    form = form_of(clerk.get(path).text)
    other = form_of(signed_in("brandt").get(path).text)
    answer = clerk.post(path, **{**form, "field_values.flurstueck": "12/3", "field_values.baulast": "ja"})
    assert answer.status_code == 303
    assert case_file(city).field_values == {"flurstueck": "12/3", "baulast": True}
    assert 'value="12/3"' in clerk.get(path).text
    conflict = clerk.post(path, **{**other, "subject": "Anders"})
    assert (conflict.status_code, form_of(conflict.text)["pick.field_values.flurstueck"]) == (409, "stored")


def test_whoever_may_only_read_sees_values_without_a_form(city: City, clerk: Person, manager: Person) -> None:
    path = f"/akten/{city.file_id}/angaben"
    clerk.post(path, **{**form_of(clerk.get(path).text), "field_values.flurstueck": "12/3"})
    page = manager.get(path).text
    assert "<dd>12/3</dd>" in page
    assert 'name="revision"' not in page
    assert manager.post(path, revision="1").status_code == 403


def test_a_stranger_learns_nothing_of_either_page(city: City, stranger: Person) -> None:
    stranger.get("/posteingang")
    for path in (f"/dokumente/{city.filed}/angaben", f"/akten/{city.file_id}/angaben"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, subject="x", revision="1").status_code == 404


def test_the_form_asks_for_the_fields_of_the_type_that_was_typed(city: City, clerk: Person) -> None:
    part = clerk.htmx("/dokumente/felder?document_type=rechnung&field_values.rechnungsnummer=RE-7").text
    assert ("Rechnungsnummer" in part, 'value="RE-7"' in part, " required" in part) == (True, True, True)
    assert clerk.htmx("/dokumente/felder?document_type=Vermerk").text.strip() == ""
    item_id = city.waiting[0]
    clerk.get(f"/posteingang/{item_id}")
    fields = {"case_file_id": str(city.file_id), "document_type": "Rechnung", "subject": "Rechnung", "revision": ""}
    refused = clerk.post(f"/posteingang/{item_id}/ablegen", htmx=True, **fields)
    assert refused.headers["X-Error-Field"] == "field_values.rechnungsnummer"
    assert (
        clerk.post(
            f"/posteingang/{item_id}/ablegen", htmx=True, **fields, **{"field_values.rechnungsnummer": "RE-7"}
        ).status_code
        == 200
    )
    assert state_of(city, item_id) == "filed"


def test_a_new_case_file_is_offered_templates_and_fields_of_its_place(clerk: Person) -> None:
    part = clerk.htmx("/akten/neu/felder", query_string={"file_plan_code": "63.20 Baugenehmigungen"}).text
    assert "Bauantrag" in part
    assert "Flurstück" in part
    assert "Bauantrag" not in clerk.htmx("/akten/neu/felder?file_plan_code=63.30").text
    clerk.get("/akten/neu")
    stated = {
        "file_plan_code": "63.20 Baugenehmigungen",
        "subject": "Garage",
        "org_unit_code": "63.2",
        "template": "bauantrag",
        "field_values.flurstueck": "zwölf",
    }
    refused = clerk.post("/akten", **stated)
    assert (refused.status_code, 'value="Garage"' in refused.text, 'value="zwölf"' in refused.text) == (422, True, True)
    opened = clerk.post("/akten", **{**stated, "field_values.flurstueck": "12"})
    page = clerk.get(opened.headers["Location"]).text
    assert ("Antrag" in page, "Nachbarn" in page) == (True, True)


def test_a_search_names_declared_fields(clerk: Person) -> None:
    assert "„farbe:“ ist kein Suchfeld" in clerk.get("/suche?q=farbe:rot").text
    assert "betrag:" in clerk.get("/suche?q=farbe:rot").text
