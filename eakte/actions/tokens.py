"""Tokens of programs: made, found again, listed, revoked. A token is its person's rights, cut by its scopes."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.sessions import fingerprint
from eakte.actions.standing import actor_for
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.scopes import Scope, powers_of
from eakte.store.history import record
from eakte.store.people import Person, person_by_login
from eakte.store.sign_in import ApiToken

MARK = "eakte_"
"""Every token begins so, that scanners for leaked secrets recognise it."""
SHOWN = len(MARK) + 6
LONGEST_DAYS = 366
USED = timedelta(minutes=1)
"""How exactly the last use is kept."""


@dataclass(frozen=True, slots=True)
class Use:
    """A token that was found again."""

    actor: Actor
    token_id: UUID
    name: str
    unnoted: bool
    """The last use that was kept lies back so far that :func:`note_use` is due, in a transaction that writes."""


def use_of(session: Session, token: str, now: datetime) -> Use | None:
    """Return whom a token acts for; ``None`` if there is none, it expired or was revoked, or the account is closed."""
    if not token.startswith(MARK):
        return None
    found = session.execute(
        select(ApiToken, Person)
        .join(Person, Person.id == ApiToken.person_id)
        .where(
            ApiToken.token_hash == fingerprint(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            Person.active,
        )
    ).first()
    if found is None:
        return None
    kept: ApiToken = found.ApiToken
    actor = actor_for(session, found.Person, now)
    cut = replace(actor, permissions=actor.permissions & powers_of(_known(kept.scopes)))
    return Use(cut, kept.id, kept.name, kept.used_at is None or now - kept.used_at >= USED)


def actor_by_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Return whom a token acts for, like :func:`use_of`."""
    found = use_of(session, token, now)
    return found.actor if found else None


def note_use(session: Session, token_id: UUID, now: datetime) -> None:
    """Keep when the token was last used."""
    kept = session.get(ApiToken, token_id)
    if kept is not None:
        kept.used_at = now


def _known(scopes: Collection[str]) -> list[Scope]:
    return [Scope(scope) for scope in scopes if scope in set(Scope)]


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a person decides about a token."""

    name: str
    scopes: frozenset[Scope]
    days: int


def make(session: Session, actor: Actor, new: NewToken, *, now: datetime, login: str = "") -> str:
    """Make a token for oneself, or as administrator for the technical account *login*; it is returned once.

    Nobody makes tokens for another human being: they would act under that person's name.

    Raises:
        InvalidInput: Name, scopes or days do not fit, or *login* is not a technical account.
        NotAllowed: The actor may not make this token.
    """
    person = _whose(session, actor, login)
    if not new.name or not new.scopes:
        raise InvalidInput(problem="Ein Zugangsschlüssel braucht einen Namen und mindestens ein Recht.", field="name")
    if not 1 <= new.days <= LONGEST_DAYS:
        raise InvalidInput(problem=f"Ein Zugangsschlüssel gilt 1 bis {LONGEST_DAYS} Tage.", field="days")
    token = MARK + secrets.token_urlsafe(32)
    kept = ApiToken(
        token_hash=fingerprint(token),
        prefix=token[:SHOWN],
        person_id=person.id,
        name=new.name[:120],
        scopes=sorted(new.scopes),
        created_at=now,
        created_by=actor.login,
        expires_at=now + timedelta(days=new.days),
    )
    session.add(kept)
    session.flush()
    detail = {
        "token": kept.prefix,
        "scopes": ", ".join(sorted(new.scopes)),
        "until": kept.expires_at.isoformat(timespec="minutes"),
    }
    record(session, actor, "token.made", about=("person", person.id), now=now, detail=detail)
    return token


def _whose(session: Session, actor: Actor, login: str) -> Person:
    if not login or login == actor.login:
        actor.require(Permission.ACCOUNT)
        if actor.person_id is None:
            raise InvalidInput(problem="Bitte nennen Sie die Person, für die der Schlüssel gilt.", field="login")
        return session.get_one(Person, actor.person_id)
    actor.require(Permission.USERS)
    person = person_by_login(session, login)
    if person is None or not person.active or not person.technical:
        problem = (
            f"„{login}“ ist kein Konto eines Fachverfahrens. Für sich selbst legt jede Person Schlüssel selbst an."
        )
        raise InvalidInput(problem=problem, field="login")
    return person


def revoke(session: Session, actor: Actor, token_id: UUID, now: datetime) -> UUID:
    """Revoke a token of one's own, or anybody's as administrator, and return whose it was; it works no more at once.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    actor.require(Permission.OWN)
    kept = session.get(ApiToken, token_id, with_for_update=True)
    if kept is None or (kept.person_id != actor.person_id and not actor.may(Permission.USERS)):
        raise NotFound
    if kept.revoked_at is None:
        kept.revoked_at = now
        about, detail = ("person", kept.person_id), {"token": kept.prefix}
        record(session, actor, "token.revoked", about=about, now=now, detail=detail)
    return kept.person_id


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as lists show it."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    valid: bool


def tokens_of(session: Session, actor: Actor, person_id: UUID, now: datetime) -> tuple[TokenRow, ...]:
    """Return the tokens of oneself, or of anybody for administrators, the newest first."""
    actor.require(Permission.OWN)
    if actor.person_id != person_id:
        actor.require(Permission.USERS)
    rows = session.scalars(
        select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.created_at.desc(), ApiToken.id)
    )
    return tuple(
        TokenRow(
            one.id,
            one.name,
            one.prefix,
            tuple(_known(one.scopes)),
            one.created_at,
            one.created_by,
            one.expires_at,
            one.used_at,
            one.revoked_at,
            one.revoked_at is None and one.expires_at > now,
        )
        for one in rows
    )
