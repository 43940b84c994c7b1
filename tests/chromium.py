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
from playwright.sync_api import Browser, Error, Page, sync_playwright
from waitress import wasyncore

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
TIMEOUT = 30_000
"""Milliseconds; machines under load are slow, and nothing here is about time."""
MOST_REPLACED = 5
"""How often a page may be replaced while it is asked something."""


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve *app* on a port of the loopback address, a free one unless named, and yield its address."""
    parts: dict[int, Any] = {}
    server: Any = waitress.server.create_server(app, map=parts, host="127.0.0.1", port=port, threads=8)
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=30.0, use_poll=True, map=parts, count=1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # Nothing is closed before the loop has ended: it would wait for a file that is no more, or another one by then.
    stopping.set()
    server.pull_trigger()
    thread.join()
    server.task_dispatcher.shutdown(timeout=5)
    for channel in list(server.active_channels.values()):
        channel.handle_close()  # unlike close, this closes the files that a browser did not fetch to the end
    wasyncore.close_all(parts, ignore_all=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGS)
        yield browser
        browser.close()


def told(page: Page, script: str, argument: Any = None) -> Any:
    """Return what *script* says in the page; a page that is replaced meanwhile is asked again in its new state."""
    for _ in range(MOST_REPLACED):
        try:
            return page.evaluate(script, argument)
        except Error as error:
            if "Execution context was destroyed" not in error.message:
                raise
            page.wait_for_load_state()
    return page.evaluate(script, argument)


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
