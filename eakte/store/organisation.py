"""The organisation in time: unit edges, seats of posts, deputyships, and who holds what at a moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, relationship

from eakte.records.access import Role
from eakte.records.calendar import day_of
from eakte.records.organisation import Edge, Organisation, Relation, UnitKind, new_key
from eakte.store.base import Base, UtcDateTime
from eakte.store.people import OrgUnit, Person, Post, PostHolder


class UnitEdge(Base):
    """One edge between two units for a time: whoever holds the upper one holds the lower one."""

    __tablename__ = "unit_edge"
    __table_args__ = (Index("ix_unit_edge_lower_until", "lower", "until"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    upper: Mapped[str] = mapped_column(ForeignKey("org_unit.key", ondelete="RESTRICT"), index=True)
    lower: Mapped[str] = mapped_column(ForeignKey("org_unit.key", ondelete="RESTRICT"))
    relation: Mapped[Relation]
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """``None``: since before anybody wrote it down."""
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PostSeat(Base):
    """In which unit a post is for a time: posts move with their unit's merger or split, and keep their holders."""

    __tablename__ = "post_seat"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    post: Mapped[Post] = relationship()
    org_unit: Mapped[OrgUnit] = relationship()


class Deputation(Base):
    """A deputyship (Vertretung): somebody acts in a post for a time, with its keys and powers."""

    __tablename__ = "deputation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """The deputy."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    arranged_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")

    post: Mapped[Post] = relationship()
    person: Mapped[Person] = relationship()


def during(
    since: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
    until: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
    moment: datetime,
) -> ColumnElement[bool]:
    """Return the predicate "the span of these columns covers the moment"; an open end counts as for ever."""
    return and_(or_(since.is_(None), since <= moment), or_(until.is_(None), until > moment))


def held(moment: datetime) -> ColumnElement[bool]:
    """Return the predicate "this holder holds the post at the moment"."""
    day = day_of(moment)
    return and_(
        PostHolder.valid_from <= day,
        or_(PostHolder.valid_to.is_(None), PostHolder.valid_to >= day),
        during(PostHolder.assigned_at, PostHolder.ended_at, moment),
    )


def organisation_at(session: Session, moment: datetime) -> Organisation:
    """Return all edges between units that hold at a moment; a city has some hundreds."""
    rows = session.execute(
        select(UnitEdge.upper, UnitEdge.lower, UnitEdge.relation)
        .where(during(UnitEdge.since, UnitEdge.until, moment))
        .order_by(UnitEdge.upper, UnitEdge.lower)
    )
    return Organisation(Edge(*row) for row in rows.all())


@dataclass(frozen=True, slots=True)
class Held:
    """A post somebody acts in at a moment: as its holder, or as a deputy until a moment."""

    person_id: UUID
    post_id: UUID
    title: str
    role: Role
    unit_id: UUID
    unit_key: str
    deputy_until: datetime | None
    """Set for deputies alone: the end of the deputyship."""


_POST = (Post.id, Post.title, Post.role, OrgUnit.id, OrgUnit.key)


def posts_held(session: Session, moment: datetime, people: Collection[UUID] | None = None) -> list[Held]:
    """Return who acts in which post at a moment, own posts before deputyships, oldest first.

    Args:
        session: any session.
        moment: when.
        people: of these only; without it, of everybody.
    """
    seated = (PostSeat.post_id == Post.id) & during(PostSeat.since, PostSeat.until, moment)
    own = (
        select(PostHolder.person_id, *_POST)
        .join(Post, Post.id == PostHolder.post_id)
        .join(PostSeat, seated)
        .join(OrgUnit, OrgUnit.id == PostSeat.org_unit_id)
        .where(held(moment))
        .order_by(PostHolder.valid_from, Post.title, Post.id)
    )
    stood_in = (
        select(Deputation.person_id, *_POST, Deputation.until)
        .join(Post, Post.id == Deputation.post_id)
        .join(PostSeat, seated)
        .join(OrgUnit, OrgUnit.id == PostSeat.org_unit_id)
        .where(during(Deputation.since, Deputation.until, moment))
        .order_by(Deputation.since, Post.id)
    )
    if people is not None:
        own = own.where(PostHolder.person_id.in_(people))
        stood_in = stood_in.where(Deputation.person_id.in_(people))
    return [
        *(Held(*row, None) for row in session.execute(own).all()),
        *(Held(*row) for row in session.execute(stood_in).all()),
    ]


def holders_of(session: Session, post_ids: Collection[UUID], moment: datetime) -> dict[UUID, list[Person]]:
    """Return who holds each of the posts at a moment; vacant posts are left out."""
    found: dict[UUID, list[Person]] = {}
    query = select(PostHolder.post_id, Person).join(Person, Person.id == PostHolder.person_id)
    for post_id, person in session.execute(
        query.where(PostHolder.post_id.in_(post_ids), held(moment)).order_by(PostHolder.valid_from, Person.login)
    ):
        found.setdefault(post_id, []).append(person)
    return found


def add_post(session: Session, unit: OrgUnit, *, title: str, role: Role, now: datetime) -> Post:
    """Create a post in a unit."""
    post = Post(org_unit_id=unit.id, title=title, role=role)
    session.add(post)
    session.flush()
    session.add(PostSeat(post_id=post.id, org_unit_id=unit.id, since=now))
    session.flush()
    return post


def add_unit(
    session: Session, *, code: str, name: str, kind: UnitKind, parent: OrgUnit | None, now: datetime
) -> OrgUnit:
    """Create a unit below another one, with a key no unit ever had."""
    key = new_key(code, session.scalars(select(OrgUnit.key).where(OrgUnit.key.startswith(code, autoescape=True))))
    unit = OrgUnit(key=key, code=code, name=name, kind=kind, parent_id=parent.id if parent else None)
    session.add(unit)
    session.flush()
    if parent:
        session.add(UnitEdge(upper=parent.key, lower=key, relation=Relation.PART, since=now))
        session.flush()
    return unit


def branch_keys(session: Session, unit_id: UUID, moment: datetime) -> frozenset[str]:
    """Return the keys of a unit and of all units held with it."""
    unit = session.get_one(OrgUnit, unit_id).current
    return frozenset(organisation_at(session, moment).below(unit.key))


def living_units(session: Session, keys: Collection[str]) -> list[OrgUnit]:
    """Return the living units with these keys, by code."""
    query = select(OrgUnit).where(OrgUnit.key.in_(keys), OrgUnit.dissolved_at.is_(None))
    return list(session.scalars(query.order_by(OrgUnit.code)))
