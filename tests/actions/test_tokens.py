"""Tokens of programs: a part of their person's rights, for a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from eakte.actions import tokens, users
from eakte.actions.tokens import NewToken
from eakte.errors import InvalidInput, NotAllowed, NotFound
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.scopes import Scope
from eakte.store.people import person_by_login
from eakte.store.sign_in import ApiToken
from tests.town import Town

READING = NewToken("Bauportal", frozenset({Scope.READ}), 30)


def make(town: Town, actor: Actor, new: NewToken = READING, login: str = "") -> str:
    with town.database.begin() as session:
        return tokens.make(session, actor, new, now=town.now, login=login)


def who(town: Town, token: str) -> Actor | None:
    with town.database.reading() as session:
        return tokens.actor_by_token(session, token, town.now)


def test_a_token_acts_for_its_person_within_its_scopes(town: Town) -> None:
    brandt = town.actor("brandt")
    actor = who(town, make(town, brandt))
    assert actor is not None
    assert (actor.login, actor.keys) == ("brandt", brandt.keys)
    assert actor.permissions == {Permission.PUBLIC, Permission.SIGNED_IN, Permission.READ}


def test_no_scope_gives_more_than_the_person_has(town: Town) -> None:
    new = NewToken("alles", frozenset(Scope), 30)
    for login in ("brandt", "weber", "admin", "adler"):
        person = town.actor(login)
        actor = who(town, make(town, person, new))
        assert actor is not None
        assert actor.permissions == person.permissions - {Permission.ACCOUNT}
        assert actor.keys == person.keys


def test_a_token_makes_and_revokes_no_tokens(town: Town) -> None:
    actor = who(town, make(town, town.actor("brandt"), NewToken("alles", frozenset(Scope), 30)))
    assert actor is not None
    with pytest.raises(NotAllowed):
        make(town, actor)


def test_only_the_hash_of_a_token_is_kept(town: Town) -> None:
    token = make(town, town.actor("brandt"))
    with town.database.reading() as session:
        kept = session.scalars(select(ApiToken)).one()
        assert token not in {str(value) for value in vars(kept).values()}
        assert token.startswith(kept.prefix)
        assert len(kept.prefix) * 2 < len(token)


def test_a_token_ends_on_its_day_when_revoked_and_with_its_account(town: Town) -> None:
    brandt = town.actor("brandt")
    late, revoked, closed = (make(town, brandt) for _ in range(3))
    with town.database.begin() as session:
        use = tokens.use_of(session, revoked, town.now)
        assert use is not None
        tokens.revoke(session, brandt, use.token_id, town.now)
    assert who(town, revoked) is None
    assert who(town, closed) is not None
    with town.database.begin() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        person.active = False
    assert who(town, closed) is None
    with town.database.begin() as session:
        person = person_by_login(session, "brandt")
        assert person is not None
        person.active = True
    town.now += timedelta(days=30)
    assert who(town, late) is None


@pytest.mark.parametrize("token", ["", "eakte_", "eakte_falsch", "Bearer x"])
def test_what_is_no_token_opens_nothing(town: Town, token: str) -> None:
    assert who(town, token) is None


def test_the_last_use_is_kept(town: Town) -> None:
    brandt = town.actor("brandt")
    token = make(town, brandt)
    assert brandt.person_id is not None
    with town.database.begin() as session:
        use = tokens.use_of(session, token, town.now)
        assert use is not None
        assert use.unnoted
        tokens.note_use(session, use.token_id, town.now)
    with town.database.reading() as session:
        again = tokens.use_of(session, token, town.now)
        assert again is not None
        assert not again.unnoted
        (row,) = tokens.tokens_of(session, brandt, brandt.person_id, town.now)
    assert (row.used_at, row.valid, row.name) == (town.now, True, "Bauportal")


def test_only_an_administrator_makes_tokens_for_a_business_application(town: Town) -> None:
    admin = town.actor("admin")
    with town.database.begin() as session:
        users.add_person(
            session, SYSTEM, login="fv-bau", name="Fachverfahren Bau", password=None, now=town.now, technical=True
        )
    actor = who(town, make(town, admin, login="fv-bau"))
    assert actor is not None
    assert actor.login == "fv-bau"
    with pytest.raises(NotAllowed):
        make(town, town.actor("brandt"), login="fv-bau")


def test_nobody_makes_a_token_that_acts_as_another_human_being(town: Town) -> None:
    with pytest.raises(InvalidInput):
        make(town, town.actor("admin"), login="brandt")


def test_tokens_of_others_are_neither_seen_nor_revoked(town: Town) -> None:
    token = make(town, town.actor("brandt"))
    brandt, kaya = town.actor("brandt"), town.actor("kaya")
    assert brandt.person_id is not None
    with town.database.begin() as session:
        use = tokens.use_of(session, token, town.now)
        assert use is not None
        with pytest.raises(NotFound):
            tokens.revoke(session, kaya, use.token_id, town.now)
        with pytest.raises(NotAllowed):
            tokens.tokens_of(session, kaya, brandt.person_id, town.now)
    assert who(town, token) is not None


@pytest.mark.parametrize(
    "new",
    [
        NewToken("", frozenset({Scope.READ}), 30),
        NewToken("x", frozenset(), 30),
        NewToken("x", frozenset({Scope.READ}), 0),
        NewToken("x", frozenset({Scope.READ}), 5_000),
    ],
)
def test_a_token_needs_a_name_a_scope_and_an_end(town: Town, new: NewToken) -> None:
    with pytest.raises(InvalidInput):
        make(town, town.actor("brandt"), new)
