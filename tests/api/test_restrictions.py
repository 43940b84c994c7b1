"""Restrictions of processing by the interface for programs."""

from __future__ import annotations

from tests.api.conftest import Program, code_of
from tests.web.city import City

TERMS = {"ground": "accuracy", "reason": "Geburtsdatum bestritten", "responsible": "reimer", "review_on": "2027-12-01"}
OPENING = {"purpose": "examination", "reason": "Vergleich mit dem Ausweis"}


def test_a_case_file_is_restricted_opened_and_lifted(city: City, manager: Program, clerk: Program) -> None:
    path = f"/case-files/{city.file_id}"
    made = manager.post(f"{path}/processing-restriction", TERMS)
    assert made.status_code == 201
    there = made.headers["Location"].removeprefix("/api/v1")
    assert (manager.get(path).status_code, clerk.get(path).status_code) == (404, 404)
    told = manager.get(there).get_json()
    assert (told["ground"], told["holds_disposal"], told["open_until"]) == ("accuracy", True, None)
    assert "examination" in told["purposes"]
    assert manager.post(f"{there}/opening", OPENING).get_json()["open_until"]
    assert manager.get(path).status_code == 200
    assert clerk.get(path).status_code == 404
    assert [one["purpose"] for one in manager.get(there).get_json()["openings"]] == ["examination"]
    assert manager.post(f"{there}/closing", {}).status_code == 200
    assert manager.get(path).status_code == 404
    assert code_of(manager.post(f"{there}/lifting", {"reason": "Geprüft"})) == (409, "person-not-informed")
    manager.post(f"{there}/informing", {"informed_on": "2026-11-01", "informed_how": "Schreiben"})
    assert manager.post(f"{there}/lifting", {"reason": "Geprüft"}).status_code == 200
    assert clerk.get(path).status_code == 200
    assert manager.get("/restrictions").get_json()["total"] == 0
    assert manager.get("/restrictions?lifted=true").get_json()["total"] == 1


def test_a_document_is_restricted(city: City, manager: Program, clerk: Program) -> None:
    made = manager.post(f"/documents/{city.filed}/processing-restriction", TERMS)
    assert made.status_code == 201
    assert clerk.get(f"/documents/{city.filed}").status_code == 404
    assert code_of(clerk.get("/restrictions")) == (403, "not-allowed")
