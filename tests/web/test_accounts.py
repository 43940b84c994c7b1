"""One's own account, and the accounts of others for administrators."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from eakte.actions import sessions, tokens
from eakte.app import create_app
from eakte.store.people import person_by_login
from tests.web.city import NOW, PASSWORD, City
from tests.web.conftest import Person

NEW = "Leuchtturm trinkt Tee"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SHOWN = re.compile(r'readonly value="([^"]+)"')


@pytest.fixture
def admin(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("verwalter")


def account_of(city: City, login: str) -> str:
    with city.services.database.reading() as session:
        person = person_by_login(session, login)
    assert person is not None
    return f"/zugaenge/{person.id}"


def shown(text: str) -> str:
    found = SHOWN.search(text)
    assert found is not None, text
    return found[1]


def test_one_sees_ones_own_sessions_and_sign_ins_also_the_failed(visitor: Person) -> None:
    visitor.sign_in("brandt", "falsch")
    visitor.client.environ_base |= {"HTTP_USER_AGENT": FIREFOX["User-Agent"], "REMOTE_ADDR": "203.0.113.77"}
    assert visitor.sign_in("brandt").status_code == 303
    page = visitor.get("/konto").text
    assert "diese Sitzung" in page
    assert "abgewiesen" in page
    assert "Firefox unter Linux" in page
    assert "203.0.113.x" in page
    assert "203.0.113.77" not in page


def test_one_ends_the_other_sessions(signed_in: Callable[[str], Person]) -> None:
    here, there = signed_in("brandt"), signed_in("brandt")
    page = here.get("/konto").text
    ending = re.search(r'action="(/konto/sitzungen/[0-9a-f-]{36}/beenden)"', page)
    assert ending is not None
    assert here.post(ending[1]).status_code == 303
    assert there.get("/akten").status_code == 303
    assert here.get("/akten").status_code == 200
    again = signed_in("brandt")
    here.get("/konto")
    here.post("/konto/sitzungen/beenden")
    assert again.get("/akten").status_code == 303


def test_a_session_of_somebody_else_is_no_address(clerk: Person, stranger: Person, city: City) -> None:
    okafor = city.actor("okafor")
    assert okafor.person_id is not None
    with city.services.database.reading() as session:
        (hers,) = sessions.open_sessions(session, okafor, okafor.person_id, NOW)
    clerk.get("/konto")
    assert clerk.post(f"/konto/sitzungen/{hers.id}/beenden").status_code == 404
    assert stranger.get("/akten").status_code == 200


def test_a_changed_password_ends_all_sessions_and_keeps_this_browser_in(signed_in: Callable[[str], Person]) -> None:
    here, there = signed_in("brandt"), signed_in("brandt")
    before = here.client.get_cookie("ea_session")
    here.get("/konto/kennwort")
    assert here.post("/konto/kennwort", old=PASSWORD, password=NEW, again=NEW).status_code == 303
    after = here.client.get_cookie("ea_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert here.get("/akten").status_code == 200
    assert there.get("/akten").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "text"),
    [
        ("falsch", NEW, NEW, "bisherige Kennwort stimmt nicht"),
        (PASSWORD, NEW, "anders", "verschieden"),
        (PASSWORD, "kurz", "kurz", "mindestens 12 Zeichen"),
        (PASSWORD, "Passwort-2026", "Passwort-2026", "als eines der ersten geraten"),
        (PASSWORD, PASSWORD, PASSWORD, "anderes Kennwort als das bisherige"),
    ],
)
def test_a_password_that_will_not_do_is_explained(clerk: Person, old: str, new: str, again: str, text: str) -> None:
    clerk.get("/konto/kennwort")
    answer = clerk.post("/konto/kennwort", old=old, password=new, again=again)
    assert (answer.status_code, text in answer.text) == (422, True)
    assert clerk.get("/akten").status_code == 200


def test_whoever_finds_a_browser_open_guesses_the_password_only_a_few_times(clerk: Person) -> None:
    clerk.get("/konto/kennwort")
    codes = [clerk.post("/konto/kennwort", old=f"rate {n}", password=NEW, again=NEW).status_code for n in range(11)]
    assert codes == [422] * 10 + [429]


def test_a_one_time_password_leads_to_the_choice_of_a_new_one(city: City, admin: Person, visitor: Person) -> None:
    path = account_of(city, "brandt")
    admin.get(path)
    once = shown(admin.post(f"{path}/einmalkennwort").text)
    assert once not in admin.get(path).text
    assert visitor.sign_in("brandt", once).status_code == 303
    for address in ("/", "/akten", "/posteingang", "/konto", "/konto/schluessel", f"/akten/{city.file_id}"):
        answer = visitor.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/konto/kennwort"), address
    page = visitor.get("/konto/kennwort")
    assert "Einmalkennwort" in page.text
    assert visitor.post("/darstellung", theme="dark").status_code == 303
    assert visitor.post("/konto/kennwort", old=once, password=NEW, again=NEW).headers["Location"] == "/"
    assert visitor.get("/akten").status_code == 200


def test_an_expired_one_time_password_says_so(city: City, admin: Person) -> None:
    path = account_of(city, "brandt")
    admin.get(path)
    once = shown(admin.post(f"{path}/einmalkennwort").text)
    late = Person(create_app(city.services, clock=lambda: NOW + timedelta(hours=73)).test_client())
    answer = late.sign_in("brandt", once)
    assert (answer.status_code, "abgelaufen" in answer.text) == (401, True)


def test_an_idle_session_ends_and_a_poll_does_not_keep_it_open(city: City) -> None:
    moment = [NOW]
    person = Person(create_app(city.services, clock=lambda: moment[0]).test_client())
    assert person.sign_in("brandt").status_code == 303
    moment[0] += timedelta(minutes=50)
    assert person.get("/akten").status_code == 200
    moment[0] += timedelta(minutes=50)
    assert person.htmx("/posteingang/lesen").status_code == 200
    moment[0] += timedelta(minutes=15)
    assert person.get("/akten").status_code == 303


def test_a_token_is_made_shown_once_and_revoked(city: City, clerk: Person) -> None:
    clerk.get("/konto/schluessel")
    made = clerk.post("/konto/schluessel", name="Bauportal", scope="read", days="30")
    token = shown(made.text)
    assert "Lesen und suchen" in made.text
    with city.services.database.reading() as session:
        actor = tokens.actor_by_token(session, token, NOW)
    assert actor is not None
    assert actor.login == "brandt"
    page = clerk.get("/konto/schluessel").text
    assert token not in page
    revoking = re.search(r'action="(/konto/schluessel/[0-9a-f-]{36}/widerrufen)"', page)
    assert revoking is not None
    clerk.post(revoking[1])
    assert "widerrufen" in clerk.get("/konto/schluessel").text
    with city.services.database.reading() as session:
        assert tokens.actor_by_token(session, token, NOW) is None


def test_a_token_without_a_right_is_refused_with_what_was_typed(clerk: Person) -> None:
    clerk.get("/konto/schluessel")
    answer = clerk.post("/konto/schluessel", name="Bauportal", days="30")
    assert answer.status_code == 422
    assert "mindestens ein Recht" in answer.text
    assert 'value="Bauportal"' in answer.text


def test_an_administrator_gives_a_business_application_a_token(city: City, admin: Person) -> None:
    admin.get("/zugaenge")
    made = admin.post("/zugaenge", login="fv-bau", name="Fachverfahren Bau")
    path = made.headers["Location"]
    admin.get(path)
    token = shown(admin.post(f"{path}/schluessel", name="Übergabe", scope="file", days="90").text)
    with city.services.database.reading() as session:
        actor = tokens.actor_by_token(session, token, NOW)
    assert actor is not None
    assert actor.login == "fv-bau"
    assert admin.post("/zugaenge", login="fv-bau", name="Noch eins").status_code == 422
    assert "technisch" not in admin.get(account_of(city, "brandt")).text.lower()


def test_a_technical_account_never_signs_in(admin: Person, visitor: Person) -> None:
    admin.get("/zugaenge")
    path = admin.post("/zugaenge", login="fv-bau", name="Fachverfahren Bau").headers["Location"]
    admin.get(path)
    assert admin.post(f"{path}/einmalkennwort").status_code == 422
    assert visitor.sign_in("fv-bau", "").status_code == 401


def test_a_closed_account_is_out_at_once_and_comes_back(
    city: City, admin: Person, clerk: Person, visitor: Person
) -> None:
    path = account_of(city, "brandt")
    admin.get(path)
    assert admin.post(f"{path}/schliessen", reason="ausgeschieden").status_code == 303
    assert clerk.get("/akten").status_code == 303
    assert visitor.sign_in("brandt").status_code == 401
    admin.post(f"{path}/oeffnen")
    assert visitor.sign_in("brandt").status_code == 303


def test_nobody_locks_themselves_out(city: City, admin: Person) -> None:
    path = account_of(city, "verwalter")
    admin.get(path)
    assert admin.post(f"{path}/schliessen", reason="x").status_code == 422
    assert admin.get("/zugaenge").status_code == 200


def test_an_administrator_ends_the_sessions_of_others(city: City, admin: Person, clerk: Person) -> None:
    path = account_of(city, "brandt")
    admin.get(path)
    admin.post(f"{path}/sitzungen/beenden")
    assert clerk.get("/akten").status_code == 303


def test_accounts_are_for_administrators(city: City, clerk: Person, manager: Person) -> None:
    for person in (clerk, manager):
        assert person.get("/zugaenge").status_code == 403
        assert person.get(account_of(city, "verwalter")).status_code == 403
        assert person.post(f"{account_of(city, 'verwalter')}/einmalkennwort").status_code == 403
        assert "/zugaenge" not in person.get("/akten").text


def test_accounts_are_found_by_name(admin: Person) -> None:
    page = admin.get("/zugaenge?q=okaf").text
    assert "Okafor, Grace" in page
    assert "Brandt, Kathrin" not in page
    assert "Keine Zugänge gefunden." in admin.get("/zugaenge?q=100%").text


def test_too_many_failures_of_one_address_have_to_wait(city: City) -> None:
    settings = dataclasses.replace(city.services.settings, failed_sign_ins_per_hour=3, trusted_proxies=1)
    services = dataclasses.replace(city.services, settings=settings)
    guesser = Person(create_app(services, clock=lambda: NOW).test_client())
    here = {"HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.7"}
    guesser.client.environ_base |= here
    codes = [guesser.sign_in(f"niemand{number}", "falsch").status_code for number in range(4)]
    assert codes == [401, 401, 401, 429]
    refused = guesser.sign_in("brandt")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "zu viele Anfragen" in refused.text
    elsewhere = Person(create_app(services, clock=lambda: NOW).test_client())
    elsewhere.client.environ_base |= {"HTTP_X_FORWARDED_FOR": "203.0.113.7, 198.51.100.9"}
    assert elsewhere.sign_in("brandt").status_code == 303
