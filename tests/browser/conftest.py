"""Real Chromium against the real application on a free port.

Fixtures: ``city`` (services and ids), ``live`` (address of the running server), ``page`` (a browser page that fails
the test on console errors, foreign requests and violations of the content security policy), ``sign_in``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import waitress.server
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from eakte.app import create_app
from tests.web.city import NOW, PASSWORD, City, copy, found

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
TIMEOUT = 15_000


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve *app* on a free port of the loopback address and yield its address."""
    server: Any = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGS)
        yield browser
        browser.close()


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
def live(city: City) -> Iterator[str]:
    with serving(create_app(city.services, clock=lambda: NOW)) as address:
        yield address


@contextmanager
def watched_page(browser: Browser, address: str, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """Open a page and collect whatever should not happen: console errors, faults, requests to elsewhere."""
    complaints: list[str] = []
    settings = {"viewport": {"width": 1440, "height": 900}, "locale": "de-DE", "color_scheme": "light", **options}
    context = browser.new_context(base_url=address, **settings)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else complaints.append(sent.url))
    yield page, complaints
    context.close()


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

    return enter
