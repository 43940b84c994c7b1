"""A morning's mail, read by the worker itself, looked over and filed at once: by keyboard alone, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from eakte.actions import bulk_filing, intake
from eakte.actions.intake import Source, Upload
from eakte.app import create_app
from eakte.demo.letters import Carrier, Letter, letters
from tests.browser.accessibility import violations
from tests.chromium import serving, watched_page
from tests.flows.conftest import CITY, Story
from tests.flows.test_scan_to_certificate_in_chromium import signs_in

CLERK, UNIT, NUMBER = "brandt", "63.2", 3


@pytest.fixture
def page(story: Story, browser: Browser) -> Iterator[Page]:
    app = create_app(story.services, clock=story.clock.now)
    with serving(app) as address, watched_page(browser, address) as (page, complaints):
        yield page
        assert complaints == []


def _plain_letters(unit: str) -> Iterator[Letter]:
    """Letters of a unit that print their reference and need not be looked at by themselves, none nearly twice."""
    seen = set()
    for letter in letters(seed=7, count=2_000, city=CITY):
        spec = letter.spec
        plain = spec.reference and not spec.deadline and not spec.legal_remedy and spec.carrier is Carrier.BORN_PDF
        if plain and spec.unit_code == unit and (spec.template, spec.reference) not in seen:
            seen.add((spec.template, spec.reference))
            yield letter


def _arrive(story: Story, folder: Path) -> None:
    for number, letter in enumerate(islice(_plain_letters(UNIT), NUMBER)):
        stored = story.services.objects.put_file(letter.render(folder))
        upload = Upload(stored, letter.spec.filename, Source.UPLOAD, UNIT, f"morning-{number}")
        with story.services.database.begin() as session:
            intake.receive(session, story.services.objects, story.actor(CLERK), upload, story.clock.moment)

    def ready() -> bool:
        with story.services.database.reading() as session:
            found = bulk_filing.sheet(session, story.actor(CLERK), story.clock.moment)
        return len(found.sure) == NUMBER

    story.wait_until(ready, "the letters are proposed surely")


def _focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.textContent.trim()"))


def test_the_mail_is_filed_at_once_but_for_one_letter_and_one_filing_is_taken_back(
    story: Story, page: Page, tmp_path: Path
) -> None:
    (tmp_path / "mail").mkdir()
    _arrive(story, tmp_path / "mail")
    signs_in(page, CLERK)
    page.goto("/posteingang")
    page.keyboard.press("Shift+A")
    page.wait_for_url("**/posteingang/sammelablage")
    boxes = page.locator('input[name="chosen"]')
    expect(boxes).to_have_count(NUMBER)
    expect(page.get_by_role("status").filter(has_text="(3)")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    kept = _focused(page)
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name=f"{kept} auswählen")).not_to_be_checked()
    expect(page.get_by_role("status").filter(has_text="(2)")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 Schreiben sind abgelegt.")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("u")
    expect(page.get_by_text("2 Schreiben sind wieder im Posteingang.")).to_be_visible()
    expect(boxes).to_have_count(NUMBER)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("3 Schreiben sind abgelegt"))).to_be_visible()
    page.goto("/posteingang")
    expect(page.get_by_text("Posteingang ist leer.")).to_be_visible()
