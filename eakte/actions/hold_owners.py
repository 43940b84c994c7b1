"""Who answers for a hold order: a person, or whoever holds a post or stands in for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput
from eakte.records.access import Actor
from eakte.store.hold_orders import HoldOrder
from eakte.store.organisation import Deputation, held, holders_of
from eakte.store.people import OrgUnit, Person, Post, PostHolder


@dataclass(frozen=True, slots=True)
class Owner:
    """A person or a post."""

    person_id: UUID | None = None
    post_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PostChoice:
    """A post that may answer for an order, as it is offered."""

    post_id: UUID
    label: str


def owner_by_login(session: Session, login: str) -> Owner:
    """Return a person as an owner.

    Raises:
        InvalidInput: Nobody has this login, or the account is closed.
    """
    person = session.scalar(select(Person).where(Person.login == login.strip(), Person.active))
    if person is None:
        raise InvalidInput(problem="Diesen Anmeldenamen gibt es nicht.", field="owner")
    return Owner(person_id=person.id)


def checked_owner(session: Session, owner: Owner) -> None:
    """Refuse an owner that is not there, or is two.

    Raises:
        InvalidInput: Nobody or two are named, or there is no such person or post.
    """
    if (owner.person_id is None) == (owner.post_id is None):
        raise InvalidInput(problem="Bitte eine Person oder eine Stelle als zuständig nennen.", field="owner")
    there = session.get(Person, owner.person_id) if owner.person_id else session.get(Post, owner.post_id)
    if there is None:
        raise InvalidInput(problem="Diese Person oder Stelle gibt es nicht.", field="owner")


def posts_of(session: Session, actor: Actor, now: datetime) -> frozenset[UUID]:
    """Return the posts the actor holds at the moment or stands in for."""
    if actor.person_id is None:
        return frozenset()
    own = select(PostHolder.post_id).where(PostHolder.person_id == actor.person_id, held(now))
    deputed = select(Deputation.post_id).where(
        Deputation.person_id == actor.person_id,
        Deputation.since <= now,
        or_(Deputation.until.is_(None), Deputation.until > now),
    )
    return frozenset(session.scalars(own.union(deputed)))


def is_owner(session: Session, actor: Actor, order: HoldOrder, now: datetime) -> bool:
    """Tell whether the actor answers for an order."""
    if order.owner_person_id is not None:
        return order.owner_person_id == actor.person_id
    return order.owner_post_id is not None and order.owner_post_id in posts_of(session, actor, now)


def choices(session: Session, now: datetime) -> list[PostChoice]:
    """Return the posts of living units with who holds them, in order of the units."""
    query = select(Post, OrgUnit).join(OrgUnit, OrgUnit.id == Post.org_unit_id).where(OrgUnit.dissolved_at.is_(None))
    found = session.execute(query.order_by(OrgUnit.code, Post.title)).all()
    holders = holders_of(session, [post.id for post, _ in found], now)
    return [
        PostChoice(post.id, f"{unit.code} · {post.title} · {_names(holders.get(post.id, []))}") for post, unit in found
    ]


def _names(people: list[Person]) -> str:
    return "; ".join(person.name for person in people) or "nicht besetzt"
