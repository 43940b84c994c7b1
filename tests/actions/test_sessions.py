"""Signing in: right, wrong, locked, expired; sessions that end, are listed and ended by others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from eakte.actions import passwords, sessions
from eakte.errors import NotFound, OneTimePasswordExpired, SignInLocked
from eakte.records.access import SYSTEM, Permission
from eakte.store.people import person_by_login
from tests.actions.signing import HOME, signed_in, try_sign_in, who
from tests.town import PASSWORD, Town

NEW = "Leuchtturm trinkt Tee"


def test_the_right_password_opens_a_session_that_ends(town: Town) -> None:
    token = signed_in(town)
    actor = who(town, token)
    assert actor is not None
    assert actor.login == "brandt"
    town.now += timedelta(hours=11)
    assert who(town, token) is None


def test_a_session_without_requests_is_over_before_its_end(town: Town) -> None:
    token, idle = signed_in(town), timedelta(minutes=60)
    town.now += timedelta(minutes=59)
    with town.database.begin() as session:
        visit = sessions.visit(session, token, town.now, idle)
        assert visit is not None
        assert visit.unseen
        sessions.touch(session, visit.session_id, town.now)
    town.now += timedelta(minutes=59)
    assert who(town, token, idle=idle) is not None
    town.now += timedelta(minutes=1)
    assert who(town, token, idle=idle) is None


def test_signing_out_ends_the_session_at_once(town: Town) -> None:
    token = signed_in(town)
    with town.database.begin() as session:
        sessions.sign_out(session, token)
    assert who(town, token) is None


def test_signing_in_again_ends_the_session_the_browser_had(town: Town) -> None:
    first = signed_in(town)
    second = try_sign_in(town, replaced=first)
    assert second not in {None, first}
    assert who(town, first) is None


def test_wrong_password_and_unknown_login_are_refused_alike(town: Town) -> None:
    assert try_sign_in(town, "falsch") is None
    assert try_sign_in(town, login="niemand") is None


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(town: Town) -> None:
    for _ in range(sessions.TRIES):
        assert try_sign_in(town, "falsch") is None
    with pytest.raises(SignInLocked):
        try_sign_in(town)
    town.now += sessions.REST + timedelta(seconds=1)
    assert try_sign_in(town) is not None


def test_a_password_that_changed_while_it_was_compared_does_not_open(town: Town) -> None:
    with town.database.reading() as session:
        examined = sessions.examine(session, "brandt", PASSWORD)
    with town.database.begin() as session:
        passwords.set_password(session, SYSTEM, "brandt", password=NEW, now=town.now)
    with town.database.begin() as session:
        assert sessions.admit(session, examined, origin=HOME, now=town.now, hours=1) is None


def test_a_closed_account_is_refused_like_a_wrong_password(town: Town) -> None:
    with town.database.begin() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        person.active = False
    assert try_sign_in(town) is None


def test_a_login_nobody_has_costs_what_a_password_of_today_costs() -> None:
    assert not passwords.needs_rehash(passwords.DECOY)
    assert not passwords.matches(None, "decoy")


def test_a_hash_of_old_parameters_is_renewed_at_sign_in(town: Town) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8_192).hash(PASSWORD)
    with town.database.begin() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        person.password_hash = weak
    signed_in(town)
    with town.database.reading() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        assert person.password_hash not in {None, weak}
    assert try_sign_in(town) is not None


def test_a_new_password_ends_old_sessions(town: Town) -> None:
    token = signed_in(town)
    with town.database.begin() as session:
        passwords.set_password(session, SYSTEM, "brandt", password=NEW, now=town.now)
    assert who(town, token) is None
    assert try_sign_in(town) is None
    assert try_sign_in(town, NEW) is not None


def test_a_one_time_password_opens_nothing_but_the_choice_of_a_new_one(town: Town) -> None:
    old = signed_in(town)
    with town.database.begin() as session:
        once = passwords.recover(session, SYSTEM, "brandt", now=town.now)
    assert who(town, old) is None
    actor = who(town, signed_in(town, once))
    assert actor is not None
    assert actor.permissions == {Permission.PUBLIC, Permission.ACCOUNT}
    assert actor.keys == frozenset()
    with town.database.begin() as session:
        passwords.change_own(session, actor, old=once, new=NEW, now=town.now)
    free = who(town, signed_in(town, NEW))
    assert free is not None
    assert free.may(Permission.FILE)
    assert try_sign_in(town, once) is None


def test_a_one_time_password_expires(town: Town) -> None:
    with town.database.begin() as session:
        once = passwords.recover(session, SYSTEM, "brandt", now=town.now)
    town.now += passwords.ONE_TIME_VALID
    assert try_sign_in(town, "falsch") is None
    with pytest.raises(OneTimePasswordExpired):
        try_sign_in(town, once)


def test_sign_ins_are_listed_with_way_place_and_outcome(town: Town) -> None:
    try_sign_in(town, "falsch")
    town.now += timedelta(minutes=1)
    signed_in(town)
    brandt = town.actor("brandt")
    assert brandt.person_id is not None
    with town.database.reading() as session:
        rows = sessions.sign_ins(session, brandt, brandt.person_id)
    assert [(row.way, row.outcome, row.address, row.browser) for row in rows] == [
        ("password", "done", "203.0.113.x", "Firefox unter Linux"),
        ("password", "refused", "203.0.113.x", "Firefox unter Linux"),
    ]


def test_one_ends_ones_own_sessions_and_an_administrator_those_of_others(town: Town) -> None:
    tokens = [signed_in(town) for _ in range(3)]
    brandt, admin, kaya = town.actor("brandt"), town.actor("admin"), town.actor("kaya")
    assert brandt.person_id is not None
    with town.database.begin() as session:
        rows = sessions.open_sessions(session, brandt, brandt.person_id, town.now, token=tokens[0])
        assert [row.own for row in rows].count(True) == 1
        other = next(row for row in rows if not row.own)
        with pytest.raises(NotFound):
            sessions.end(session, kaya, brandt.person_id, town.now, only=other.id)
        with pytest.raises(NotFound):
            sessions.open_sessions(session, kaya, brandt.person_id, town.now)
        sessions.end(session, brandt, brandt.person_id, town.now, only=other.id)
        assert sessions.end(session, brandt, brandt.person_id, town.now, but=tokens[0]) == 1
    assert who(town, tokens[0]) is not None
    assert [who(town, token) for token in tokens[1:]] == [None, None]
    with town.database.begin() as session:
        sessions.end(session, admin, brandt.person_id, town.now)
    assert who(town, tokens[0]) is None


def test_a_session_of_somebody_else_cannot_be_ended_under_ones_own_name(town: Town) -> None:
    token = signed_in(town)
    brandt, kaya = town.actor("brandt"), town.actor("kaya")
    assert brandt.person_id is not None
    assert kaya.person_id is not None
    with town.database.begin() as session:
        row = sessions.open_sessions(session, brandt, brandt.person_id, town.now)[0]
        with pytest.raises(NotFound):
            sessions.end(session, kaya, kaya.person_id, town.now, only=row.id)
    assert who(town, token) is not None
