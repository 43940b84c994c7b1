"""What machines ask: alive, ready, how it goes. Nobody signs in for it, and nothing about anybody is told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import text
from werkzeug.test import Client, TestResponse

from eakte.app import create_app
from eakte.errors import SettingsInvalid
from tests.web.city import NOW, PEOPLE, City
from tests.web.conftest import Person

TOKEN = "Prometheus-liest-hier-nur-Zahlen"
SAMPLE = re.compile(
    r'(?P<name>eakte_[a-z_]+)(?P<labels>\{[a-z]+="[a-z_]+"(,[a-z]+="[a-z_]+")*\})? (?P<value>\d+(\.\d+)?)'
)


def ask(city: City, path: str, *, token: str = TOKEN, **headers: str) -> TestResponse:
    settings = replace(city.services.settings, metrics_token=token)
    app = create_app(replace(city.services, settings=settings), clock=lambda: NOW)
    return Client(app).get(path, headers=headers, buffered=True)


def numbers(written: str) -> dict[str, float]:
    """Read the text format strictly: each metric described once, before its samples, and nothing else in it."""
    found: dict[str, float] = {}
    described = ""
    lines = iter(written.removesuffix("\n").split("\n"))
    for line in lines:
        if line.startswith("# HELP "):
            described = line.split(" ")[2]
            assert next(lines) == f"# TYPE {described} gauge"
            assert not any(name.split("{")[0] == described for name in found)
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample["name"] == described
            found[sample["name"] + (sample["labels"] or "")] = float(sample["value"])
    return found


def test_the_service_is_alive_also_without_its_database(visitor: Person, city: City) -> None:
    city.services.database.close()
    with city.services.database.engine.connect() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    answer = visitor.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_service_is_ready_and_says_by_which_parts(visitor: Person) -> None:
    answer = visitor.get("/ready")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "database": "ok", "objects": "ok", "search": "ok"}
    assert "Set-Cookie" not in answer.headers


def test_before_its_migration_the_service_is_not_ready(visitor: Person, city: City) -> None:
    with city.services.database.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.commit()
    answer = visitor.get("/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "not-ready", "database": "migrate", "objects": "ok", "search": "ok"}


def test_a_database_that_is_away_is_told_without_its_address(
    city: City,
) -> None:
    folder = city.services.settings.data_folder
    city.services.database.close()
    for file in folder.glob("eakte.sqlite*"):
        file.unlink()
    (folder / "eakte.sqlite").mkdir()
    answer = ask(city, "/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "not-ready", "database": "away", "objects": "ok", "search": "ok"}
    assert ask(city, "/metrics", Authorization=f"Bearer {TOKEN}").status_code == 503


def test_without_a_token_in_the_settings_there_are_no_numbers(visitor: Person) -> None:
    assert visitor.get("/metrics").status_code == 404


@pytest.mark.parametrize("sent", ["", TOKEN, "Bearer ", "Bearer falsch", f"Basic {TOKEN}", f"Bearer {TOKEN}ü"])
def test_numbers_are_for_who_sends_the_token(city: City, sent: str) -> None:
    answer = ask(city, "/metrics", Authorization=sent)
    assert answer.status_code == 401
    assert "eakte_" not in answer.text


def test_a_token_that_can_be_guessed_is_refused_at_the_start(city: City) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        ask(city, "/metrics", token="kurz")
    assert refused.value.detail["name"] == "metrics_token"


def test_the_numbers_are_those_of_the_city_and_name_nobody(city: City) -> None:
    answer = ask(city, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = numbers(answer.text)
    assert found['eakte_items{state="waiting"}'] == len(city.waiting)
    assert found['eakte_items{state="fault"}'] == 1
    assert found['eakte_workers{state="alive"}'] == 0
    assert found['eakte_queue_waiting{queue="reading"}'] > 0
    assert found["eakte_disk_bytes"] >= found["eakte_disk_free_bytes"] > 0
    more = ("pages_per_minute", "index_lag_seconds", "objects_damaged", "destructions_blocked", "queue_oldest_seconds")
    assert [name for name in more if not any(each.startswith(f"eakte_{name}") for each in found)] == []
    names = [part for login, name, *_ in PEOPLE for part in (login, *name.split(", "))]
    assert [word for word in (*names, city.file_reference, "Gartenweg", "63.2") if word in answer.text] == []


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_probes_only_answer_questions(visitor: Person, path: str) -> None:
    assert visitor.client.post(path).status_code == 405
    head = visitor.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
