"""All hits of a search as rows of a table, piece by piece: within rights like the page, and told in the history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from eakte.actions.finding import Found, FoundDocument, find
from eakte.records.access import Actor
from eakte.records.calendar import german
from eakte.records.states import LABELS
from eakte.store.history import record
from search.document import day_of_order
from search.engine import SearchEngine
from search.model import LIMIT, Place, Query, Sort

HEADS = (
    "Zeichen", "Betreff", "Dokumenttyp", "Absender", "Datum", "Aktenzeichen", "Akte", "Aktenstatus", "Zuständig",
    "Seiten", "Fundstellen auf Seite",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of the table, and the question for those behind them, if there are more."""

    rows: tuple[tuple[str, ...], ...]
    then: Query | None


def begin(session: Session, index: SearchEngine, actor: Actor, query: Query, now: datetime) -> Piece:
    """Return the first piece of a table of all hits and tell the history of it.

    Hits that do not fit in one piece are ordered by date or by reference, for only there each is shown exactly once
    whatever comes and goes meanwhile.
    """
    query = replace(query, limit=LIMIT, after=None, facets=())
    found = find(session, index, actor, query, now)
    if found.then is not None and query.sort is Sort.RELEVANCE:
        query = replace(query, sort=Sort.DATE)
        found = find(session, index, actor, query, now)
    about = ("person", actor.person_id or actor.login)
    record(session, actor, "search.exported", about=about, now=now, detail={"hits": found.total})
    return _piece(query, found)


def go_on(session: Session, index: SearchEngine, actor: Actor, query: Query, now: datetime) -> Piece:
    """Return the next piece, within what the actor may see by now."""
    return _piece(query, find(session, index, actor, query, now))


def _piece(query: Query, found: Found) -> Piece:
    then = _behind(query, found, found.then) if found.then is not None else None
    return Piece(tuple(map(_row, found.hits)), then)


def _behind(query: Query, found: Found, place: Place) -> Query:
    """Return the question for what follows; by date it leaves out the days before, so that no piece costs more."""
    day = day_of_order(place.key) if query.sort is Sort.DATE else None
    if day is None:
        return replace(query, after=place)
    # Only a guess of what stands before it that day: where it is wrong, the place is looked for.
    shown = sum(hit.document_date == day for hit in found.hits) + (found.offset if query.last == day else 0)
    return replace(query, last=day, after=replace(place, offset=shown))


def _row(hit: FoundDocument) -> tuple[str, ...]:
    return (
        hit.reference,
        hit.subject,
        hit.document_type,
        hit.sender,
        german(hit.document_date),
        hit.case_file_reference,
        hit.case_file_subject,
        LABELS[hit.state],
        hit.unit_code,
        str(hit.page_count),
        ", ".join(str(page.number) for page in sorted(hit.pages, key=lambda page: page.number)),
    )
