"""The small city in the browser.

Fixtures: ``city`` (services and ids), ``town`` (the same filled, only to be looked at), ``everybody`` (the session of
somebody there who may see everything), ``working`` (the same with a worker), ``live`` (address of the running server),
``page`` (a browser page that fails the test on console errors, foreign requests and violations of the content security
policy), ``sign_in`` (clerks go on to their inbox).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from eakte.app import create_app
from eakte.worker import clock
from eakte.worker.service import Worker
from tests.browser.filled import EVERYBODY, Town, filled, session_of
from tests.chromium import serving, watched_page
from tests.web.city import NOW, PASSWORD, City, copy, found


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> City:
    city = found(tmp_path_factory.mktemp("city"))
    city.services.close()
    return city


@pytest.fixture(scope="session")
def town(founded: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = filled(founded, tmp_path_factory.mktemp("filled"))
    yield town
    town.city.services.close()


@pytest.fixture(scope="session")
def everybody(town: Town) -> str:
    return session_of(town.city, EVERYBODY)


@pytest.fixture
def city(founded: City, tmp_path: Path) -> Iterator[City]:
    city = copy(founded, tmp_path)
    yield city
    city.services.close()


@pytest.fixture
def working(city: City, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """The city with its worker running by the city's clock."""

    class Hands:
        @staticmethod
        def now(_: object = None) -> datetime:
            return NOW

    monkeypatch.setattr(clock, "datetime", Hands)  # or the worker would end the sessions of a day long past
    worker = Worker(city.services)
    worker.start()
    yield city
    worker.close()


@pytest.fixture
def live(city: City) -> Iterator[str]:
    with serving(create_app(city.services, clock=lambda: NOW)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    with watched_page(browser, live) as (page, complaints):
        yield page
        assert complaints == []


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    def enter(page: Page, login: str, password: str = PASSWORD) -> None:
        page.goto("/anmelden")
        page.get_by_label("Anmeldename").fill(login)
        page.get_by_label("Kennwort").fill(password)
        page.get_by_role("button", name="Anmelden").click()
        page.wait_for_url(lambda url: "/anmelden" not in url)
        if page.locator('nav a[data-key="g e"]').count():
            page.goto("/posteingang")

    return enter
