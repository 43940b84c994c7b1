"""What an order would hold, told before it is placed: within the rights of who asks, as list, count and table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.entries import entry_of_empty
from eakte.actions.hold_orders import Reach, check_reach
from eakte.actions.hold_view import HeldFile, held_file
from eakte.actions.holding import asked, empty_files, files_found
from eakte.actions.lagging import may_see
from eakte.records.access import Actor, Permission
from eakte.records.calendar import german
from eakte.records.holding import HoldScope, questions
from eakte.records.states import LABELS, CaseFileState
from eakte.store.files import CaseFile, visible
from eakte.store.history import record
from search.engine import SearchEngine
from search.matching import Question, ReadEntry

HEADS = ("Aktenzeichen", "Betreff", "Zuständig", "Status", "Gesperrt seit")
MOST_EMPTY = 2_000
"""Case files without documents that a preview reads; an order asks them all."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """Which case files an order would hold now, as far as the person may see them."""

    total: int
    first: tuple[HeldFile, ...]
    """The first of them, by reference."""
    ids: frozenset[UUID]
    whole: bool
    """Whether every case file without documents was read, too."""


def preview(session: Session, index: SearchEngine, actor: Actor, reach: Reach, *, limit: int, now: datetime) -> Preview:
    """Tell what an order would hold.

    Raises:
        InvalidInput: As for placing it.
    """
    actor.require(Permission.HOLD)
    return find_files(session, index, actor, reach, limit=limit, now=now)


def find_files(
    session: Session, index: SearchEngine, actor: Actor, reach: Reach, *, limit: int, now: datetime
) -> Preview:
    """Find the case files that name a person or that a search finds, within the rights of who asks.

    Raises:
        InvalidInput: As for placing an order.
    """
    check_reach(session, reach)
    found, whole = _found(session, index, actor, reach, now)
    ids = frozenset(_seen(session, actor, found, now))
    return Preview(len(ids), tuple(_rows(session, actor, ids, limit, now)), ids, whole)


def table(session: Session, actor: Actor, found: Preview, now: datetime) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a preview as a table, and tell the history that it was taken."""
    about = ("person", actor.person_id or actor.login)
    record(session, actor, "hold_order.exported", about=about, now=now, detail={"files": found.total})
    yield from (cells(row) for row in _rows(session, actor, found.ids, len(found.ids), now))


def cells(row: HeldFile) -> tuple[str, ...]:
    """Return a case file as a row of a table."""
    return (row.reference, row.subject, row.unit_code, LABELS[row.state], german(row.since) if row.since else "")


def _found(session: Session, index: SearchEngine, actor: Actor, reach: Reach, now: datetime) -> tuple[set[UUID], bool]:
    if reach.scope is HoldScope.FILES:
        return set(reach.case_file_ids), True
    texts = questions(reach.scope, reach.criteria)
    allowed = may_see(session, actor, now)
    found = {UUID(file_id) for text in texts for file_id in files_found(index, asked(session, text), allowed)}
    files = empty_files(session, None, MOST_EMPTY + 1)
    asking = [Question(asked(session, text)) for text in texts]
    for file in files[:MOST_EMPTY]:
        read = ReadEntry(entry_of_empty(session, file))
        if any(question.finds(read) for question in asking):
            found.add(file.id)
    return found, len(files) <= MOST_EMPTY


def _seen(session: Session, actor: Actor, found: set[UUID], now: datetime) -> Iterator[UUID]:
    ids = sorted(found)
    for start in range(0, len(ids), AT_ONCE):
        query = select(CaseFile.id).where(
            CaseFile.id.in_(ids[start : start + AT_ONCE]),
            CaseFile.state != CaseFileState.DESTROYED,
            visible(actor.keys, now),
        )
        yield from session.scalars(query)


def _rows(session: Session, actor: Actor, ids: frozenset[UUID], limit: int, now: datetime) -> Iterator[HeldFile]:
    references: list[tuple[str, UUID]] = []
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        query = select(CaseFile.file_reference, CaseFile.id).where(CaseFile.id.in_(ordered[start : start + AT_ONCE]))
        references += [(reference, file_id) for reference, file_id in session.execute(query)]
    shown = [file_id for _, file_id in sorted(references)[:limit]]
    for start in range(0, len(shown), AT_ONCE):
        query_files = (
            select(CaseFile)
            .where(CaseFile.id.in_(shown[start : start + AT_ONCE]), visible(actor.keys, now))
            .order_by(CaseFile.file_reference)
            .options(joinedload(CaseFile.org_unit))
        )
        for file in session.scalars(query_files):
            yield held_file(session, actor, file)
