"""Reorganisation: a unit is renamed, moved, merged, split or dissolved as one action, and no case file is touched.

Units keep their keys; edges say who holds them from now on. Posts of a merged or split unit move with their holders.
The preview is the change itself, rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.errors import InvalidInput, MissingReason
from eakte.records.access import Actor, Permission
from eakte.records.organisation import Relation
from eakte.store.history import noted, record, since
from eakte.store.jobs import enqueue
from eakte.store.organisation import PostSeat, UnitEdge, add_unit, organisation_at
from eakte.store.people import OrgUnit, PostHolder, unit_by_code


@dataclass(frozen=True, slots=True)
class Rename:
    """A unit gets another code or name."""

    unit: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Move:
    """A unit comes below another one, or to the top."""

    unit: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """The unit that takes over: a living one by its code, or a new one beside the old if no unit has the code."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """Units become one: one of them, another living one, or a new one."""

    units: tuple[str, ...]
    into: Target


@dataclass(frozen=True, slots=True)
class Split:
    """A unit becomes several; both see its files. Posts go where ``posts`` says, all others to the first."""

    unit: str
    into: tuple[Target, ...]
    posts: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dissolve:
    """A unit ends with its posts; another one takes over its files and its inbox."""

    unit: str
    successor: str


Change = Rename | Move | Merge | Split | Dissolve


def carry_out(session: Session, actor: Actor, change: Change, *, reason: str, now: datetime) -> None:
    """Change the organisation from now on, with a reason.

    Raises:
        MissingReason: No reason was given.
        InvalidInput: A unit is unknown, a code is taken, or the tree would become a circle.
    """
    actor.require(Permission.USERS)
    if not reason.strip():
        raise MissingReason
    about = unit_by_code(session, change.unit) if isinstance(change, Rename | Move | Split | Dissolve) else None
    before = noted(about, *_TOLD) if about else {}
    match change:
        case Rename():
            unit, detail, action = _rename(session, change)
        case Move():
            unit, detail, action = _move(session, change, now)
        case Merge():
            unit, detail, action = _merge(session, change, now)
        case Split():
            unit, detail, action = _split(session, change, now)
        case Dissolve():
            unit, detail, action = _dissolve(session, change, now)
    session.flush()
    changes = since(before, about) if about else None
    record(
        session, actor, action, about=("org_unit", unit.id), now=now, detail=detail, reason=reason.strip(),
        changes=changes,
    )  # fmt: skip


_TOLD = ("code", "name", "parent_id", "dissolved_at")
"""What a reorganisation changes of the unit it is about, for its history."""
_Done = tuple[OrgUnit, dict[str, object], str]


def _rename(session: Session, change: Rename) -> _Done:
    unit = _unit(session, change.unit)
    _check_name(change.code, change.name)
    if change.code != unit.code and unit_by_code(session, change.code) is not None:
        raise InvalidInput(problem=f"Die Organisationseinheit {change.code} gibt es schon.", field="code")
    unit.code, unit.name = change.code.strip(), change.name.strip()
    session.flush()
    _shown_anew(session, unit)
    return unit, {"from": change.unit, "to": unit.code}, "unit.renamed"


def _move(session: Session, change: Move, now: datetime) -> _Done:
    unit = _unit(session, change.unit)
    parent = _unit(session, change.parent) if change.parent else None
    if parent is not None and parent.key in organisation_at(session, now).below(unit.key):
        raise InvalidInput(problem="Eine Einheit kann nicht zu sich selbst oder einer ihrer Teile.", field="parent")
    _put_below(session, unit, parent, now)
    return unit, {"unit": unit.code, "to": parent.code if parent else None}, "unit.moved"


def _merge(session: Session, change: Merge, now: datetime) -> _Done:
    units = [_unit(session, code) for code in dict.fromkeys(change.units)]
    if not units:
        raise InvalidInput(problem="Bitte Einheiten auswählen.", field="units")
    into = unit_by_code(session, change.into.code)
    old = [unit for unit in units if unit is not into]
    if not old:
        raise InvalidInput(problem="Bitte mindestens eine andere Einheit auswählen.", field="units")
    successor = into or _beside(session, old[0], change.into, now)
    for unit in old:
        _hand_over(session, unit, [successor], now)
        _move_posts(session, unit, {}, successor, now)
        _end(session, unit, successor, now)
    detail: dict[str, object] = {"from": ", ".join(unit.code for unit in old), "to": successor.code}
    return successor, detail, "unit.merged"


def _split(session: Session, change: Split, now: datetime) -> _Done:
    unit = _unit(session, change.unit)
    if len({target.code for target in change.into}) < 2:
        raise InvalidInput(problem="Eine Teilung braucht mindestens zwei verschiedene Einheiten.", field="into")
    # Its own code is free for one of the parts: that is another unit from now on.
    unit.dissolved_at = now
    session.flush()
    parts = [unit_by_code(session, each.code) or _beside(session, unit, each, now) for each in change.into]
    _hand_over(session, unit, parts, now)
    by_code = {part.code: part for part in parts}
    if unknown := sorted(set(change.posts.values()) - by_code.keys()):
        raise InvalidInput(problem=f"{unknown[0]} ist keine der neuen Einheiten.", field="posts")
    _move_posts(session, unit, {post: by_code[code] for post, code in change.posts.items()}, parts[0], now)
    _end(session, unit, parts[0], now)
    return unit, {"from": change.unit, "to": ", ".join(part.code for part in parts)}, "unit.split"


def _dissolve(session: Session, change: Dissolve, now: datetime) -> _Done:
    unit, successor = _unit(session, change.unit), _unit(session, change.successor)
    if unit is successor:
        raise InvalidInput(problem="Eine andere Einheit muss die Akten übernehmen.", field="successor")
    _hand_over(session, unit, [successor], now)
    for seat in _seats(session, unit):
        seat.until = now
        for holder in session.scalars(
            select(PostHolder).where(PostHolder.post_id == seat.post_id, PostHolder.ended_at.is_(None))
        ):
            holder.ended_at = now
    _end(session, unit, successor, now)
    return unit, {"from": change.unit, "to": successor.code}, "unit.dissolved"


def _unit(session: Session, code: str) -> OrgUnit:
    unit = unit_by_code(session, code)
    if unit is None:
        raise InvalidInput(problem=f"Die Organisationseinheit „{code}“ gibt es nicht.", field="unit")
    return unit


def _beside(session: Session, unit: OrgUnit, target: Target, now: datetime) -> OrgUnit:
    _check_name(target.code, target.name)
    parent = session.get_one(OrgUnit, unit.parent_id).current if unit.parent_id else None
    return add_unit(session, code=target.code.strip(), name=target.name.strip(), kind=unit.kind, parent=parent, now=now)


def _check_name(code: str, name: str) -> None:
    if not code.strip() or len(code) > 40 or " " in code.strip() or not name.strip() or len(name) > 200:
        problem = "Eine Einheit braucht ein Kurzzeichen ohne Leerzeichen (höchstens 40 Zeichen) und einen Namen."
        raise InvalidInput(problem=problem, field="code")


def _hand_over(session: Session, unit: OrgUnit, successors: Sequence[OrgUnit], now: datetime) -> None:
    """Give a unit's keys to its successors and its parts to the first of them."""
    below = organisation_at(session, now).below(unit.key)
    if any(successor.key in below for successor in successors):
        raise InvalidInput(
            problem="Ein Teil der Einheit kann sie nicht übernehmen. Verschieben Sie ihn erst.", field="into"
        )
    for child in session.scalars(select(OrgUnit).where(OrgUnit.parent_id == unit.id)).all():
        if child.dissolved_at is None:
            _put_below(session, child, successors[0], now)
    for successor in successors:
        session.add(UnitEdge(upper=successor.key, lower=unit.key, relation=Relation.SUCCESSION, since=now))
    session.flush()


def _put_below(session: Session, unit: OrgUnit, parent: OrgUnit | None, now: datetime) -> None:
    _end_edge(session, unit, now)
    unit.parent_id = parent.id if parent else None
    if parent is not None:
        session.add(UnitEdge(upper=parent.key, lower=unit.key, relation=Relation.PART, since=now))
    session.flush()


def _end_edge(session: Session, unit: OrgUnit, now: datetime) -> None:
    """End the edge to the unit above."""
    running = select(UnitEdge).where(
        UnitEdge.lower == unit.key, UnitEdge.relation == Relation.PART, UnitEdge.until.is_(None)
    )
    for edge in session.scalars(running):
        edge.until = now


def _end(session: Session, unit: OrgUnit, successor: OrgUnit, now: datetime) -> None:
    _end_edge(session, unit, now)
    unit.dissolved_at, unit.successor_id = now, successor.id
    session.flush()
    _shown_anew(session, unit)


def _seats(session: Session, unit: OrgUnit) -> list[PostSeat]:
    return list(session.scalars(select(PostSeat).where(PostSeat.org_unit_id == unit.id, PostSeat.until.is_(None))))


def _move_posts(
    session: Session, unit: OrgUnit, places: Mapping[UUID, OrgUnit], otherwise: OrgUnit, now: datetime
) -> None:
    for seat in _seats(session, unit):
        place = places.get(seat.post_id, otherwise)
        seat.until = now
        seat.post.org_unit_id = place.id
        session.add(PostSeat(post_id=seat.post_id, org_unit_id=place.id, since=now))
    session.flush()


def _shown_anew(session: Session, unit: OrgUnit) -> None:
    """Let the index show the code of today: of this unit and of all whose files it took over."""
    changed, reached = [unit], [unit]
    for each in reached:
        former = session.scalars(select(OrgUnit).where(OrgUnit.successor_id == each.id)).all()
        reached += former
        changed += former
    for each in changed:
        each.revision += 1
        enqueue(session, "unit_indexing", f"{each.id}:{each.revision}", str(each.id))
