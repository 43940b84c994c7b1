"""A records manager's program loads a plan, puts it in force, moves running files and explains gaps."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from tests.api.conftest import Program, code_of
from tests.web.city import City

PLAN = "Kennzeichen;Bezeichnung;Regel\n7;Bauen;\n7.1;Baugenehmigungen;63.20\n"
Programs = Callable[..., Program]


def send(program: Program, content: str, query: str) -> tuple[int, dict[str, object]]:
    answer = program.call(
        "POST", f"/file-plans/files?{query}", data={"file": (io.BytesIO(content.encode()), "plan.csv")}
    )
    return answer.status_code, answer.get_json()


def test_a_plan_is_checked_loaded_put_in_force_and_takes_the_files_in(city: City, manager: Program) -> None:
    status, told = send(manager, PLAN + "7.2;;R-9\n", "only_check=true")
    assert status == 200
    assert {fault["line"] for fault in told["file_faults"]} == {4}  # type: ignore[attr-defined, index]
    assert send(manager, PLAN + "7.2;;\n", "plan_title=Aktenplan&plan_version=2")[0] == 422
    status, loaded = send(manager, PLAN, "plan_title=Aktenplan&plan_version=2")
    assert (status, loaded["unit_count"]) == (200, 2)
    versions = {one["plan_version"]: one for one in manager.get("/file-plans").get_json()["items"]}
    assert (versions["1"]["plan_state"], versions["2"]["plan_state"]) == ("in_force", "draft")
    begun = manager.post("/rehousings", {"source_id": versions["1"]["plan_id"], "target_id": versions["2"]["plan_id"]})
    address = f"/rehousings/{begun.get_json()['rehousing_id']}"
    stays = [{"old_code": code} for code in ("63.30", "63.90")]
    targets = {"targets": [{"old_code": "63.20", "new_code": "7.1", "renumber": True}, *stays]}
    tag = manager.tag(address)
    assert manager.call("PATCH", f"{address}/targets", json=targets, headers={"If-Match": tag}).status_code == 200
    assert manager.call("PATCH", f"{address}/targets", json=targets, headers={"If-Match": tag}).status_code == 412
    early = manager.post(f"{address}/order", {"reason": "Reform"}, seen=manager.tag(address))
    assert early.status_code == 422
    assert manager.post(f"/file-plans/{versions['2']['plan_id']}/activation").get_json()["plan_state"] == "in_force"
    ordered = manager.post(f"{address}/order", {"reason": "Reform"}, seen=manager.tag(address))
    assert ordered.get_json()["rehousing_state"] == "running"
    unit = next(one for one in ordered.get_json()["units"] if one["old_code"] == "63.20")
    assert unit["examples"][0]["reference"] == city.file_reference


@pytest.mark.parametrize(("kind", "mark"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("xml", b"<?xml")])
def test_a_version_is_handed_out_in_every_format(manager: Program, kind: str, mark: bytes) -> None:
    plan_id = manager.get("/file-plans").get_json()["items"][0]["plan_id"]
    assert manager.get(f"/file-plans/{plan_id}/files/{kind}").data.startswith(mark)
    assert manager.get(f"/file-plans/{plan_id}/files/ods").status_code == 422


def test_gaps_in_the_numbers_of_a_unit_are_explained(city: City, manager: Program) -> None:
    year = int(city.file_reference.split("-")[1][:4])
    found = manager.get(f"/file-plan-gaps?code=63.20&year={year}").get_json()["series"]
    assert [one["gaps"] for one in found] == [[] for _ in found]
    assert code_of(manager.get("/file-plan-gaps?code=99&year=2026")) == (404, "not-found")


def test_clerks_read_versions_in_force_and_change_nothing(clerk: Program, manager: Program) -> None:
    manager.post("/file-plans", {"plan_title": "Aktenplan", "plan_version": "geheim"})
    assert "geheim" not in clerk.get("/file-plans").text
    assert code_of(clerk.get("/rehousings")) == (403, "not-allowed")
    assert code_of(clerk.post("/file-plans", {"plan_title": "x", "plan_version": "y"})) == (403, "not-allowed")


def test_an_empty_file_is_refused_as_it_is_everywhere(manager: Program) -> None:
    assert send(manager, "", "only_check=true")[0] == 422
