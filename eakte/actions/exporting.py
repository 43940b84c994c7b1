"""The hits of a search as rows of a table: within rights like the page, limited, and told in the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from eakte.actions.finding import FoundDocument, find
from eakte.records.access import Actor
from eakte.records.calendar import german
from eakte.records.states import LABELS
from eakte.store.history import record
from search.engine import SearchEngine
from search.model import LIMIT, Query

MOST = 2_000
"""Hits of one table; the last row says where there were more."""
HEADS = (
    "Zeichen", "Betreff", "Dokumenttyp", "Absender", "Datum", "Aktenzeichen", "Akte", "Aktenstatus", "Zuständig",
    "Seiten", "Fundstellen auf Seite",
)  # fmt: skip


def hits(session: Session, index: SearchEngine, actor: Actor, query: Query, now: datetime) -> list[tuple[str, ...]]:
    """Return the heads and a row for each hit, at most MOST, in the order of the question."""
    query = replace(query, limit=LIMIT, after=None, facets=())
    rows: list[tuple[str, ...]] = []
    while True:
        found = find(session, index, actor, query, now)
        rows += [_row(hit) for hit in found.hits]
        if found.then is None or len(rows) >= MOST:
            break
        query = replace(query, after=found.then)
    shown = rows[:MOST]
    if found.then is not None or len(rows) > MOST:
        shown.append((f"Ausgegeben sind die ersten {len(shown)} von {found.total} Treffern. Bitte grenzen Sie ein.",))
    detail = {"hits": min(len(rows), MOST)}
    about = ("person", actor.person_id or actor.login)
    record(session, actor, "search.exported", about=about, now=now, detail=detail)
    return [HEADS, *shown]


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
