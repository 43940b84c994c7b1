"""The page of what the archive sent and nobody could read: its reason, trying again, setting aside."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from eakte.actions import archive_arrivals
from eakte.store.exchange import ArchiveArrival
from tests.web.city import NOW, City
from tests.web.conftest import Person

PAGE = "/aussonderung/archiv/sendungen"


def unread(city: City, folder: Path) -> str:
    """The archive sent a letter instead of a package; return the id of its line."""
    path = folder / "Bewertung.zip"
    path.write_bytes(b"Bitte rufen Sie uns an.")
    services = city.services
    stored = services.objects.put_file(path)
    arrival = archive_arrivals.look_at(path, services.settings)
    with services.database.begin() as session:
        archive_arrivals.keep_unread(session, services.objects, arrival, path.name, stored=stored, now=NOW)
    with services.database.reading() as session:
        [row] = session.scalars(select(ArchiveArrival))
        return str(row.id)


def test_a_line_tells_its_reason_is_tried_again_and_set_aside_with_a_reason(
    city: City, manager: Person, tmp_path: Path
) -> None:
    arrival_id = unread(city, tmp_path)
    assert "Nicht lesbar vom Archiv" in manager.get("/heute").text
    assert "Nicht lesbare Sendungen (1)" in manager.get("/aussonderung/archiv").text
    shown = manager.get(PAGE).text
    assert "Bewertung.zip" in shown
    assert "Das Paket ist kein lesbares ZIP" in shown
    assert "Trotz der Befunde einlesen" not in shown
    again = manager.post(PAGE, arrival_id=arrival_id, decision="retry", reason="")
    assert (again.status_code, again.headers["Location"]) == (303, f"{PAGE}?unlesbar=1")
    told = manager.get(f"{PAGE}?unlesbar=1").text
    assert "Weiter nicht lesbar" in told
    assert "zuletzt versucht" in told
    assert manager.post(PAGE, arrival_id=arrival_id, decision="set_aside", reason="").status_code == 422
    assert manager.post(PAGE, arrival_id=arrival_id, decision="despite", reason="eilig").status_code == 409
    done = manager.post(PAGE, arrival_id=arrival_id, decision="set_aside", reason="Neu angefordert")
    assert done.status_code == 303
    assert "Alles, was vom Archiv kam, ließ sich lesen." in manager.get(PAGE).text
    assert "Neu angefordert" in manager.get(f"{PAGE}?zeige=entschieden").text
    assert manager.post(PAGE, arrival_id=arrival_id, decision="retry", reason="").status_code == 409


def test_a_clerk_gets_neither_page_nor_count(city: City, clerk: Person, tmp_path: Path) -> None:
    arrival_id = unread(city, tmp_path)
    assert clerk.get(PAGE).status_code == 403
    assert clerk.post(PAGE, arrival_id=arrival_id, decision="set_aside", reason="weg").status_code == 403
    assert "Nicht lesbar vom Archiv" not in clerk.get("/heute").text
