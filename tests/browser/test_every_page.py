"""Every page of the table of routes in real Chromium: without barriers in all colours, small, narrow, and silent.

A new page is looked at by itself. It needs an example in ``tests/browser/filled.py`` where its address has a part that
is not known there yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page

from eakte.app import create_app
from eakte.records.access import Permission
from eakte.web.edge import SESSION_COOKIE, Route
from eakte.web.routes import ROUTES
from tests.browser.accessibility import COLOURS, violations
from tests.browser.budgets import FIRST_VISIT, overspent
from tests.browser.filled import Town, asked
from tests.chromium import serving, told, watched_page
from tests.web.city import NOW

pytestmark = pytest.mark.xdist_group("every-page")
WIDE, NARROWER = 1440, (1100, 720, 320)
"""Pixels; the narrowest is WCAG's (1.4.10)."""
OVERFLOW = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
"""Names what sticks out of the page, where one has to scroll to the side to read it."""
TALL = "() => document.documentElement.scrollHeight > innerHeight ? [document.documentElement.scrollHeight] : []"
"""Where there is room the page itself stands still and its panes scroll: the top bar stays in sight."""
UNFOLD = "() => document.querySelectorAll('main details').forEach(one => { one.open = true })"
SETTLED = {200, 302, 303}


@dataclass
class Tab:
    """A browser tab of somebody, what it complained about, and what was sent to it."""

    page: Page
    complaints: list[str]
    cache: CDPSession
    received: list[float]

    def forget(self) -> None:
        """Be as on a first visit."""
        self.cache.send("Network.clearBrowserCache")
        self.received.clear()
        self.complaints.clear()


@pytest.fixture(scope="module")
def app(town: Town) -> Flask:
    return create_app(town.city.services, clock=lambda: NOW)


@pytest.fixture(scope="module")
def tab_of(app: Flask, browser: Browser) -> Iterator[Callable[[str], Tab]]:
    """Tabs of the one who may see everything, and of nobody, opened once for all pages."""
    tabs: dict[str, Tab] = {}
    with ExitStack() as stack:
        server = stack.enter_context(serving(app))

        def opened(cookie: str) -> Tab:
            if cookie not in tabs:
                page, complaints = stack.enter_context(watched_page(browser, server, reduced_motion="reduce"))
                if cookie:
                    page.context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": server}])
                tabs[cookie] = _tab(page, complaints)
            return tabs[cookie]

        yield opened


def _tab(page: Page, complaints: list[str]) -> Tab:
    received: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return Tab(page, complaints, session, received)


@pytest.mark.parametrize("route", [route for route in ROUTES if asked(route)], ids=lambda route: route.path)
def test_a_page_has_no_barrier_in_any_colours_and_keeps_within_its_budgets(
    route: Route, town: Town, app: Flask, everybody: str, tab_of: Callable[[str], Tab]
) -> None:
    cookie = "" if route.needs is Permission.PUBLIC else everybody
    where = town.address(route.path)
    if _is_page(app, route, where, cookie):
        faults = _faults(tab_of(cookie), where)
        assert not faults, "\n".join(faults)


def test_the_overview_of_keys_has_no_barrier(everybody: str, tab_of: Callable[[str], Tab]) -> None:
    page = tab_of(everybody).page
    page.goto("/posteingang")
    page.keyboard.press("?")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, only=COLOURS) == []
    page.emulate_media(color_scheme="light")


def test_a_page_that_is_not_there_has_no_barrier_either(everybody: str, tab_of: Callable[[str], Tab]) -> None:
    for cookie in ("", everybody):
        tab = tab_of(cookie)
        tab.page.goto("/gibt-es-nicht")
        assert violations(tab.page) == []


def _is_page(app: Flask, route: Route, where: str, cookie: str) -> bool:
    """Tell whether an address answers with a whole page; others are pieces of one, files, or lead elsewhere."""
    client = app.test_client()
    if cookie:
        client.set_cookie(SESSION_COOKIE, cookie)
    answer = client.get(where, buffered=True)
    # What writes hands something out or signs somebody in: the town need not have each file or such a service.
    assert answer.status_code in SETTLED or route.writes, f"{where}: {answer.status_code}"
    return answer.status_code == 200 and answer.mimetype == "text/html" and answer.text.startswith("<!doctype html>")


def _faults(tab: Tab, where: str) -> list[str]:
    """Return everything that is wrong with a page, with what was looked at."""
    tab.forget()
    page = tab.page
    answer = page.goto(where)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    first_visit = sum(tab.received)
    costs = overspent(page, answer)
    page.evaluate(UNFOLD)
    found = {"light": violations(page), "costs": costs}
    if first_visit > FIRST_VISIT:
        costs.append(f"{first_visit:.0f} bytes at the first visit")
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, only=COLOURS)
    page.emulate_media(color_scheme="light", forced_colors="active")
    found["forced colours"] = violations(page, only=COLOURS)
    page.emulate_media(forced_colors="none")
    for width in (*NARROWER, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        found[f"too wide for {width}"] = told(page, OVERFLOW)
    found["scrolls as a whole"] = told(page, TALL)
    found["complaints"] = list(tab.complaints)
    return [f"{looked_at}: {fault}" for looked_at, faults in found.items() for fault in faults]
