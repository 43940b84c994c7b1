"""Short ways to sign in, for tests."""

from __future__ import annotations

from datetime import timedelta

from eakte.actions import sessions
from eakte.records.access import Actor
from eakte.records.origin import Origin
from tests.town import PASSWORD, Town

HOME = Origin("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


def try_sign_in(town: Town, password: str = PASSWORD, login: str = "brandt", **more: str) -> str | None:
    with town.database.reading() as session:
        examined = sessions.examine(session, login, password)
    with town.database.begin() as session:
        return sessions.admit(session, examined, origin=HOME, now=town.now, hours=10, **more)


def signed_in(town: Town, password: str = PASSWORD, login: str = "brandt") -> str:
    token = try_sign_in(town, password, login)
    assert token is not None
    return token


def who(town: Town, token: str, *, idle: timedelta | None = None) -> Actor | None:
    with town.database.reading() as session:
        visit = sessions.visit(session, token, town.now, idle)
    return visit.actor if visit else None
