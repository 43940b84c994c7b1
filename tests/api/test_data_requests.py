"""Requests of data subjects by the interface for programs."""

from __future__ import annotations

from tests.api.conftest import Program, code_of
from tests.web.city import City

NEW = {"request_kind": "erasure", "received_on": "2026-11-03", "applicant": "Erika Selten"}
REPLY = {"reply": "Guten Tag", "close_request": True}


def test_a_request_is_entered_decided_and_answered(city: City, manager: Program, clerk: Program) -> None:
    made = manager.post("/data-requests", NEW)
    assert made.status_code == 201
    there = made.headers["Location"].removeprefix("/api/v1")
    [row] = manager.get("/data-requests").get_json()["items"]
    assert (row["reply_due_on"], row["request_kind"], row["responsible"]) == ("2026-12-03", "erasure", "reimer")
    found = manager.post(f"{there}/search", {"person_names": ["Hollmann"], "person_marks": []}).get_json()
    assert str(city.file_id) in found["case_file_ids"]
    assert manager.post(f"{there}/files", {"case_file_ids": [str(city.file_id)]}).status_code == 200
    [file] = manager.get(there).get_json()["request_files"]
    assert file["proposed_decision"] == "restrict"
    assert "erase" not in file["possible_decisions"]
    record = f"/data-request-files/{file['request_file_id']}"
    refused = manager.post(f"{record}/decision", {"record_decision": "erase", "reason": "x"})
    assert code_of(refused) == (409, "decision-refused")
    assert code_of(manager.post(f"{there}/reply", REPLY)) == (409, "records-undecided")
    for _ in range(2):
        decision = {"record_decision": "refuse", "reason": "In Arbeit"}
        assert manager.post(f"{record}/decision", decision).status_code == 200
        assert "In Arbeit" in manager.get(there).get_json()["drafted_reply"]
        assert manager.post(f"{record}/reconsideration", {}).status_code == 200
    assert manager.post(f"{record}/removal", {}).status_code == 200
    assert manager.post(f"{there}/extension", {"reason": "Viele Akten"}).status_code == 200
    assert manager.post(f"{there}/reply", {"reply": "Entwurf"}).status_code == 200
    assert manager.get(there).get_json()["reply"] == "Entwurf"
    assert manager.post(f"{there}/reply", REPLY).status_code == 200
    assert code_of(manager.post(f"{there}/handover", {"responsible": "reimer"})) == (409, "move-refused")
    assert manager.get("/data-requests?answered=true").get_json()["total"] == 1
    assert code_of(clerk.get(there)) == (403, "not-allowed")
