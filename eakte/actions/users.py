"""People: accounts and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.passwords import accepted_hash
from eakte.actions.standing import actor_for
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import ROLE_LABELS, Actor, Permission, Role
from eakte.store.history import record, set_to
from eakte.store.organisation import add_post, held, posts_held
from eakte.store.people import OrgUnit, Person, Post, PostHolder, person_by_login, unit_by_code


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
    """Give a person a post in a unit, creating the post if it is new.

    Raises:
        InvalidInput: Person or unit is unknown, or it is the actor: nobody gives rights to themselves.
    """
    actor.require(Permission.USERS)
    person, unit = person_by_login(session, login), unit_by_code(session, unit_code)
    if person is None or unit is None:
        raise InvalidInput(problem="Person oder Organisationseinheit ist unbekannt.", field="login")
    if person.id == actor.person_id:
        raise InvalidInput(
            problem="Niemand gibt sich selbst eine Stelle. Das muss eine andere Person tun.", field="login"
        )
    post = post_of(session, unit, title, role, now)
    session.add(PostHolder(post_id=post.id, person_id=person.id, valid_from=valid_from, assigned_at=now))
    detail = {"unit": unit_code, "role": role.value, "from": valid_from.isoformat()}
    changes = set_to(post=title, unit=unit_code, role=role, valid_from=valid_from)
    record(session, actor, "person.post_assigned", about=("person", person.id), now=now, detail=detail, changes=changes)


def end_post(session: Session, actor: Actor, holder_id: UUID, *, now: datetime) -> None:
    """End somebody's hold of a post at once.

    Raises:
        NotFound: Nobody holds a post by this entry.
    """
    actor.require(Permission.USERS)
    found = session.scalar(select(PostHolder).where(PostHolder.id == holder_id, held(now)))
    if found is None:
        raise NotFound
    found.ended_at = now
    detail = {"unit": found.post.org_unit.current.code, "role": found.post.role.value, "post": found.post.title}
    about, changes = ("person", found.person_id), {"post": (found.post.title, None)}
    record(session, actor, "person.post_ended", about=about, now=now, detail=detail, changes=changes)


def post_of(session: Session, unit: OrgUnit, title: str, role: Role, now: datetime) -> Post:
    """Return the post with this title and role in a unit; a new one if there is none."""
    post = session.scalar(select(Post).where(Post.org_unit_id == unit.id, Post.title == title, Post.role == role))
    if post is None:
        post = add_post(session, unit, title=title, role=role, now=now)
    return post


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists show them."""

    login: str
    name: str
    active: bool
    posts: tuple[str, ...]


def people(
    session: Session, actor: Actor, now: datetime, *, after: str = "", limit: int | None = None
) -> tuple[PersonRow, ...]:
    """Return people with their posts today, by login: all, or at most *limit* behind the login *after*."""
    actor.require(Permission.USERS)
    units = {unit.id: unit for unit in session.scalars(select(OrgUnit))}
    posts: dict[UUID, list[str]] = {}
    shown = session.scalars(select(Person).where(Person.login > after).order_by(Person.login).limit(limit)).all()
    for each in posts_held(session, now, None if limit is None else [person.id for person in shown]):
        unit, stands_in = units[each.unit_id], " (i. V.)" if each.deputy_until else ""
        posts.setdefault(each.person_id, []).append(f"{ROLE_LABELS[each.role]} · {unit.code} {unit.name}{stands_in}")
    return tuple(
        PersonRow(person.login, person.name, person.active, tuple(posts.get(person.id, ()))) for person in shown
    )
