"""A disposal run in a real browser with a real worker: records manager, department, archivist, second person."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from eakte.actions import cases, users, verdicts
from eakte.actions.cases import NewCaseFile
from eakte.app import create_app
from eakte.records.access import SYSTEM, Role
from tests.browser.accessibility import violations
from tests.chromium import serving, watched_page
from tests.web.city import NOW, PASSWORD, City

PATIENCE = 120_000
"""Milliseconds for the worker to get there."""
SignIn = Callable[[Page, str], None]


@pytest.fixture
def city(city: City) -> City:
    """The city without cooling-off time, with an archivist, and with a building file the archive decides about."""
    settings = dataclasses.replace(city.services.settings, cooling_off_days=0)
    city = dataclasses.replace(city, services=dataclasses.replace(city.services, settings=settings))
    with city.services.database.begin() as session:
        users.add_person(session, SYSTEM, login="adler", name="Adler, Bruno", password=PASSWORD, now=NOW)
        users.assign_post(
            session, SYSTEM, "adler", unit_code="14", title="Archiv", role=Role.ARCHIVIST,
            valid_from=date(2020, 1, 1), now=NOW,
        )  # fmt: skip
        file = cases.open_case_file(
            session, SYSTEM, NewCaseFile("63.20", "Stadttheater 1960", "63.2"), NOW.replace(year=1985)
        )
        cases.close(session, SYSTEM, file.id, now=NOW.replace(year=1990))
        verdicts.review(session, [file.id], NOW.date())
    return city


@pytest.fixture
def live(city: City, working: City) -> Iterator[str]:
    del working
    with serving(create_app(city.services, clock=lambda: NOW)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    with watched_page(browser, live) as (page, complaints):
        yield page
        assert complaints == []


@pytest.mark.timeout(500)
def test_four_people_take_a_run_to_its_certificate_and_its_archive_reference(page: Page, sign_in: SignIn) -> None:
    opens(page, sign_in, "reimer")
    draws_up(page)
    opens(page, sign_in, "brandt")
    answers(page)
    opens(page, sign_in, "reimer")
    goes_on(page)
    opens(page, sign_in, "adler")
    appraises(page)
    opens(page, sign_in, "reimer")
    goes_on(page)
    opens(page, sign_in, "seidel")
    approves(page)
    opens(page, sign_in, "adler")
    takes_over(page)
    opens(page, sign_in, "seidel")
    opens_the_certificate(page)


def opens(page: Page, sign_in: SignIn, login: str) -> None:
    """Sign in as somebody else and go to the runs by the keyboard."""
    page.context.clear_cookies()
    sign_in(page, login)
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/aussonderung/laeufe")


def follows(page: Page) -> None:
    """Open the run that waits."""
    page.get_by_role("region", name="Läufe, die auf mich warten").get_by_role("link", name="Herbst 2026").click()
    expect(page.get_by_role("heading", name="Herbst 2026", exact=True)).to_be_visible()


def draws_up(page: Page) -> None:
    page.get_by_label("Bezeichnung").fill("Herbst 2026")
    assert violations(page) == []
    page.get_by_role("button", name="Lauf aufstellen").click()
    files = page.get_by_role("region", name="Akten des Laufs")
    expect(files).to_contain_text("Parkausweise 2009")
    expect(files).to_contain_text("Stadttheater 1960")
    assert violations(page) == []
    page.keyboard.press("w")
    expect(page.get_by_text("beim Fachamt").first).to_be_visible()


def answers(page: Page) -> None:
    follows(page)
    expect(page.locator('input[name="case_file_id"]:checked')).to_have_count(2)
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Kein Lauf wartet auf Sie.")).to_be_visible()


def goes_on(page: Page) -> None:
    follows(page)
    page.keyboard.press("w")
    expect(page.locator("main")).to_contain_text("wartet: ")


def appraises(page: Page) -> None:
    follows(page)
    files = page.get_by_role("region", name="Akten des Laufs")
    expect(files).to_contain_text("Stadttheater 1960")
    expect(files).not_to_contain_text("Parkausweise")
    page.get_by_label("A – archivwürdig").check()
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Kein Lauf wartet auf Sie.")).to_be_visible()


def approves(page: Page) -> None:
    follows(page)
    page.get_by_label("Zahl der Akten zur Bestätigung").fill("2")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Kein Lauf wartet auf Sie.")).to_be_visible()


def takes_over(page: Page) -> None:
    follows(page)
    page.get_by_label("Kennung des Archivs").fill("StadtA, Dig. 12")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Kein Lauf wartet auf Sie.")).to_be_visible()


def opens_the_certificate(page: Page) -> None:
    page.get_by_role("link", name="Herbst 2026").click()
    proof = page.get_by_role("link", name="Nachweis")
    for _ in range(PATIENCE // 1_000):
        if proof.count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_text("abgeschlossen").first).to_be_visible()
    expect(page.get_by_role("region", name="Akten des Laufs")).to_contain_text("StadtA, Dig. 12")
    assert violations(page) == []
    for link, word in ((proof, "Vernichtung"), (page.get_by_role("link", name="PDF Vernichtungsprotokoll"), "63.90")):
        with page.expect_download() as download:
            link.click()
        text = PdfReader(io.BytesIO(download.value.path().read_bytes())).pages[0].extract_text()
        assert word in text
