"""What the index may still show though a person must not see it: rights act at once, the index follows in seconds.

Everything whose indexing is ordered and not done is asked of the database again. Shares and blocks that end some day
have ordered theirs from the start, so their end counts to the moment, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from eakte.actions.entries import case_and_below
from eakte.records.access import Actor
from eakte.records.states import DisposalState
from eakte.store.disposal import Disposal
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.jobs import waiting_for
from search.model import MaySee

AT_ONCE = 500


def may_see(session: Session, actor: Actor, now: datetime) -> MaySee:
    """Return what the index is asked with: the keys of the actor, and what is closed to them already."""
    return MaySee(actor.keys, frozenset(str(each) for each in _hidden(session, actor, now)))


def _hidden(session: Session, actor: Actor, now: datetime) -> Iterator[UUID]:
    yield from session.scalars(select(Disposal.case_file_id).where(Disposal.state == DisposalState.EXECUTING))
    unseen = not_(visible(actor.keys, now))
    for some in _pieces(waiting_for(session, "reindexing")):
        yield from session.scalars(select(CaseFile.id).where(CaseFile.id.in_(some), unseen))
    documents = (
        select(Document.id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(unseen)
    )
    for some in _pieces(waiting_for(session, "case_indexing")):
        yield from session.scalars(documents.where(Document.case_id.in_(case_and_below(some))))
    for some in _pieces(waiting_for(session, "indexing")):
        yield from session.scalars(documents.where(Document.id.in_(some)))


def _pieces(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some
