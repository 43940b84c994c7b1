"""Hold orders in the browser: preview, placing, the worklist of reviews, prolonging and lifting, within rights."""

from __future__ import annotations

import re

from eakte.store.files import CaseFile
from tests.web.city import City
from tests.web.conftest import Person

SEARCH = {"scope": "query", "text": "betreff:Parkausweise", "reason": "Prüfung der Parkausweise"}


def placed(manager: Person, **more: str) -> str:
    """Place an order and return its address."""
    manager.get("/loeschsperren/neu")
    return manager.post("/loeschsperren", **(SEARCH | more)).headers["Location"]


def test_a_preview_shows_files_and_keeps_what_was_typed(city: City, manager: Person) -> None:
    manager.get("/loeschsperren/neu")
    page = manager.post("/loeschsperren/vorschau", **SEARCH).text
    assert 'Vorschau: <span class="ea-num">1</span> Akte' in page
    assert f"/akten/{city.old_file}" in page
    assert "Prüfung der Parkausweise" in page
    table = manager.post("/loeschsperren/vorschau.csv", **SEARCH)
    assert "Parkausweise 2009" in table.data.decode("utf-8-sig")


def test_an_order_is_placed_prolonged_and_lifted(manager: Person) -> None:
    address = placed(manager, title="Sache Parkausweise", review_on="01.12.2026")
    assert "Sache Parkausweise" in manager.get("/loeschsperren").text
    page = manager.get(address).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    manager.post(f"{address}/verlaengern", reason="läuft noch", until="30.06.2027", revision=revision[1])
    assert "weiter nötig bis 30.06.2027. läuft noch" in manager.get(address).text
    assert "Sache Parkausweise" not in manager.get("/loeschsperren").text
    assert "Sache Parkausweise" in manager.get("/loeschsperren?liste=in_force").text
    manager.post(f"{address}/aufheben", reason="erledigt")
    assert "Sache Parkausweise" in manager.get("/loeschsperren?liste=lifted").text
    assert "erledigt" in manager.get(address).text
    assert "Sperranordnung aufgehoben" in manager.get("/protokoll").text
    assert manager.get(f"{address}/akten.csv").status_code == 200


def test_what_cannot_be_placed_is_told_and_nothing_typed_is_lost(manager: Person) -> None:
    manager.get("/loeschsperren/neu")
    answer = manager.post("/loeschsperren", **(SEARCH | {"reason": "", "legal_basis": "§ 7 Gesetz"}))
    assert answer.status_code >= 400
    assert "betreff:Parkausweise" in answer.text
    assert "§ 7 Gesetz" in answer.text
    answer = manager.post("/loeschsperren/vorschau", scope="files", case_files="99.99-0001/2020", reason="x")
    assert "Diese Akten gibt es nicht: 99.99-0001/2020" in answer.text


def test_a_file_named_by_its_reference_is_held_at_once(city: City, manager: Person) -> None:
    with city.services.database.reading() as session:
        reference = session.get_one(CaseFile, city.old_file).file_reference
    manager.get("/loeschsperren/neu")
    address = manager.post("/loeschsperren", scope="files", case_files=reference, reason="Klage").headers["Location"]
    assert reference in manager.get(address).text
    assert "Klage" in manager.get(f"/akten/{city.old_file}").text


def test_others_know_of_no_order(clerk: Person, manager: Person) -> None:
    address = placed(manager)
    assert clerk.get(address).status_code == 404
    clerk.get("/loeschsperren")
    assert clerk.post(f"{address}/aufheben", reason="weg").status_code == 404
    assert clerk.get("/loeschsperren/neu").status_code == 403
    assert "Parkausweise" not in clerk.get("/loeschsperren?liste=in_force").text


def test_the_owner_reviews_what_they_answer_for(clerk: Person, manager: Person) -> None:
    address = placed(manager, owner="brandt", title="Sache Parkausweise", review_on="01.12.2026")
    assert "Sache Parkausweise" in clerk.get("/loeschsperren").text
    clerk.post(f"{address}/verlaengern", reason="läuft noch", review_on="30.06.2027")
    assert "weiter nötig bis 30.06.2027" in clerk.get(address).text
