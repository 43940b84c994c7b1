"""All tables in one place: whoever needs the whole schema imports this."""

from __future__ import annotations

from eakte.store import (
    answers,
    arranging,
    arrivals,
    blank_pages,
    comparisons,
    data_requests,
    disposal,
    disposal_runs,
    document_life,
    documents,
    evidence,
    exchange,
    files,
    follow_ups,
    heartbeats,
    history,
    hold_orders,
    learning,
    migration,
    organisation,
    paper,
    people,
    plan,
    processing,
    references,
    rehousing,
    rules,
    scanning,
    search_words,
    searches,
    sign_in,
    textprints,
)
from eakte.store.base import Base

METADATA = Base.metadata
MODULES = (
    answers,
    arranging,
    arrivals,
    blank_pages,
    comparisons,
    data_requests,
    disposal,
    disposal_runs,
    document_life,
    documents,
    evidence,
    exchange,
    files,
    follow_ups,
    heartbeats,
    history,
    hold_orders,
    learning,
    migration,
    organisation,
    paper,
    people,
    plan,
    processing,
    references,
    rehousing,
    rules,
    scanning,
    search_words,
    searches,
    sign_in,
    textprints,
)


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Tell alembic which names of the database are ours; on SQLite the job tables stand beside them."""
    return kind != "table" or name in METADATA.tables
