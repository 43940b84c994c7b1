"""People: signing in and out, accounts, posts."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput, SignInLocked
from eakte.records.access import ROLE_LABELS, Actor, Permission, Role, keys_of, permissions_of
from eakte.records.calendar import day_of
from eakte.store.history import record
from eakte.store.people import Person, Post, PostHolder, WebSession, person_by_login, posts_of, unit_by_code

_HASHER = PasswordHasher()
_DECOY = _HASHER.hash("decoy")
TRIES = 5
"""Wrong passwords in a row before the account rests."""
REST = timedelta(minutes=15)
MIN_PASSWORD = 10


def sign_in(session: Session, login: str, password: str, *, now: datetime, hours: int) -> str | None:
    """Check a password and return the token of a new session, or ``None`` if it is refused.

    Refusals are counted, so the caller commits this transaction either way and then tells the person.

    Raises:
        SignInLocked: The account rests after too many wrong passwords.
    """
    person = person_by_login(session, login)
    if person is not None and person.locked_until is not None and person.locked_until > now:
        _verify(_DECOY, password)
        raise SignInLocked(minutes=str(1 + (person.locked_until - now) // timedelta(minutes=1)))
    # An unknown login costs the same time as a wrong password, so that logins cannot be probed.
    right = _verify((person.password_hash if person else None) or _DECOY, password)
    if person is None or not person.active or not right:
        if person is not None:
            _count_failure(person, now)
        return None
    person.failed_sign_ins, person.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=_fingerprint(token), person_id=person.id, created_at=now, expires_at=now + timedelta(hours=hours)
        )
    )
    session.flush()
    record(session, actor_for(session, person, now), "person.signed_in", about=("person", person.id), now=now)
    return token


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(person: Person, now: datetime) -> None:
    person.failed_sign_ins += 1
    if person.failed_sign_ins >= TRIES:
        person.failed_sign_ins, person.locked_until = 0, now + REST


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who is signed in with a token, with today's posts; ``None`` when the session is over."""
    person = session.scalar(
        select(Person)
        .join(WebSession, WebSession.person_id == Person.id)
        .where(WebSession.token_hash == _fingerprint(token), WebSession.expires_at > now, Person.active)
    )
    return actor_for(session, person, now) if person else None


def actor_for(session: Session, person: Person, now: datetime) -> Actor:
    """Return the actor a person is today, through the posts they hold."""
    held = posts_of(session, person.id, day_of(now))
    facts = [fact for _, fact in held]
    return Actor(
        person_id=person.id,
        login=person.login,
        name=person.name,
        keys=keys_of(person.id, facts),
        permissions=permissions_of(facts),
        unit_codes=frozenset().union(*(fact.unit_codes for fact in facts)),
        home_unit=held[0][0].org_unit.code if held else None,
    )


def actor_by_login(session: Session, login: str, now: datetime) -> Actor:
    """Return the actor with a login, for the command line acting on behalf of a person.

    Raises:
        InvalidInput: There is no such person, or the account is closed.
    """
    person = person_by_login(session, login)
    if person is None or not person.active:
        raise InvalidInput(problem=f"Es gibt keine aktive Person mit dem Anmeldenamen „{login}“.", field="login")
    return actor_for(session, person, now)


def sign_out(session: Session, token: str) -> None:
    """End a session."""
    session.execute(delete(WebSession).where(WebSession.token_hash == _fingerprint(token)))


def add_person(session: Session, actor: Actor, *, login: str, name: str, password: str, now: datetime) -> UUID:
    """Create an account.

    Raises:
        InvalidInput: The login is taken or the password is too short.
    """
    actor.require(Permission.USERS)
    if person_by_login(session, login) is not None:
        raise InvalidInput(problem=f"Der Anmeldename „{login}“ ist vergeben.", field="login")
    person = Person(login=login, name=name, password_hash=_hash(password))
    session.add(person)
    session.flush()
    record(session, actor, "person.added", about=("person", person.id), now=now, detail={"login": login})
    return person.id


def set_password(session: Session, actor: Actor, login: str, *, password: str, now: datetime) -> None:
    """Give an account a new password and end its sessions."""
    actor.require(Permission.USERS)
    person = person_by_login(session, login)
    if person is None:
        raise InvalidInput(problem=f"Es gibt keine Person mit dem Anmeldenamen „{login}“.", field="login")
    person.password_hash, person.failed_sign_ins, person.locked_until = _hash(password), 0, None
    session.execute(delete(WebSession).where(WebSession.person_id == person.id))
    record(session, actor, "person.password_set", about=("person", person.id), now=now)


def _hash(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise InvalidInput(problem=f"Das Kennwort braucht mindestens {MIN_PASSWORD} Zeichen.", field="password")
    return _HASHER.hash(password)


def assign_post(
    session: Session,
    actor: Actor,
    login: str,
    *,
    unit_code: str,
    title: str,
    role: Role,
    valid_from: date,
    now: datetime,
) -> None:
    """Give a person a post in a unit, creating the post if it is new."""
    actor.require(Permission.USERS)
    person, unit = person_by_login(session, login), unit_by_code(session, unit_code)
    if person is None or unit is None:
        raise InvalidInput(problem="Person oder Organisationseinheit ist unbekannt.", field="login")
    post = session.scalar(select(Post).where(Post.org_unit_id == unit.id, Post.title == title, Post.role == role))
    if post is None:
        post = Post(org_unit_id=unit.id, title=title, role=role)
        session.add(post)
        session.flush()
    session.add(PostHolder(post_id=post.id, person_id=person.id, valid_from=valid_from))
    detail = {"unit": unit_code, "role": role.value, "from": valid_from.isoformat()}
    record(session, actor, "person.post_assigned", about=("person", person.id), now=now, detail=detail)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists show them."""

    login: str
    name: str
    active: bool
    posts: tuple[str, ...]


def people(session: Session, actor: Actor, now: datetime) -> tuple[PersonRow, ...]:
    """Return all people with their posts today, by login."""
    actor.require(Permission.USERS)
    return tuple(
        PersonRow(
            person.login,
            person.name,
            person.active,
            tuple(
                f"{ROLE_LABELS[post.role]} · {post.org_unit.code} {post.org_unit.name}"
                for post, _ in posts_of(session, person.id, day_of(now))
            ),
        )
        for person in session.scalars(select(Person).order_by(Person.login))
    )
