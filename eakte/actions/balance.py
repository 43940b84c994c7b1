"""The intake in balance: every file that came in is filed, waits, is faulty or was dropped, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from eakte.actions.guard import item_seen
from eakte.errors import NotAllowed
from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.states import ItemState
from eakte.store.disposal import Disposal
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry, record
from eakte.store.people import OrgUnit

CAME_IN = ("item.received", "item.attached", "item.arranged")
"""History actions that tell of a new item; one made of others stands beside these, which stay as replaced."""
UNBALANCED = "intake.unbalanced"


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """The items of one unit by state; of one source, or of all together."""

    unit_code: str
    unit_name: str
    states: Mapping[ItemState, int]
    source: str = ""

    @property
    def total(self) -> int:
        """All items."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Items that are being read or wait for a decision."""
        return self.states[ItemState.RECEIVED] + self.states[ItemState.READING] + self.states[ItemState.WAITING]


@dataclass(frozen=True, slots=True)
class Balance:
    """Whether anything is missing: what the history says came in against what is there."""

    received: int
    present: int
    destroyed: int
    """Items that went with the destruction of their case file."""
    contradictory: int = 0
    """Items whose state says something else than their document."""

    @property
    def missing(self) -> int:
        """Items received of which there is no trace; anything but 0 is a fault."""
        return self.received - self.present - self.destroyed

    @property
    def even(self) -> bool:
        """Whether the intake is in balance."""
        return not self.missing and not self.contradictory


@dataclass(frozen=True, slots=True)
class Alarm:
    """A difference the reconciler has told."""

    at: datetime
    missing: int
    contradictory: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The balance as a person may see it."""

    rows: tuple[UnitCounts, ...]
    total: UnitCounts
    whole: Balance | None
    """The balance of the whole installation, for who may read the history."""
    alarm: Alarm | None


def everywhere(session: Session, actor: Actor) -> Actor:
    """Return the system with the keys of every inbox: by itself it works in none. People stay who they are."""
    if actor is not SYSTEM:
        return actor
    return replace(actor, keys=frozenset(unit_key(code) for code in session.scalars(select(OrgUnit.key))))


def counts(session: Session, actor: Actor, now: datetime, *, by_source: bool = False) -> tuple[UnitCounts, ...]:
    """Return the counts of the units whose inbox the actor works in, or of all units for the system.

    Filed items are counted where the actor may see their case file, as everywhere else.
    """
    if not (actor.may(Permission.FILE) or actor.may(Permission.HISTORY)):
        raise NotAllowed
    split = (OrgUnit.code, OrgUnit.name, *((IncomingItem.source,) if by_source else ()))
    query = (
        select(*split, IncomingItem.state, func.count())
        .join(OrgUnit, OrgUnit.id == IncomingItem.org_unit_id)
        .where(item_seen(actor, now))
        .group_by(*split, IncomingItem.state)
        .order_by(*split)
    )
    found: dict[tuple[str, ...], dict[ItemState, int]] = {}
    for *place, state, count in session.execute(query):
        found.setdefault(tuple(place), dict.fromkeys(ItemState, 0))[state] = count
    return tuple(UnitCounts(place[0], place[1], states, *place[2:]) for place, states in found.items())


def sheet(session: Session, actor: Actor, now: datetime) -> Sheet:
    """Return the balance per unit and source, and of the whole for who may read the history.

    Raises:
        NotAllowed: The actor neither files nor reads the history.
    """
    rows = counts(session, actor, now, by_source=True)
    total = {state: sum(row.states[state] for row in rows) for state in ItemState}
    may_all = actor.may(Permission.HISTORY)
    return Sheet(
        rows=rows,
        total=UnitCounts("", "", total),
        whole=balance(session) if may_all else None,
        alarm=_last_alarm(session) if may_all else None,
    )


def _last_alarm(session: Session) -> Alarm | None:
    entry = session.scalar(
        select(HistoryEntry).where(HistoryEntry.action == UNBALANCED).order_by(HistoryEntry.sequence.desc()).limit(1)
    )
    if entry is None:
        return None
    return Alarm(entry.at, int(entry.detail.get("missing", 0)), int(entry.detail.get("contradictory", 0)))


def balance(session: Session) -> Balance:
    """Return the balance of the whole installation."""
    received = session.scalar(select(func.count()).where(HistoryEntry.action.in_(CAME_IN))) or 0
    present = session.scalar(select(func.count()).select_from(IncomingItem)) or 0
    contradictory = session.scalar(
        select(func.count())
        .select_from(IncomingItem)
        .outerjoin(Document, Document.item_id == IncomingItem.id)
        .where(_contradicts())
    )
    return Balance(received, present, _destroyed(session), contradictory or 0)


def _contradicts() -> ColumnElement[bool]:
    state, filed = IncomingItem.state, Document.case_id.is_not(None)
    return or_(
        (state == ItemState.FILED) & ~func.coalesce(filed, False),
        (state != ItemState.FILED) & filed,
        (state == ItemState.WAITING) & Document.id.is_(None),
        (state == ItemState.FAULT) & IncomingItem.fault_code.is_(None),
    )


def reconcile(session: Session, now: datetime) -> Balance:
    """Compare, and tell a difference in the history for everybody who reads it."""
    found = balance(session)
    if not found.even:
        detail = {
            "received": found.received,
            "present": found.present,
            "destroyed": found.destroyed,
            "missing": found.missing,
            "contradictory": found.contradictory,
        }
        record(session, SYSTEM, "intake.unbalanced", about=("intake", "balance"), now=now, detail=detail)
    return found


def _destroyed(session: Session) -> int:
    listed: dict[str, set[str]] = {"documents": set(), "sources": set()}
    for manifest in session.scalars(select(Disposal.manifest).where(Disposal.manifest.is_not(None))):
        for kind, ids in listed.items():
            ids.update(manifest.get(kind, ()) if manifest else ())
    if not any(listed.values()):
        return 0
    documents = {str(one) for one in session.scalars(select(Document.id))}
    items = {str(one) for one in session.scalars(select(IncomingItem.id))}
    return len(listed["documents"] - documents) + len(listed["sources"] - items)
