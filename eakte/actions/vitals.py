"""The numbers a night shift needs: counted over the whole installation, without a name, a subject or a reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.lagging import CASES, DOCUMENTS, FILES
from eakte.actions.quotas import Use, uses
from eakte.records.calendar import day_of
from eakte.records.quotas import UNLIMITED, Quotas
from eakte.records.states import DisposalState, ItemState
from eakte.store.comparisons import last_comparison
from eakte.store.disposal import Disposal
from eakte.store.documents import IncomingItem, PageRow, StoredObject
from eakte.store.evidence import FixityShare, ObjectDamage
from eakte.store.exchange import ArchiveArrival, ExchangeDifference
from eakte.store.heartbeats import all_beats, clock
from eakte.store.jobs import Backlog, backlog
from eakte.store.queues import Queue, queues

SIGN_OF_LIFE = timedelta(seconds=15)
"""A worker that was silent for longer is counted as lost; workers take its jobs over then."""
PAGES_OVER = timedelta(minutes=10)
_UNSETTLED = (ItemState.RECEIVED, ItemState.READING, ItemState.WAITING, ItemState.FAULT)


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the installation stands at a moment."""

    queues: tuple[Queue, ...]
    workers: int
    """Workers that gave a sign of life just now."""
    lost_workers: int
    items: Mapping[ItemState, int]
    """Incoming items that nobody has decided on, by state; those in ``FAULT`` could not be read."""
    pages: int
    """Pages read within :data:`PAGES_OVER`."""
    indexing: Backlog
    """Changes that the search index does not show yet."""
    compared_at: datetime | None
    """When index and database were compared last."""
    index_differences: int
    damaged: int
    """Stored objects that are missing or changed."""
    fixity_shares: int
    fixity_oldest: datetime | None
    """When the share of the objects that waits longest was read."""
    due: int
    """Destructions that may be carried out."""
    blocked: int
    """Of these, those whose cooling-off time ended before today: something stands against them."""
    differences: int
    """Open differences with the archive."""
    arrivals: int
    """What the archive sent and nobody could read, until it is decided."""
    uses: tuple[Use, ...]
    """How far limits of what comes in are used."""


def vitals(session: Session, now: datetime, quotas: Quotas = UNLIMITED) -> Vitals:
    """Count everything in one transaction; each number comes from an index or a small table."""
    beats, moment = all_beats(session), clock(session)
    living = sum(moment - row.beat_at < SIGN_OF_LIFE for row in beats)
    compared = last_comparison(session)
    shares, oldest = session.execute(select(func.count(), func.min(FixityShare.checked_at))).one()
    return Vitals(
        queues=queues(session),
        workers=living,
        lost_workers=len(beats) - living,
        items=_items(session),
        pages=_pages(session, now - PAGES_OVER),
        indexing=backlog(session, (FILES, CASES, DOCUMENTS)),
        compared_at=compared.compared_at if compared else None,
        index_differences=compared.different if compared else 0,
        damaged=session.scalar(select(func.count()).select_from(ObjectDamage)) or 0,
        fixity_shares=shares,
        fixity_oldest=oldest,
        due=_due(session, now),
        blocked=_due(session, now - timedelta(days=1)),
        differences=_undecided(session, ExchangeDifference),
        arrivals=_undecided(session, ArchiveArrival),
        uses=tuple(uses(session, quotas, now)),
    )


def _undecided(session: Session, table: type[ExchangeDifference | ArchiveArrival]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.decision.is_(None))) or 0


def _items(session: Session) -> dict[ItemState, int]:
    query = (
        select(IncomingItem.state, func.count()).where(IncomingItem.state.in_(_UNSETTLED)).group_by(IncomingItem.state)
    )
    return dict.fromkeys(_UNSETTLED, 0) | {row[0]: row[1] for row in session.execute(query)}


def _pages(session: Session, since: datetime) -> int:
    """Count by the moment at which what shows the page was stored: that has an index."""
    query = (
        select(func.count())
        .select_from(PageRow)
        .join(StoredObject, StoredObject.sha256 == PageRow.image)
        .where(StoredObject.created_at > since)
    )
    return session.scalar(query) or 0


def _due(session: Session, moment: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Disposal)
        .where(Disposal.state == DisposalState.APPROVED, Disposal.not_before <= day_of(moment))
    )
    return session.scalar(query) or 0
