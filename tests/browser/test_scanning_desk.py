"""The scanning desk in Chromium: a batch with a missing separator stopped, decided, inspected, its paper released."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from eakte.actions import users
from eakte.records.access import SYSTEM, Role
from tests.browser.accessibility import violations
from tests.web.city import NOW, PASSWORD, City

SignIn = Callable[[Page, str], None]
OPERATOR, INSPECTOR = "brandt", "lehmann"
FONT = ImageFont.load_default(40)
PATIENCE = 90


@pytest.fixture
def desk(working: City) -> City:
    """The city at work, with a registrar as the second person."""
    with working.services.database.begin() as session:
        users.add_person(session, SYSTEM, login=INSPECTOR, name="Lehmann, Ines", password=PASSWORD, now=NOW)
        users.assign_post(
            session, SYSTEM, INSPECTOR, unit_code="63", title="Registratur", role=Role.REGISTRAR,
            valid_from=date(2020, 1, 1), now=NOW,
        )  # fmt: skip
    return working


def letter(words: str) -> Image.Image:
    page = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(page)
    for line in range(8):
        pen.text((200, 200 + line * 80), f"{words}, Zeile {line + 1}", font=FONT, fill=0)
    return page


def printed_sheet(page: Page, city: City) -> Image.Image:
    """Print a separator sheet in the browser and return it as the scanner sees it: 200 dpi, slightly skewed."""
    page.goto(f"/akten/{city.file_id}/trennblaetter")
    page.get_by_label("Dokumenttyp").fill("Bauantrag")
    with page.expect_download() as download:
        page.get_by_role("button", name="Trennblätter drucken").click()
    with pypdfium2.PdfDocument(Path(download.value.path()).read_bytes()) as pdf:
        image = pdf[0].render(scale=200 / 72, grayscale=True).to_pil().convert("L")
    skewed = image.rotate(1.5, fillcolor=255, resample=Image.Resampling.BICUBIC)
    noise = np.random.default_rng(3).normal(0, 8, (skewed.height, skewed.width))
    return Image.fromarray(np.clip(np.asarray(skewed) + noise, 0, 255).astype(np.uint8))


def stack(pages: list[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return stream.getvalue()


def reload_until(page: Page, words: str) -> None:
    for _ in range(PATIENCE):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    raise AssertionError(f"never shown: {words}")


def opens(page: Page, *, documents: int) -> None:
    page.goto("/stapel")
    page.get_by_label("Dokumente (Trennblätter)").fill(str(documents))
    page.get_by_label("Scangerät").fill("Scanner Poststelle 1")
    page.get_by_label("Papier aufzubewahren bis").fill("01.11.2026")
    page.get_by_role("button", name="Stapel anlegen").click()
    expect(page.get_by_role("heading", name="Stapel 0001")).to_be_visible()


def scans(page: Page, content: bytes) -> None:
    file = {"name": "stapel.pdf", "mimeType": "application/pdf", "buffer": content}
    page.get_by_label("Dateien vom Scanner").set_input_files(file)  # type: ignore[arg-type]  # a payload is a dict
    page.get_by_role("button", name="Zum Stapel nehmen").click()
    page.get_by_role("button", name="Alles gescannt, Stapel prüfen").click()


def decides_by_hand(page: Page) -> None:
    page.get_by_label("Seite 6 von stapel.pdf").select_option("begins")
    page.get_by_label("Grund der Entscheidung").fill("Vor dem dritten Schreiben fehlte das Trennblatt.")
    page.get_by_role("button", name="So trennen").click()


def brings_the_blank_page_back(page: Page) -> None:
    expect(page.get_by_text("4 gefunden, davon 1 leer")).to_be_visible()
    expect(page.get_by_text("1 leere Seite in der Ansicht ausgelassen")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("e")
    expect(page.get_by_text("1 leere Seite wird gezeigt")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_text("1 leere Seite in der Ansicht ausgelassen")).to_be_visible()


def inspects(page: Page) -> None:
    page.get_by_role("button", name="Alle Dokumente prüfen").click()
    seen = page.get_by_role("checkbox", name=re.compile("angesehen"))
    seen.first.wait_for()
    for box in seen.all():
        box.check()
    page.get_by_role("button", name="Sichtprüfung abschließen").click()
    expect(page.get_by_text("Sichtprüfung bestanden")).to_be_visible()


def test_a_batch_with_a_missing_separator_is_stopped_decided_inspected_and_its_paper_released(
    desk: City, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, OPERATOR)
    sheet = printed_sheet(page, desk)
    back = Image.new("L", (1654, 2339), 250)
    pages = [sheet, letter("Erster Brief"), back, sheet, letter("Zweiter Brief"), letter("Dritter Brief")]
    opens(page, documents=3)
    address = page.url
    scans(page, stack(pages))
    reload_until(page, "3 Trennblätter erwartet, 2 gefunden")
    assert violations(page) == []
    decides_by_hand(page)
    reload_until(page, "wartet auf Sichtprüfung")
    expect(page.get_by_text("Wer gescannt hat, prüft nicht selbst.")).to_be_visible()
    reload_until(page, "wartet auf Ablage")
    page.get_by_role("region", name="Dokumente des Stapels").get_by_role("link").first.click()
    reload_until(page, "Das Trennblatt nennt")
    page.context.clear_cookies()
    sign_in(page, INSPECTOR)
    page.goto(address)
    reload_until(page, "wartet auf Ablage")
    brings_the_blank_page_back(page)
    inspects(page)
    assert violations(page) == []
    with page.expect_download() as note:
        page.get_by_role("link", name="PDF zu Dokument 1").click()
    assert Path(note.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Papier zur Vernichtung freigeben").click()
    expect(page.get_by_text("zur Vernichtung freigegeben")).to_be_visible()
    page.get_by_label("Vernichtet am").fill("18.11.2026")
    page.get_by_role("button", name="Vernichtung vermerken").click()
    expect(page.get_by_text("vermerkt von Lehmann, Ines")).to_be_visible()


def test_nobody_of_another_department_finds_the_batch(page: Page, sign_in: SignIn) -> None:
    sign_in(page, OPERATOR)
    opens(page, documents=1)
    address = page.url
    page.context.clear_cookies()
    sign_in(page, "okafor")
    assert page.request.get(address).status == 404
    page.goto("/stapel")
    expect(page.get_by_text("Es gibt noch keinen Stapel.")).to_be_visible()
