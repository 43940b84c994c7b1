"""Keeping people in step with a directory: it opens, renames, closes and gives posts; it never deletes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import accounts, outside
from eakte.actions.outside import Joining
from eakte.errors import DirectorySuspicious, IdentityTaken, IdentityUnknown
from eakte.records.access import Actor, Permission
from eakte.records.identity import DIRECTORY, GroupRule, Told, wanted_posts
from eakte.store.people import Person
from eakte.store.sign_in import Identity

FEW = 10
"""Below so many people, closing most of them is nothing strange."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one person: ``added``, ``renamed``, ``posts``, ``closed``, ``reopened`` or ``taken``."""

    login: str
    name: str
    what: str


def sync(
    session: Session,
    actor: Actor,
    people: Sequence[Told],
    rules: Collection[GroupRule],
    *,
    link_logins: bool,
    now: datetime,
    force: bool = False,
) -> list[Change]:
    """Bring people in step with all *people* of the directory and return what changed.

    Only accounts that came from the directory are closed, and only those it closed are opened again. Where a login is
    taken by somebody else (``taken``), nothing is done.

    Raises:
        DirectorySuspicious: Most people would be closed, which rather is a fault of the filter; *force* does it.
    """
    actor.require(Permission.USERS)
    gone = _gone(session, people, force=force)
    joining = Joining(create=True, link_logins=link_logins)
    changes: list[Change] = []
    for told in people:
        changes += _follow(session, actor, told, rules, joining, now)
    for identity, person in gone:
        identity.gone_at = now
        if person.active:
            accounts.close(session, actor, person.id, now=now)
            changes.append(Change(person.login, person.name, "closed"))
    return changes


def _gone(session: Session, people: Sequence[Told], *, force: bool) -> list[tuple[Identity, Person]]:
    query = select(Identity, Person).join(Person, Person.id == Identity.person_id)
    known = session.execute(query.where(Identity.issuer == DIRECTORY, Identity.gone_at.is_(None))).all()
    present = {told.subject for told in people}
    gone = [(row.Identity, row.Person) for row in known if row.Identity.subject not in present]
    if not force and gone and (not people or (len(known) > FEW and 2 * len(gone) > len(known))):
        raise DirectorySuspicious(gone=str(len(gone)), known=str(len(known)))
    return gone


def _follow(
    session: Session, actor: Actor, told: Told, rules: Collection[GroupRule], joining: Joining, now: datetime
) -> list[Change]:
    found: list[str] = []
    linked = session.scalar(select(Identity).where(Identity.issuer == told.issuer, Identity.subject == told.subject))
    try:
        person = outside.person_of(session, told, joining, now)
    except (IdentityTaken, IdentityUnknown):
        return [Change(told.login, told.name, "taken")]
    if linked is None:
        found.append("added")
    elif linked.gone_at is not None:
        linked.gone_at = None
        accounts.reopen(session, actor, person.id, now=now)
        found.append("reopened")
    if outside.rename(session, person, told.name, now):
        found.append("renamed")
    if rules and outside.keep_posts(session, person, wanted_posts(told.groups, rules), source=DIRECTORY, now=now):
        found.append("posts")
    return [Change(person.login, person.name, what) for what in found]
