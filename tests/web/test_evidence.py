"""The evidence of a case file as its readers see it, and the fixity of the stock for the records manager."""

from __future__ import annotations

from datetime import timedelta

from eakte.actions import fixity, sealing
from eakte.store.documents import StoredObject
from eakte.store.evidence import Damage
from tests.web.city import NOW, City
from tests.web.conftest import Person


def sealed(city: City) -> None:
    sealing.seal(city.services.database, None, NOW + timedelta(days=1), whole=True)


def test_a_reader_of_the_file_sees_its_seals_and_may_have_every_byte_read(city: City, clerk: Person) -> None:
    page = f"/akten/{city.file_id}/beweis"
    assert "noch nicht gesichert" in clerk.get(page).text
    sealed(city)
    shown = clerk.get(page).text
    assert "ohne Zeitstempel gesichert" in shown
    assert "wurden noch nicht gelesen" in shown
    assert "Jede gespeicherte Datei ist unverändert" in clerk.get(f"{page}?pruefen=1").text


def test_a_stranger_is_told_that_there_is_nothing(city: City, stranger: Person) -> None:
    sealed(city)
    assert stranger.get(f"/akten/{city.file_id}/beweis").status_code == 404
    assert stranger.get(f"/akten/{city.file_id}/beweis/{'0' * 64}.ers").status_code == 404


def test_without_a_time_stamp_there_is_no_evidence_record_and_the_page_says_why(city: City, clerk: Person) -> None:
    sealed(city)
    with city.services.database.reading() as session:
        hashes = [row.sha256 for row in session.query(StoredObject)]
    answers = [clerk.get(f"/akten/{city.file_id}/beweis/{sha256}.ers") for sha256 in hashes]
    refused = [answer for answer in answers if answer.status_code == 409]
    assert refused
    assert all("noch keinen Beweisdatensatz" in answer.text for answer in refused)
    assert {answer.status_code for answer in answers} <= {404, 409}


def test_damage_is_listed_for_the_records_manager_by_hash_alone(city: City, clerk: Person, manager: Person) -> None:
    assert "der erste Durchgang ist noch nicht zu Ende" in manager.get("/unversehrtheit").text
    with city.services.database.begin() as session:
        sha256 = session.query(StoredObject).first().sha256
        fixity.note(session, sha256, Damage.CHANGED, NOW)
    shown = manager.get("/unversehrtheit").text
    assert sha256 in shown
    assert "ist verändert" in shown
    assert clerk.get("/unversehrtheit").status_code == 403
