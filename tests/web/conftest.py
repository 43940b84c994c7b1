"""Browsers without a browser: one client per person, signed in without the form or, where tests ask for it, with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eakte.actions import sessions
from eakte.app import create_app
from eakte.records.origin import Origin
from eakte.store.people import person_by_login
from eakte.web.edge import SESSION_COOKIE
from tests.web.city import NOW, PASSWORD, City, copy, found

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Person:
    """Somebody at a browser that sends the form token back, as every form of ours does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        self.get("/anmelden", follow_redirects=True)
        answer = self.post("/anmelden", login=login, password=password)
        if answer.status_code == 303:
            self.get("/darstellung-gibt-es-nicht")
        return answer

    def let_in(self, city: City, login: str) -> None:
        """Give the browser a session, as the form does once it has compared the password."""
        with city.services.database.begin() as session:
            person = person_by_login(session, login)
            assert person is not None
            token = sessions.begin(session, person, sessions.PASSWORD, origin=Origin("", ""), now=NOW, hours=8)
        self.client.set_cookie(SESSION_COOKIE, token)
        self.get("/darstellung-gibt-es-nicht")

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._remember(self.client.get(path, buffered=True, **options))

    def htmx(self, path: str, **options: Any) -> TestResponse:
        return self.get(path, headers={"HX-Request": "true", **options.pop("headers", {})}, **options)

    def post(self, path: str, *, htmx: bool = False, **fields: Any) -> TestResponse:
        headers = {"HX-Request": "true", "X-CSRF-Token": self.token} if htmx else {}
        return self._remember(self.client.post(path, data={"csrf": self.token, **fields}, headers=headers))

    def _remember(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and (token := TOKEN.search(answer.text)):
            self.token = token[1]
        return answer


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> City:
    city = found(tmp_path_factory.mktemp("city"))
    city.services.close()
    return city


@pytest.fixture
def city(founded: City, tmp_path: Path) -> Iterator[City]:
    city = copy(founded, tmp_path)
    yield city
    city.services.close()


@pytest.fixture
def app(city: City) -> Flask:
    return create_app(city.services, clock=lambda: NOW)


@pytest.fixture
def visitor(app: Flask) -> Person:
    return Person(app.test_client())


@pytest.fixture
def signed_in(app: Flask, city: City) -> Callable[[str], Person]:
    def let_in(login: str) -> Person:
        person = Person(app.test_client())
        person.let_in(city, login)
        return person

    return let_in


@pytest.fixture
def clerk(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("brandt")


@pytest.fixture
def stranger(signed_in: Callable[[str], Person]) -> Person:
    """A clerk of another department."""
    return signed_in("okafor")


@pytest.fixture
def manager(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("reimer")
