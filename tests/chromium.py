"""Real Chromium against the real application on a free port of the loopback address.

Fixture: ``browser``, one per test process: Playwright cannot be started twice in one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import waitress.server
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

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
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve *app* on a port of the loopback address, a free one unless named, and yield its address."""
    server: Any = waitress.server.create_server(app, host="127.0.0.1", port=port, threads=8)
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
