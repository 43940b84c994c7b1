"""The log: one number for each answer and its lines, and no word of what people keep here."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from eakte import logs
from eakte.api.operation import ROOT
from eakte.api.routes import OPERATIONS
from eakte.app import ByHost, create_app
from eakte.errors import SettingsInvalid
from eakte.store.jobs import client_of
from eakte.web.routes import ROUTES
from tests.api.conftest import token_of
from tests.web.city import LETTER, NOW, PASSWORD, PEOPLE, City
from tests.web.conftest import Person

MARK = "Quittenbaum"
NUMBER = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log file of JSON lines holds so far."""
    stream = io.StringIO()
    handler = logs.file_handler(logging.StreamHandler(stream), "json")
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def app(city: City) -> Flask:
    """The application, which tells of every answer."""
    settings = dataclasses.replace(city.services.settings, log_requests=True)
    return create_app(dataclasses.replace(city.services, settings=settings), clock=lambda: NOW)


def test_a_refusal_shows_the_number_of_the_request_and_the_log_tells_under_it_what_was_refused(
    clerk: Person, lines: Lines
) -> None:
    for answer in (clerk.get("/gibt-es-nicht"), clerk.htmx("/gibt-es-nicht"), clerk.post("/akten", plan="63")):
        number = answer.headers[logs.HEADER]
        assert NUMBER.fullmatch(number)
        assert f">{number}<" in answer.text or f"Anfrage {number}<" in answer.text
        (line,) = [one for one in lines() if one.get("request") == number]
        assert (line["level"], line["status"], bool(line["code"])) == ("INFO", answer.status_code, True)


def test_every_answer_has_a_number_of_its_own(clerk: Person, visitor: Person, lines: Lines) -> None:
    paths = ("/akten", "/anmelden", "/health", "/ready", "/api/v1/me", "/api/v1/openapi.json", "/akten")
    numbers = [clerk.get(path).headers[logs.HEADER] for path in paths]
    assert len(set(numbers)) == len(paths)
    assert {line["request"] for line in lines()} >= {numbers[0], numbers[-1]}
    assert Client(ByHost({})).get("/akten", headers={"Host": "fremd.example"}).headers[logs.HEADER]
    assert visitor.get("/akten").headers[logs.HEADER]


def test_without_the_setting_only_refusals_and_faults_are_told(city: City, lines: Lines) -> None:
    client = create_app(city.services, clock=lambda: NOW).test_client()
    assert (
        client.get("/health").status_code,
        client.get("/anmelden").status_code,
        client.get("/gibt-es-nicht").status_code,
    ) == (200, 302, 404)
    assert [line["status"] for line in lines()] == [404]


@pytest.mark.parametrize(
    ("proxies", "sent", "kept"),
    [(1, "a1b2-c3.d4_e5", True), (1, "a b", False), (1, "x" * 65, False), (1, "<script>", False), (1, "ä", False),
     (0, "a1b2-c3", False)],
)  # fmt: skip
def test_a_number_that_is_sent_along_counts_only_behind_our_proxy_and_only_if_it_is_one(
    city: City, proxies: int, sent: str, *, kept: bool
) -> None:
    settings = dataclasses.replace(city.services.settings, trusted_proxies=proxies)
    client = create_app(dataclasses.replace(city.services, settings=settings), clock=lambda: NOW).test_client()
    for path in ("/anmelden", "/api/v1/gibt-es-nicht"):
        answer = client.get(path, headers={logs.HEADER: sent})
        assert (answer.headers.getlist(logs.HEADER) == [sent]) == kept
        if path.startswith("/api"):
            assert answer.get_json()["correlation_id"] == answer.headers[logs.HEADER]


def test_a_fault_is_told_by_kind_and_place_and_never_by_its_words(
    clerk: Person, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        try:
            int(MARK)
        except ValueError as error:
            raise RuntimeError(MARK) from error

    monkeypatch.setattr("eakte.actions.case_lists.listing", broken)
    answer = clerk.get("/akten")
    (fault,) = [line for line in lines() if line["level"] == "ERROR"]
    assert (answer.status_code, fault["request"]) == (500, answer.headers[logs.HEADER])
    assert [one["kind"] for one in fault["faults"]] == ["RuntimeError", "ValueError"]
    assert any(place.endswith(" broken") for place in fault["faults"][0]["places"])
    assert MARK not in json.dumps(fault)


def test_a_job_carries_the_number_of_the_request_that_ordered_it(clerk: Person, city: City) -> None:
    clerk.get("/hochladen")
    sent = clerk.post("/hochladen", unit="63.2", files=(io.BytesIO(b"%PDF-1.7 neu"), "neu.pdf"))
    assert sent.status_code < 400
    jobs = client_of(city.services.database.jobs_engine).list_workflows(name="intake")
    assert sent.headers[logs.HEADER] in [(job.attributes or {}).get("request") for job in jobs]


def _places(city: City) -> dict[str, str]:
    return {
        "case_file_id": str(city.file_id), "document_id": str(city.filed), "item_id": str(city.waiting[0]),
        "number": "1", "position": "1",
    }  # fmt: skip


def _address(path: str, places: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: places.get(found[1], "") or _any(found[0]), path)


def _any(part: str) -> str:
    return "00000000-0000-4000-8000-000000000000" if "uuid" in part else "7" if "int" in part else MARK


def _forbidden(city: City) -> list[str]:
    people = [part for _, name, _, _ in PEOPLE for part in name.split(", ")]
    logins = [login for login, *_ in PEOPLE]
    subjects = ["Gartenweg", "Parkausweise", "Tiefgarage", "Hollmann", "schreiben-1", "kaputt.pdf"]
    return [MARK, PASSWORD, city.file_reference, "127.0.0.1", "Musterbrowser", *LETTER[:2], *people, *logins, *subjects]


def _names_nothing(city: City, text: str) -> None:
    assert [
        word for word in _forbidden(city) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    ] == []


@pytest.mark.parametrize("login", ["brandt", "reimer", "verwalter"])
def test_no_page_lets_the_log_tell_a_name_a_title_a_question_or_an_address(
    city: City, signed_in: Callable[[str], Person], written: io.StringIO, lines: Lines, login: str
) -> None:
    person, asked = signed_in(login), 0
    person.get("/konto")
    fields = ("subject", "name", "login", "q", "reason", "title", "text", "note", "sender", "file_name", "plan", "unit")
    browser = {"User-Agent": "Musterbrowser"}
    for route in [one for one in ROUTES if one.path != "/abmelden"]:
        address = _address(route.path, _places(city))
        if route.method == "GET":
            answer = person.client.get(f"{address}?q={MARK}&name={MARK}&von={MARK}", headers=browser, buffered=True)
        else:
            data = {"csrf": person.token, **dict.fromkeys(fields, f"{MARK} {PEOPLE[0][1]}")}
            answer = person.client.post(address, data=data, headers=browser)
        asked += 1
        assert lines()[-1]["request"] == answer.headers[logs.HEADER], address
    assert asked > 150
    _names_nothing(city, written.getvalue())


def test_no_noun_for_programs_lets_the_log_tell_them_either(
    city: City, app: Flask, written: io.StringIO, lines: Lines
) -> None:
    client, places = app.test_client(), _places(city)
    headers = {"Authorization": f"Bearer {token_of(city.services, 'reimer')}", "If-Match": "*"}
    for operation in OPERATIONS:
        address = ROOT + _address(operation.path, places)
        named = dict.fromkeys(getattr(operation.body, "model_fields", {}), f"{MARK} {PEOPLE[0][1]}")
        more = {"json": named} if operation.method not in {"GET", "HEAD"} else {"query_string": {"q": MARK}}
        answer = client.open(address, method=operation.method, headers=headers, buffered=True, **more)  # type: ignore[arg-type]  # either
        assert lines()[-1]["request"] == answer.headers[logs.HEADER], address
    _names_nothing(city, written.getvalue())
    assert token_of(city.services, "reimer")[:12] not in written.getvalue()


@pytest.mark.parametrize("name", ["fremd.bibliothek", "eakte.web"])
def test_of_the_words_of_other_programs_only_the_form_or_the_place_is_kept(
    written: io.StringIO, lines: Lines, name: str
) -> None:
    logging.getLogger(name).warning("cannot read %s", MARK)
    logging.getLogger(name).warning(f"cannot read {MARK}")  # noqa: G004 - as libraries do it
    assert MARK not in written.getvalue()
    assert [line["message"].rpartition(" ")[2] for line in lines()] == [
        "%s",
        "test_of_the_words_of_other_programs_only_the_form_or_the_place_is_kept",
    ]


def test_the_address_of_a_request_that_broke_the_framework_itself_is_not_told(
    clerk: Person, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError(MARK)

    monkeypatch.setattr("eakte.web.edge.render_template", broken)
    with pytest.raises(RuntimeError):
        clerk.get(f"/{MARK}")
    assert "RuntimeError" in written.getvalue()
    assert MARK not in written.getvalue()


def test_plain_lines_end_with_the_number_and_tell_no_more() -> None:
    stream = io.StringIO()
    handler = logs.file_handler(logging.StreamHandler(stream), "plain")
    number = logs.begin()
    logging.getLogger().addHandler(handler)
    try:
        int(MARK)
    except ValueError:
        logging.getLogger("eakte.test").exception("fault of %s", MARK)
    logs.answered("GET", "case_files.show", 404, "not-found", every=False)
    logging.getLogger().removeHandler(handler)
    first, kind, place, last = stream.getvalue().splitlines()
    assert first.endswith(f"ERROR eakte.test fault of %s [{number}]")
    assert (kind.strip(), place.strip().startswith("tests/web/test_logs.py:")) == ("ValueError", True)
    assert re.search(rf"INFO eakte.requests GET case_files.show 404 not-found \d+ ms \[{number}\]$", last)
    assert MARK not in stream.getvalue()


def test_another_kind_of_line_is_refused() -> None:
    with pytest.raises(SettingsInvalid):
        logs.screen_handler("xml", requests=False)
