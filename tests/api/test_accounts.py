"""Accounts by program: one's own sessions and keys, those of others for administrators alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from eakte.actions import sessions, users
from eakte.records.origin import Origin
from eakte.records.scopes import Scope
from eakte.store.people import person_by_login
from tests.api.conftest import Program, code_of, token_of
from tests.web.city import NOW, City


def sign_in(city: City, login: str) -> str:
    """Open a session and return its token."""
    with city.services.database.begin() as session:
        person = person_by_login(session, login)
        assert person is not None
        return sessions.begin(session, person, "password", origin=Origin("203.0.113.9", "Firefox"), now=NOW, hours=10)


def signed_in(city: City, token: str) -> bool:
    with city.services.database.reading() as session:
        return sessions.visit(session, token, NOW) is not None


def test_somebodys_program_sees_and_ends_their_sessions_and_nobody_elses(
    city: City, clerk: Program, stranger: Program
) -> None:
    own, other = sign_in(city, "brandt"), sign_in(city, "okafor")
    (row,) = clerk.get("/me/sessions").get_json()["items"]
    assert row["address"] == "203.0.113.x"
    assert clerk.get("/me/sign-ins").get_json()["items"][0]["success"]
    assert code_of(stranger.call("DELETE", f"/me/sessions/{row['session_id']}")) == (404, "not-found")
    assert clerk.call("DELETE", f"/me/sessions/{row['session_id']}").get_json() == {"number": 1}
    assert not signed_in(city, own)
    assert signed_in(city, other)


def test_a_program_lists_and_revokes_its_persons_keys_and_makes_none(clerk: Program) -> None:
    rows = clerk.get("/me/tokens").get_json()["items"]
    assert all(clerk.token not in str(row) for row in rows)
    assert clerk.call("POST", "/me/tokens", json={}).status_code == 405
    (row,) = [row for row in rows if clerk.token.startswith(row["token_start"])]
    assert clerk.call("DELETE", f"/me/tokens/{row['token_id']}").status_code == 200
    assert code_of(clerk.get("/me")) == (401, "token-needed")


def test_nobody_revokes_the_key_of_another_by_their_own_account(
    clerk: Program, stranger: Program, administrator: Program
) -> None:
    token_id = clerk.get("/me/tokens").get_json()["items"][0]["token_id"]
    for program in (stranger, administrator):
        assert code_of(program.call("DELETE", f"/me/tokens/{token_id}")) == (404, "not-found")


def test_a_key_with_a_narrow_scope_says_nothing_of_the_account(city: City, clerk: Program) -> None:
    narrow = Program(clerk.client, token_of(city.services, "brandt", Scope.READ, Scope.FILE))
    for path in ("/me/sessions", "/me/sign-ins", "/me/tokens"):
        assert code_of(narrow.get(path)) == (403, "not-allowed")


@pytest.mark.parametrize("path", ["", "/sessions", "/sign-ins", "/tokens"])
def test_accounts_of_others_are_for_administrators(clerk: Program, path: str) -> None:
    assert code_of(clerk.get(f"/accounts/{uuid4()}{path}")) == (403, "not-allowed")
    assert code_of(clerk.get("/accounts")) == (403, "not-allowed")


def test_an_administrator_closes_and_opens_an_account_and_ends_what_it_holds(
    city: City, administrator: Program, clerk: Program
) -> None:
    token = sign_in(city, "brandt")
    (account,) = administrator.get("/accounts?q=brandt").get_json()["items"]
    address = f"/accounts/{account['person_id']}"
    assert len(administrator.get(f"{address}/sessions").get_json()["items"]) == 1
    assert administrator.get(f"{address}/sign-ins").get_json()["items"][0]["at"] == NOW.isoformat().replace(
        "+00:00", "Z"
    )
    assert administrator.call("DELETE", f"{address}/sessions").get_json() == {"number": 1}
    assert not signed_in(city, token)
    assert administrator.post(f"{address}/closure", {"remark": "Ruhestand"}).get_json()["active"] is False
    assert code_of(clerk.get("/me")) == (401, "token-needed")
    assert administrator.post(f"{address}/reopening").get_json()["active"] is True
    assert clerk.get("/me").status_code == 200
    (key,) = administrator.get(f"{address}/tokens").get_json()["items"]
    assert administrator.call("DELETE", f"{address}/tokens/{key['token_id']}").status_code == 200
    assert code_of(clerk.get("/me")) == (401, "token-needed")


def test_an_unknown_account_is_not_found_and_ones_own_is_closed_by_another(administrator: Program) -> None:
    for path in ("", "/sessions", "/sign-ins", "/tokens"):
        assert code_of(administrator.get(f"/accounts/{uuid4()}{path}")) == (404, "not-found")
    (own,) = administrator.get("/accounts?q=verwalter").get_json()["items"]
    answer = administrator.post(f"/accounts/{own['person_id']}/closure")
    assert code_of(answer) == (422, "invalid-input")


@pytest.mark.parametrize("path", ["/accounts", "/people"])
def test_people_are_read_page_by_page_and_newcomers_shift_nothing(
    city: City, administrator: Program, path: str
) -> None:
    whole = [row["login"] for row in administrator.get(f"{path}?limit=100").get_json()["items"]]
    assert whole == sorted(whole)
    page = administrator.get(f"{path}?limit=2").get_json()
    seen = [row["login"] for row in page["items"]]
    with city.services.database.begin() as session:
        actor = users.actor_by_login(session, "verwalter", NOW)
        users.add_person(session, actor, login="aaa", name="Neu", password=None, now=NOW + timedelta(1), technical=True)
    while page["next"]:
        page = administrator.get(page["next"]).get_json()
        seen += [row["login"] for row in page["items"]]
    assert seen == whole
