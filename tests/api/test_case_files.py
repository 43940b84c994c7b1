"""Case files by program: opening, listing, closing against lost updates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from eakte.app import create_app
from tests.api.conftest import ROOT, Program, code_of
from tests.web.city import NOW, City

NEW = {"file_plan_code": "63.20", "subject": "Anbau Lindenweg 3", "org_unit_code": "63.2"}


def test_a_program_opens_a_case_file_and_reads_it_back(clerk: Program) -> None:
    made = clerk.post("/case-files", NEW)
    assert made.status_code == 201
    shown = clerk.get(made.headers["Location"]).get_json()
    assert shown["reference"] == made.get_json()["reference"]
    assert (shown["subject"], shown["state"], shown["unit_code"]) == ("Anbau Lindenweg 3", "open", "63.2")
    assert [step["code"] for step in shown["plan"]] == ["6", "63", "63.20"]


def test_a_case_file_is_found_by_its_reference(city: City, clerk: Program) -> None:
    found = clerk.get(f"/case-files/lookup?reference={city.file_reference}").get_json()
    assert found["case_file_id"] == str(city.file_id)
    assert code_of(clerk.get("/case-files/lookup?reference=1-1999/1")) == (404, "not-found")


def test_the_list_goes_on_where_it_was_when_new_files_came_in_between(clerk: Program) -> None:
    before = [clerk.post("/case-files", NEW).get_json()["reference"] for _ in range(4)]
    first = clerk.get("/case-files?limit=2&state=open").get_json()
    clerk.post("/case-files", NEW)
    second = clerk.get(first["next"]).get_json()
    read = [row["reference"] for row in (*first["items"], *second["items"])]
    assert read == sorted(before, reverse=True)
    assert len(set(read)) == len(read)


def test_a_cursor_of_another_list_is_refused(clerk: Program) -> None:
    for _ in range(2):
        clerk.post("/case-files", NEW)
    cursor = clerk.get("/case-files?limit=1").get_json()["next"].split("cursor=")[1]
    assert code_of(clerk.get(f"/case-files?limit=1&state=open&cursor={cursor}")) == (422, "invalid-cursor")
    assert code_of(clerk.get("/case-files?cursor=unsinn")) == (422, "invalid-cursor")


def test_closing_needs_the_state_that_was_seen(clerk: Program) -> None:
    path = f"/case-files/{clerk.post('/case-files', NEW).get_json()['case_file_id']}"
    assert code_of(clerk.post(f"{path}/closing")) == (428, "precondition-needed")
    seen = clerk.tag(path)
    closed = clerk.post(f"{path}/closing", seen=seen)
    assert (closed.status_code, closed.get_json()["state"]) == (200, "closed")
    assert closed.headers["ETag"] != seen
    late = clerk.post(f"{path}/closing", seen=seen)
    assert code_of(late) == (412, "stale-revision")
    assert late.get_json()["current"] == clerk.get(path).get_json()


def test_what_has_not_changed_is_not_sent_again(city: City, clerk: Program) -> None:
    path = f"/case-files/{city.file_id}"
    assert clerk.get(path, headers={"If-None-Match": clerk.tag(path)}).status_code == 304


def test_only_the_registry_takes_a_closing_directive_back(city: City, clerk: Program, manager: Program) -> None:
    path = f"/case-files/{city.old_file}/reopening"
    assert code_of(clerk.post(path, {"reason": "Nachtrag"})) == (403, "not-allowed")
    assert manager.post(path, {"reason": "Nachtrag"}).get_json()["state"] == "open"


def test_missing_and_forbidden_case_files_answer_the_same(city: City, stranger: Program) -> None:
    hidden, missing = stranger.get(f"/case-files/{city.file_id}"), stranger.get(f"/case-files/{uuid4()}")
    told = [{**answer.get_json(), "correlation_id": ""} for answer in (hidden, missing)]
    assert told[0] == told[1]
    assert code_of(hidden) == (404, "not-found")
    assert code_of(stranger.get(f"/case-files/lookup?reference={city.file_reference}")) == (404, "not-found")


def test_a_clerk_of_another_department_counts_and_lists_nothing(stranger: Program) -> None:
    listed = stranger.get("/case-files").get_json()
    assert (listed["items"], listed["total"], listed["next"]) == ([], 0, None)
    assert sum(node["count"] for node in stranger.get("/file-plan").get_json()["items"]) == 0


def test_the_same_request_twice_opens_one_case_file(clerk: Program) -> None:
    first, again = clerk.post("/case-files", NEW, key="fv-1"), clerk.post("/case-files", NEW, key="fv-1")
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert clerk.get("/case-files?q=Anbau").get_json()["total"] == 1


def test_a_key_stands_for_one_request_of_one_person(clerk: Program, program: Callable[[str], Program]) -> None:
    clerk.post("/case-files", NEW, key="fv-1")
    assert code_of(clerk.post("/case-files", {**NEW, "subject": "Anderes"}, key="fv-1")) == (422, "key-reused")
    other = {**NEW, "org_unit_code": "50.1"}
    assert program("okafor").post("/case-files", other, key="fv-1").headers.get("Idempotency-Replayed") is None


def test_a_refused_request_can_be_sent_again_with_its_key(clerk: Program) -> None:
    assert clerk.post("/case-files", {**NEW, "file_plan_code": "63"}, key="fv-1").status_code == 422
    assert clerk.post("/case-files", NEW, key="fv-1").status_code == 201


def test_addresses_and_methods_that_do_not_exist_are_told_as_problems(clerk: Program) -> None:
    assert code_of(clerk.get("/gibt-es-nicht")) == (404, "not-found")
    refused = clerk.call("DELETE", "/case-files")
    assert code_of(refused) == (405, "method-not-allowed")
    assert {"GET", "POST"} <= {method.strip() for method in refused.headers["Allow"].split(",")}
    assert clerk.client.options(f"{ROOT}/case-files").headers["Allow"]
    assert "Access-Control-Allow-Origin" not in clerk.get("/case-files").headers


def test_a_key_is_free_again_after_a_day(city: City, clerk: Program) -> None:
    clerk.post("/case-files", NEW, key="fv-1")
    later = create_app(city.services, clock=lambda: NOW + timedelta(hours=25)).test_client()
    again = Program(later, clerk.token).post("/case-files", {**NEW, "subject": "Anderes"}, key="fv-1")
    assert again.status_code == 201
