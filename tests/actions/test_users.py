"""Signing in: right, wrong, locked, expired."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eakte.actions import users
from eakte.errors import InvalidInput, NotAllowed, SignInLocked
from eakte.records.access import SYSTEM
from tests.town import PASSWORD, Town


def try_sign_in(town: Town, password: str, login: str = "brandt") -> str | None:
    with town.database.begin() as session:
        return users.sign_in(session, login, password, now=town.now, hours=10)


def test_the_right_password_opens_a_session_that_ends(town: Town) -> None:
    token = try_sign_in(town, PASSWORD)
    assert token is not None
    with town.database.reading() as session:
        actor = users.actor_of(session, token, town.now)
        assert actor is not None
        assert actor.login == "brandt"
        assert users.actor_of(session, token, town.now + timedelta(hours=11)) is None


def test_signing_out_ends_the_session_at_once(town: Town) -> None:
    token = try_sign_in(town, PASSWORD)
    assert token is not None
    with town.database.begin() as session:
        users.sign_out(session, token)
    with town.database.reading() as session:
        assert users.actor_of(session, token, town.now) is None


def test_wrong_password_and_unknown_login_are_refused_alike(town: Town) -> None:
    assert try_sign_in(town, "falsch") is None
    assert try_sign_in(town, PASSWORD, login="niemand") is None


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(town: Town) -> None:
    for _ in range(users.TRIES):
        assert try_sign_in(town, "falsch") is None
    with pytest.raises(SignInLocked):
        try_sign_in(town, PASSWORD)
    town.now += users.REST + timedelta(seconds=1)
    assert try_sign_in(town, PASSWORD) is not None


def test_a_new_password_ends_old_sessions(town: Town) -> None:
    token = try_sign_in(town, PASSWORD)
    assert token is not None
    with town.database.begin() as session:
        users.set_password(session, SYSTEM, "brandt", password="ein-neues-kennwort", now=town.now)
    with town.database.reading() as session:
        assert users.actor_of(session, token, town.now) is None


def test_a_short_password_is_refused(town: Town) -> None:
    with town.database.begin() as session, pytest.raises(InvalidInput):
        users.add_person(session, SYSTEM, login="neu", name="Neu, N.", password="kurz", now=town.now)


def test_a_clerk_manages_no_people(town: Town) -> None:
    clerk = town.actor("brandt")
    with town.database.reading() as session, pytest.raises(NotAllowed):
        users.people(session, clerk, town.now)
