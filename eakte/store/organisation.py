"""The organisation in time: unit edges, seats of posts, deputyships, and who holds what at a moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BindParameter, ColumnElement, Date, ForeignKey, Index, String, Text, and_, bindparam, or_, select
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


_DEPARTMENTS = frozenset({UnitKind.DEPARTMENT, UnitKind.OFFICE})


def during(
    since: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
    until: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime],
    moment: datetime | BindParameter[datetime],
) -> ColumnElement[bool]:
    """Return the predicate "the span of these columns covers the moment"; an open end counts as for ever."""
    return and_(or_(since.is_(None), since <= moment), or_(until.is_(None), until > moment))


def held(moment: datetime) -> ColumnElement[bool]:
    """Return the predicate "this holder holds the post at the moment"."""
    return _held(day_of(moment), moment)


def _held(day: date | BindParameter[date], moment: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        PostHolder.valid_from <= day,
        or_(PostHolder.valid_to.is_(None), PostHolder.valid_to >= day),
        during(PostHolder.assigned_at, PostHolder.ended_at, moment),
    )


# Every request asks who its person is. These questions are put together once: that takes longer than the answer.
_MOMENT, _DAY = bindparam("moment", type_=UtcDateTime), bindparam("day", type_=Date)
_EDGES = (
    select(UnitEdge.upper, UnitEdge.lower, UnitEdge.relation)
    .where(during(UnitEdge.since, UnitEdge.until, _MOMENT))
    .order_by(UnitEdge.upper, UnitEdge.lower)
)
_POST = (Post.id, Post.title, Post.role, OrgUnit.id, OrgUnit.key)
_SEATED = (PostSeat.post_id == Post.id) & during(PostSeat.since, PostSeat.until, _MOMENT)
_OWN = (
    select(PostHolder.person_id, *_POST)
    .join(Post, Post.id == PostHolder.post_id)
    .join(PostSeat, _SEATED)
    .join(OrgUnit, OrgUnit.id == PostSeat.org_unit_id)
    .where(_held(_DAY, _MOMENT))
    .order_by(PostHolder.valid_from, Post.title, Post.id)
)
_STOOD_IN = (
    select(Deputation.person_id, *_POST, Deputation.until)
    .join(Post, Post.id == Deputation.post_id)
    .join(PostSeat, _SEATED)
    .join(OrgUnit, OrgUnit.id == PostSeat.org_unit_id)
    .where(during(Deputation.since, Deputation.until, _MOMENT))
    .order_by(Deputation.since, Post.id)
)
_PEOPLE: BindParameter[list[UUID]] = bindparam("people", expanding=True)
_OWN_OF = _OWN.where(PostHolder.person_id.in_(_PEOPLE))
_STOOD_IN_OF = _STOOD_IN.where(Deputation.person_id.in_(_PEOPLE))
_LIVING = (
    select(OrgUnit)
    .where(OrgUnit.key.in_(bindparam("keys", expanding=True)), OrgUnit.dissolved_at.is_(None))
    .order_by(OrgUnit.code)
)


def organisation_at(session: Session, moment: datetime) -> Organisation:
    """Return all edges between units that hold at a moment; a city has some hundreds."""
    return Organisation(Edge(*row) for row in session.execute(_EDGES, {"moment": moment}).all())


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


def posts_held(session: Session, moment: datetime, people: Collection[UUID] | None = None) -> list[Held]:
    """Return who acts in which post at a moment, own posts before deputyships, oldest first.

    Args:
        session: any session.
        moment: when.
        people: of these only; without it, of everybody.
    """
    own, stood_in = (_OWN, _STOOD_IN) if people is None else (_OWN_OF, _STOOD_IN_OF)
    values: dict[str, object] = {"day": day_of(moment), "moment": moment}
    if people is not None:
        values["people"] = list(people)
    return [
        *(Held(*row, None) for row in session.execute(own, values).all()),
        *(Held(*row) for row in session.execute(stood_in, values).all()),
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


def department_of(session: Session) -> dict[UUID, UUID]:
    """Return for each unit, dissolved ones too, the department or office that answers for its records today.

    That is the nearest one at or above its living successor; where there is none, the uppermost unit.
    """
    query = select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.kind, OrgUnit.dissolved_at, OrgUnit.successor_id)
    units = {row.id: row for row in session.execute(query)}

    def answering(unit_id: UUID) -> UUID:
        unit = units[unit_id]
        while unit.dissolved_at is not None and unit.successor_id is not None:
            unit = units[unit.successor_id]
        while unit.kind not in _DEPARTMENTS and unit.parent_id is not None:
            unit = units[unit.parent_id]
        found: UUID = unit.id
        return found

    return {unit_id: answering(unit_id) for unit_id in units}


def living_units(session: Session, keys: Collection[str]) -> list[OrgUnit]:
    """Return the living units with these keys, by code."""
    return list(session.scalars(_LIVING, {"keys": list(keys)}))
