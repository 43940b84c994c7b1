"""Signing in at a real OpenID provider: out and back, who gets in, and what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from eakte.actions import outside, passwords, users
from eakte.app import create_app, utc_now
from eakte.records.access import SYSTEM, Actor, Role
from eakte.services import build
from eakte.settings import Settings
from eakte.store.history import HistoryEntry
from eakte.store.people import Person, person_by_login
from eakte.store.sign_in import Identity, OidcFlow, WebSession
from tests.openid.provider import SECRET, Browser, Provider
from tests.web.city import City
from tests.web.conftest import Person as Visitor

GROUPS = """
[[group]]
name = "akte-sb-*"
unit = "*"
role = "clerk"
title = "Sachbearbeitung"

[[group]]
name = "akte-revision"
unit = "14"
role = "auditor"
"""
MAJA = {"preferred_username": "Stein", "name": "Stein, Maja", "groups": ["akte-sb-63.2", "kantine"]}


class Service:
    """The service with a sign-in service, and browsers before it."""

    def __init__(self, city: City, provider: Provider, folder: Path) -> None:
        groups = folder / "groups.toml"
        groups.write_text(GROUPS)
        self.provider = provider
        self.settings = dataclasses.replace(
            city.services.settings,
            public_url=provider.service,
            oidc_issuer=provider.issuer,
            oidc_client_id="eakte",
            oidc_client_secret=SECRET,
            groups_file=str(groups),
        )
        self.services = build(self.settings)

    def visitor(self, **settings: object) -> Visitor:
        services = dataclasses.replace(self.services, settings=dataclasses.replace(self.settings, **settings))
        return Visitor(create_app(services).test_client())

    def person(self, login: str) -> Person | None:
        with self.services.database.reading() as session:
            return person_by_login(session, login)

    def actor(self, login: str) -> Actor:
        with self.services.database.reading() as session:
            return users.actor_by_login(session, login, utc_now())

    def actions(self, login: str) -> list[str]:
        """Name the actions about a person in their order."""
        person = self.person(login)
        assert person is not None
        query = select(HistoryEntry.action).where(HistoryEntry.about_id == str(person.id))
        with self.services.database.reading() as session:
            return list(session.scalars(query.order_by(HistoryEntry.sequence)))


@pytest.fixture
def service(city: City, provider: Provider, tmp_path: Path) -> Iterator[Service]:
    city.services.close()
    service = Service(city, provider, tmp_path)
    yield service
    service.services.close()


def way_back(visitor: Visitor, at_provider: Browser, login: str, start: str = "/anmelden/dienst") -> str:
    """Go out to the provider, sign in there, and return the path the browser comes back to."""
    out = visitor.get(start)
    assert out.status_code == 303, out.text
    return path_of(at_provider.sign_in(out.headers["Location"], login))


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_somebody_new_gets_an_account_and_the_posts_of_their_groups(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    back = way_back(visitor, at_provider, "4711", "/anmelden/dienst?next=/akten")
    answer = visitor.get(back)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/akten")
    assert "Stein, Maja" in visitor.get("/akten").text
    assert service.actor("stein").keys >= {"unit:63.2"}
    assert service.actions("stein") == [
        "person.added", "person.linked", "person.post_assigned", "person.signed_in",
    ]  # fmt: skip


def test_the_button_stands_on_the_sign_in_page(service: Service) -> None:
    page = service.visitor(oidc_label="Stadtkonto").get("/anmelden?next=/akten", follow_redirects=True).text
    assert "Mit Stadtkonto anmelden" in page
    assert 'href="/anmelden/dienst?next=/akten"' in page


def test_what_goes_out_carries_proofs_and_no_secret(service: Service) -> None:
    out = service.visitor().get("/anmelden/dienst").headers["Location"]
    sent = parse_qs(urlsplit(out).query)
    assert sent["response_type"] == ["code"]
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["redirect_uri"] == [service.provider.service + "/anmelden/dienst/zurueck"]
    assert min(len(sent[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "client_secret" not in out


def test_posts_follow_the_groups_at_each_sign_in_and_those_by_hand_stay(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    visitor.get(way_back(visitor, at_provider, "4711"))
    with service.services.database.begin() as session:
        today, now = utc_now().date(), utc_now()
        users.assign_post(
            session, SYSTEM, "stein", unit_code="50.1", title="Aushilfe", role=Role.CLERK, valid_from=today, now=now
        )
    service.provider.know({"4711": {**MAJA, "name": "Stein-Voss, Maja", "groups": ["akte-revision"]}})
    visitor.get(way_back(visitor, at_provider, "4711"))
    actor = service.actor("stein")
    assert actor.name == "Stein-Voss, Maja"
    assert "unit:63.2" not in actor.keys
    assert {"unit:50.1", "all"} <= actor.keys
    assert service.actions("stein")[-4:] == [
        "person.renamed", "person.post_ended", "person.post_assigned", "person.signed_in",
    ]  # fmt: skip
    service.provider.know({"4711": MAJA})
    visitor.get(way_back(visitor, at_provider, "4711"))
    assert "unit:63.2" in service.actor("stein").keys


def test_the_subject_names_the_person_also_under_another_login(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    visitor.get(way_back(visitor, at_provider, "4711"))
    service.provider.know({"4711": {**MAJA, "preferred_username": "steinvoss"}})
    visitor.get(way_back(visitor, at_provider, "4711"))
    assert service.person("steinvoss") is None
    assert service.actions("stein").count("person.signed_in") == 2


def test_a_local_account_is_not_taken_over_by_its_login(service: Service, at_provider: Browser) -> None:
    service.provider.know({"666": {**MAJA, "preferred_username": "brandt"}})
    visitor = service.visitor()
    answer = visitor.get(way_back(visitor, at_provider, "666"))
    assert answer.status_code == 403
    assert "nicht mit dem Anmeldedienst verknüpft" in answer.text
    assert visitor.get("/akten").status_code == 303
    with service.services.database.reading() as session:
        assert session.scalars(select(Identity)).all() == []


def test_an_administrator_or_the_operators_rule_links_a_local_account(service: Service, at_provider: Browser) -> None:
    service.provider.know({"17": {**MAJA, "preferred_username": "brandt"}, "18": {"preferred_username": "okafor"}})
    with service.services.database.begin() as session:
        outside.link(session, SYSTEM, "brandt", issuer=service.provider.issuer, subject="17", now=utc_now())
    visitor = service.visitor()
    assert visitor.get(way_back(visitor, at_provider, "17")).status_code == 303
    other = service.visitor(oidc_link_logins=True)
    browser = Browser()
    assert other.get(way_back(other, browser, "18")).status_code == 303
    browser.close()


def test_a_login_given_to_somebody_else_does_not_take_the_account_along(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA, "4712": MAJA})
    visitor = service.visitor(oidc_link_logins=True)
    assert visitor.get(way_back(visitor, at_provider, "4711")).status_code == 303
    browser = Browser()
    other = service.visitor(oidc_link_logins=True)
    assert other.get(way_back(other, browser, "4712")).status_code == 403
    browser.close()


def test_nobody_new_gets_in_where_accounts_are_made_by_hand(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor(oidc_create_people=False)
    answer = visitor.get(way_back(visitor, at_provider, "4711"))
    assert (answer.status_code, "noch kein Konto" in answer.text) == (403, True)
    assert service.person("stein") is None


def test_a_closed_account_stays_closed(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    visitor.get(way_back(visitor, at_provider, "4711"))
    with service.services.database.begin() as session:
        person = person_by_login(session, "stein")
        assert person is not None
        person.active = False
    answer = visitor.get(way_back(visitor, at_provider, "4711"))
    assert (answer.status_code, "geschlossen" in answer.text) == (403, True)


@pytest.mark.parametrize("login", [None, "", "a b", "<b>", "x" * 90, 7])
def test_a_login_that_cannot_be_one_is_refused(service: Service, at_provider: Browser, login: object) -> None:
    service.provider.know({"4711": {**MAJA, "preferred_username": login}})
    visitor = service.visitor()
    answer = visitor.get(way_back(visitor, at_provider, "4711"))
    assert (answer.status_code, "preferred_username" in answer.text) == (401, True)


def test_the_answer_is_good_once_and_only_in_the_browser_that_began(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor, thief = service.visitor(), service.visitor()
    back = way_back(visitor, at_provider, "4711")
    thief.get("/anmelden", follow_redirects=True)
    stolen = thief.get(back)
    assert (stolen.status_code, "abgelaufen" in stolen.text) == (401, True)
    assert visitor.get(back).status_code == 303
    assert visitor.get(back).status_code == 401
    with service.services.database.reading() as session:
        assert session.scalars(select(OidcFlow)).all() == []


@pytest.mark.parametrize(
    "answer", ["", "?state=x&code=y", "?error=access_denied", "?code=y", "?state=x&error=access_denied"]
)
def test_an_answer_nobody_asked_for_opens_nothing(service: Service, answer: str) -> None:
    visitor = service.visitor()
    visitor.get("/anmelden/dienst")
    assert visitor.get("/anmelden/dienst/zurueck" + answer).status_code == 401
    assert visitor.get("/akten").status_code == 303


def test_a_false_code_and_an_answer_of_another_provider_are_refused(service: Service) -> None:
    for wrong in ({"code": "falsch"}, {"iss": "https://boese.example"}, {"error": "access_denied"}):
        visitor = service.visitor()
        state = parse_qs(urlsplit(visitor.get("/anmelden/dienst").headers["Location"]).query)["state"][0]
        parameters = {"state": state, "code": "x", **wrong}
        answer = visitor.get("/anmelden/dienst/zurueck", query_string=parameters)
        assert answer.status_code == 401, wrong
        assert "Anmeldedienst" in answer.text


def test_nobody_is_sent_elsewhere_after_the_provider(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    answer = visitor.get(way_back(visitor, at_provider, "4711", "/anmelden/dienst?next=https://boese.example"))
    assert answer.headers["Location"] == "/"


def test_the_session_is_a_fresh_one(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    visitor.client.set_cookie("ea_session", "untergeschoben")
    visitor.get(way_back(visitor, at_provider, "4711"))
    cookie = visitor.client.get_cookie("ea_session")
    assert cookie is not None
    assert cookie.value != "untergeschoben"
    thief = service.visitor()
    thief.client.set_cookie("ea_session", "untergeschoben")
    assert thief.get("/akten").status_code == 303


def test_signing_out_goes_on_at_the_provider_and_back(service: Service, at_provider: Browser) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    visitor.get(way_back(visitor, at_provider, "4711"))
    page = visitor.get("/akten")
    assert f"form-action 'self' {service.provider.issuer};" in page.headers["Content-Security-Policy"]
    out = visitor.post("/abmelden")
    assert out.headers["Location"].startswith(service.provider.issuer)
    asked = at_provider.session.get(out.headers["Location"], timeout=10)
    done = at_provider.submit(asked, logout="yes")
    assert done.headers["Location"].startswith(service.provider.service + "/anmelden")
    with service.services.database.reading() as session:
        assert session.scalars(select(WebSession)).all() == []
    again = service.visitor().get("/anmelden/dienst").headers["Location"]
    assert "login" in at_provider.session.get(again, timeout=10).text


def test_who_signed_in_by_password_signs_out_here_alone(service: Service) -> None:
    visitor = service.visitor()
    assert visitor.sign_in("brandt").status_code == 303
    visitor.get("/posteingang")
    assert visitor.post("/abmelden").headers["Location"] == "/anmelden"


def test_a_provider_that_is_away_is_told_and_passwords_go_on(service: Service) -> None:
    service.provider.stop()
    try:
        visitor = service.visitor()
        answer = visitor.get("/anmelden/dienst?next=/akten")
        assert (answer.status_code, "antwortet nicht" in answer.text) == (503, True)
        assert visitor.sign_in("brandt").status_code == 303
    finally:
        service.provider.start()


def test_the_secret_stands_in_no_text(service: Service) -> None:
    assert SECRET not in repr(service.settings)
    assert SECRET not in repr(service.services)


def test_a_password_made_by_the_administrator_does_not_bother_who_comes_from_the_provider(
    service: Service, at_provider: Browser
) -> None:
    service.provider.know({"4711": MAJA})
    visitor = service.visitor()
    visitor.get(way_back(visitor, at_provider, "4711"))
    with service.services.database.begin() as session:
        passwords.recover(session, SYSTEM, "stein", now=utc_now())
    visitor.get(way_back(visitor, at_provider, "4711"))
    assert visitor.get("/akten").status_code == 200


def test_without_a_provider_its_addresses_are_nothing(visitor: Visitor) -> None:
    assert visitor.get("/anmelden/dienst").status_code == 404
    assert visitor.get("/anmelden/dienst/zurueck").status_code == 404


def test_settings_of_a_provider_are_checked_at_the_start(service: Service) -> None:
    base: Settings = service.settings
    wrong: list[dict[str, str]] = [
        {"oidc_issuer": "http://anmeldung.example"},
        {"public_url": ""},
        {"oidc_client_id": ""},
        {"groups_file": "gibt-es-nicht.toml"},
        {"oidc_client_secret_file": "gibt-es-nicht"},
    ]
    for change in wrong:
        with pytest.raises(Exception, match="settings-invalid"):
            build(dataclasses.replace(base, **change))  # type: ignore[arg-type]
