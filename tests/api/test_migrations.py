"""A program of the registry makes, starts, stops, resumes and takes back a migration."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from eakte.app import create_app
from eakte.demo.binders import as_csv
from tests.api.conftest import Program, code_of, token_of
from tests.web.city import NOW, City

PLACE = "/migrations?title=Regal&folder=63.2/regal&file_plan_code=63.20"
LINE = ("K1", "O1", "A 1", "Streng geheimer Titel", "1979-1990", "1", "a.pdf", "63.20")


@pytest.fixture
def app(city: City, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Flask]:
    """The application with a folder of scans; a refusal that the document does not name is a fault."""
    (tmp_path / "scans" / "63.2" / "regal").mkdir(parents=True)
    settings = replace(city.services.settings, migration_folder=str(tmp_path / "scans"))
    yield create_app(replace(city.services, settings=settings), clock=lambda: NOW)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture
def registry(app: Flask, city: City) -> Program:
    return Program(app.test_client(), token_of(city.services, "kurz"))


def made(program: Program, *, place: str = PLACE, key: str = "") -> str:
    """Make a run and return its address."""
    headers = {"Idempotency-Key": key} if key else {}
    form = {"file": (io.BytesIO(as_csv([LINE])), "liste.csv")}
    answer = program.call("POST", place, data=form, content_type="multipart/form-data", headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith(answer.get_json()["run_id"])
    return f"/migrations/{answer.get_json()['run_id']}"


def moved(program: Program, run: str, verb: str, **body: object) -> str:
    answer = program.post(f"{run}/{verb}", body, seen=program.tag(run))
    assert answer.status_code == 200, answer.text
    state: str = answer.get_json()["run_state"]
    return state


def test_a_run_is_made_started_stopped_resumed_and_taken_back(registry: Program) -> None:
    run = made(registry)
    first = registry.get(run).get_json()
    assert (first["run_state"], first["lines"], first["closes"], first["files_closed"]) == ("draft", 1, True, 0)
    assert moved(registry, run, "start", quiet_from=7, quiet_until=18) == "running"
    assert moved(registry, run, "stop") == "stopped"
    assert moved(registry, run, "resume") == "running"
    assert moved(registry, run, "stop") == "stopped"
    assert registry.get(f"{run}/report").get_json()["whole"]["lines_left"] == 1
    assert moved(registry, run, "rollback", reason="Falscher Aktenplan") == "rolling_back"
    refused = registry.post(f"{run}/stop", seen=registry.tag(run))
    assert code_of(refused) == (409, "move-refused")


def test_who_comes_too_late_or_says_nothing_of_what_was_seen_changes_nothing(registry: Program) -> None:
    run = made(registry)
    assert code_of(registry.post(f"{run}/start")) == (428, "precondition-needed")
    seen = registry.tag(run)
    assert registry.post(f"{run}/start", seen=seen).status_code == 200
    late = registry.post(f"{run}/stop", seen=seen)
    assert late.status_code == 412
    assert registry.get(run).get_json()["run_state"] == "running"
    unchanged = registry.get(run, headers={"If-None-Match": registry.tag(run)})
    assert unchanged.status_code == 304


def test_a_manifest_sent_twice_with_one_key_is_one_run(registry: Program) -> None:
    assert made(registry, key="fv-1") == made(registry, key="fv-1")
    assert made(registry) != made(registry)
    assert len(registry.get("/migrations").get_json()["items"]) == 3


def test_a_run_may_leave_its_files_open(registry: Program) -> None:
    run = made(registry, place=f"{PLACE}&closes=false")
    assert registry.get(run).get_json()["closes"] is False


def test_a_run_is_read_with_the_languages_it_names_or_as_the_installation_is_set(registry: Program) -> None:
    run = made(registry, place=f"{PLACE}&languages=eng&languages=deu")
    assert registry.get(run).get_json()["languages"] == ["deu", "eng"]
    assert registry.get(made(registry)).get_json()["languages"] == ["deu", "eng"]
    send = {"content_type": "application/octet-stream"}
    other = f"{PLACE}&languages=tlh"
    assert code_of(registry.call("POST", other, data=as_csv([LINE]), **send)) == (422, "invalid-input")


def test_what_is_no_manifest_or_no_folder_of_the_unit_is_refused(registry: Program) -> None:
    send = {"content_type": "application/octet-stream"}
    assert code_of(registry.call("POST", PLACE, data=b"PK\x03\x04kaputt", **send)) == (422, "invalid-input")
    other = PLACE.replace("63.2/regal", "50.1/regal")
    assert code_of(registry.call("POST", other, data=as_csv([LINE]), **send)) == (422, "invalid-input")
    assert code_of(registry.call("POST", PLACE, data=b"", **send)) == (422, "invalid-input")


def test_others_neither_see_nor_move_a_run(registry: Program, program: Callable[[str], Program]) -> None:
    run = made(registry)
    clerk = program("brandt")
    for verb, body in (("start", {}), ("stop", {}), ("resume", {}), ("rollback", {"reason": "x"})):
        assert code_of(clerk.post(f"{run}/{verb}", body, seen="*")) == (403, "not-allowed")
    assert code_of(clerk.get(run)) == (403, "not-allowed")
    assert registry.get(run).get_json()["run_state"] == "draft"
