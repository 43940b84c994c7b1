"""Closing the files a run opened as of the end its manifest gives, and taking that back.

Retention runs from when the paper came to its end, not from the day it was taken in. Only files the run opened are
closed, once all their lines are settled and nothing else lies in them: whatever people added is theirs to close.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import cases
from eakte.actions.closing import open_disposals
from eakte.actions.migration_import import SETTLED, person_of
from eakte.records.closing import FormerEnd
from eakte.records.migration import TO_DO, RunState, ends_of
from eakte.records.states import LABELS, CaseFileState
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.migration import MigrationFile, MigrationLine, MigrationRun, MigrationScan, key_of

FOREIGN = "In der Akte liegen auch Dokumente, die nicht aus diesem Lauf stammen."
CHANGED_SINCE = "Die Akte wurde seit der z.d.A.-Verfügung geändert, oder ihre Vernichtung ist vorgeschlagen."


@dataclass(frozen=True, slots=True)
class Due:
    """A case file to be closed, by its key in the run, and the end that its lines give."""

    key: str
    end: date


def due(session: Session, run: MigrationRun) -> list[Due]:
    """Return the case files of a run that are to be closed; none while lines wait to be imported."""
    waiting = select(MigrationLine.id).where(MigrationLine.run_id == run.id, MigrationLine.state.in_(TO_DO)).limit(1)
    if not run.closes or session.scalar(waiting) is not None:
        return []
    query = select(MigrationFile.file_key).where(
        MigrationFile.run_id == run.id,
        MigrationFile.opened,
        MigrationFile.closed_as_of.is_(None),
        MigrationFile.left_open == "",
    )
    candidates = set(session.scalars(query))
    if not candidates:
        return []
    lines = session.scalars(select(MigrationLine).where(MigrationLine.run_id == run.id)).all()
    ends = _ends(lines)
    return [Due(key, ends[key]) for key in sorted(candidates & set(ends))]


def _ends(lines: Iterable[MigrationLine]) -> dict[str, date]:
    """Return the end of each case file all of whose lines are settled, by its key."""
    entries = [(line.entry(), line.state) for line in lines]
    unsettled = {entry.file_key for entry, state in entries if state not in SETTLED}
    found = ends_of(entry for entry, _ in entries)
    keys = {entry.file_key: key_of(entry) for entry, _ in entries}
    return {keys[name]: end for name, end in found.items() if name not in unsettled}


def close_file(session: Session, run_id: UUID, one: Due, now: datetime) -> None:
    """Close one case file as the person of the run; twice is once.

    Raises:
        EakteError: Why it cannot be closed; :func:`leave_open` keeps that.
    """
    run = session.get_one(MigrationRun, run_id)
    row = session.get_one(MigrationFile, (run_id, one.key), with_for_update=True, populate_existing=True)
    if run.state is not RunState.RUNNING or row.closed_as_of is not None or row.left_open:
        return
    file = session.get_one(CaseFile, row.case_file_id, populate_existing=True)
    if file.state is not CaseFileState.OPEN:
        row.left_open = f"Die Akte ist im Zustand „{LABELS[file.state]}“."
        return
    if _holds_others(session, file.id, run_id):
        row.left_open = FOREIGN
        return
    actor = person_of(session, run, now)
    closed = cases.close(session, actor, file.id, former=FormerEnd(one.end, run_id), now=now)
    row.closed_as_of, row.revision = one.end, closed.revision


def _holds_others(session: Session, case_file_id: UUID, run_id: UUID) -> bool:
    mine = select(MigrationScan.document_id).where(
        MigrationScan.run_id == run_id, MigrationScan.document_id.is_not(None)
    )
    others = (
        select(Document.id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .where(BusinessCase.case_file_id == case_file_id, Document.id.not_in(mine))
    )
    return session.scalar(others.limit(1)) is not None


def leave_open(session: Session, run_id: UUID, key: str, reason: str) -> None:
    """Keep why a case file could not be closed; the next time the run goes on it is tried again."""
    session.get_one(MigrationFile, (run_id, key)).left_open = reason[:500]


def closed_left(session: Session, run_id: UUID) -> list[str]:
    """Return the keys of the case files whose closing is to be taken back before their documents can leave."""
    if session.get_one(MigrationRun, run_id).state is not RunState.ROLLING_BACK:
        return []
    closed = MigrationFile.closed_as_of.is_not(None) & (MigrationFile.kept == "")
    return list(session.scalars(select(MigrationFile.file_key).where(MigrationFile.run_id == run_id, closed)))


def open_again(session: Session, run_id: UUID, key: str, now: datetime) -> None:
    """Take the closing of one case file back, unless people have gone on from it since; twice is once."""
    run = session.get_one(MigrationRun, run_id)
    row = session.get_one(MigrationFile, (run_id, key), with_for_update=True, populate_existing=True)
    if run.state is not RunState.ROLLING_BACK or row.closed_as_of is None or row.kept:
        return
    file = session.get(CaseFile, row.case_file_id, with_for_update=True, populate_existing=True)
    unchanged = file is not None and file.state is CaseFileState.CLOSED and file.revision == row.revision
    if file is None or not unchanged or open_disposals(session, file.id):
        row.kept = CHANGED_SINCE
        return
    opened = cases.reopen(session, person_of(session, run, now), file.id, reason=run.reason, now=now)
    row.closed_as_of, row.revision = None, opened.revision
