"""Programs of four people take a disposal run to its results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from eakte.actions import cases, users, verdicts
from eakte.actions.cases import NewCaseFile
from eakte.records.access import SYSTEM, Role
from tests.api.conftest import Program, code_of
from tests.web.city import NOW, PASSWORD, City

RUNS = "/disposal-runs"
People = Callable[[str], Program]


@pytest.fixture
def theatre(city: City) -> str:
    """A building file the archive decides about, and an archivist."""
    with city.services.database.begin() as session:
        users.add_person(session, SYSTEM, login="adler", name="Adler, Bruno", password=PASSWORD, now=NOW)
        post = {"unit_code": "14", "title": "Archiv", "role": Role.ARCHIVIST, "valid_from": date(2020, 1, 1)}
        users.assign_post(session, SYSTEM, "adler", **post, now=NOW)
        file = cases.open_case_file(
            session, SYSTEM, NewCaseFile("63.20", "Stadttheater", "63.2"), NOW.replace(year=1985)
        )
        cases.close(session, SYSTEM, file.id, now=NOW.replace(year=1990))
        verdicts.review(session, [file.id], NOW.date())
        return str(file.id)


def drawn_up(manager: Program, **selection: str) -> str:
    answer = manager.post(RUNS, {"title": "Herbst", **selection}, key="herbst-1")
    assert answer.status_code == 201, answer.text
    assert manager.post(RUNS, {"title": "Herbst", **selection}, key="herbst-1").get_json() == answer.get_json()
    run = f"{RUNS}/{answer.get_json()['disposal_run_id']}"
    assert answer.headers["Location"].endswith(run)
    return run


def test_a_run_goes_from_the_manager_to_the_archive_and_the_second_person(
    city: City, program: People, theatre: str
) -> None:
    manager, clerk, archivist, second = (program(login) for login in ("reimer", "brandt", "adler", "seidel"))
    run, old = drawn_up(manager), str(city.old_file)
    assert clerk.get(RUNS).get_json() == {"items": [], "total": 0}
    assert manager.post(f"{run}/next-step").get_json()["disposal_run_state"] == "review"
    [waiting] = clerk.get(f"{RUNS}?waiting=true").get_json()["items"]
    assert (waiting["waits_for_me"], waiting["without_result"]) == (["department"], 2)
    assert code_of(manager.post(f"{run}/next-step")) == (409, "move-refused")
    answers = {"case_file_ids": [old, theatre], "department_answer": "agreed"}
    assert clerk.post(f"{run}/answers", answers).status_code == 200
    assert manager.post(f"{run}/next-step").get_json()["disposal_run_state"] == "appraisal"
    assert [one["case_file_id"] for one in archivist.get(f"{run}/files").get_json()["items"]] == [theatre]
    appraised = {"case_file_ids": [theatre], "appraisal": "A"}
    assert archivist.post(f"{run}/appraisals", appraised).status_code == 200
    assert manager.post(f"{run}/next-step").get_json()["disposal_run_state"] == "approval"
    assert code_of(second.post(f"{run}/approval", {"confirmed_count": 1})) == (422, "count-not-confirmed")
    assert code_of(manager.post(f"{run}/approval", {"confirmed_count": 2})) == (409, "same-person")
    approved = second.post(f"{run}/approval", {"confirmed_count": 2}).get_json()
    assert (approved["disposal_run_state"], approved["not_before"]) == ("cooling_off", "2026-12-02")
    taken = {"case_file_ids": [theatre], "archive_reference": "StadtA 3"}
    assert archivist.post(f"{run}/takeovers", taken).status_code == 200
    results = {one["case_file_id"]: one["run_result"] for one in second.get(f"{run}/files").get_json()["items"]}
    assert results == {theatre: "handed_over", old: None}


def test_files_are_put_in_taken_out_and_wishes_decided(city: City, program: People, theatre: str) -> None:
    manager, clerk = program("reimer"), program("brandt")
    run, old = drawn_up(manager, file_plan_code="63.90"), str(city.old_file)
    because = {"case_file_ids": [theatre], "reason": "gehört dazu"}
    assert manager.post(f"{run}/files", because).get_json()["case_files_in_run"] == 2
    assert code_of(manager.post(f"{run}/files", because)) == (409, "move-refused")
    assert manager.post(f"{run}/removals", because).get_json()["without_result"] == 1
    manager.post(f"{run}/next-step")
    wish = {"case_file_ids": [old], "department_answer": "keep_longer", "keep_until": "2030-01-01", "reason": "Klage"}
    assert clerk.post(f"{run}/answers", wish).status_code == 200
    declined = {"case_file_ids": [old], "granted": False}
    assert code_of(manager.post(f"{run}/wishes", declined)) == (422, "missing-reason")
    assert manager.post(f"{run}/wishes", {**declined, "granted": True}).get_json()["disposal_run_state"] == "closed"
    shown = manager.get(f"{run}/files?shown=settled&limit=1&offset=1").get_json()
    assert (shown["total"], [one["run_result"] for one in shown["items"]]) == (2, ["kept_longer"])


def test_a_run_is_cancelled_and_reported(program: People, theatre: str) -> None:
    del theatre
    manager, stranger = program("reimer"), program("okafor")
    run = drawn_up(manager)
    report = manager.get(f"{run}/report?report_kind=fristenliste").get_json()
    assert (report["heads"][1], len(report["rows"])) == ("Aktenzeichen", 2)
    assert manager.post(f"{run}/cancellation", {"reason": "zu früh"}).get_json()["disposal_run_state"] == "cancelled"
    assert code_of(manager.post(f"{run}/cancellation", {"reason": "noch einmal"})) == (409, "move-refused")
    for path in (run, f"{run}/files", f"{run}/report?report_kind=fristenliste"):
        assert code_of(stranger.get(path)) == (404, "not-found")
