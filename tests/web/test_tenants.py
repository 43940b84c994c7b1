"""Two authorities in one installation: nothing of one is worth anything at the other.

The second is a copy of the first, down to the ids of people and records: the hardest case for keeping them apart.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from eakte.actions import tokens
from eakte.actions.tokens import NewToken
from eakte.app import ByHost, create_app
from eakte.records.scopes import Scope
from eakte.tenants import Tenant
from tests.web.city import NOW, City, copy
from tests.web.conftest import Person

HOSTS = ("nord.example", "sued.example")


class Browser:
    """A browser that sends to each host what it got there; ``carry`` takes a cookie along, as a thief would."""

    def __init__(self, application: ByHost, host: str) -> None:
        self.client = Client(application)
        self.host = host

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get(self, path: str, **options: Any) -> TestResponse:
        options.pop("buffered", None)
        return self.client.get(path, base_url=f"http://{self.host}", buffered=True, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.client.post(path, base_url=f"http://{self.host}", buffered=True, **options)

    def carry(self, other: Browser) -> None:
        cookie = other.client.get_cookie("ea_session", domain=other.host)
        assert cookie is not None
        self.client.set_cookie("ea_session", cookie.value, domain=self.host)


@pytest.fixture
def cities(founded: City, tmp_path: Path) -> Iterator[tuple[City, City]]:
    both = copy(founded, tmp_path / "nord"), copy(founded, tmp_path / "sued")
    yield both
    for city in both:
        city.services.close()


@pytest.fixture
def application(cities: tuple[City, City]) -> ByHost:
    return ByHost(
        {
            Tenant(host.partition(".")[0], (host,), city.services.settings): create_app(
                city.services, clock=lambda: NOW
            )
            for host, city in zip(HOSTS, cities, strict=True)
        }
    )


@pytest.fixture
def north(application: ByHost) -> Person:
    return signed_in(application, "nord.example")


@pytest.fixture
def south(application: ByHost) -> Person:
    return signed_in(application, "sued.example")


def signed_in(application: ByHost, host: str) -> Person:
    person = Person(Browser(application, host))  # type: ignore[arg-type]  # a browser that knows its host
    assert person.sign_in("brandt").status_code == 303
    return person


def test_a_session_of_one_is_worthless_at_the_other(application: ByHost, north: Person, cities: Any) -> None:
    thief = Browser(application, "sued.example")
    thief.carry(north.client)  # type: ignore[arg-type]
    assert north.get(f"/akten/{cities[0].file_id}").status_code == 200
    answer = thief.get(f"/akten/{cities[1].file_id}")
    assert (answer.status_code, answer.headers["Location"].startswith("/anmelden")) == (303, True)


def test_a_form_of_one_changes_nothing_at_the_other(north: Person, south: Person, cities: Any) -> None:
    north.get("/posteingang")
    south.token = north.token
    assert south.post(f"/posteingang/{cities[1].waiting[0]}/nicht-aktenrelevant", reason="x").status_code == 403


def test_a_token_of_one_is_worthless_at_the_other(application: ByHost, cities: tuple[City, City]) -> None:
    first = cities[0]
    with first.services.database.begin() as session:
        new = NewToken("Bauportal", frozenset({Scope.READ}), 30)
        token = tokens.make(session, first.actor("brandt"), new, now=NOW)
    headers = {"Authorization": f"Bearer {token}"}
    answers = [Browser(application, host).get("/api/v1/me", headers=headers).status_code for host in HOSTS]
    assert answers == [200, 401]


def test_a_locked_account_of_one_is_open_at_the_other(application: ByHost) -> None:
    guesser = Person(Browser(application, "nord.example"))  # type: ignore[arg-type]
    assert [guesser.sign_in("brandt", "falsch").status_code for _ in range(6)][-1] == 429
    signed_in(application, "sued.example")


def upload(person: Person, content: bytes) -> str:
    person.get("/hochladen")
    files = [(io.BytesIO(content), "brief.pdf")]
    answer = person.client.post("/hochladen", data={"csrf": person.token, "unit": "63.2", "files": files})
    assert answer.status_code in {200, 303}, answer.text
    return answer.text


def test_the_same_file_is_new_to_each(north: Person, south: Person, cities: tuple[City, City]) -> None:
    content = b"%PDF-1.7 a letter that both got"
    upload(north, content)
    objects = [{path.name for path in _objects(city)} for city in cities]
    assert len(objects[0]) == len(objects[1]) + 1
    assert "doppelt" in upload(north, content)
    assert "doppelt" not in upload(south, content)


def _objects(city: City) -> list[Path]:
    return [path for path in (city.services.settings.data_folder / "objects").rglob("*") if path.is_file()]


def test_a_record_made_in_one_is_nowhere_in_the_other(north: Person, south: Person) -> None:
    north.get("/akten/neu")
    made = north.post("/akten", file_plan_code="63.20", subject="Sternwarte Nordkap", org_unit_code="63.2")
    assert made.status_code == 303, made.text
    where = made.headers["Location"]
    assert north.get(where).status_code == 200
    assert south.get(where).status_code == 404
    for path in ("/akten?q=Sternwarte", "/suche?q=Sternwarte", "/akten"):
        assert "Nordkap" not in south.get(path).text
    assert "Nordkap" in north.get("/akten").text


@pytest.mark.parametrize("host", ["fremd.example", "", "nord.example.fremd.example", "127.0.0.1", "[::1]", "nord"])
def test_a_name_nobody_has_tells_nothing(application: ByHost, host: str) -> None:
    answer = Client(application).get("/anmelden", headers={"Host": host}, buffered=True)
    assert answer.status_code == 404
    assert "Musterstadt" not in answer.text
    assert "example" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("host", ["nord.example:8080", "NORD.example", "nord.example."])
def test_a_host_name_is_known_in_every_spelling(application: ByHost, host: str) -> None:
    answer = Client(application).get("/gesund", headers={"Host": host}, buffered=True)
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
