"""Submissions of a portal by REST: taken as a whole, acknowledged when safe, once, with a narrow key."""

from __future__ import annotations

import io

from flask import Flask
from werkzeug.test import TestResponse

from eakte.records.scopes import Scope
from tests.api.conftest import Program, code_of, token_of
from tests.records.test_portal import DATA, FORM_ID, metadata
from tests.web.city import City

ID = "f5a3c1f0-7a3e-4f6b-9b1e-0c7b5d2e8a41"
FILES = {"metadata.json": metadata(), "data.json": DATA.encode(), FORM_ID: b"Formular", "Lageplan.pdf": b"Plan"}


def send(
    program: Program, files: dict[str, bytes] | None = None, *, unit: str = "63.2", name: str = ID
) -> TestResponse:
    parts = [(io.BytesIO(content), each) for each, content in (files or FILES).items()]
    address = f"/submissions?org_unit_code={unit}&submission_id={name}"
    answer: TestResponse = program.call("POST", address, data={"file": parts})
    return answer


def test_a_submission_is_one_item_with_its_attachments(clerk: Program) -> None:
    answer = send(clerk)
    assert answer.status_code == 201, answer.text
    receipt = answer.get_json()
    assert (receipt["submission_id"], receipt["outcome"], set(receipt["hashes"])) == (ID, "accepted", set(FILES))
    item = clerk.get(answer.headers["Location"]).get_json()
    assert (item["filename"], item["source"], item["sha256"]) == ("Antrag.pdf", "portal", receipt["hashes"][FORM_ID])


def test_the_same_submission_again_is_the_same_and_another_under_its_id_is_refused(clerk: Program) -> None:
    first, second = send(clerk).get_json(), send(clerk).get_json()
    assert (second["outcome"], second["item_id"]) == ("repeated", first["item_id"])
    other = {**FILES, "metadata.json": b'{"contentStructure": {}}'}
    assert code_of(send(clerk, {name: other[name] for name in ("metadata.json", "data.json")})) == (
        422,
        "invalid-input",
    )


def test_a_file_that_is_not_what_the_metadata_say_leaves_nothing_behind(clerk: Program) -> None:
    before = clerk.get("/incoming-items?limit=100").get_json()["items"]
    refused = send(clerk, {**FILES, "Lageplan.pdf": b"vertauscht"})
    assert code_of(refused) == (422, "invalid-input")
    assert clerk.get("/incoming-items?limit=100").get_json()["items"] == before


def test_a_narrow_key_delivers_and_does_nothing_else(app: Flask, city: City) -> None:
    portal = Program(app.test_client(), token_of(city.services, "brandt", Scope.SUBMIT))
    assert send(portal).status_code == 201
    assert code_of(send(portal, unit="50.1")) == (422, "invalid-input")
    for path in ("/incoming-items", "/case-files", "/search?q=a", "/history"):
        assert code_of(portal.get(path)) == (403, "not-allowed")
