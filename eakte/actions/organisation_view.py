"""The organisation as its administration sees it: the tree of units with posts and who acts in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eakte.errors import NotFound
from eakte.records.access import ROLE_LABELS, Actor, Permission
from eakte.records.organisation import KIND_LABELS
from eakte.store.organisation import Deputation, PostSeat, during, held
from eakte.store.people import OrgUnit, Person, Post, PostHolder


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Somebody who holds a post; ``holder_id`` names the entry that can be ended."""

    holder_id: UUID
    person_id: UUID
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with its holders and deputies."""

    post_id: UUID
    title: str
    role: str
    holders: tuple[HolderRow, ...]
    deputies: tuple[str, ...]


@dataclass(slots=True)
class UnitNode:
    """A living unit with its posts and parts."""

    unit_id: UUID
    code: str
    name: str
    kind: str
    posts: tuple[PostRow, ...]
    parent: str
    """Code of the unit above, or an empty text."""
    children: list[UnitNode] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A unit that was merged, split or dissolved."""

    code: str
    name: str
    dissolved_at: datetime
    successor: str


def tree(session: Session, actor: Actor, now: datetime) -> tuple[UnitNode, ...]:
    """Return the living units as a tree, with all posts."""
    actor.require(Permission.USERS)
    posts = _posts(session, now)
    living = session.scalars(select(OrgUnit).where(OrgUnit.dissolved_at.is_(None)).order_by(OrgUnit.code)).all()
    by_id = {unit.id: unit for unit in living}
    nodes = {
        unit.id: UnitNode(
            unit.id,
            unit.code,
            unit.name,
            KIND_LABELS[unit.kind],
            tuple(posts.get(unit.id, ())),
            by_id[unit.parent_id].code if unit.parent_id in by_id else "",
        )
        for unit in living
    }
    roots: list[UnitNode] = []
    for unit in living:
        above = nodes.get(unit.parent_id) if unit.parent_id else None
        (above.children if above else roots).append(nodes[unit.id])
    return tuple(roots)


def unit(session: Session, actor: Actor, unit_id: UUID, now: datetime) -> UnitNode:
    """Return one living unit with its posts and parts.

    Raises:
        NotFound: There is no such living unit.
    """
    found = [*tree(session, actor, now)]
    for node in found:
        if node.unit_id == unit_id:
            return node
        found += node.children
    raise NotFound


def former(session: Session, actor: Actor) -> tuple[FormerUnit, ...]:
    """Return the units that are gone, the last first."""
    actor.require(Permission.USERS)
    gone = select(OrgUnit).where(OrgUnit.dissolved_at.is_not(None)).order_by(OrgUnit.dissolved_at.desc())
    return tuple(
        FormerUnit(one.code, one.name, one.dissolved_at, f"{one.current.code} {one.current.name}")
        for one in session.scalars(gone)
        if one.dissolved_at is not None
    )


def _posts(session: Session, now: datetime) -> dict[UUID, list[PostRow]]:
    holders: dict[UUID, list[HolderRow]] = {}
    query = select(PostHolder).where(held(now)).options(joinedload(PostHolder.person))
    for one in session.scalars(query.order_by(PostHolder.valid_from)):
        person: Person = one.person
        holders.setdefault(one.post_id, []).append(HolderRow(one.id, person.id, person.login, person.name))
    deputies: dict[UUID, list[str]] = {}
    running = select(Deputation).where(during(Deputation.since, Deputation.until, now))
    for each in session.scalars(running.options(joinedload(Deputation.person))):
        deputies.setdefault(each.post_id, []).append(each.person.name)
    found: dict[UUID, list[PostRow]] = {}
    seated = select(PostSeat.org_unit_id, Post).join(Post, Post.id == PostSeat.post_id)
    for unit_id, post in session.execute(
        seated.where(during(PostSeat.since, PostSeat.until, now)).order_by(Post.title, Post.id)
    ):
        row = PostRow(
            post.id,
            post.title,
            ROLE_LABELS[post.role],
            tuple(holders.get(post.id, ())),
            tuple(deputies.get(post.id, ())),
        )
        found.setdefault(unit_id, []).append(row)
    return found
