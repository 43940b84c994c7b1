"""What waits for a person today, as the start page and programs tell it: counted within rights, each from its list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import (
    alerts,
    archive_arrivals,
    data_request_view,
    desk,
    differences,
    follow_up_view,
    hold_view,
    legibility,
    migration_report,
    paper_view,
    restricted_access,
    run_view,
)
from eakte.actions.case_lists import CaseFileRow, row_of
from eakte.actions.desk import Wanted
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.desk import Pile
from eakte.records.rule_draft import DraftState
from eakte.records.scanning import BatchState
from eakte.records.states import DisposalState, ItemState
from eakte.records.today import Chore, Task, in_order
from eakte.store.arrivals import is_lead
from eakte.store.disposal import Disposal
from eakte.store.documents import IncomingItem
from eakte.store.files import CaseFile, visible
from eakte.store.history import HistoryEntry
from eakte.store.rules import RuleDraft, RulePreview
from eakte.store.scanning import ScanBatch

MOST = 1_000
"""Case files of a list that are counted here; the list itself counts all."""
LOOKED_BACK = 300
"""The newest entries of a person among which the case files they worked on are looked for."""

Look = Callable[[Session, Actor, datetime], Task]


def tasks(session: Session, actor: Actor, now: datetime) -> tuple[Task, ...]:
    """Return what waits for the actor, urgent work first; what their powers do not reach is not looked at."""
    return in_order(look(session, actor, now) for needs, look in _LOOKS if actor.may(needs))


def recent(session: Session, actor: Actor, now: datetime, *, limit: int = 8) -> tuple[CaseFileRow, ...]:
    """Return the case files the actor worked on last, newest first, of those they may see now."""
    if actor.person_id is None or not actor.may(Permission.READ):
        return ()
    mine = (HistoryEntry.actor_login == actor.login) & (HistoryEntry.actor_id == actor.person_id)
    entries = select(HistoryEntry.case_file_id).where(mine, HistoryEntry.case_file_id.is_not(None))
    ids = list(dict.fromkeys(session.scalars(entries.order_by(HistoryEntry.sequence.desc()).limit(LOOKED_BACK))))
    query = (
        select(CaseFile).where(CaseFile.id.in_(ids), visible(actor.keys, now)).options(joinedload(CaseFile.org_unit))
    )
    found = {file.id: file for file in session.scalars(query)}
    return tuple(row_of(found[one]) for one in ids if one in found)[:limit]


def _inbox(session: Session, actor: Actor, now: datetime) -> Task:
    del now
    return _items(session, actor, Chore.INBOX, IncomingItem.state == ItemState.WAITING, is_lead())


def _faults(session: Session, actor: Actor, now: datetime) -> Task:
    del now
    return _items(session, actor, Chore.FAULTS, IncomingItem.state == ItemState.FAULT)


def _items(session: Session, actor: Actor, chore: Chore, *where: ColumnElement[bool]) -> Task:
    query = select(func.count(), func.min(IncomingItem.received_at))
    count, oldest = session.execute(query.where(IncomingItem.access_key.in_(actor.keys), *where)).one()
    return Task(chore, count, since=day_of(oldest) if oldest else None)


def _follow_ups(session: Session, actor: Actor, now: datetime) -> Task:
    count, oldest = follow_up_view.due(session, actor, now)
    return Task(Chore.FOLLOW_UPS, count, since=oldest, overdue=oldest is not None and oldest < day_of(now))


def _poor_pages(session: Session, actor: Actor, now: datetime) -> Task:
    return Task(Chore.POOR_PAGES, legibility.worklist(session, actor, limit=0, now=now).total)


def _stopped_batches(session: Session, actor: Actor, now: datetime) -> Task:
    del now
    stopped = ScanBatch.state.in_({BatchState.STOPPED, BatchState.REJECTED})
    return _batches(session, actor, Chore.STOPPED_BATCHES, stopped)


def _inspections(session: Session, actor: Actor, now: datetime) -> Task:
    del now
    others = ScanBatch.operator_id != actor.person_id
    return _batches(session, actor, Chore.INSPECTIONS, ScanBatch.state == BatchState.INSPECTION, others)


def _batches(session: Session, actor: Actor, chore: Chore, *where: ColumnElement[bool]) -> Task:
    query = select(func.count(), func.min(ScanBatch.scanned_at))
    count, oldest = session.execute(query.where(ScanBatch.access_key.in_(actor.keys), *where)).one()
    return Task(chore, count, since=day_of(oldest) if oldest else None)


def _migration(session: Session, actor: Actor, now: datetime) -> Task:
    del now
    return Task(Chore.MIGRATION_EXCEPTIONS, sum(one.exceptions for one in migration_report.departments(session, actor)))


def _loans(session: Session, actor: Actor, now: datetime) -> Task:
    _, total = paper_view.loans(session, actor, overdue=True, limit=0, now=now)
    return Task(Chore.LOANS, total)


def _hold_reviews(session: Session, actor: Actor, now: datetime) -> Task:
    due = hold_view.due(session, actor, now)
    return Task(Chore.HOLD_REVIEWS, due.overdue + due.soon, overdue=due.overdue > 0)


def _data_requests(session: Session, actor: Actor, now: datetime) -> Task:
    count, overdue = data_request_view.waiting(session, actor, now)
    return Task(Chore.DATA_REQUESTS, count, overdue=overdue > 0)


def _restriction_reviews(session: Session, actor: Actor, now: datetime) -> Task:
    overdue, soon = restricted_access.due(session, actor, now)
    return Task(Chore.RESTRICTION_REVIEWS, overdue + soon, overdue=overdue > 0)


def _pile(chore: Chore, pile: Pile) -> Look:
    def look(session: Session, actor: Actor, now: datetime) -> Task:
        count = desk.count(session, actor, Wanted(pile), now, most=MOST)
        return Task(chore, min(count, MOST), more=count > MOST)

    return look


def _disposals(session: Session, actor: Actor, now: datetime) -> Task:
    query = (
        select(func.count(), func.min(Disposal.proposed_at))
        .join(CaseFile, CaseFile.id == Disposal.case_file_id)
        .where(Disposal.state == DisposalState.PROPOSED, visible(actor.keys, now))
        .where(Disposal.proposed_by_id.is_distinct_from(actor.person_id))
    )
    count, oldest = session.execute(query).one()
    return Task(Chore.DISPOSALS, count, since=day_of(oldest) if oldest else None)


def _disposal_runs(session: Session, actor: Actor, now: datetime) -> Task:
    return Task(Chore.DISPOSAL_RUNS, len(run_view.waiting(session, actor, now)))


def _rule_drafts(session: Session, actor: Actor, now: datetime) -> Task:
    """Count the drafts of others whose preview is made; which day it is of shows the draft itself."""
    del now
    previewed = select(RuleDraft.authors).join(RulePreview, RulePreview.draft_id == RuleDraft.id)
    ready = previewed.where(RuleDraft.state == DraftState.DRAFT, RulePreview.fingerprint.is_not(None))
    return Task(Chore.RULE_DRAFTS, sum(str(actor.person_id) not in authors for authors in session.scalars(ready)))


def _differences(session: Session, actor: Actor, now: datetime) -> Task:
    _, total = differences.listing(session, actor, limit=0, now=now)
    return Task(Chore.DIFFERENCES, total)


def _archive_arrivals(session: Session, actor: Actor, now: datetime) -> Task:
    _, total = archive_arrivals.listing(session, actor, limit=0, now=now)
    return Task(Chore.ARCHIVE_ARRIVALS, total)


def _news(session: Session, actor: Actor, now: datetime) -> Task:
    return Task(Chore.NEWS, alerts.unread(session, actor, now))


_LOOKS: tuple[tuple[Permission, Look], ...] = (
    (Permission.FILE, _inbox),
    (Permission.FILE, _faults),
    (Permission.READ, _follow_ups),
    (Permission.FILE, _poor_pages),
    (Permission.FILE, _stopped_batches),
    (Permission.FILE, _inspections),
    (Permission.MIGRATE, _migration),
    (Permission.PAPER, _loans),
    (Permission.READ, _hold_reviews),
    (Permission.DATA_SUBJECTS, _data_requests),
    (Permission.DATA_SUBJECTS, _restriction_reviews),
    (Permission.EVENT, _pile(Chore.EVENTS, Pile.WAITING)),
    (Permission.DISPOSE, _pile(Chore.OVERDUE, Pile.OVERDUE)),
    (Permission.DISPOSE, _pile(Chore.CONFLICTS, Pile.CONFLICT)),
    (Permission.DISPOSE, _pile(Chore.NO_RULE, Pile.NO_RULE)),
    (Permission.DISPOSE, _disposals),
    (Permission.DISPOSAL_RUNS, _disposal_runs),
    (Permission.DISPOSE, _rule_drafts),
    (Permission.EXCHANGE, _differences),
    (Permission.EXCHANGE, _archive_arrivals),
    (Permission.READ, _news),
)
