"""Alerts: telling people what a saved search finds anew, as far as they may see it.

New is what was filed after a person began to follow a search. The worker asks the index within the rights of that
person and keeps what it found; what is counted and shown is joined with their rights once more, each time, so that a
file closed to them since is neither counted nor named.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from eakte.actions import finding
from eakte.actions.saved_searches import from_json, search_of
from eakte.actions.users import actor_by_login
from eakte.errors import EakteError, NotAllowed
from eakte.records.access import Actor, Permission
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.people import Person
from eakte.store.searches import SearchAlert, SearchNews
from search.engine import SearchEngine
from search.model import LIMIT

LATE = timedelta(hours=3)
"""The index may be late, at worst until the hourly comparison: so far every look reaches back."""


def follow(session: Session, actor: Actor, search_id: UUID, now: datetime) -> None:
    """Tell the person of what the search finds from now on; twice is once."""
    found = search_of(session, actor, search_id)
    if actor.person_id is None:
        raise NotAllowed
    if session.get(SearchAlert, (found.id, actor.person_id)) is None:
        session.add(SearchAlert(search_id=found.id, person_id=actor.person_id, since=now, checked_at=now))
        session.flush()


def unfollow(session: Session, actor: Actor, search_id: UUID) -> None:
    """Tell the person no more; twice is once."""
    actor.require(Permission.READ)
    for row in session.scalars(select(SearchNews).where(*_own(actor, search_id))).all():
        session.delete(row)
    session.flush()
    alert = session.get(SearchAlert, (search_id, actor.person_id)) if actor.person_id else None
    if alert is not None:
        session.delete(alert)


def counts(session: Session, actor: Actor, now: datetime) -> dict[UUID, int]:
    """Return how many new hits the person has not looked at yet, by search; searches without any are left out."""
    query = select(SearchNews.search_id, func.count()).where(_unseen(actor, now)).group_by(SearchNews.search_id)
    return dict(session.execute(query).all())


def unread(session: Session, actor: Actor, now: datetime) -> int:
    """Return how many new hits of all followed searches the person has not looked at yet."""
    if actor.person_id is None or not actor.may(Permission.READ):
        return 0
    followed = select(SearchAlert.search_id).where(SearchAlert.person_id == actor.person_id)
    query = select(func.count()).select_from(SearchNews).where(SearchNews.search_id.in_(followed), _unseen(actor, now))
    return session.scalar(query) or 0


def news(session: Session, actor: Actor, search_id: UUID, now: datetime) -> frozenset[UUID]:
    """Return the documents a search found anew that the person has not looked at yet.

    Raises:
        NotFound: There is no such search, or the person may not know of it.
    """
    found = search_of(session, actor, search_id)
    query = select(SearchNews.document_id).where(SearchNews.search_id == found.id, _unseen(actor, now))
    return frozenset(session.scalars(query))


def mark_seen(session: Session, actor: Actor, search_id: UUID, now: datetime) -> None:
    """Note that the person has looked at what a search found anew."""
    search_of(session, actor, search_id)
    seen = update(SearchNews).where(*_own(actor, search_id), SearchNews.seen_at.is_(None)).values(seen_at=now)
    session.execute(seen, execution_options={"synchronize_session": False})


def any_due(session: Session) -> bool:
    """Tell whether anybody follows a search."""
    return session.scalar(select(select(SearchAlert.search_id).exists())) or False


def due(session: Session) -> list[tuple[UUID, UUID]]:
    """Return every alert as (search, person)."""
    query = select(SearchAlert.search_id, SearchAlert.person_id)
    return list(session.execute(query.order_by(SearchAlert.search_id, SearchAlert.person_id)).all())


def look(session: Session, index: SearchEngine, search_id: UUID, person_id: UUID, now: datetime) -> frozenset[UUID]:
    """Return the documents an alert has to tell of that it has not told of yet."""
    alert = session.get(SearchAlert, (search_id, person_id))
    person = session.get(Person, person_id)
    if alert is None or person is None:
        return frozenset()
    try:
        actor = actor_by_login(session, person.login, now)
        query = from_json(search_of(session, actor, search_id).query)
    except EakteError:
        # The account is closed or the search is shared no more: nothing to tell, and no fault.
        return frozenset()
    found: set[UUID] = set()
    filed = _filed(session, actor, alert, now)
    for start in range(0, len(filed), LIMIT):
        found |= finding.among(session, index, actor, query, filed[start : start + LIMIT], now)
    return frozenset(found)


def keep(session: Session, search_id: UUID, person_id: UUID, found: Collection[UUID], now: datetime) -> None:
    """Keep what an alert found; twice is once."""
    alert = session.get(SearchAlert, (search_id, person_id), with_for_update=True)
    if alert is None:
        return
    known = select(SearchNews.document_id).where(SearchNews.search_id == search_id, SearchNews.person_id == person_id)
    there = select(Document.id).where(Document.id.in_(found), Document.id.not_in(known))
    for document_id in session.scalars(there).all():
        session.add(SearchNews(search_id=search_id, person_id=person_id, document_id=document_id, found_at=now))
    alert.checked_at = now


def _filed(session: Session, actor: Actor, alert: SearchAlert, now: datetime) -> list[UUID]:
    """Return what was filed since the last look, or while the index may have been late, and was not told of."""
    told = select(SearchNews.document_id).where(
        SearchNews.search_id == alert.search_id, SearchNews.person_id == alert.person_id
    )
    query = (
        select(Document.id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(
            Document.filed_at > max(alert.since, alert.checked_at - LATE),
            Document.id.not_in(told),
            visible(actor.keys, now),
            unrestricted(actor.keys, now),
        )
        .order_by(Document.id)
    )
    return list(session.scalars(query))


def _unseen(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "new to the person, and they may see it now"."""
    seen = (
        select(Document.id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.id == SearchNews.document_id, visible(actor.keys, now), unrestricted(actor.keys, now))
    )
    return and_(SearchNews.person_id == actor.person_id, SearchNews.seen_at.is_(None), seen.exists())


def _own(actor: Actor, search_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return SearchNews.search_id == search_id, SearchNews.person_id == actor.person_id
