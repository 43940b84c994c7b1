"""A shelf is migrated in a real browser with a real worker: dry run, progress, exceptions, report, rollback."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from eakte.actions import users
from eakte.app import create_app
from eakte.demo.binders import as_csv, write_binders
from eakte.demo.letters import Carrier
from eakte.records.access import SYSTEM, Role
from eakte.worker.clock import now
from eakte.worker.runtime import Pace
from eakte.worker.service import Worker
from tests.browser.accessibility import violations
from tests.chromium import serving, watched_page
from tests.web.city import NOW, PASSWORD, City

PATIENCE = 120_000
"""Milliseconds for the worker to get there."""


@pytest.fixture
def desk(city: City, tmp_path: Path) -> Iterator[City]:
    """The city with a registrar, a folder for scans and a worker that runs."""
    root = tmp_path / "scans"
    root.mkdir()
    settings = dataclasses.replace(city.services.settings, migration_folder=str(root))
    desk = dataclasses.replace(city, services=dataclasses.replace(city.services, settings=settings))
    with desk.services.database.begin() as session:
        users.add_person(session, SYSTEM, login="reger", name="Reger, Ida", password=PASSWORD, now=NOW)
        users.assign_post(
            session, SYSTEM, "reger", unit_code="63", title="Registratur", role=Role.REGISTRAR,
            valid_from=date(2020, 1, 1), now=NOW,
        )  # fmt: skip
    worker = Worker(desk.services, pace=Pace(poll=0.1, beat=0.5))
    worker.start()
    yield desk
    worker.close(grace=5)


@pytest.fixture
def live(desk: City) -> Iterator[str]:
    with serving(create_app(desk.services, clock=now)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    with watched_page(browser, live) as (page, complaints):
        yield page
        assert complaints == []


def shelf(desk: City, tmp_path: Path) -> Path:
    """Write four binders and a manifest in which two lines are wrong; return where the manifest lies."""
    folder = Path(desk.services.settings.migration_folder) / "63.2" / "regal-1"
    good, counted, placed, last = write_binders(folder, 4, plan="63.20", carriers={Carrier.BORN_PDF})
    lines = [
        good,
        dataclasses.replace(counted, pages=counted.pages + 2),
        dataclasses.replace(placed, plan="99.99"),
        last,
    ]
    manifest = tmp_path / "liste.csv"
    manifest.write_bytes(as_csv([line.cells() for line in lines]))
    return manifest


@pytest.mark.timeout(400)
def test_a_shelf_is_checked_migrated_reconciled_and_taken_back(
    desk: City, page: Page, sign_in: Callable[[Page, str], None], tmp_path: Path
) -> None:
    manifest = shelf(desk, tmp_path)
    sign_in(page, "reger")
    prepare(page, manifest)
    check_and_start(page)
    solve_exceptions(page)
    reconcile(page)
    take_back(page)


def prepare(page: Page, manifest: Path) -> None:
    """Make a run of the manifest and keep its mapping."""
    page.get_by_role("link", name="Migration").click()
    page.get_by_role("link", name="Neuer Lauf").click()
    page.get_by_label("Bezeichnung").fill("Bauarchiv, Regal 1")
    page.get_by_label("Liste (CSV oder XLSX)").set_input_files(manifest)
    page.get_by_role("button", name="Lauf anlegen").click()

    expect(page.get_by_label("Seitenzahl")).to_have_value("5")
    assert violations(page) == []
    page.get_by_label("Zuordnung behalten unter dem Namen").fill("Bauarchiv")
    page.get_by_role("button", name="Weiter zum Probelauf").click()


def check_and_start(page: Page) -> None:
    """See in the dry run what is wrong, and let everything else be taken in."""
    expect(page.get_by_text("2 Zeilen haben Fehler")).to_be_visible()
    faults = page.get_by_role("region", name="Fehler")
    expect(faults).to_contain_text("Die Liste nennt")
    expect(faults).to_contain_text("Die Betreffseinheit 99.99 gibt es im geltenden Aktenplan nicht")
    assert violations(page) == []
    page.get_by_role("button", name="Migration starten").click()

    expect(page.get_by_role("progressbar", name="Fortschritt des Laufs")).to_be_visible()
    expect(page.get_by_text("4 von 4 Zeilen")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("abgeschlossen").first).to_be_visible(timeout=PATIENCE)
    page.reload()
    exceptions = page.get_by_role("region", name="Ausnahmen")
    expect(exceptions.get_by_role("listitem")).to_have_count(2)
    assert violations(page) == []


def solve_exceptions(page: Page) -> None:
    """Correct one exception and accept the other."""
    exceptions = page.get_by_role("region", name="Ausnahmen")
    wrong = exceptions.get_by_role("listitem").filter(has_text="99.99")
    wrong.locator("summary", has_text="Berichtigen").click()
    wrong.get_by_label("Aktenplaneinheit").fill("63.20")
    wrong.get_by_role("button", name="Berichtigen und versuchen").click()
    expect(page.get_by_text("abgeschlossen").first).to_be_visible(timeout=PATIENCE)
    page.reload()
    left = page.get_by_role("region", name="Ausnahmen").get_by_role("listitem")
    expect(left).to_have_count(1)
    left.locator("summary", has_text="Mit Begründung annehmen").click()
    left.get_by_label("Begründung").fill("Zwei Leerblätter wurden nicht gescannt.")
    left.get_by_role("button", name="Annehmen").click()
    expect(page.get_by_text("Zwei Leerblätter wurden nicht gescannt.")).to_be_visible()


def reconcile(page: Page) -> None:
    """Find that everything that went in is filed or explained, on the page, as a table and as a PDF."""
    page.get_by_role("link", name="Abgleich").click()
    expect(page.get_by_text("Der Abgleich geht auf: 4 Zeilen, 4 Akten")).to_be_visible()
    assert violations(page) == []
    for kind in ("CSV", "PDF"):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind).click()
        assert Path(download.value.path()).stat().st_size > 100
    page.get_by_role("navigation", name="Migration").get_by_role("link", name="Migration", exact=True).click()
    expect(page.get_by_role("meter", name="Fortschritt 63.2")).to_have_attribute("value", "4")
    assert violations(page) == []


def take_back(page: Page) -> None:
    """Take the whole run back."""
    page.get_by_role("link", name="Bauarchiv, Regal 1").click()
    page.locator("summary", has_text="Lauf zurücknehmen").click()
    page.get_by_label("Grund").fill("Falsches Regal")
    page.get_by_role("button", name="Zurücknehmen").click()
    ended = page.locator("#ea-run .kern-badge", has_text=re.compile(r"^\s*zurückgenommen\s*$"))
    expect(ended).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text("Grund der Rücknahme: Falsches Regal")).to_be_visible()
    page.goto("/akten")
    expect(page.locator("tbody .kern-badge", has_text="Storniert")).to_have_count(4)
