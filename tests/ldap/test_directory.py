"""People from a real directory: kept in step, never deleted; their passwords judged by it."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from eakte.actions import accounts, directory, sessions, users
from eakte.actions.directory import Change
from eakte.errors import DirectorySuspicious, IdentityUnreachable
from eakte.identity.ldap import Access, Directory, is_guarded
from eakte.records.access import SYSTEM, Role
from eakte.records.identity import GroupRule
from eakte.store.history import HistoryEntry
from eakte.store.people import Person, person_by_login
from tests.actions.signing import HOME, signed_in, who
from tests.ldap.server import ADMIN, BASE, PASSWORD, Server
from tests.town import Town

RULES = (
    GroupRule("akte-sb-*", "*", Role.CLERK, "Sachbearbeitung"),
    GroupRule(f"cn=revision,{BASE}", "14", Role.AUDITOR, "Revision"),
)
ON_SQLITE = pytest.mark.parametrize("town", ["sqlite"], indirect=True)


def access(server: Server, **changes: object) -> Access:
    plain = Access(
        url=server.url,
        start_tls=False,
        ca_file="",
        bind_dn=ADMIN,
        password=PASSWORD,
        base=BASE,
        filter="(objectClass=inetOrgPerson)",
        login="uid",
        name="cn",
        subject="entryUUID",
        groups="memberOf",
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def sync(town: Town, server: Server, *, force: bool = False, link_logins: bool = False) -> list[Change]:
    people, _ = Directory(access(server)).people()
    with town.database.begin() as session:
        return directory.sync(session, SYSTEM, people, RULES, link_logins=link_logins, now=town.now, force=force)


def changed(changes: list[Change]) -> set[tuple[str, str]]:
    return {(one.login, one.what) for one in changes}


def person(town: Town, login: str) -> Person:
    with town.database.reading() as session:
        found = person_by_login(session, login)
    assert found is not None
    return found


def actions(town: Town, login: str) -> list[str]:
    query = select(HistoryEntry.action).where(HistoryEntry.about_id == str(person(town, login).id))
    with town.database.reading() as session:
        return list(session.scalars(query.order_by(HistoryEntry.sequence)))


def test_people_come_with_their_posts_and_follow_what_changes(town: Town, directory_server: Server) -> None:
    server = directory_server
    stein = server.person("stein", "Stein, Maja")
    voss = server.person("voss", "Voss, Émile")
    server.group("akte-sb-63.2", stein)
    server.group("revision", voss)
    assert changed(sync(town, server)) == {
        ("stein", "added"), ("stein", "posts"), ("voss", "added"), ("voss", "posts"),
    }  # fmt: skip
    assert "unit:63.2" in town.actor("stein").keys
    assert "all" in town.actor("voss").keys
    assert person(town, "voss").name == "Voss, Émile"
    assert sync(town, server) == []
    server.change(stein, {"cn": "Stein-Voss, Maja"})
    server.remove(f"cn=akte-sb-63.2,{BASE}")
    assert changed(sync(town, server)) == {("stein", "renamed"), ("stein", "posts")}
    assert "unit:63.2" not in town.actor("stein").keys
    assert actions(town, "stein") == [
        "person.added", "person.linked", "person.post_assigned", "person.renamed", "person.post_ended",
    ]  # fmt: skip


@ON_SQLITE
def test_who_is_gone_is_closed_never_deleted_and_opened_when_back(town: Town, directory_server: Server) -> None:
    server = directory_server
    stein = server.person("stein", "Stein, Maja", password="Leuchtturm")
    server.person("voss", "Voss, Emil")
    sync(town, server)
    server.change(stein, {"objectClass": "inetOrgPerson"})
    people, _ = Directory(access(server, filter="(&(objectClass=inetOrgPerson)(!(uid=stein)))")).people()
    with town.database.begin() as session:
        changes = directory.sync(session, SYSTEM, people, RULES, link_logins=False, now=town.now)
    assert changed(changes) == {("stein", "closed")}
    assert not person(town, "stein").active
    assert changed(sync(town, server)) == {("stein", "reopened")}
    assert person(town, "stein").active


@ON_SQLITE
def test_what_a_human_being_closed_stays_closed(town: Town, directory_server: Server) -> None:
    directory_server.person("stein", "Stein, Maja")
    directory_server.person("voss", "Voss, Emil")
    sync(town, directory_server)
    with town.database.begin() as session:
        accounts.close(session, SYSTEM, person(town, "stein").id, now=town.now)
    assert sync(town, directory_server) == []
    assert not person(town, "stein").active


@ON_SQLITE
def test_local_accounts_are_neither_taken_over_nor_closed(town: Town, directory_server: Server) -> None:
    directory_server.person("brandt", "Falsch, F.")
    directory_server.person("stein", "Stein, Maja")
    assert changed(sync(town, directory_server)) == {("brandt", "taken"), ("stein", "added")}
    assert person(town, "brandt").name == "Brandt, K."
    assert all(person(town, login).active for login in ("brandt", "ott", "admin"))
    assert ("brandt", "added") in changed(sync(town, directory_server, link_logins=True))


@ON_SQLITE
def test_an_empty_directory_closes_nobody(town: Town, directory_server: Server) -> None:
    stein = directory_server.person("stein", "Stein, Maja")
    sync(town, directory_server)
    directory_server.remove(stein)
    with pytest.raises(DirectorySuspicious):
        sync(town, directory_server)
    assert person(town, "stein").active
    assert changed(sync(town, directory_server, force=True)) == {("stein", "closed")}


@ON_SQLITE
def test_an_entry_without_a_usable_login_is_told_and_left_out(town: Town, directory_server: Server) -> None:
    directory_server.person("hat leer", "Leer, H.")
    directory_server.person("stein", "Stein, Maja")
    people, unusable = Directory(access(directory_server)).people()
    assert [told.login for told in people] == ["stein"]
    assert [name.startswith("uid=hat leer") for name in unusable] == [True]
    assert changed(sync(town, directory_server)) == {("stein", "added")}


@ON_SQLITE
def test_the_directory_judges_passwords(town: Town, directory_server: Server) -> None:
    directory_server.person("stein", "Stein, Maja", password="Leuchtturm")
    sync(town, directory_server)
    check = Directory(access(directory_server)).check
    for password, opens in (("Leuchtturm", True), ("falsch", False), ("", False), ("*", False)):
        with town.database.reading() as session:
            examined = sessions.examine(session, "stein", password, directory=check)
        with town.database.begin() as session:
            token = sessions.admit(session, examined, origin=HOME, now=town.now, hours=1)
        assert (token is not None) == opens, password
    with town.database.reading() as session:
        rows = sessions.sign_ins(session, town.actor("stein"), person(town, "stein").id)
    assert {row.way for row in rows} == {"ldap"}


@ON_SQLITE
def test_a_login_that_was_given_to_somebody_else_opens_nothing(town: Town, directory_server: Server) -> None:
    old = directory_server.person("stein", "Stein, Maja", password="Leuchtturm")
    directory_server.person("voss", "Voss, Emil")
    sync(town, directory_server)
    directory_server.remove(old)
    directory_server.person("stein", "Stein, Moritz", password="Sternwarte")
    with town.database.reading() as session:
        check = Directory(access(directory_server)).check
        assert not sessions.examine(session, "stein", "Sternwarte", directory=check).right


@ON_SQLITE
def test_who_has_a_password_here_is_not_judged_by_the_directory(town: Town, directory_server: Server) -> None:
    directory_server.person("brandt", "Brandt, K.", password="Leuchtturm")
    with town.database.reading() as session:
        check = Directory(access(directory_server)).check
        assert not sessions.examine(session, "brandt", "Leuchtturm", directory=check).right
    assert who(town, signed_in(town)) is not None


@pytest.mark.parametrize("login", ["*", "stein)(uid=*", "*)(objectClass=*", "ste\\2ain", "stein\x00", "(|(uid=*))"])
def test_what_is_typed_is_never_read_as_a_filter(directory_server: Server, login: str) -> None:
    directory_server.person("stein", "Stein, Maja", password="Leuchtturm")
    assert Directory(access(directory_server)).check("stein", "Leuchtturm") is not None
    assert Directory(access(directory_server)).check(login, "Leuchtturm") is None


@pytest.mark.parametrize(("tls", "starts"), [(True, False), (False, True)])
def test_the_directory_is_spoken_to_encrypted(directory_server: Server, *, tls: bool, starts: bool) -> None:
    directory_server.person("stein", "Stein, Maja", password="Leuchtturm")
    url = directory_server.tls_url if tls else directory_server.url
    trusted = str(directory_server.folder / "certificate.pem")
    found = Directory(access(directory_server, url=url, start_tls=starts, ca_file=trusted))
    assert [told.login for told in found.people()[0]] == ["stein"]
    assert found.check("stein", "Leuchtturm") is not None
    stranger = Directory(access(directory_server, url=url, start_tls=starts))
    with pytest.raises(IdentityUnreachable):
        stranger.people()


def test_a_wrong_account_or_no_directory_is_told(directory_server: Server) -> None:
    for changes in ({"password": "falsch"}, {"url": "ldap://127.0.0.1:1"}, {"base": "dc=nirgends"}):
        with pytest.raises(IdentityUnreachable):
            Directory(access(directory_server, **changes)).people()


def test_many_people_come_page_by_page(directory_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eakte.identity.ldap.PAGE", 2)
    for number in range(5):
        directory_server.person(f"person{number}", f"Person {number}")
    assert len(Directory(access(directory_server)).people()[0]) == 5


@pytest.mark.parametrize(
    ("url", "start_tls", "guarded"),
    [
        ("ldaps://verzeichnis.example", False, True),
        ("ldap://verzeichnis.example", True, True),
        ("ldap://verzeichnis.example", False, False),
        ("ldap://localhost", False, True),
        ("http://verzeichnis.example", True, False),
        ("ldaps://", False, False),
    ],
)
def test_passwords_go_over_no_open_line(url: str, *, start_tls: bool, guarded: bool) -> None:
    assert is_guarded(url, start_tls=start_tls) == guarded


@ON_SQLITE
def test_only_administrators_bring_people_in_step(town: Town) -> None:
    with town.database.begin() as session, pytest.raises(Exception, match="not-allowed"):
        directory.sync(session, town.actor("brandt"), [], RULES, link_logins=False, now=town.now)
    with town.database.reading() as session:
        assert users.people(session, SYSTEM, town.now)
