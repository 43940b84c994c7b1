"""What a clerk does on the pages, in real Chromium: by keyboard, with faults, without script, in forced colours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from eakte.actions import inbox, intake
from eakte.app import create_app
from eakte.web.edge import SESSION_COOKIE
from eakte.web.routes import ROUTES
from tests.browser.budgets import FIRST_VISIT, NODES, SWAP
from tests.browser.filled import Town, asked
from tests.chromium import watched_page
from tests.web.city import NOW, City

SignIn = Callable[[Page, str], None]


def test_a_key_means_one_thing_on_each_screen(town: Town, everybody: str) -> None:
    client = create_app(town.city.services, clock=lambda: NOW).test_client()
    client.set_cookie(SESSION_COOKIE, everybody)
    for route in filter(asked, ROUTES):
        answer = client.get(town.address(route.path), buffered=True)
        tags = re.findall(r"<[^>]* data-key=[^>]*>", answer.text) if answer.mimetype == "text/html" else []
        keys = Counter(re.findall(r' data-key="([^"]+)"', " ".join(tags)))
        assert [key for key, times in keys.items() if times > 1] == [], route.path
        assert [tag for tag in tags if " data-key-label=" not in tag] == [], route.path


def test_the_first_visit_and_the_next_document_stay_small(browser: Browser, live: str, sign_in: SignIn) -> None:
    with watched_page(browser, live) as (page, complaints):
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        received: list[float] = []
        session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        sign_in(page, "brandt")
        page.wait_for_load_state("networkidle")
        assert sum(received) <= FIRST_VISIT
        received.clear()
        with page.expect_response(re.compile(r"/posteingang/[0-9a-f-]{36}$")) as answer:
            page.keyboard.press("j")
        assert int(answer.value.headers["content-length"]) <= SWAP
        assert page.evaluate("() => document.querySelectorAll('*').length") <= NODES
        assert complaints == []


def test_the_inbox_is_worked_off_by_keyboard_alone(city: City, page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    for _ in city.waiting:
        expect(page.get_by_role("button", name="Ablegen, dann nächstes")).to_be_visible()
        work = page.locator("#ea-work [data-item]").get_attribute("data-item")
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.locator(f'#ea-work [data-item="{work}"]')).to_have_count(0)
        expect(page.locator(f"#row-{work}")).to_have_count(0)
        expect(page.get_by_text(f"Abgelegt in {city.file_reference}")).to_be_visible()
    expect(page.get_by_text("Posteingang ist leer.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Vorschlag zur Ablage")).to_be_visible()


def test_j_and_k_move_through_the_list_and_load_each_item(city: City, page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    for key, place in (("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(page.locator("#ea-work [data-item]")).to_have_attribute("data-item", str(city.waiting[place]))
        expect(page).to_have_url(re.compile(str(city.waiting[place])))


def test_another_case_file_is_chosen_by_typing(city: City, page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.keyboard.press("a")
    page.keyboard.type("Gartenweg")
    expect(page.get_by_role("option", name=city.file_reference)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("posteingang"))
    expect(page.locator(f'input[value="{city.file_id}"]')).to_be_checked()


def test_a_missing_field_is_named_and_focused(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.get_by_label("Schreiben vom").fill("gestern")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Schreiben vom")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Schreiben vom")).to_be_focused()
    expect(page.locator("#ea-error-letter_date")).to_have_text("Datum im Format TT.MM.JJJJ eingeben.")


@pytest.fixture
def page(browser: Browser, live: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Like the shared fixture, but a refused form may answer 4xx, which browsers write to the console."""
    with watched_page(browser, live) as (page, complaints):
        yield page
        refused = request.node.name.startswith("test_a_missing_field")
        assert [said for said in complaints if not (refused and "status of 422" in said)] == []


def test_single_keys_rest_while_typing_and_can_be_switched_off(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.get_by_label("Betreff", exact=False).first.fill("")
    page.keyboard.type("jhu?")
    expect(page.locator("#ea-keys")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#ea-keys")).to_be_visible()
    page.get_by_label("Einzeltasten-Kürzel verwenden").uncheck()
    page.keyboard.press("Escape")
    before = page.url
    page.keyboard.press("h")
    page.wait_for_timeout(300)
    assert page.url == before


def test_the_words_of_a_page_can_be_selected_and_hits_are_stepped_through(
    city: City, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, "brandt")
    page.goto(f"/dokumente/{city.filed}?q=Tiefgarage Baugenehmigung")
    expect(page.locator(".ea-word").first).to_have_text("Architekturbüro ")
    assert page.locator(".ea-found").count() == 2
    page.keyboard.press("F3")
    expect(page.locator(".ea-found").nth(1)).to_have_attribute("data-now", "")


def test_search_answers_while_typing_and_narrows_by_facets(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.goto("/suche")
    page.locator("#f-query").press_sequentially("Tiefgarage")
    expect(page.get_by_role("heading", name="Antrag auf Baugenehmigung")).to_be_visible()
    expect(page).to_have_url(re.compile("q=Tiefgarage"))
    expect(page.locator("#f-query")).to_be_focused()
    page.get_by_role("checkbox", name="Bauantrag").check()
    expect(page).to_have_url(re.compile("document_type=Bauantrag"))
    expect(page.get_by_role("checkbox", name="Bauantrag")).to_be_checked()
    page.keyboard.press("Escape")
    page.locator("#ea-results a", has_text="Seite 1").click()
    expect(page.locator(".ea-found[data-now]")).to_be_visible()
    page.locator("#f-query").fill("Weltraumbahnhof")
    expect(page.get_by_text("Keine Treffer für „Weltraumbahnhof“.")).to_be_visible()


def test_files_are_uploaded_with_a_result_for_each(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "brandt")
    page.keyboard.press("h")
    page.wait_for_url("**/hochladen")
    page.locator("#f-files").set_input_files(
        [
            {"name": "eins.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 eins"},
            {"name": "leer.pdf", "mimeType": "application/pdf", "buffer": b""},
        ]
    )
    expect(page.locator("#ea-uploads li").filter(has_text="eins.pdf")).to_contain_text("angenommen")
    expect(page.locator("#ea-uploads li").filter(has_text="leer.pdf")).to_contain_text("leer")


def test_a_whole_folder_is_uploaded_file_by_file_without_what_systems_leave_in_it(
    page: Page, sign_in: SignIn, tmp_path: Path
) -> None:
    for name in ("Haus 3/plan.txt", "Haus 4/plan.txt", "Haus 4/Thumbs.db"):
        (tmp_path / "Bau" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "Bau" / name).write_text(f"Plan {name}")
    sign_in(page, "brandt")
    page.goto(f"{page.url.split('/posteingang')[0]}/hochladen")
    page.locator("#f-folder").set_input_files(tmp_path / "Bau")
    expect(page.locator("#ea-uploads li")).to_have_count(2)
    expect(page.get_by_text("angenommen")).to_have_count(2)
    expect(page.locator("#ea-upload-count")).to_have_text("2 von 2 Dateien gesendet")


def test_the_top_bar_tells_what_is_being_read_and_falls_silent_after(city: City, page: Page, sign_in: SignIn) -> None:
    with city.services.database.begin() as session:
        inbox.retry(session, city.actor("brandt"), city.fault, NOW)
    sign_in(page, "brandt")
    expect(page.locator("#ea-reading")).to_contain_text("1 Dokument wird gelesen")
    with city.services.database.begin() as session:
        intake.begin_reading(session, city.fault, NOW)
        intake.record_fault(session, city.fault, "damaged", NOW)
    expect(page.locator("#ea-reading")).to_be_empty(timeout=10_000)


def test_without_script_the_inbox_still_files(city: City, browser: Browser, live: str, sign_in: SignIn) -> None:
    with watched_page(browser, live, java_script_enabled=False) as (page, complaints):
        sign_in(page, "brandt")
        page.get_by_role("button", name=re.compile("Ablegen, dann nächstes")).click()
        expect(page.get_by_text(f"Abgelegt in {city.file_reference}")).to_be_visible()
        assert complaints == []


def test_forced_colours_still_show_what_is_chosen(browser: Browser, live: str, sign_in: SignIn) -> None:
    with watched_page(browser, live, forced_colors="active") as (page, _):
        sign_in(page, "brandt")
        row = page.locator("a[data-row][aria-current=true]")
        assert row.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
