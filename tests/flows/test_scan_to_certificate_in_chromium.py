"""The same story in real Chromium: upload, one key, found on the page, closed, destroyed by two, certificate taken."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from eakte.app import create_app
from tests.chromium import serving, watched_page
from tests.flows.conftest import CITY, Story

CLERK, STRANGER, MANAGERS = "weissmueller", "brandt", ("hoffmann", "yildiz")
PATIENCE = 120_000


@pytest.fixture
def page(story: Story, browser: Browser) -> Iterator[Page]:
    app = create_app(story.services, clock=story.clock.now)
    with serving(app) as address, watched_page(browser, address) as (page, complaints):
        yield page
        assert [said for said in complaints if "status of 404" not in said] == []


def signs_in(page: Page, login: str) -> None:
    page.context.clear_cookies()
    page.goto("/anmelden")
    page.get_by_label("Anmeldename").fill(login)
    page.get_by_label("Kennwort").fill(CITY.password)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(lambda url: "/anmelden" not in url)


def uploads(page: Page, scan: Path) -> None:
    page.keyboard.press("h")
    page.wait_for_url("**/hochladen")
    page.locator("#f-files").set_input_files(scan)
    expect(page.locator("#ea-uploads li").filter(has_text=scan.name)).to_contain_text("angenommen")


def files_with_one_key(page: Page, reference: str) -> None:
    button = page.get_by_role("button", name=re.compile("Ablegen, dann nächstes"))
    reload_until(page, "/posteingang", button)
    assert page.locator('input[name="case_file_id"]:checked').count() == 1
    expect(page.locator(".ea-candidate").first).to_contain_text(reference)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"Abgelegt in {reference}")).to_be_visible()


def reload_until(page: Page, path: str, wanted: Locator) -> None:
    """Reload a page until the worker has come so far."""
    for _ in range(PATIENCE // 1_000):
        page.goto(path)
        if wanted.count():
            return
        page.wait_for_timeout(1_000)
    raise AssertionError(f"{path} never showed {wanted}")


def finds_on_the_page(page: Page, word: str) -> str:
    """Return the address of the document found."""
    reload_until(page, f"/suche?q={word}", page.locator("mark"))
    expect(page.locator("mark").first).to_have_text(re.compile(word[:5], re.IGNORECASE))
    page.locator('a[href*="/dokumente/"]').first.click()
    page.wait_for_url("**/dokumente/**")
    expect(page.locator(".ea-found").first).to_be_attached()
    return page.url.split("?", maxsplit=1)[0]


def closes(page: Page, story: Story) -> None:
    page.goto(f"/akten/{story.case_file_id}")
    page.keyboard.press("v")
    page.get_by_role("dialog").get_by_role("button", name="z.d.A. verfügen").click()
    expect(page.get_by_text("Aufbewahrung bis 31.12.2036").first).to_be_visible()


def propose_and_approve(page: Page, story: Story) -> None:
    story.clock.moment = datetime(2037, 1, 2, 9, 0, tzinfo=UTC)
    signs_in(page, MANAGERS[0])
    reload_until(page, "/aussonderung?art=destroy", page.get_by_role("checkbox", name=str(story.letter.spec.reference)))
    page.get_by_role("checkbox", name=str(story.letter.spec.reference)).check()
    page.get_by_label("Grund der Vernichtung").fill("Frist abgelaufen")
    page.get_by_role("button", name="Vernichtung vorschlagen").click()
    expect(page.get_by_text("wartet auf eine zweite Person")).to_be_visible()
    signs_in(page, MANAGERS[1])
    page.goto("/aussonderung")
    page.get_by_role("button", name="Freigeben").click()


def takes_the_certificate(page: Page, reference: str) -> str:
    row = page.get_by_role("row").filter(has_text=reference).get_by_role("link", name="PDF")
    reload_until(page, "/aussonderung", row)
    with page.expect_download() as download:
        row.click()
    pdf = Path(download.value.path()).read_bytes()
    return "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)


def test_from_the_scan_to_the_certificate_in_chromium(story: Story, page: Page) -> None:
    reference = str(story.letter.spec.reference)
    word = max(story.letter.spec.subject.split(), key=len).strip(".,:")
    signs_in(page, CLERK)
    uploads(page, story.scan)
    files_with_one_key(page, reference)
    document = finds_on_the_page(page, word)
    closes(page, story)
    signs_in(page, STRANGER)
    for path in (document, f"{document}/original", f"{document}/seiten/1.webp", f"/akten/{story.case_file_id}"):
        answer = page.request.get(path)
        assert answer.status == 404, path
    page.goto(f"/suche?q={word}")
    expect(page.locator("mark")).to_have_count(0)
    propose_and_approve(page, story)
    assert reference in takes_the_certificate(page, reference)
    signs_in(page, CLERK)
    assert page.request.get(document).status == 404
