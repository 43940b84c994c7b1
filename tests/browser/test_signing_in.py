"""Signing in as a browser sees it: out to a real OpenID provider and back, one's own account, without a mouse."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from eakte.actions import passwords
from eakte.app import create_app
from eakte.records.access import SYSTEM
from eakte.services import build
from tests.browser.accessibility import violations
from tests.chromium import TIMEOUT, serving
from tests.openid.provider import SECRET, Provider
from tests.web.city import NOW, City

GROUPS = '[[group]]\nname = "akte-sb-*"\nunit = "*"\nrole = "clerk"\ntitle = "Sachbearbeitung"\n'


def test_a_person_goes_to_the_provider_and_back_and_signs_out_at_both(
    browser: Browser, city: City, provider: Provider, tmp_path: Path
) -> None:
    provider.know({"4711": {"preferred_username": "stein", "name": "Stein, Maja", "groups": ["akte-sb-63.2"]}})
    groups = tmp_path / "groups.toml"
    groups.write_text(GROUPS)
    settings = dataclasses.replace(
        city.services.settings,
        public_url=provider.service,
        oidc_issuer=provider.issuer,
        oidc_client_id="eakte",
        oidc_client_secret=SECRET,
        oidc_label="Stadtkonto",
        groups_file=str(groups),
    )
    city.services.close()
    services = build(settings)
    refused: list[str] = []
    with serving(create_app(services), provider.service_port) as address:
        context = browser.new_context(base_url=address, locale="de-DE")
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto("/akten")
        page.get_by_role("link", name="Mit Stadtkonto anmelden").press("Enter")
        page.get_by_placeholder("Enter any login").fill("4711")
        page.get_by_placeholder("and password").fill("beliebig")
        page.get_by_role("button").first.click()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(re.compile(r"/akten$"))
        page.get_by_text("Stein, Maja").click()
        page.get_by_role("button", name="Abmelden").click()
        page.get_by_role("button", name="Yes, sign me out").click()
        page.wait_for_url(re.compile(r"/anmelden"))
        page.goto("/akten")
        assert "/anmelden" in page.url
        context.close()
    services.close()
    assert [text for text in refused if provider.service in text] == []


def test_a_one_time_password_becomes_ones_own_without_a_mouse(
    page: Page, city: City, sign_in: Callable[..., None]
) -> None:
    with city.services.database.begin() as session:
        once = passwords.recover(session, SYSTEM, "brandt", now=NOW)
    sign_in(page, "brandt", once)
    assert page.url.endswith("/konto/kennwort")
    assert violations(page) == []
    page.get_by_label("Einmalkennwort").focus()
    for text in (once, "Leuchtturm trinkt Tee", "Leuchtturm trinkt Tee"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/konto" not in url)
    page.goto("/akten")
    assert page.get_by_role("heading", name="Akten", exact=True).is_visible()


def test_pages_of_accounts_are_accessible(page: Page, sign_in: Callable[..., None]) -> None:
    sign_in(page, "brandt")
    for path in ("/konto", "/konto/kennwort", "/konto/schluessel"):
        page.goto(path)
        assert violations(page) == [], path
    page.get_by_label("Wofür er ist").fill("Bauportal")
    page.get_by_label("Lesen und suchen").check()
    page.get_by_role("button", name="Zugangsschlüssel anlegen").click()
    assert page.get_by_label("Neuer Zugangsschlüssel").last.input_value().startswith("eakte_")
    assert violations(page) == []
    page.context.clear_cookies()
    sign_in(page, "verwalter")
    page.goto("/zugaenge")
    assert violations(page) == []
    page.get_by_role("link", name="brandt").click()
    page.wait_for_url(re.compile("/zugaenge/.+"))
    assert violations(page) == []


def test_a_session_that_ends_is_told_in_time_and_what_is_typed_stays(page: Page, sign_in: Callable[..., None]) -> None:
    sign_in(page, "verwalter")  # whose pages ask for nothing by themselves while the clock jumps
    page.clock.install()
    page.goto("/zugaenge")
    page.get_by_placeholder("fv-bauportal").fill("fv-neu")
    warning = page.get_by_text("Ihre Sitzung endet in 2 Minuten.")
    page.clock.fast_forward("57:00")
    assert not warning.is_visible()
    page.clock.fast_forward("01:30")
    warning.wait_for()
    page.get_by_role("button", name="Angemeldet bleiben").press("Enter")
    warning.wait_for(state="detached")
    assert page.get_by_placeholder("fv-bauportal").input_value() == "fv-neu"
    page.clock.fast_forward("58:30")
    warning.wait_for()
