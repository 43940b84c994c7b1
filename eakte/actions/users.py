"""People: accounts and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.passwords import accepted_hash
from eakte.errors import InvalidInput
from eakte.records.access import ROLE_LABELS, Actor, Permission, Role, keys_of, permissions_of
from eakte.records.calendar import day_of
from eakte.store.history import record, set_to
from eakte.store.people import OrgUnit, Person, Post, PostHolder, person_by_login, posts_of, unit_by_code


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


def add_person(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str | None,
    now: datetime,
    technical: bool = False,
) -> UUID:
    """Create an account; without a password it is opened by another service, or *technical* for a program.

    Raises:
        InvalidInput: The login is taken or the password is not accepted.
    """
    actor.require(Permission.USERS)
    if person_by_login(session, login) is not None:
        raise InvalidInput(problem=f"Der Anmeldename „{login}“ ist vergeben.", field="login")
    hashed = accepted_hash(password, login=login, name=name) if password is not None else None
    person = Person(login=login, name=name, password_hash=hashed, technical=technical)
    session.add(person)
    session.flush()
    detail, changes = {"login": login}, set_to(login=login, name=name)
    record(session, actor, "person.added", about=("person", person.id), now=now, detail=detail, changes=changes)
    return person.id


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
    post = post_of(session, unit, title, role)
    session.add(PostHolder(post_id=post.id, person_id=person.id, valid_from=valid_from))
    detail = {"unit": unit_code, "role": role.value, "from": valid_from.isoformat()}
    changes = set_to(post=title, unit=unit_code, role=role, valid_from=valid_from)
    record(session, actor, "person.post_assigned", about=("person", person.id), now=now, detail=detail, changes=changes)


def post_of(session: Session, unit: OrgUnit, title: str, role: Role) -> Post:
    """Return the post with this title and role in a unit; a new one if there is none."""
    post = session.scalar(select(Post).where(Post.org_unit_id == unit.id, Post.title == title, Post.role == role))
    if post is None:
        post = Post(org_unit_id=unit.id, title=title, role=role)
        session.add(post)
        session.flush()
    return post


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
