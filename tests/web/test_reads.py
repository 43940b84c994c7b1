"""Whoever reads a need-to-know file stands in the history before the answer leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from eakte.actions.reads import READ
from eakte.app import create_app
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry
from tests.web.city import NOW, City
from tests.web.conftest import Person


@pytest.fixture
def secret(city: City) -> City:
    """The city, its file need-to-know."""
    with city.services.database.begin() as session:
        session.execute(update(CaseFile).where(CaseFile.id == city.file_id).values(restricted=True))
    return city


def entries(city: City, action: str = READ) -> list[HistoryEntry]:
    with city.services.database.reading() as session:
        found = select(HistoryEntry).where(HistoryEntry.action == action).order_by(HistoryEntry.sequence)
        return list(session.scalars(found))


PLACES = {
    "/akten/{file}": "case_file",
    "/dokumente/{document}": "document",
    "/dokumente/{document}/seiten/1.webp": "document",
    "/dokumente/{document}/seiten/1-klein.webp": "document",
    "/dokumente/{document}/seiten/1/woerter": "document",
    "/dokumente/{document}/text": "document",
    "/suche?q=Tiefgarage": "document",
    "/suche/vorschau?dokument={document}&q=Tiefgarage": "document",
}


@pytest.mark.parametrize("place", PLACES)
def test_every_view_of_a_need_to_know_file_is_one_entry(secret: City, clerk: Person, place: str) -> None:
    address = place.format(file=secret.file_id, document=secret.filed)
    assert clerk.get(address).status_code == 200
    [entry] = entries(secret)
    assert (entry.actor_login, entry.about_kind, entry.case_file_id) == ("brandt", PLACES[place], secret.file_id)
    assert entry.about_id == str(secret.filed if PLACES[place] == "document" else secret.file_id)


@pytest.mark.parametrize("place", PLACES)
def test_files_that_every_colleague_may_read_leave_no_entry(city: City, clerk: Person, place: str) -> None:
    assert clerk.get(place.format(file=city.file_id, document=city.filed)).status_code == 200
    assert entries(city) == []


def test_a_refused_person_leaves_no_entry_of_reading(secret: City, signed_in: Callable[[str], Person]) -> None:
    auditor = signed_in("pruefer")
    for place in PLACES:
        auditor.get(place.format(file=secret.file_id, document=secret.filed))
    assert entries(secret) == []


def test_the_images_of_a_document_one_looks_at_are_part_of_one_read(secret: City, clerk: Person) -> None:
    for path in ("", "/seiten/1.webp", "/seiten/1-klein.webp", "/seiten/1/woerter", "/seiten/1.webp"):
        assert clerk.get(f"/dokumente/{secret.filed}{path}").status_code == 200
    assert len(entries(secret)) == 1
    clerk.get(f"/dokumente/{secret.filed}")
    assert len(entries(secret)) == 2


def test_an_image_asked_for_later_is_a_read_of_its_own(secret: City) -> None:
    moment = [NOW]
    clerk = Person(create_app(secret.services, clock=lambda: moment[0]).test_client())
    clerk.sign_in("brandt")
    clerk.get(f"/dokumente/{secret.filed}/seiten/1.webp")
    moment[0] += timedelta(minutes=11)
    clerk.get(f"/dokumente/{secret.filed}/seiten/1.webp")
    assert len(entries(secret)) == 2


def test_a_download_is_told_as_such_and_not_twice(secret: City, clerk: Person) -> None:
    assert clerk.get(f"/dokumente/{secret.filed}/original").status_code == 200
    assert len(entries(secret, "document.downloaded")) == 1
    assert entries(secret) == []


def test_a_change_of_the_file_is_told_as_such_and_not_as_a_read(secret: City, clerk: Person) -> None:
    clerk.get("/posteingang")
    assert clerk.post(f"/akten/{secret.file_id}/zda").status_code != 404
    assert entries(secret) == []


@pytest.mark.parametrize("place", PLACES)
def test_without_its_entry_nothing_is_shown(secret: City, clerk: Person, place: str) -> None:
    with secret.services.database.begin() as session:
        session.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON history_entry BEGIN SELECT RAISE(ABORT, 'no space'); END")
        )
    answer = clerk.get(place.format(file=secret.file_id, document=secret.filed))
    assert answer.status_code == 500
    assert "Hollmann" not in answer.text
    assert "Gartenweg" not in answer.text
