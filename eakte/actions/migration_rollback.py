"""Taking a run back: documents leave their files, empty files are voided; what is held or was changed since is kept.

Nothing is deleted and no number is given again: documents become items that are not relevant for the records, with
their bytes, and files that the run opened keep number, former reference and history. The same manifest may be imported
again and then finds them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eakte.actions import filing, inbox
from eakte.actions.catching import catch_file
from eakte.actions.migrating import log
from eakte.actions.migration_import import UNDER_WAY, locked, person_of
from eakte.actions.moving_places import holds_on
from eakte.actions.voiding import holds_something, void_case_file
from eakte.records.migration import LineState, RunState, ScanState, move_run
from eakte.records.states import CaseFileState, DocumentState, ItemState
from eakte.store.document_life import DocumentLock, DocumentReference
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import CaseFile
from eakte.store.migration import MigrationFile, MigrationLine, MigrationRun, MigrationScan

LEFT = frozenset({ScanState.PLANNED, ScanState.RECEIVED, ScanState.FILED, ScanState.FAULT})
CHANGED = "Das Dokument wurde seither geändert."
CLOSED = "Die Akte ist nicht mehr offen."
MOVED = "Das Dokument wurde seither umprotokolliert."
FINAL = "Das Dokument ist schlussgezeichnet oder storniert."
LINKED = "Das Dokument ist ausgecheckt oder auch in einem anderen Vorgang abgelegt."
HELD = "Für die Akte besteht eine Löschsperre."
GONE = "Das Dokument ist nicht mehr da."
BY_HAND = "Eine Person hat das Dokument abgelegt."
FILE_CHANGED = "Die Akte wurde seither geändert oder enthält weitere Dokumente."


def scans_left(session: Session, run_id: UUID) -> list[UUID]:
    """Return the scans that are to be taken back and whose items are not with the readers."""
    if session.get_one(MigrationRun, run_id).state is not RunState.ROLLING_BACK:
        return []
    query = (
        select(MigrationScan.id)
        .outerjoin(IncomingItem, IncomingItem.id == MigrationScan.item_id)
        .where(MigrationScan.run_id == run_id, MigrationScan.state.in_(LEFT))
        .where(IncomingItem.id.is_(None) | IncomingItem.state.not_in(UNDER_WAY))
    )
    return list(session.scalars(query))


def take_back_scan(session: Session, scan_id: UUID, now: datetime) -> None:
    """Take one scan back, or keep it with its reason; twice is once."""
    line, scan = locked(session, scan_id)
    run = session.get_one(MigrationRun, scan.run_id)
    if run.state is not RunState.ROLLING_BACK or scan.state not in LEFT:
        return
    item = session.get(IncomingItem, scan.item_id, with_for_update=True, populate_existing=True)
    if item is not None and item.state in UNDER_WAY:
        return
    actor = person_of(session, run, now)
    scan.kept = _obstacle(session, line, scan, item, now)
    if scan.kept:
        scan.state, line.state = ScanState.KEPT, LineState.KEPT
        return
    scan.state = ScanState.TAKEN_BACK
    line.state = LineState.KEPT if line.state is LineState.KEPT else LineState.TAKEN_BACK
    if item is None:
        return
    if item.state is ItemState.FILED and scan.document_id is not None:
        filing.take_back(session, actor, scan.document_id, reason=run.reason, now=now)
    if item.state in {ItemState.WAITING, ItemState.FAULT}:
        inbox.drop(session, actor, item.id, reason=run.reason, revision=None, now=now)


def keep_scan(session: Session, scan_id: UUID, reason: str) -> None:
    """Leave a scan where it is because it cannot be taken back."""
    line, scan = locked(session, scan_id)
    if scan.state in LEFT:
        scan.state, scan.kept, line.state = ScanState.KEPT, reason[:200], LineState.KEPT


def keep_file(session: Session, run_id: UUID, key: str) -> None:
    """Leave a case file open because it cannot be voided."""
    session.get_one(MigrationFile, (run_id, key)).kept = FILE_CHANGED


def _obstacle(
    session: Session, line: MigrationLine, scan: MigrationScan, item: IncomingItem | None, now: datetime
) -> str:
    """Return in German why people's work, or what is held, would be lost by taking a scan back, or an empty text."""
    if scan.state is not ScanState.FILED:
        return BY_HAND if item is not None and item.state is ItemState.FILED else ""
    document = session.get(Document, scan.document_id, populate_existing=True)
    if document is None or document.case is None:
        return GONE
    elsewhere = select(DocumentReference.id).where(DocumentReference.document_id == document.id)
    lock = select(DocumentLock.document_id).where(DocumentLock.document_id == document.id, DocumentLock.until > now)
    reasons = (
        (document.state is not DocumentState.REGISTERED, FINAL),
        (document.case.case_file_id != line.case_file_id, MOVED),
        (document.revision != scan.document_revision, CHANGED),
        (session.scalar(elsewhere) is not None or session.scalar(lock) is not None, LINKED),
        (document.case.case_file.state is not CaseFileState.OPEN, CLOSED),
        (_is_held(session, document.case.case_file, now), HELD),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _is_held(session: Session, case_file: CaseFile, now: datetime) -> bool:
    """Tell whether a hold is active on a case file; orders are asked first, which may not have looked at it yet."""
    catch_file(session, case_file, now)
    return bool(holds_on(session, case_file, now))


def files_left(session: Session, run_id: UUID) -> list[str]:
    """Return the keys of the case files the run opened that have not been looked at yet."""
    if session.get_one(MigrationRun, run_id).state is not RunState.ROLLING_BACK:
        return []
    opened = MigrationFile.opened & ~MigrationFile.taken_back & (MigrationFile.kept == "")
    return list(session.scalars(select(MigrationFile.file_key).where(MigrationFile.run_id == run_id, opened)))


def take_back_file(session: Session, run_id: UUID, key: str, now: datetime) -> None:
    """Void a case file that the run opened, unless something is in it or somebody has changed it since."""
    row = session.get_one(MigrationFile, (run_id, key), with_for_update=True, populate_existing=True)
    run = session.get_one(MigrationRun, run_id)
    if row.taken_back or row.kept or run.state is not RunState.ROLLING_BACK:
        return
    file = session.get(CaseFile, row.case_file_id, with_for_update=True, populate_existing=True)
    unchanged = file is not None and file.state is CaseFileState.OPEN and file.revision == row.revision
    if file is None or not unchanged or holds_something(session, file.id):
        row.kept = FILE_CHANGED
        return
    void_case_file(session, person_of(session, run, now), file.id, reason=run.reason, now=now)
    row.taken_back = True


def finish(session: Session, run_id: UUID, now: datetime) -> bool:
    """Close a rollback in which nothing is left to do; return whether it is over."""
    run = session.get_one(MigrationRun, run_id, with_for_update=True, populate_existing=True)
    if run.state is not RunState.ROLLING_BACK:
        return run.state is RunState.ROLLED_BACK
    left = select(MigrationScan.id).where(MigrationScan.run_id == run_id, MigrationScan.state.in_(LEFT)).limit(1)
    if session.scalar(left) is not None or files_left(session, run_id):
        return False
    rest = MigrationLine.state.not_in((LineState.KEPT, LineState.TAKEN_BACK))
    lines = update(MigrationLine).where(MigrationLine.run_id == run_id, rest).values(state=LineState.TAKEN_BACK)
    session.execute(lines, execution_options={"synchronize_session": False})
    run.state, run.ended_at = move_run(run.state, RunState.ROLLED_BACK), now
    run.revision += 1
    log(session, person_of(session, run, now), run, "migration.rolled_back", now, reason=run.reason)
    return True
