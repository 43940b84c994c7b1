"""Follow-ups in the browser: set in the case file, due in the list, done or put off with a reason."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select

from eakte.store.follow_ups import FollowUp
from tests.web.city import City
from tests.web.conftest import Person


def rows(city: City) -> list[FollowUp]:
    with city.services.database.reading() as session:
        return list(session.scalars(select(FollowUp).order_by(FollowUp.due_on, FollowUp.set_at)))


def put(clerk: Person, city: City, **fields: str) -> int:
    place = f"/akten/{city.file_id}/wiedervorlagen"
    clerk.get(place)
    return clerk.post(place, **{"due_on": "18.11.2026", "note": "Brandschutznachweis fehlt", **fields}).status_code


def test_a_follow_up_is_set_in_the_file_and_shown_in_its_head_in_the_list_and_today(city: City, clerk: Person) -> None:
    assert put(clerk, city) == 303
    for path in (f"/akten/{city.file_id}", f"/akten/{city.file_id}/wiedervorlagen", "/wiedervorlagen"):
        page = clerk.get(path).text
        assert "Brandschutznachweis fehlt" in page, path
        assert "18.11.2026" in page, path
    today = re.sub(r"<[^>]+>", "", clerk.get("/heute").text)
    assert "1 Wiedervorlagen" in today
    assert "Wiedervorlage gesetzt" in clerk.get(f"/akten/{city.file_id}/verlauf").text


def test_it_may_be_about_the_document_one_comes_from(city: City, clerk: Person) -> None:
    form = clerk.get(f"/akten/{city.file_id}/wiedervorlagen?dokument={city.filed}").text
    assert f'value="document:{city.filed}" selected' in form
    assert f"wiedervorlagen?dokument={city.filed}" in clerk.get(f"/dokumente/{city.filed}").text
    assert put(clerk, city, about=f"document:{city.filed}", due_on="30.11.2026") == 303
    (row,) = rows(city)
    assert (row.document_id, row.case_file_id) == (city.filed, None)
    page = clerk.get("/wiedervorlagen?wann=coming").text
    assert f"/dokumente/{city.filed}" in page
    assert "Hier ist nichts vorzulegen." in clerk.get("/wiedervorlagen?wann=overdue").text


def test_what_is_typed_wrongly_is_said_and_nothing_is_set(city: City, clerk: Person) -> None:
    for wrong in ({"due_on": ""}, {"due_on": "gestern"}, {"due_on": "17.11.2026"}, {"note": " "}, {"login": "okafor"}):
        assert put(clerk, city, **wrong) == 422, wrong
    assert rows(city) == []


def test_it_is_put_off_and_done_from_the_list(city: City, clerk: Person) -> None:
    put(clerk, city)
    (row,) = rows(city)
    place = f"/wiedervorlagen/{row.id}"
    assert clerk.post(f"{place}/verschieben", due_on="20.11.2026", reason="", revision="1").status_code == 422
    moved = clerk.post(
        f"{place}/verschieben", due_on="20.11.2026", reason="Frist verlängert", revision="1", back="list"
    )
    assert (moved.status_code, moved.headers["Location"]) == (303, "/wiedervorlagen")
    assert clerk.post(f"{place}/erledigen", reason="liegt vor", revision="1").status_code == 409
    assert clerk.post(f"{place}/erledigen", reason="liegt vor", revision="2").status_code == 303
    page = clerk.get("/wiedervorlagen?wann=done").text
    assert "liegt vor" in page
    assert "verschoben: Frist verlängert" in page
    assert "liegt vor" not in clerk.get("/wiedervorlagen").text


def test_another_department_learns_nothing_of_it(city: City, clerk: Person, stranger: Person) -> None:
    put(clerk, city)
    (row,) = rows(city)
    assert stranger.get(f"/akten/{city.file_id}/wiedervorlagen").status_code == 404
    for path in ("/wiedervorlagen", "/wiedervorlagen?alle=1", "/heute"):
        assert "Brandschutz" not in stranger.get(path).text
    assert stranger.post(f"/wiedervorlagen/{row.id}/erledigen", reason="x", revision="1").status_code == 404
    assert stranger.post(f"/wiedervorlagen/{UUID(int=7)}/erledigen", reason="x", revision="1").status_code == 404
