"""The sheet of bulk filing: only what is sure and need not be looked at by itself, filed as it was shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from eakte.actions import bulk_filing, structure
from eakte.records.access import SYSTEM
from eakte.records.states import ItemState
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import BusinessCase
from eakte.store.history import HistoryEntry
from eakte.store.textprints import TextPrint, TextPrintBand
from ingest.model import Finding
from tests.web.city import NOW, City, document_of, reread, state_of
from tests.web.conftest import Person

SHEET = "/posteingang/sammelablage"
CHOSEN = re.compile(r'name="chosen" value="([0-9a-f-]{36})(\.[0-9a-f-]{36}\.[0-9a-f]{16})"')


@pytest.fixture(autouse=True)
def plain_letters(city: City) -> None:
    """Let the waiting letters be plain ones, each another letter: no deadline, no double."""
    with city.services.database.begin() as session:
        for kind in (TextPrintBand, TextPrint):
            session.execute(delete(kind))
    for item_id in city.waiting:
        reread(city, item_id, deadlines=())


def chosen(page: str) -> dict[UUID, str]:
    return {UUID(item): f"{item}{shown}" for item, shown in CHOSEN.findall(page)}


def change(city: City, item_id: UUID, **values: object) -> None:
    with city.services.database.begin() as session:
        document = session.get_one(IncomingItem, item_id).document
        assert document is not None
        for name, value in values.items():
            setattr(document, name, value)


def test_the_sheet_shows_the_sure_letters_with_their_reason_and_the_inbox_leads_to_it(
    city: City, clerk: Person
) -> None:
    page = clerk.get(SHEET).text
    assert list(chosen(page)) == list(city.waiting)
    assert f"{city.file_reference} Neubau Mehrfamilienhaus" in page
    assert "Aktenzeichen" in page
    inbox = clerk.get("/posteingang").text
    assert f'href="{SHEET}"' in inbox
    assert "3 sichere Vorschläge gesammelt ablegen" in inbox


def test_letters_stand_together_by_case_file_or_by_type_with_their_number(city: City, clerk: Person) -> None:
    change(city, city.waiting[0], document_type="Stellungnahme")

    def heads(page: str) -> list[str]:
        found = re.findall(r'scope="rowgroup"[^>]*>(.*?)</th>', page)
        return [re.sub(r"<[^>]+>", "", one) for one in found]

    subject = "Neubau Mehrfamilienhaus, Gartenweg 7"
    assert heads(clerk.get(SHEET).text) == [f"{city.file_reference} {subject} 3"]
    assert heads(clerk.get(f"{SHEET}?nach=typ").text) == ["Bauantrag 2", "Stellungnahme 1"]


def test_one_confirmation_files_all_that_are_chosen_and_tells_what_became_of_each(city: City, clerk: Person) -> None:
    values = chosen(clerk.get(SHEET).text)
    kept = city.waiting[1]
    answer = clerk.post(SHEET, chosen=[value for item, value in values.items() if item != kept])
    assert answer.status_code == 200
    assert "2 Schreiben sind abgelegt." in answer.text
    assert [state_of(city, one) for one in city.waiting] == ["filed", "waiting", "filed"]
    assert list(chosen(clerk.get(SHEET).text)) == [kept]


def test_what_must_be_looked_at_by_itself_is_named_with_its_reason_and_cannot_be_chosen(
    city: City, clerk: Person
) -> None:
    first, second, third = city.waiting
    before = chosen(clerk.get(SHEET).text)
    reread(city, first, legal_remedy=Finding("Widerspruch"))
    change(city, second, subject=" ")
    page = clerk.get(SHEET).text
    assert list(chosen(page)) == [third]
    assert "Rechtsbehelf erkannt (Widerspruch)" in page
    assert bulk_filing.INCOMPLETE in page
    answer = clerk.post(SHEET, chosen=list(before.values()))
    assert "1 Schreiben ist abgelegt." in answer.text
    assert answer.text.count("nicht mehr derselbe") == 2
    assert [state_of(city, one) for one in city.waiting] == ["waiting", "waiting", "filed"]


@pytest.mark.parametrize(
    "changed", [{"subject": "Etwas anderes"}, {"document_type": "Stellungnahme"}, {"sender": "Jemand anders"}]
)
def test_a_letter_is_filed_only_as_it_was_shown(city: City, clerk: Person, changed: dict[str, str]) -> None:
    values = chosen(clerk.get(SHEET).text)
    change(city, city.waiting[0], **changed)
    answer = clerk.post(SHEET, chosen=values[city.waiting[0]])
    assert "Nichts ist abgelegt." in answer.text
    assert state_of(city, city.waiting[0]) == "waiting"


def test_a_letter_that_somebody_filed_meanwhile_stops_no_other(city: City, clerk: Person) -> None:
    values = chosen(clerk.get(SHEET).text)
    clerk.post(SHEET, chosen=values[city.waiting[0]])
    answer = clerk.post(SHEET, chosen=list(values.values()))
    assert "wurde inzwischen von Brandt, Kathrin abgelegt" in answer.text
    assert "2 Schreiben sind abgelegt." in answer.text


def test_what_needs_a_new_case_or_a_file_that_is_open_is_looked_at_by_itself(city: City, clerk: Person) -> None:
    values = chosen(clerk.get(SHEET).text)
    with city.services.database.begin() as session:
        for case in session.scalars(select(BusinessCase).where(BusinessCase.case_file_id == city.file_id)):
            structure.close_part(session, SYSTEM, case, now=NOW)
    page = clerk.get(SHEET).text
    assert chosen(page) == {}
    assert page.count(bulk_filing.NEW_CASE) == 3
    answer = clerk.post(SHEET, chosen=list(values.values()))
    assert answer.text.count("ist abgeschlossen") == 3


def test_a_letter_that_is_refused_late_leaves_nothing_half_done(city: City, clerk: Person) -> None:
    """An invoice without its number is refused after its proposals were looked at, and its fields are as before."""
    change(city, city.waiting[1], document_type="Rechnung")
    values = chosen(clerk.get(SHEET).text)
    answer = clerk.post(SHEET, chosen=list(values.values()))
    assert "Rechnungsnummer" in answer.text
    assert "2 Schreiben sind abgelegt." in answer.text
    with city.services.database.reading() as session:
        item = session.get_one(IncomingItem, city.waiting[1])
        assert item.state is ItemState.WAITING
        assert item.document is not None
        entries = session.scalars(select(HistoryEntry.action).where(HistoryEntry.about_id == str(item.document.id)))
        assert "document.filed" not in set(entries)
    assert list(chosen(clerk.get(SHEET).text)) == [city.waiting[1]]


def test_all_or_one_are_taken_back_for_ten_minutes(city: City, clerk: Person) -> None:
    answer = clerk.post(SHEET, chosen=list(chosen(clerk.get(SHEET).text).values()))
    documents = re.findall(r'name="filed" value="([0-9a-f-]{36})"', answer.text)
    assert documents == [str(document_of(city, item)) for item in city.waiting]
    one = clerk.post(f"{SHEET}/zuruecknehmen", one=documents[0], filed=documents)
    assert "1 Schreiben ist wieder im Posteingang." in one.text
    assert [state_of(city, item) for item in city.waiting] == ["waiting", "filed", "filed"]
    with city.services.database.begin() as session:
        session.get_one(Document, UUID(documents[1])).filed_at = NOW.replace(year=2025)
    rest = clerk.post(f"{SHEET}/zuruecknehmen", filed=documents[1:])
    assert "1 Schreiben ist wieder im Posteingang." in rest.text
    assert "kann nicht mehr zurückgenommen werden" in rest.text
    assert [state_of(city, item) for item in city.waiting] == ["waiting", "filed", "waiting"]


def test_another_department_sees_and_files_nothing_of_it(city: City, clerk: Person, stranger: Person) -> None:
    values = chosen(clerk.get(SHEET).text)
    page = stranger.get(SHEET).text
    assert chosen(page) == {}
    assert "Nichts zum gesammelten Ablegen." in page
    answer = stranger.post(SHEET, chosen=list(values.values()))
    assert "Neubau" not in answer.text
    assert [state_of(city, one) for one in city.waiting] == ["waiting"] * 3


def test_who_may_not_file_has_no_sheet(signed_in: Callable[[str], Person]) -> None:
    assert signed_in("pruefer").get(SHEET).status_code == 403
