"""Many at once, on SQLite and on PostgreSQL: one filing per key, one winner per state, numbers that never repeat."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from eakte.app import create_app
from tests.api.conftest import Program, token_of
from tests.web.city import NOW, City, found

NEW = {"file_plan_code": "63.20", "subject": "Anbau Lindenweg 3", "org_unit_code": "63.2"}


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[City, Flask]]:
    """The city on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    city = found(tmp_path, letters=2, database_url=url)
    yield city, create_app(city.services, clock=lambda: NOW)
    city.services.close()


def _at_once(
    app: Flask, token: str, path: str, bodies: list[dict[str, object]], **options: str
) -> list[tuple[int, str]]:
    def send(body: dict[str, object]) -> tuple[int, str]:
        answer = Program(app.test_client(), token).post(path, body, **options)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(send, bodies))


def test_the_same_key_at_the_same_time_opens_one_case_file(shared: tuple[City, Flask]) -> None:
    city, app = shared
    token = token_of(city.services, "brandt")
    answers = _at_once(app, token, "/case-files", [NEW] * 8, key="fv-7")
    assert {status for status, _ in answers} == {201}
    assert len({text for _, text in answers}) == 1
    assert Program(app.test_client(), token).get("/case-files?q=Lindenweg").get_json()["total"] == 1


def test_openings_at_the_same_time_have_different_references(shared: tuple[City, Flask]) -> None:
    city, app = shared
    token = token_of(city.services, "brandt")
    answers = _at_once(app, token, "/case-files", [{**NEW, "subject": f"Anbau {number}"} for number in range(16)])
    assert {status for status, _ in answers} == {201}
    assert len({text for _, text in answers}) == 16


def test_of_those_who_file_the_same_item_at_once_one_wins(shared: tuple[City, Flask]) -> None:
    city, app = shared
    token, item = token_of(city.services, "brandt"), f"/incoming-items/{city.waiting[0]}"
    body: dict[str, object] = {"case_file_id": str(city.file_id), "document_type": "Antrag", "subject": "Neubau"}
    seen = Program(app.test_client(), token).tag(item)
    statuses = sorted(status for status, _ in _at_once(app, token, f"{item}/filing", [body] * 6, seen=seen))
    assert statuses == [201, 409, 409, 409, 409, 409]


def test_of_those_who_close_the_same_file_at_once_one_wins_and_the_others_see_it(shared: tuple[City, Flask]) -> None:
    city, app = shared
    token = token_of(city.services, "brandt")
    program = Program(app.test_client(), token)
    path = program.post("/case-files", NEW).headers["Location"].removeprefix("/api/v1")
    answers = _at_once(app, token, f"{path}/closing", [{}] * 4, seen=program.tag(path))
    assert sorted(status for status, _ in answers) == [200, 412, 412, 412]
    assert all('"state":"closed"' in text for _, text in answers)


def test_every_list_and_record_answers_on_both_databases(shared: tuple[City, Flask]) -> None:
    city, app = shared
    clerk, manager = (Program(app.test_client(), token_of(city.services, login)) for login in ("brandt", "reimer"))
    file, document = f"/case-files/{city.file_id}", f"/documents/{city.filed}"
    mine = ("/me", "/incoming-items", "/case-files?q=Neubau", file, f"{file}/cases", f"{file}/documents",
            f"{file}/retention", f"{file}/history", document, f"{document}/pages/1", f"{document}/life",
            f"{document}/original", "/search?q=Tiefgarage", "/file-plan", "/org-units")  # fmt: skip
    theirs = ("/disposals/worklist", "/disposals", "/disposals/certificates", "/history", "/archive-processes")
    assert {path: clerk.get(path).status_code for path in mine} == dict.fromkeys(mine, 200)
    assert {path: manager.get(path).status_code for path in theirs} == dict.fromkeys(theirs, 200)
