"""What is sent is read strictly: everything that does not fit is refused by name, nothing breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eakte.api.operation import ROOT
from eakte.api.routes import OPERATIONS
from eakte.records.scopes import Scope
from eakte.web.edge import SESSION_COOKIE
from tests.api.conftest import Program, code_of, token_of
from tests.api.test_case_files import NEW
from tests.web.city import City
from tests.web.conftest import Person

JSON = {"content_type": "application/json"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"{", (400, "bad-json")),
        (b"", (400, "bad-json")),
        (b'{"subject": "a", "subject": "b"}', (400, "bad-json")),
        (b'{"subject": NaN}', (400, "bad-json")),
        (b"\xff\xfe", (400, "bad-json")),
        (b"[" * 100_000, (400, "bad-json")),
        (b'{"subject": ' + b"9" * 5_000 + b"}", (400, "bad-json")),
        (b"[]", (422, "invalid-input")),
        (b'{"subject": "a\\u0000b"}', (422, "invalid-input")),
        (b'{"subject": "\\ud800"}', (422, "invalid-input")),
        (b" " * 1_000_001, (413, "request-too-large")),
    ],
)
def test_a_body_that_is_no_clean_json_is_refused(clerk: Program, sent: bytes, expected: tuple[int, str]) -> None:
    assert code_of(clerk.call("POST", "/case-files", data=sent, **JSON)) == expected


def test_every_faulty_place_is_named(clerk: Program) -> None:
    body = {**NEW, "subject": " ", "restricted": "ja", "betreff": "Anbau"}
    del body["file_plan_code"]
    problem = clerk.post("/case-files", body).get_json()
    told = {fault["field"]: fault["detail"] for fault in problem["errors"]}
    assert set(told) == {"/subject", "/restricted", "/betreff", "/file_plan_code"}
    assert told["/betreff"] == "Diese Angabe gibt es hier nicht."
    assert told["/file_plan_code"] == "Diese Angabe fehlt."


@pytest.mark.parametrize("day", ["0", "1795305600", "2026-11-12T00:00:00", "2026-02-30", "12.11.2026", 0, None])
def test_a_day_is_written_as_a_day(city: City, clerk: Program, day: object) -> None:
    event = {"trigger": "DEMOLITION", "happened_on": day}
    problem = clerk.post(f"/case-files/{city.file_id}/events", event)
    assert code_of(problem) == (422, "invalid-input")
    assert "JJJJ-MM-TT" in problem.get_json()["errors"][0]["detail"]


def test_a_refusal_of_the_rules_names_its_field_too(clerk: Program) -> None:
    problem = clerk.post("/case-files", {**NEW, "file_plan_code": "63"}).get_json()
    assert [fault["field"] for fault in problem["errors"]] == ["/file_plan_code"]


@pytest.mark.parametrize(
    "query", ["seite=2", "limit=0", "limit=101", "limit=x", "limit=1&limit=2", "state=offen", "q=a%00b", "cursor=%ff"]
)
def test_parameters_that_do_not_fit_are_refused(clerk: Program, query: str) -> None:
    problem = clerk.get(f"/case-files?{query}")
    assert problem.status_code == 422


def test_the_number_of_a_request_is_ours_and_stands_in_its_answer(clerk: Program) -> None:
    named = clerk.get("/gibt-es-nicht", headers={"X-Correlation-Id": "fv-4711"})
    assert named.headers["X-Correlation-Id"] == named.get_json()["correlation_id"] != "fv-4711"


@pytest.mark.parametrize(
    "sent", ['"1"', "W/1", '"1.abc"', '"1.000000000000", "2.000000000000"', "unsinn", ",", '"', "ä"]
)
def test_a_state_we_never_gave_out_is_not_the_present_one(city: City, clerk: Program, sent: str) -> None:
    answer = clerk.post(f"/case-files/{city.file_id}/closing", seen=sent)
    assert code_of(answer) == (412, "stale-revision")
    assert answer.get_json()["current"]["reference"] == city.file_reference


@pytest.mark.parametrize("key", ["ä", "x" * 201, 'a"b'])
def test_a_key_that_is_no_plain_text_is_refused(clerk: Program, key: str) -> None:
    sent = key.encode("utf-8").decode("latin-1")
    assert code_of(clerk.post("/case-files", NEW, key=sent)) == (422, "invalid-input")


def test_without_a_key_nothing_is_told(anonymous: Program) -> None:
    refused = anonymous.get("/me")
    assert code_of(refused) == (401, "token-needed")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert code_of(anonymous.get("/me", headers={"Authorization": "Bearer eakte_unsinn"})) == (401, "token-needed")
    assert code_of(anonymous.get("/me", headers={"Authorization": "Basic YTpi"})) == (401, "token-needed")


def test_every_operation_asks_for_a_key_first(anonymous: Program) -> None:
    refused = set()
    for operation in OPERATIONS:
        address = operation.path
        for kind, value in (("uuid", "0b7c5f4e-5c1a-4a52-9a59-2f3f0c1d9e10"), ("int", "1")):
            address = "/".join(value if part.startswith(f"<{kind}:") else part for part in address.split("/"))
        address = address.replace("<kind>", "searchable_pdf").replace("<login>", "brandt")
        refused.add(anonymous.call(operation.method, address).status_code)
    assert refused == {401}


def test_a_key_does_no_more_than_its_scopes_say(city: City, app: Flask) -> None:
    reader = Program(app.test_client(), token_of(city.services, "brandt", Scope.READ))
    assert reader.get("/case-files").get_json()["total"] == 2
    assert code_of(reader.post("/case-files", NEW)) == (403, "not-allowed")
    assert code_of(reader.get("/incoming-items")) == (403, "not-allowed")


def test_the_session_of_a_browser_opens_reading_alone(app: Flask) -> None:
    client = app.test_client()
    assert Person(client).sign_in("brandt").status_code == 303
    assert client.get_cookie(SESSION_COOKIE) is not None
    browser = Program(client)
    assert browser.get("/me").get_json()["login"] == "brandt"
    assert code_of(browser.post("/case-files", NEW)) == (401, "token-needed")


def test_who_asks_too_often_has_to_wait(city: City, app: Flask, clerk: Program, manager: Program) -> None:
    allowed = city.services.settings.api_requests_per_minute
    clerk.document = {**clerk.document}
    headers = {"Authorization": f"Bearer {clerk.token}"}
    answers = [app.test_client().get(f"{ROOT}/me", headers=headers) for _ in range(allowed + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    refused = clerk.get("/me")
    assert code_of(refused) == (429, "too-many-requests")
    assert int(refused.headers["Retry-After"]) > 0
    assert manager.get("/me").status_code == 200


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
))  # fmt: skip
def test_no_json_breaks_the_interface(program: Callable[[str], Program], app: Flask, body: object) -> None:
    del app
    caller = _cached(program)
    assert caller.post("/case-files", body).status_code in {400, 422}


def _cached(program: Callable[[str], Program], known: dict[int, Program] = {}) -> Program:  # noqa: B006 - one per test
    return known.setdefault(id(program), program("brandt"))
