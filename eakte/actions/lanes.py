"""The one way to queue the reading of an incoming item: in its lane, fair between departments and their sources."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.records.lanes import MOST_BEHIND, lane_of, turn
from eakte.records.states import ItemState
from eakte.store.documents import IncomingItem
from eakte.store.jobs import READING, Way, enqueue


def order_reading(session: Session, item: IncomingItem, key: str, now: datetime) -> None:
    """Queue the reading of a received item under a key, as ``store.jobs.enqueue`` takes it."""
    way = Way(READING, turn(lane_of(item.source), now, _waiting(session, item)))
    enqueue(session, "intake", f"{item.id}:{key}", str(item.id), way=way)


def _waiting(session: Session, item: IncomingItem) -> int:
    before = (
        select(IncomingItem.id)
        .where(
            IncomingItem.access_key == item.access_key,
            IncomingItem.state == ItemState.RECEIVED,
            IncomingItem.id != item.id,
            IncomingItem.source == item.source,
        )
        .limit(MOST_BEHIND)
    )
    return session.scalar(select(func.count()).select_from(before.subquery())) or 0
