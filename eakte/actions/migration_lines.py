"""The worklist of a run's exceptions: try again, correct what the manifest says, or accept with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.migrating import go_on, run_of
from eakte.actions.migration_closing import due
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotFound
from eakte.records.access import Actor
from eakte.records.migration import LINE_LABELS, RUN_LABELS, LineState, RunState, ScanState
from eakte.records.migration_cells import FIELDS
from eakte.store.history import record
from eakte.store.migration import MigrationLine, MigrationRun

CHANGEABLE = frozenset({RunState.RUNNING, RunState.STOPPED, RunState.DONE})


def retry(session: Session, actor: Actor, run_id: UUID, number: int, now: datetime) -> MigrationLine:
    """Judge an exception again and import it if nothing is wrong any more; a run that has ended goes on for it.

    Raises:
        NotFound: There is no such line, or it is another unit's.
        MoveRefused: The line is no exception, or its run is being taken back.
    """
    run, line = _exception(session, actor, run_id, number)
    _again(session, actor, run, line, now)
    _log(session, actor, run, line, "migration.line_retried", now)
    return line


def correct(
    session: Session, actor: Actor, run_id: UUID, number: int, wanted: Mapping[str, str], now: datetime
) -> MigrationLine:
    """Correct what the manifest says of an exception, then try it again; empty texts leave a cell as it is.

    Raises:
        InvalidInput: There is no such field.
        NotFound, MoveRefused: As :func:`retry`.
    """
    run, line = _exception(session, actor, run_id, number)
    if not set(wanted) <= set(FIELDS):
        raise InvalidInput(problem="Dieses Feld gibt es nicht.", field="field")
    given = {field: " ".join(text.split())[:500] for field, text in wanted.items() if text.strip()}
    line.corrected = {**line.corrected, **given}
    _again(session, actor, run, line, now)
    _log(session, actor, run, line, "migration.line_corrected", now, fields=sorted(given))
    return line


def _again(session: Session, actor: Actor, run: MigrationRun, line: MigrationLine, now: datetime) -> None:
    line.state, line.reason, line.faults = LineState.NEW, "", []
    if run.state is RunState.DONE:
        go_on(session, run, actor, now)


def accept(
    session: Session, actor: Actor, run_id: UUID, number: int, *, reason: str, now: datetime
) -> MigrationLine:  # fmt: skip
    """Answer for an exception with a reason: it counts as explained; what of it is filed stays filed.

    A run that has ended goes on if the case file of the line is now to be closed.

    Raises:
        MissingReason: No reason was given.
        NotFound, MoveRefused: As :func:`retry`; also while scans of it are being read.
    """
    run, line = _exception(session, actor, run_id, number)
    if not reason.strip():
        raise MissingReason
    if any(scan.state is ScanState.RECEIVED for scan in line.scans):
        raise MoveRefused(state=LINE_LABELS[LineState.UNDER_WAY])
    line.state, line.reason, line.decided_by = LineState.ACCEPTED, reason.strip()[:1_000], actor.name
    line.done_at = line.done_at or now
    _log(session, actor, run, line, "migration.line_accepted", now, reason=line.reason)
    session.flush()
    if run.state is RunState.DONE and due(session, run):
        go_on(session, run, actor, now)
    return line


def _exception(session: Session, actor: Actor, run_id: UUID, number: int) -> tuple[MigrationRun, MigrationLine]:
    run = run_of(session, actor, run_id, lock=True)
    line = _line(session, run, number)
    if run.state not in CHANGEABLE:
        raise MoveRefused(state=RUN_LABELS[run.state])
    if line.state is not LineState.EXCEPTION:
        raise MoveRefused(state=LINE_LABELS[line.state])
    return run, line


def _line(session: Session, run: MigrationRun, number: int) -> MigrationLine:
    query = select(MigrationLine).where(MigrationLine.run_id == run.id, MigrationLine.number == number)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _log(
    session: Session,
    actor: Actor,
    run: MigrationRun,
    line: MigrationLine,
    action: str,
    now: datetime,
    *,
    fields: list[str] | None = None,
    reason: str = "",
) -> None:
    detail = {"line": line.number, "fields": fields or []}
    about = ("migration", run.id)
    record(session, actor, action, about=about, now=now, case_file_id=line.case_file_id, detail=detail, reason=reason)
