"""Accounts as administrators see them, closed and opened: nobody is ever deleted, because the history names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eakte.actions.sessions import LDAP, OIDC, PASSWORD
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.identity import DIRECTORY
from eakte.store.history import record
from eakte.store.people import Person
from eakte.store.sign_in import Identity, SignIn, WebSession


def close(session: Session, actor: Actor, person_id: UUID, *, now: datetime, reason: str = "") -> None:
    """Close an account: its sessions end, its tokens work no more, and nobody signs in to it.

    Raises:
        InvalidInput: It is one's own.
    """
    if person_id == actor.person_id:
        raise InvalidInput(problem="Das eigene Konto kann nur eine andere Person schließen.", field="person")
    person = _person(session, actor, person_id)
    if person.active:
        person.active = False
        session.execute(delete(WebSession).where(WebSession.person_id == person.id))
        about, changes = ("person", person.id), {"active": (True, False)}
        record(session, actor, "person.closed", about=about, now=now, reason=reason, changes=changes)


def reopen(session: Session, actor: Actor, person_id: UUID, *, now: datetime) -> None:
    """Open a closed account again, with the password, tokens and posts it had."""
    person = _person(session, actor, person_id)
    if not person.active:
        person.active, person.failed_sign_ins, person.locked_until = True, 0, None
        about, changes = ("person", person.id), {"active": (False, True)}
        record(session, actor, "person.reopened", about=about, now=now, changes=changes)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as lists show it."""

    id: UUID
    login: str
    name: str
    active: bool
    technical: bool
    ways: tuple[str, ...]
    """How its person can sign in: ``password``, ``ldap``, ``oidc``; none for a program."""
    must_change: bool
    """A one-time password waits to be changed."""
    locked_until: datetime | None
    """Until when it rests after wrong passwords."""
    last_sign_in: datetime | None


def accounts(
    session: Session, actor: Actor, *, now: datetime, text: str = "", offset: int = 0, after: str = "", limit: int = 50
) -> tuple[tuple[AccountRow, ...], int]:
    """Return a page of the accounts whose login or name contains *text*, by login, and how many there are.

    The page begins behind the login *after*, or at *offset*.
    """
    actor.require(Permission.USERS)
    query = select(Person)
    if text:
        query = query.where(
            Person.login.icontains(text, autoescape=True) | Person.name.icontains(text, autoescape=True)
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.where(Person.login > after) if after else query
    people = session.scalars(query.order_by(Person.login).offset(offset).limit(limit)).all()
    return tuple(_row(session, person, now) for person in people), total


def account(session: Session, actor: Actor, person_id: UUID, now: datetime) -> AccountRow:
    """Return one account.

    Raises:
        NotFound: There is none.
    """
    actor.require(Permission.USERS)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return _row(session, person, now)


def _row(session: Session, person: Person, now: datetime) -> AccountRow:
    issuers = session.scalars(
        select(Identity.issuer).where(Identity.person_id == person.id, Identity.gone_at.is_(None))
    )
    ways = {LDAP if issuer == DIRECTORY else OIDC for issuer in issuers}
    if person.password_hash is not None:
        ways.add(PASSWORD)
    last = select(func.max(SignIn.at)).where(SignIn.person_id == person.id, SignIn.outcome == "done")
    return AccountRow(
        id=person.id,
        login=person.login,
        name=person.name,
        active=person.active,
        technical=person.technical,
        ways=tuple(sorted(ways, reverse=True)),
        must_change=person.must_change_password,
        locked_until=person.locked_until if person.locked_until and person.locked_until > now else None,
        last_sign_in=session.scalar(last),
    )


def _person(session: Session, actor: Actor, person_id: UUID) -> Person:
    actor.require(Permission.USERS)
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    return person
