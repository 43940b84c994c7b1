"""Counting what came in: every received file must be in exactly one state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.states import ItemState
from eakte.store.disposal import Disposal
from eakte.store.documents import Document, IncomingItem
from eakte.store.history import HistoryEntry
from eakte.store.people import OrgUnit


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """The items of one unit by state."""

    unit_code: str
    unit_name: str
    states: Mapping[ItemState, int]

    @property
    def total(self) -> int:
        """All items of the unit."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Balance:
    """Whether anything is missing: what the history says came in against what is there."""

    received: int
    present: int
    destroyed: int
    """Items that went with the destruction of their case file."""

    @property
    def missing(self) -> int:
        """Items received of which there is no trace; anything but 0 is a fault."""
        return self.received - self.present - self.destroyed


def everywhere(session: Session, actor: Actor) -> Actor:
    """Return the system with the keys of every inbox: by itself it works in none. People stay who they are."""
    if actor is not SYSTEM:
        return actor
    return replace(actor, keys=frozenset(unit_key(code) for code in session.scalars(select(OrgUnit.key))))


def counts(session: Session, actor: Actor) -> tuple[UnitCounts, ...]:
    """Return the counts of the units whose inbox the actor works in, or of all units for the system."""
    actor.require(Permission.FILE)
    query = (
        select(OrgUnit.code, OrgUnit.name, IncomingItem.state, func.count())
        .join(OrgUnit, OrgUnit.id == IncomingItem.org_unit_id)
        .group_by(OrgUnit.code, OrgUnit.name, IncomingItem.state)
        .order_by(OrgUnit.code)
    )
    if actor is not SYSTEM:
        query = query.where(IncomingItem.access_key.in_(actor.keys))
    found: dict[tuple[str, str], dict[ItemState, int]] = {}
    for code, name, state, count in session.execute(query):
        found.setdefault((code, name), dict.fromkeys(ItemState, 0))[state] = count
    return tuple(UnitCounts(code, name, states) for (code, name), states in found.items())


def balance(session: Session) -> Balance:
    """Return the balance of the whole installation."""
    received = session.scalar(select(func.count()).where(HistoryEntry.action == "item.received")) or 0
    present = session.scalar(select(func.count()).select_from(IncomingItem)) or 0
    return Balance(received, present, _destroyed(session))


def _destroyed(session: Session) -> int:
    listed: set[str] = set()
    for manifest in session.scalars(select(Disposal.manifest).where(Disposal.manifest.is_not(None))):
        listed.update(manifest["documents"] if manifest else ())
    if not listed:
        return 0
    present = {str(document_id) for document_id in session.scalars(select(Document.id))}
    return len(listed - present)
