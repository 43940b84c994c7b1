"""Signing in and out, and the sessions of browsers: opened, found again, listed, ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eakte.actions.passwords import HASHER, matches, needs_rehash
from eakte.actions.standing import actor_for
from eakte.errors import NotFound, OneTimePasswordExpired, SignInLocked
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.identity import DIRECTORY
from eakte.records.origin import Origin
from eakte.records.passwords import canonical
from eakte.store.history import record
from eakte.store.people import Person, person_by_login
from eakte.store.sign_in import Identity, SignIn, WebSession

TRIES = 5
"""Wrong passwords in a row before the account rests."""
REST = timedelta(minutes=15)
SEEN = timedelta(minutes=1)
"""How exactly the last request of a session is kept: more would make a write of every page."""
PASSWORD, LDAP, OIDC = "password", "ldap", "oidc"
CHANGE_ONLY = frozenset({Permission.PUBLIC, Permission.ACCOUNT})
"""What is left to a person who has to choose a new password first."""
Check = Callable[[str, str], str | None]
"""Asks a directory whose login and password these are, by its own name for the person."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A login and password that were looked at, before any transaction that writes."""

    person_id: UUID | None
    right: bool
    way: str = PASSWORD
    seen_hash: str | None = None
    """The hash that was compared: if it changed since, the examination is void."""
    new_hash: str | None = None
    """The same password under today's parameters, where they changed."""


def examine(session: Session, login: str, password: str, *, directory: Check | None = None) -> Examined:
    """Compare login and password; takes as long for a login nobody has.

    Hashing takes a while and a directory is asked over the network, so this runs in a read transaction that holds
    nobody up; :func:`admit` then decides.
    """
    person = person_by_login(session, login)
    stored = person.password_hash if person else None
    right = matches(stored, password)
    if person is None or (stored is None and directory is None):
        return Examined(person.id if person else None, right=False)
    if stored is None and directory is not None:
        subject = directory(person.login, password)
        return Examined(person.id, subject is not None and _is_linked(session, person, subject), LDAP)
    renewed = HASHER.hash(canonical(password)) if right and stored and needs_rehash(stored) else None
    return Examined(person.id, right, PASSWORD, stored, renewed)


def _is_linked(session: Session, person: Person, subject: str) -> bool:
    """Whether the directory means this person: the login may be somebody else's by now."""
    query = select(Identity.id).where(Identity.issuer == DIRECTORY, Identity.subject == subject)
    return session.scalar(query.where(Identity.person_id == person.id)) is not None


def admit(
    session: Session, examined: Examined, *, origin: Origin, now: datetime, hours: int, replaced: str = ""
) -> str | None:
    """Open a session and return its token, or ``None`` if login or password is refused.

    Refusals are counted, so the caller commits this transaction either way and then tells the person. For *replaced*
    see :func:`begin`.

    Raises:
        SignInLocked: The account rests after too many wrong passwords.
        OneTimePasswordExpired: The password is right but was valid for a time that is over.
    """
    if examined.person_id is None:
        return None
    person = session.get(Person, examined.person_id, with_for_update=True, populate_existing=True)
    if person is None:
        return None
    if person.locked_until is not None and person.locked_until > now:
        _note(session, person, examined.way, "locked", origin, now)
        raise SignInLocked(minutes=str(1 + (person.locked_until - now) // timedelta(minutes=1)))
    stale = examined.way == PASSWORD and person.password_hash != examined.seen_hash
    if not (examined.right and person.active and not person.technical) or stale:
        _note(session, person, examined.way, "refused", origin, now)
        _count_failure(session, person, now)
        return None
    if person.password_expires_at is not None and person.password_expires_at <= now:
        _note(session, person, examined.way, "expired", origin, now)
        raise OneTimePasswordExpired
    person.failed_sign_ins, person.locked_until = 0, None
    person.password_hash = examined.new_hash or person.password_hash
    return begin(session, person, examined.way, origin=origin, now=now, hours=hours, replaced=replaced)


def begin(
    session: Session,
    person: Person,
    way: str,
    *,
    origin: Origin,
    now: datetime,
    hours: int,
    id_token: str | None = None,
    replaced: str = "",
) -> str:
    """Open a session for a person who has proved who they are, and return its token.

    *replaced* is the token the browser came with: that session ends, and the new token is always a fresh one.
    """
    sign_out(session, replaced)
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=fingerprint(token),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=hours),
            way=way,
            address=origin.shortened,
            browser=origin.browser,
            id_token=id_token,
        )
    )
    _note(session, person, way, "done", origin, now)
    session.flush()
    record(session, actor_for(session, person, now), "person.signed_in", about=("person", person.id), now=now)
    return token


def _note(session: Session, person: Person, way: str, outcome: str, origin: Origin, now: datetime) -> None:
    attempt = SignIn(
        person_id=person.id, at=now, way=way, outcome=outcome, address=origin.shortened, browser=origin.browser
    )
    session.add(attempt)


def _count_failure(session: Session, person: Person, now: datetime) -> None:
    person.failed_sign_ins += 1
    if person.failed_sign_ins >= TRIES:
        person.failed_sign_ins, person.locked_until = 0, now + REST
        session.flush()
        record(session, SYSTEM, "person.locked", about=("person", person.id), now=now)


def fingerprint(secret: str) -> str:
    """Return what is stored of a secret that is random: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that was found again."""

    actor: Actor
    session_id: UUID
    ends_at: datetime
    unseen: bool
    """The last request lies back so far that :func:`touch` is due."""


def visit(session: Session, token: str, now: datetime, idle: timedelta | None = None) -> Visit | None:
    """Return who is signed in with a token, with today's posts; ``None`` when the session is over.

    It is over at its end, after *idle* without a request, when it was ended, and when the account was closed. Who has
    to choose a new password first has no keys and no power but that.
    """
    found = session.execute(
        select(WebSession, Person)
        .join(Person, Person.id == WebSession.person_id)
        .where(WebSession.token_hash == fingerprint(token), WebSession.expires_at > now, Person.active)
    ).first()
    if found is None or (idle is not None and found.WebSession.seen_at + idle <= now):
        return None
    actor = actor_for(session, found.Person, now)
    if found.Person.must_change_password and found.WebSession.way == PASSWORD:
        actor = replace(actor, keys=frozenset(), unit_codes=frozenset(), permissions=CHANGE_ONLY)
    return Visit(actor, found.WebSession.id, found.WebSession.expires_at, now - found.WebSession.seen_at >= SEEN)


def actor_of(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who is signed in with a token, like :func:`visit`."""
    found = visit(session, token, now)
    return found.actor if found else None


def touch(session: Session, session_id: UUID, now: datetime) -> None:
    """Note that the person is still there."""
    kept = session.scalar(select(WebSession).where(WebSession.id == session_id))
    if kept is not None:
        kept.seen_at = now


def id_token_of(session: Session, token: str) -> str | None:
    """Return what an OpenID provider needs to end its own session."""
    return session.scalar(select(WebSession.id_token).where(WebSession.token_hash == fingerprint(token)))


def sign_out(session: Session, token: str) -> None:
    """End a session."""
    if token:
        session.execute(delete(WebSession).where(WebSession.token_hash == fingerprint(token)))


@dataclass(frozen=True, slots=True)
class SessionRow:
    """An open session as lists show it."""

    id: UUID
    since: datetime
    seen_at: datetime
    way: str
    address: str
    browser: str
    own: bool
    """The one the list is read in."""


def open_sessions(
    session: Session, actor: Actor, person_id: UUID, now: datetime, *, token: str = ""
) -> tuple[SessionRow, ...]:
    """Return the open sessions of oneself, or of anybody for administrators, the newest first."""
    _own_or_administrator(actor, person_id)
    rows = session.scalars(
        select(WebSession)
        .where(WebSession.person_id == person_id, WebSession.expires_at > now)
        .order_by(WebSession.created_at.desc(), WebSession.id)
    )
    mine = fingerprint(token)
    return tuple(
        SessionRow(one.id, one.created_at, one.seen_at, one.way, one.address, one.browser, one.token_hash == mine)
        for one in rows
    )


def end(
    session: Session, actor: Actor, person_id: UUID, now: datetime, *, only: UUID | None = None, but: str = ""
) -> int:
    """End all sessions of a person, *only* one of them, or all *but* the one with a token; return how many.

    Raises:
        NotFound: The one session is not there, or it is somebody else's.
    """
    _own_or_administrator(actor, person_id)
    ending = delete(WebSession).where(WebSession.person_id == person_id)
    if only is not None:
        ending = ending.where(WebSession.id == only)
    if but:
        ending = ending.where(WebSession.token_hash != fingerprint(but))
    ended = len(session.scalars(ending.returning(WebSession.id)).all())
    if only is not None and not ended:
        raise NotFound
    if ended:
        detail = {"number": ended}
        record(session, actor, "person.sessions_ended", about=("person", person_id), now=now, detail=detail)
    return ended


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One attempt to sign in as lists show it."""

    at: datetime
    way: str
    outcome: str
    address: str
    browser: str


def sign_ins(session: Session, actor: Actor, person_id: UUID, *, limit: int = 30) -> tuple[SignInRow, ...]:
    """Return the last attempts to sign in to one's own account, or to any for administrators; also the failed ones."""
    _own_or_administrator(actor, person_id)
    rows = session.scalars(
        select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.at.desc(), SignIn.id).limit(limit)
    )
    return tuple(SignInRow(one.at, one.way, one.outcome, one.address, one.browser) for one in rows)


def forget(session: Session, now: datetime, *, kept: timedelta) -> None:
    """Remove sessions that are over, and attempts to sign in older than they are *kept*."""
    session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    session.execute(delete(SignIn).where(SignIn.at < now - kept))


def _own_or_administrator(actor: Actor, person_id: UUID) -> None:
    actor.require(Permission.OWN)
    if actor.person_id != person_id and not actor.may(Permission.USERS):
        raise NotFound
