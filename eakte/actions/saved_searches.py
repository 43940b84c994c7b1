"""Saved searches: kept under a name, shared with a unit, asked again by each viewer within their own rights.

Name and question of a shared search are read by everybody who works in the unit it is shared with, so whoever shares
it is told so; what it finds is theirs alone. The history holds neither, for both may quote a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eakte.actions.guard import check_revision
from eakte.actions.narrowing import BRANCH, RETENTION
from eakte.errors import InvalidInput, NotAllowed, NotFound
from eakte.records.access import Actor, Permission, member_key
from eakte.store.history import record
from eakte.store.people import OrgUnit, code_of_key, unit_by_code
from eakte.store.searches import SavedSearch, SearchAlert, SearchNews, offered_to
from search.model import FILTERS as INDEXED
from search.model import Query, Sort

FILTERS = frozenset({*INDEXED, BRANCH, RETENTION})
"""What a search may be narrowed by."""
MOST = 100
"""Searches one person may keep."""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved search as one person sees it."""

    search_id: UUID
    name: str
    query: Query
    owner: str
    own: bool
    shared_with: str
    """Code of the unit it is shared with, or empty."""
    watched: bool
    """Whether the person is told of new hits."""
    revision: int


def save(
    session: Session, actor: Actor, name: str, query: Query, *, shared_with: str = "", now: datetime
) -> SavedSearch:
    """Keep a question under a name.

    Raises:
        InvalidInput: The name is missing or taken, there are too many, or the unit is not one of the person's.
    """
    actor.require(Permission.READ)
    if actor.person_id is None:
        raise NotAllowed
    name = _name(session, actor, name)
    kept = session.scalar(select(func.count()).where(SavedSearch.owner_id == actor.person_id)) or 0
    if kept >= MOST:
        raise InvalidInput(problem=f"Mehr als {MOST} gemerkte Suchen sind nicht möglich.", field="name")
    made = SavedSearch(
        owner_id=actor.person_id,
        name=name,
        query=to_json(query),
        shared_key=_key(session, actor, shared_with),
        created_at=now,
    )
    session.add(made)
    session.flush()
    _log(session, actor, made, "search.saved", now)
    return made


def change(
    session: Session,
    actor: Actor,
    search_id: UUID,
    *,
    name: str | None = None,
    query: Query | None = None,
    shared_with: str | None = None,
    revision: int | None = None,
    now: datetime,
) -> SavedSearch:
    """Give an own search another name, question or unit; ``None`` leaves what is there, an empty unit ends sharing.

    Raises:
        NotFound: There is none, or the person may not know of it.
        NotAllowed: It belongs to somebody else.
        InvalidInput: Name or unit do not fit.
        StaleRevision: It was changed since.
    """
    found = _own(session, actor, search_id)
    check_revision(found.revision, revision)
    before = found.shared_key
    if name is not None:
        found.name = _name(session, actor, name, but=found.id)
    if query is not None:
        found.query = to_json(query)
    if shared_with is not None:
        found.shared_key = _key(session, actor, shared_with)
    found.revision += 1
    if before is not None and found.shared_key != before:
        _forget(session, found.id, but=actor.person_id)
    session.flush()
    _log(session, actor, found, "search.changed", now)
    return found


def remove(session: Session, actor: Actor, search_id: UUID, *, now: datetime) -> None:
    """Forget an own search, with the alerts of everybody who followed it.

    Raises:
        NotFound: There is none, or the person may not know of it.
        NotAllowed: It belongs to somebody else.
    """
    found = _own(session, actor, search_id)
    _forget(session, found.id)
    _log(session, actor, found, "search.removed", now)
    session.delete(found)


def listing(session: Session, actor: Actor) -> tuple[SavedView, ...]:
    """Return the person's own searches and those shared with them, in order of their names."""
    actor.require(Permission.READ)
    found = session.scalars(
        select(SavedSearch).where(offered_to(actor.person_id, actor.keys)).order_by(SavedSearch.name, SavedSearch.id)
    ).all()
    watched = session.scalars(select(SearchAlert.search_id).where(SearchAlert.person_id == actor.person_id))
    followed = frozenset(watched)
    return tuple(_view(session, actor, one, followed) for one in found)


def show(session: Session, actor: Actor, search_id: UUID) -> SavedView:
    """Return one search.

    Raises:
        NotFound: There is none, or the person may not know of it.
    """
    found = search_of(session, actor, search_id)
    alert = session.get(SearchAlert, (search_id, actor.person_id)) if actor.person_id else None
    return _view(session, actor, found, frozenset({search_id} if alert else ()))


def named(session: Session, actor: Actor, name: str) -> SavedView:
    """Return the search of this name: the person's own, else one shared with them.

    Raises:
        NotFound: There is none, or the person may not know of it.
    """
    found = [one for one in listing(session, actor) if one.name == name]
    if not found:
        raise NotFound
    return min(found, key=lambda one: not one.own)


def search_of(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """Return a search that is the person's own or shared with them.

    Raises:
        NotFound: There is none, or the person may not know of it.
    """
    actor.require(Permission.READ)
    query = select(SavedSearch).where(SavedSearch.id == search_id, offered_to(actor.person_id, actor.keys))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def units_to_share_with(session: Session, actor: Actor) -> list[OrgUnit]:
    """Return the living units the person works in, and those above them."""
    units = session.scalars(select(OrgUnit).where(OrgUnit.dissolved_at.is_(None)).order_by(OrgUnit.code))
    return [unit for unit in units if member_key(unit.key) in actor.held_by_own_post()]


def to_json(query: Query) -> dict[str, Any]:
    """Return a question as it is kept; pages of its result are none of it."""
    return {
        "text": query.text,
        "filters": {name: sorted(values) for name, values in sorted(query.filters.items())},
        "first": query.first.isoformat() if query.first else None,
        "last": query.last.isoformat() if query.last else None,
        "sort": query.sort.value,
    }


def from_json(kept: Mapping[str, Any]) -> Query:
    """Return a kept question."""
    days = [date.fromisoformat(kept[name]) if kept[name] else None for name in ("first", "last")]
    filters = {name: frozenset(values) for name, values in kept["filters"].items()}
    return Query(kept["text"], filters, days[0], days[1], Sort(kept["sort"]))


def _own(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    found = search_of(session, actor, search_id)
    if found.owner_id != actor.person_id:
        raise NotAllowed
    return session.get_one(SavedSearch, search_id, with_for_update=True, populate_existing=True)


def _name(session: Session, actor: Actor, name: str, *, but: UUID | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(problem=f"Bitte geben Sie einen Namen ein, höchstens {LONGEST_NAME} Zeichen.", field="name")
    taken = select(SavedSearch.id).where(SavedSearch.owner_id == actor.person_id, SavedSearch.name == name)
    if session.scalar(taken) not in {None, but}:
        raise InvalidInput(problem=f"Sie haben schon eine Suche „{name}“.", field="name")
    return name


def _key(session: Session, actor: Actor, code: str) -> str | None:
    if not code:
        return None
    unit = unit_by_code(session, code)
    if unit is None or member_key(unit.key) not in actor.held_by_own_post():
        problem = "Teilen können Sie mit einer Einheit, in der Sie arbeiten, oder mit einer darüber."
        raise InvalidInput(problem=problem, field="shared_with")
    return member_key(unit.key)


def _view(session: Session, actor: Actor, found: SavedSearch, watched: frozenset[UUID]) -> SavedView:
    return SavedView(
        search_id=found.id,
        name=found.name,
        query=from_json(found.query),
        owner=found.owner.name,
        own=found.owner_id == actor.person_id,
        shared_with=code_of_key(session, found.shared_key) if found.shared_key else "",
        watched=found.id in watched,
        revision=found.revision,
    )


def _forget(session: Session, search_id: UUID, *, but: UUID | None = None) -> None:
    """Delete the alerts on a search, but for those of one person."""
    for table in (SearchNews, SearchAlert):
        others = delete(table).where(table.search_id == search_id, table.person_id.is_distinct_from(but))
        session.execute(others, execution_options={"synchronize_session": False})


def _log(session: Session, actor: Actor, found: SavedSearch, action: str, now: datetime) -> None:
    detail = {"shared_with": code_of_key(session, found.shared_key) if found.shared_key else ""}
    record(session, actor, action, about=("saved_search", found.id), now=now, detail=detail)
