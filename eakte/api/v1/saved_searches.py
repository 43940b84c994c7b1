"""Saved searches of the person, and those shared with their units."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import alerts, saved_searches
from eakte.actions.saved_searches import SavedView
from eakte.api.models import Day, In, Out
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import InvalidInput
from eakte.records.access import Permission
from search import Query, Sort

Value = Annotated[str, StringConstraints(max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class SavedSearch(Out):
    """A question under a name; what it finds depends on who asks."""

    search_id: UUID
    name: str
    q: str
    search_filters: dict[str, list[str]]
    first: date | None
    last: date | None
    sort: Sort
    owner: str
    mine: bool
    shared_with: str
    watched: bool
    new_hits: int


class SavedSearches(Out):
    """Own and shared searches, in order of their names."""

    items: list[SavedSearch]


class NewSearch(In):
    """A question to keep."""

    name: Name
    q: Annotated[str, StringConstraints(max_length=300)] = ""
    search_filters: dict[str, list[Value]] = Field(default={}, max_length=20)
    first: Day | None = None
    last: Day | None = None
    sort: Sort = Sort.RELEVANCE
    shared_with: Annotated[str, StringConstraints(max_length=40)] = ""
    watched: bool = False


class KeptSearch(Out):
    """The receipt for a saved search."""

    search_id: UUID


def listing(call: Call) -> SavedSearches:
    """List saved searches with the number of their new hits."""
    news = alerts.counts(call.session, call.actor, call.now)
    found = saved_searches.listing(call.session, call.actor)
    return SavedSearches(items=[_told(one, news.get(one.search_id, 0)) for one in found])


def show(call: Call, search_id: UUID) -> SavedSearch:
    """Show one."""
    news = alerts.counts(call.session, call.actor, call.now)
    return _told(saved_searches.show(call.session, call.actor, search_id), news.get(search_id, 0))


def keep(call: Call, body: NewSearch) -> Answer:
    """Keep a question under a name."""
    filters = {name: frozenset(values) for name, values in body.search_filters.items()}
    if unknown := filters.keys() - saved_searches.FILTERS:
        raise InvalidInput(problem=f"Diesen Filter gibt es nicht: {min(unknown)}.", field="search_filters")
    query = Query(body.q, filters, body.first, body.last, body.sort)
    made = saved_searches.save(call.session, call.actor, body.name, query, shared_with=body.shared_with, now=call.now)
    if body.watched:
        alerts.follow(call.session, call.actor, made.id, call.now)
    return Answer(KeptSearch(search_id=made.id))


def remove(call: Call, search_id: UUID) -> KeptSearch:
    """Forget an own search."""
    saved_searches.remove(call.session, call.actor, search_id, now=call.now)
    return KeptSearch(search_id=search_id)


def _told(one: SavedView, new_hits: int) -> SavedSearch:
    return SavedSearch(
        search_id=one.search_id,
        name=one.name,
        q=one.query.text,
        search_filters={name: sorted(values) for name, values in one.query.filters.items()},
        first=one.query.first,
        last=one.query.last,
        sort=one.query.sort,
        owner=one.owner,
        mine=one.own,
        shared_with=one.shared_with,
        watched=one.watched,
        new_hits=new_hits,
    )


_SEARCH = "/saved-searches/<uuid:search_id>"
OPERATIONS = (
    Operation("GET", "/saved-searches", listing, Permission.READ, SavedSearches, "Gemerkte Suchen"),
    Operation("GET", _SEARCH, show, Permission.READ, SavedSearch, "Eine gemerkte Suche"),
    Operation(
        "POST", "/saved-searches", keep, Permission.READ, KeptSearch, "Eine Suche merken", status=201, body=NewSearch,
        once=True, notes="Geteilt lesen Name und Suchwörter alle, die in der Einheit arbeiten; Treffer bleiben eigene.",
    ),
    Operation("DELETE", _SEARCH, remove, Permission.READ, KeptSearch, "Eine gemerkte Suche entfernen"),
)  # fmt: skip
