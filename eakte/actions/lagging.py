"""What the index may still show though a person must not see it: rights act at once, the index follows in seconds.

Everything whose indexing is ordered and not done is asked of the database again. Shares and blocks that end some day
have ordered theirs from the start, so their end counts to the moment, too.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, not_, or_, select, union_all
from sqlalchemy.orm import Session

from eakte.actions.entries import case_and_below
from eakte.errors import SearchUnavailable
from eakte.records.access import Actor
from eakte.records.states import DisposalState
from eakte.store.disposal import Disposal
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.jobs import waiting, waiting_for
from search.model import MaySee

FILES, CASES, DOCUMENTS = "reindexing", "case_indexing", "indexing"
"""The workflows that bring changes to the index: of whole case files, of cases with all below, of single documents."""
MOST = 50_000
"""Changes the index may lag behind while it is still asked: each costs time in every search, and OpenSearch refuses a
question that shuts out more than 65,536 records."""


class IndexBehind(SearchUnavailable):
    """More changes of rights wait than a search can look at: it is refused rather than slow, or too open."""

    code, status = "search-behind", 503


def may_see(session: Session, actor: Actor, now: datetime) -> MaySee:
    """Return what the index is asked with: the keys of the actor, and what is closed to them already.

    Raises:
        IndexBehind: too much is on its way to the index.
    """
    return MaySee(actor.keys, frozenset(map(str, _hidden(session, actor, now))))


def _hidden(session: Session, actor: Actor, now: datetime) -> list[UUID]:
    """Return what is being destroyed, and what waits to be indexed and is closed to the actor, by one query.

    What was just filed waits too, but the index does not hold it, and an edit closes nothing to anybody: neither a mass
    load nor many edits make a search slower.
    """
    parts: list[Select[UUID]] = [select(Disposal.case_file_id).where(Disposal.state == DisposalState.EXECUTING)]
    behind = waiting(session, (FILES, CASES, DOCUMENTS), MOST)
    if sum(behind.values()) > MOST:
        raise IndexBehind
    unseen = not_(visible(actor.keys, now))
    if FILES in behind:
        parts.append(select(CaseFile.id).where(CaseFile.id.in_(waiting_for(session, FILES)), unseen))
    # What was taken out of its file again is in none, and closed to everybody.
    documents = (
        select(Document.id)
        .outerjoin(BusinessCase, BusinessCase.id == Document.case_id)
        .outerjoin(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(or_(CaseFile.id.is_(None), unseen, not_(unrestricted(actor.keys, now))))
    )
    if CASES in behind:
        parts.append(documents.where(Document.case_id.in_(case_and_below(waiting_for(session, CASES)))))
    if DOCUMENTS in behind:
        parts.append(documents.where(Document.id.in_(waiting_for(session, DOCUMENTS))))
    hidden = list(session.scalars(union_all(*parts).limit(MOST + 1)))
    if len(hidden) > MOST:
        raise IndexBehind
    return hidden
