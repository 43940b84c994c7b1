"""What a reorganisation would do: it is carried out, looked at, and rolled back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.reorganising import Change, Dissolve, Merge, Move, Rename, Split, carry_out
from eakte.actions.standing import Standing, everybody
from eakte.records.access import Actor, Permission, unit_key
from eakte.records.states import CaseFileState, ItemState
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile
from eakte.store.organisation import PostSeat, organisation_at
from eakte.store.people import OrgUnit, Post, unit_by_code


@dataclass(frozen=True, slots=True)
class Sight:
    """One person and the units whose files they would see, or no longer see."""

    name: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AffectedPost:
    """A post of a unit that changes, with who acts in it; ``post_id`` as a text for forms."""

    post_id: str
    title: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reorganisation would do."""

    posts: tuple[AffectedPost, ...]
    case_files: int
    """Case files of the units that change and of all they hold; none of them is touched."""
    items: int
    """Items in their inboxes."""
    gained: tuple[Sight, ...]
    lost: tuple[Sight, ...]


def preview(session: Session, actor: Actor, change: Change, now: datetime) -> Preview:
    """Return what a change would do; nothing of it stays. Needs a write transaction.

    Raises:
        InvalidInput: As :func:`eakte.actions.reorganising.carry_out`.
    """
    actor.require(Permission.USERS)
    units = [unit for code in _named(change) if (unit := unit_by_code(session, code)) is not None]
    organisation = organisation_at(session, now)
    keys = {unit_key(key) for unit in units for key in organisation.below(unit.key)}
    posts, before = _posts(session, units, now), everybody(session, now)
    savepoint = session.begin_nested()
    try:
        carry_out(session, actor, change, reason="Vorschau", now=now)
        after = everybody(session, now)
        names = {unit.key: f"{unit.code} {unit.name}" for unit in session.scalars(select(OrgUnit))}
    finally:
        savepoint.rollback()
        session.expire_all()
    return Preview(
        posts=posts,
        case_files=_count_files(session, keys),
        items=session.scalar(
            select(func.count()).where(
                IncomingItem.access_key.in_(keys), IncomingItem.state.not_in({ItemState.FILED, ItemState.DROPPED})
            )
        )
        or 0,
        gained=_differences(after, before, names),
        lost=_differences(before, after, names),
    )


def _named(change: Change) -> tuple[str, ...]:
    match change:
        case Rename() | Move() | Split():
            return (change.unit,)
        case Merge():
            return change.units
        case Dissolve():
            return (change.unit,)


def _count_files(session: Session, keys: Collection[str]) -> int:
    there = CaseFile.state != CaseFileState.DESTROYED
    return session.scalar(select(func.count()).select_from(CaseFile).where(CaseFile.access_key.in_(keys), there)) or 0


def _posts(session: Session, units: list[OrgUnit], now: datetime) -> tuple[AffectedPost, ...]:
    people: dict[str, list[str]] = {}
    for one in everybody(session, now):
        for held, _ in one.posts:
            people.setdefault(str(held.post_id), []).append(one.name + (" (i. V.)" if held.deputy_until else ""))
    rows = session.execute(
        select(Post.id, Post.title)
        .join(PostSeat, PostSeat.post_id == Post.id)
        .where(PostSeat.org_unit_id.in_([unit.id for unit in units]), PostSeat.until.is_(None))
        .order_by(Post.title)
    )
    return tuple(AffectedPost(str(key), title, tuple(people.get(str(key), ()))) for key, title in rows.all())


def _differences(more: list[Standing], less: list[Standing], names: dict[str, str]) -> tuple[Sight, ...]:
    """Return what the first standings hold beyond the second, by person."""
    other = {one.person_id: one.keys for one in less}
    found = []
    for one in more:
        extra = {key.removeprefix("unit:") for key in one.keys - other.get(one.person_id, frozenset())}
        if units := sorted(names[key] for key in extra if key in names):
            found.append(Sight(one.name, tuple(units)))
    return tuple(found)
