"""Programs that call the interface: one per person, by token; every answer is held against the OpenAPI document."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eakte.actions import tokens, users
from eakte.actions.tokens import NewToken
from eakte.app import create_app
from eakte.records.access import SYSTEM, Role
from eakte.records.scopes import Scope
from eakte.services import Services
from tests.api import conform
from tests.web.city import NOW, PASSWORD, City, copy, found

ROOT = "/api/v1"


def token_of(services: Services, login: str, *scopes: Scope) -> str:
    """Return a key of the person, without scopes one for everything."""
    new = NewToken("Fachverfahren", frozenset(scopes or {Scope.EVERYTHING}), 30)
    with services.database.begin() as session:
        return tokens.make(session, users.actor_by_login(session, login, NOW), new, now=NOW)


class Program:
    """A program with the token of a person; addresses are those below the root of the interface."""

    def __init__(self, client: FlaskClient, token: str = "") -> None:
        self.client, self.token = client, token
        self.document = client.get(f"{ROOT}/openapi.json").get_json()

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        address = path if path.startswith(ROOT) else ROOT + path
        answer = self.client.open(address, method=method, headers=headers, buffered=True, **options)
        conform.check(self.document, method, address, answer)
        return answer

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, body: object = None, *, seen: str = "", key: str = "", **options: Any) -> TestResponse:
        headers = {**({"If-Match": seen} if seen else {}), **({"Idempotency-Key": key} if key else {})}
        return self.call("POST", path, json={} if body is None else body, headers=headers, **options)

    def tag(self, path: str) -> str:
        """Return the ETag of a record."""
        return self.get(path).headers["ETag"]


def code_of(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of a refusal."""
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The city, with a registry in the building department."""
    city = found(tmp_path_factory.mktemp("city"))
    with city.services.database.begin() as session:
        users.add_person(session, SYSTEM, login="kurz", name="Kurz, Bernd", password=PASSWORD, now=NOW)
        post = {"unit_code": "63", "title": "Registratur", "role": Role.REGISTRAR, "valid_from": date(2020, 1, 1)}
        users.assign_post(session, SYSTEM, "kurz", **post, now=NOW)
    city.services.close()
    return city


@pytest.fixture
def city(founded: City, tmp_path: Path) -> Iterator[City]:
    city = copy(founded, tmp_path)
    yield city
    city.services.close()


@pytest.fixture
def app(city: City, caplog: pytest.LogCaptureFixture) -> Iterator[Flask]:
    """The application; a refusal that the document does not name is a fault."""
    yield create_app(city.services, clock=lambda: NOW)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture
def program(app: Flask, city: City) -> Callable[[str], Program]:
    return lambda login: Program(app.test_client(), token_of(city.services, login))


@pytest.fixture
def anonymous(app: Flask) -> Program:
    return Program(app.test_client())


@pytest.fixture
def clerk(program: Callable[[str], Program]) -> Program:
    return program("brandt")


@pytest.fixture
def administrator(program: Callable[[str], Program]) -> Program:
    """A program of the administrator."""
    return program("verwalter")


@pytest.fixture
def stranger(program: Callable[[str], Program]) -> Program:
    """A clerk of another department."""
    return program("okafor")


@pytest.fixture
def manager(program: Callable[[str], Program]) -> Program:
    return program("reimer")
