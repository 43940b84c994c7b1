"""Deputyships (Vertretung): who stands in for a post, for how long, arranged by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput, NotFound
from eakte.records.access import ROLE_LABELS, SYSTEM, Actor, Permission, Role, unit_key
from eakte.store.history import record, set_to
from eakte.store.organisation import Deputation, PostSeat, during, held, holders_of
from eakte.store.people import OrgUnit, Person, Post, PostHolder, person_by_login

LONGEST = timedelta(days=366)
"""A deputyship is for an absence; whoever stays longer gets the post."""


def arrange(
    session: Session,
    actor: Actor,
    post_id: UUID,
    *,
    deputy: str,
    since: datetime,
    until: datetime,
    reason: str = "",
    now: datetime,
) -> UUID:
    """Let somebody act in a post for a time; return the deputyship's id.

    The holder of the post may, and whoever arranges deputyships: the administration everywhere, the registry for
    posts in its units. A deputy may not pass the post on, and nobody appoints themselves to the post of another.

    Args:
        session: a write transaction.
        actor: who arranges it.
        post_id: the post.
        deputy: login of the deputy.
        since: from when on; what lies in the past begins now.
        until: the end.
        reason: why, if anybody wants to say it.
        now: the moment.

    Raises:
        NotFound: There is no such post, or the actor may not arrange its deputyship.
        InvalidInput: The deputy is unknown or holds the post, or the time is not to come or longer than a year.
    """
    actor.require(Permission.DEPUTE)
    post, unit = _post(session, actor, post_id, now)
    person = _deputy(session, actor, post, deputy, now)
    since = max(since, now)
    if until <= since or until - since > LONGEST:
        raise InvalidInput(problem="Das Ende muss nach dem Beginn liegen, höchstens ein Jahr später.", field="until")
    made = Deputation(
        post_id=post.id, person_id=person.id, since=since, until=until, arranged_by=actor.login, reason=reason.strip()
    )
    session.add(made)
    session.flush()
    detail = {"login": person.login, "post": post.title, "unit": unit.code, "from": since.isoformat()}
    detail["until"] = until.isoformat()
    about, changes = ("post", post.id), set_to(deputy=person.login, valid_from=since, valid_to=until)
    record(
        session, actor, "deputy.arranged", about=about, now=now, detail=detail, reason=reason.strip(), changes=changes
    )
    return made.id


def _deputy(session: Session, actor: Actor, post: Post, deputy: str, now: datetime) -> Person:
    person = person_by_login(session, deputy)
    if person is None or not person.active or person.technical:
        raise InvalidInput(problem=f"Es gibt keine aktive Person „{deputy}“.", field="deputy")
    if person.id in {holder.id for holder in holders_of(session, [post.id], now).get(post.id, [])}:
        raise InvalidInput(problem=f"{person.name} hat diese Stelle schon.", field="deputy")
    if person.id == actor.person_id:
        raise InvalidInput(problem="Niemand bestellt sich selbst zur Vertretung.", field="deputy")
    return person


def end(session: Session, actor: Actor, deputation_id: UUID, *, now: datetime) -> None:
    """End a deputyship at once; the deputy may give it back too.

    Raises:
        NotFound: There is none that runs or is to come, or the actor may not end it.
    """
    actor.require(Permission.DEPUTE)
    found = session.get(Deputation, deputation_id)
    if found is None or found.until <= now:
        raise NotFound
    if found.person_id != actor.person_id:
        _post(session, actor, found.post_id, now)
    before, found.until = found.until, max(found.since, now)
    detail = {"login": found.person.login, "post": found.post.title}
    changes = {"valid_to": (before, found.until)}
    record(session, actor, "deputy.ended", about=("post", found.post_id), now=now, detail=detail, changes=changes)


def _post(session: Session, actor: Actor, post_id: UUID, now: datetime) -> tuple[Post, OrgUnit]:
    """Return a post whose deputyship the actor may arrange, by what they hold themselves."""
    row = session.execute(
        select(Post, OrgUnit)
        .join(PostSeat, (PostSeat.post_id == Post.id) & during(PostSeat.since, PostSeat.until, now))
        .join(OrgUnit, OrgUnit.id == PostSeat.org_unit_id)
        .where(Post.id == post_id)
    ).first()
    if row is None:
        raise NotFound
    post, unit = row
    holds = select(PostHolder.id).where(PostHolder.post_id == post_id, PostHolder.person_id == actor.person_id)
    allowed = (
        actor is SYSTEM
        or actor.may_by_own_post(Permission.USERS)
        or (actor.may_by_own_post(Permission.DEPUTIES) and unit_key(unit.key) in actor.held_by_own_post())
        or session.scalar(holds.where(held(now))) is not None
    )
    if not allowed:
        raise NotFound
    return post, unit


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """A deputyship as lists show it."""

    deputation_id: UUID
    post_id: UUID
    title: str
    role: str
    unit: str
    deputy: str
    since: datetime
    until: datetime
    arranged_by: str
    mine: bool
    """Whether the person who asks is the deputy."""


@dataclass(frozen=True, slots=True)
class PostChoice:
    """A post for which the actor may arrange a deputyship."""

    post_id: UUID
    text: str


def listing(session: Session, actor: Actor, now: datetime) -> tuple[DeputyRow, ...]:
    """Return the running and coming deputyships the actor may end, and those in which they are the deputy."""
    actor.require(Permission.DEPUTE)
    mine = {choice.post_id for choice in posts(session, actor, now)}
    rows = session.execute(
        select(Deputation, Post, OrgUnit, Person)
        .join(Post, Post.id == Deputation.post_id)
        .join(OrgUnit, OrgUnit.id == Post.org_unit_id)
        .join(Person, Person.id == Deputation.person_id)
        .where(Deputation.until > now)
        .order_by(Deputation.since, Person.name)
    ).all()
    return tuple(
        DeputyRow(
            deputation_id=found.id,
            post_id=post.id,
            title=post.title,
            role=ROLE_LABELS[Role(post.role)],
            unit=f"{unit.code} {unit.name}",
            deputy=person.name,
            since=found.since,
            until=found.until,
            arranged_by=found.arranged_by,
            mine=person.id == actor.person_id,
        )
        for found, post, unit, person in rows
        if post.id in mine or person.id == actor.person_id
    )


def posts(session: Session, actor: Actor, now: datetime) -> tuple[PostChoice, ...]:
    """Return the posts for which the actor may arrange a deputyship, with who holds them."""
    query = (
        select(Post, OrgUnit)
        .join(PostSeat, (PostSeat.post_id == Post.id) & during(PostSeat.since, PostSeat.until, now))
        .join(OrgUnit, OrgUnit.id == PostSeat.org_unit_id)
        .order_by(OrgUnit.code, Post.title)
    )
    if actor is not SYSTEM and not actor.may_by_own_post(Permission.USERS):
        own = select(PostHolder.post_id).where(PostHolder.person_id == actor.person_id, held(now))
        arranges = actor.may_by_own_post(Permission.DEPUTIES)
        keys = {key.removeprefix("unit:") for key in actor.held_by_own_post() if key.startswith("unit:")}
        query = query.where(or_(Post.id.in_(own), OrgUnit.key.in_(keys if arranges else ())))
    found = session.execute(query).all()
    holders = holders_of(session, [post.id for post, _ in found], now)
    return tuple(
        PostChoice(post.id, f"{unit.code} · {post.title} · {_names(holders.get(post.id, []))}") for post, unit in found
    )


def _names(holders: list[Person]) -> str:
    return "; ".join(person.name for person in holders) or "nicht besetzt"
