"""What is printed of a case file says what its page says, to whoever may see it."""

from __future__ import annotations

import io

from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.web.city import City
from tests.web.conftest import Person


def text_of(answer: TestResponse) -> str:
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_the_cover_names_file_plan_unit_and_retention(city: City, clerk: Person) -> None:
    cover = text_of(clerk.get(f"/akten/{city.file_id}/aktendeckel.pdf"))
    for word in (city.file_reference, "Neubau Mehrfamilienhaus", "63.20 Baugenehmigungen", "63.2 Bauaufsicht", "Frist"):
        assert word in cover, word


def test_the_list_of_contents_names_every_document_and_its_case(city: City, clerk: Person) -> None:
    listed = text_of(clerk.get(f"/akten/{city.file_id}/inhaltsverzeichnis.pdf"))
    for word in ("Vorgang Allgemeines", "Neubau mit Tiefgarage", "Bauantrag", "Hollmann"):
        assert word in listed.replace("\n", " "), word
    empty = text_of(clerk.get(f"/akten/{city.old_file}/inhaltsverzeichnis.pdf"))
    assert "Parkausweise 2009" in empty


def test_a_note_has_reference_day_and_name_and_is_not_kept(city: City, clerk: Person) -> None:
    place = f"/akten/{city.file_id}/drucken"
    assert "Vermerk drucken" in clerk.get(place).text
    note = text_of(clerk.post(f"{place}/vermerk.pdf", about="Ortstermin", text="Zaun steht.\nKein Mangel."))
    for word in (city.file_reference, "18.11.2026", "Brandt, Kathrin", "Vermerk: Ortstermin", "Kein Mangel."):
        assert word in note, word
    assert clerk.post(f"{place}/vermerk.pdf", text=" ").status_code == 422
    assert "Kein Mangel" not in clerk.get(f"/akten/{city.file_id}/verlauf").text


def test_who_may_not_see_the_file_prints_nothing_of_it(city: City, clerk: Person, stranger: Person) -> None:
    place = f"/akten/{city.file_id}"
    for path in ("drucken", "aktendeckel.pdf", "inhaltsverzeichnis.pdf"):
        assert clerk.get(f"{place}/{path}").status_code == 200
        assert stranger.get(f"{place}/{path}").status_code == 404
    assert stranger.post(f"{place}/drucken/vermerk.pdf", text="x").status_code == 404
