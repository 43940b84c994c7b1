"""Programs read what the archive sent and nobody could read, and decide about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.api.conftest import Program, code_of
from tests.web.city import City
from tests.web.test_archive_arrivals import unread

PLACE = "/archive-arrivals"


def test_a_program_lists_tries_and_sets_aside(city: City, program: Callable[[str], Program], tmp_path: Path) -> None:
    manager, clerk = program("reimer"), program("brandt")
    arrival_id = unread(city, tmp_path)
    assert clerk.get(PLACE).status_code == 403
    [found] = manager.get(PLACE).get_json()["items"]
    assert (found["arrival_id"], found["file_name"]) == (arrival_id, "Bewertung.zip")
    assert found["arrival_findings"][0]["finding_code"] == "package-unreadable"
    assert found["possible_arrival_decisions"] == ["retry", "set_aside"]
    body = {"arrival_ids": [arrival_id], "arrival_decision": "retry"}
    tried = manager.post(f"{PLACE}/decisions", body).get_json()
    assert (tried["total"], bool(tried["items"][0]["tried_at"])) == (1, True)
    body = {"arrival_ids": [arrival_id], "arrival_decision": "set_aside"}
    assert code_of(manager.post(f"{PLACE}/decisions", body))[0] == 422
    done = manager.post(f"{PLACE}/decisions", {**body, "reason": "Neu angefordert"})
    assert done.get_json() == {"items": [], "total": 0}
    [decided] = manager.get(f"{PLACE}?arrival_decided=true").get_json()["items"]
    assert (decided["arrival_decision"], decided["reason"]) == ("set_aside", "Neu angefordert")
