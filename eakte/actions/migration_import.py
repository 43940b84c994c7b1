"""The import of a run, step by step, each its own transaction: judge lines, receive scans, file what has been read.

Every step may be repeated: a scan is received under an upload id of its own and filed while its item waits, never else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import inbox, intake
from eakte.actions.filing import Filing, file_document
from eakte.actions.intake import ReceiptOutcome, Source, Told, Upload
from eakte.actions.migrating import log
from eakte.actions.migration_check import judge, pages_differ
from eakte.actions.migration_files import case_file_for
from eakte.actions.users import actor_by_login
from eakte.errors import AttachmentsUnderWay
from eakte.records.access import Actor
from eakte.records.migration import TO_DO, Fault, LineState, RunState, ScanState, move_run, resting
from eakte.records.states import ItemState
from eakte.store.documents import Document, IncomingItem, page_counts
from eakte.store.migration import MigrationLine, MigrationRun, MigrationScan, counts_by_state
from eakte.store.scan_folders import ScanFolders
from eakte.store.stored import Fingerprint, Objects
from eakte.texts import sentence

WINDOW = 20
"""Scans of one run that are with the readers at the same time: so many stop within a minute, and the rest can wait."""
BATCH = 200
"""Lines judged in one transaction."""
UNDER_WAY = frozenset({ItemState.RECEIVED, ItemState.READING})
SETTLED = frozenset({LineState.FILED, LineState.ACCEPTED})


def person_of(session: Session, run: MigrationRun, now: datetime) -> Actor:
    """Return the person for whom the run works, with the rights they have now."""
    return actor_by_login(session, run.ordered_by or "", now)


def judge_lines(session: Session, run_id: UUID, folders: ScanFolders, now: datetime) -> bool:
    """Judge the next new lines: what can be imported is planned, the rest becomes an exception.

    Returns:
        Whether new lines may be left.
    """
    run = session.get_one(MigrationRun, run_id)
    all_lines = session.scalars(
        select(MigrationLine).where(MigrationLine.run_id == run_id).order_by(MigrationLine.number)
    ).all()
    new = [line for line in all_lines if line.state is LineState.NEW][:BATCH]
    if run.state is not RunState.RUNNING or not new:
        return False
    judged = judge(session, person_of(session, run, now), run, all_lines, folders, now)
    for line in new:
        one = judged[line.number]
        for name in ("box", "binder", "reference", "title", "begin", "end", "pages", "path", "plan", "document_type"):
            setattr(line, name, _fitting(name, getattr(one.entry, name)))
        line.faults = [[fault.code, fault.text] for fault in one.faults]
        line.state = LineState.EXCEPTION if one.faults else LineState.PLANNED
        if not one.faults:
            _plan_scans(session, line, one.scans)
            _settle(line, now)
    return True


def _fitting(name: str, value: object) -> object:
    most = {"title": 500, "path": 500, "plan": 40}.get(name, 80)
    return value[:most] if isinstance(value, str) else value


def _plan_scans(session: Session, line: MigrationLine, paths: Sequence[str]) -> None:
    """Plan the scans of a line; those that were filed or received before stay as they are."""
    begun = frozenset({ScanState.RECEIVED, ScanState.FILED})
    line.scans = [scan for scan in line.scans if scan.path in paths or scan.state in begun]
    session.flush()
    known = {scan.path: scan for scan in line.scans}
    for number, path in enumerate(paths, 1):
        scan = known.get(path)
        if scan is None:
            line.scans.append(MigrationScan(run_id=line.run_id, number=number, path=path))
        elif scan.state is ScanState.FAULT:
            scan.state = ScanState.PLANNED
    session.flush()


def next_scans(session: Session, run_id: UUID, now: datetime) -> list[UUID]:
    """Return the scans to receive next, as many as the window has room for; none while the run rests."""
    run = session.get_one(MigrationRun, run_id)
    if run.state is not RunState.RUNNING or resting(run.quiet_from, run.quiet_until, now):
        return []
    mine = MigrationScan.run_id == run_id
    busy = session.scalar(select(func.count()).where(mine, MigrationScan.state == ScanState.RECEIVED)) or 0
    query = (
        select(MigrationScan.id)
        .join(MigrationLine, MigrationLine.id == MigrationScan.line_id)
        .where(mine, MigrationScan.state == ScanState.PLANNED, MigrationLine.state.in_(TO_DO))
        .order_by(MigrationLine.number, MigrationScan.number)
    )
    return list(session.scalars(query.limit(max(0, WINDOW - busy))))


def place_of(session: Session, scan_id: UUID) -> tuple[str, str]:
    """Return the folder of the run and the path of a scan in it."""
    scan = session.get_one(MigrationScan, scan_id)
    return session.get_one(MigrationRun, scan.run_id).folder, scan.path


def receive_scan(session: Session, objects: Objects, scan_id: UUID, stored: Fingerprint, now: datetime) -> None:
    """Take a stored scan into the inbox of the unit; the same bytes as something else make the line an exception."""
    line, scan = locked(session, scan_id)
    run = session.get_one(MigrationRun, scan.run_id)
    if scan.state is not ScanState.PLANNED or run.state is not RunState.RUNNING:
        return
    if scan.item_id is not None and _retried(session, run, scan, now):
        line.state = LineState.UNDER_WAY
        return
    upload_id = f"migration:{scan.id}"
    told = Told(languages=run.languages)
    upload = Upload(stored, scan.path, Source.MIGRATION, run.org_unit.current.code, upload_id, told)
    receipt = intake.receive(session, objects, person_of(session, run, now), upload, now)
    if receipt.outcome is ReceiptOutcome.DUPLICATE:
        text = f"Die Datei „{scan.path}“ liegt in dieser Einheit schon vor, mit genau denselben Bytes."
        except_line(line, Fault("duplicate", text), scan)
        return
    scan.item_id, scan.state, line.state = receipt.item_id, ScanState.RECEIVED, LineState.UNDER_WAY


def _retried(session: Session, run: MigrationRun, scan: MigrationScan, now: datetime) -> bool:
    """Go on with the item a scan has already; ``False`` where it is gone."""
    item = session.get(IncomingItem, scan.item_id)
    if item is None:
        return False
    if item.state is ItemState.FAULT:
        inbox.retry(session, person_of(session, run, now), item.id, now)
    scan.state = ScanState.RECEIVED
    return True


def locked(session: Session, scan_id: UUID) -> tuple[MigrationLine, MigrationScan]:
    """Return a scan and its line, whose row is locked: all that changes a line meets there."""
    line_id = session.get_one(MigrationScan, scan_id).line_id
    line = session.get_one(MigrationLine, line_id, with_for_update=True, populate_existing=True)
    return line, session.get_one(MigrationScan, scan_id, populate_existing=True)


def received_scans(session: Session, run_id: UUID) -> list[UUID]:
    """Return the scans whose items are no longer with the readers."""
    query = (
        select(MigrationScan.id)
        .outerjoin(IncomingItem, IncomingItem.id == MigrationScan.item_id)
        .where(MigrationScan.run_id == run_id, MigrationScan.state == ScanState.RECEIVED)
        .where(IncomingItem.id.is_(None) | IncomingItem.state.not_in(UNDER_WAY))
    )
    return list(session.scalars(query))


def file_scan(session: Session, scan_id: UUID, now: datetime) -> None:
    """File the document of a scan that has been read, in the case file of its line.

    Raises:
        EakteError: Why it cannot be filed; :func:`except_scan` keeps that.
    """
    line, scan = locked(session, scan_id)
    run = session.get_one(MigrationRun, scan.run_id)
    item = session.get(IncomingItem, scan.item_id, with_for_update=True, populate_existing=True)
    if scan.state is not ScanState.RECEIVED or run.state is not RunState.RUNNING:
        return
    if item is None or item.state in {ItemState.FAULT, ItemState.DROPPED}:
        except_line(line, _why(item, scan.path), scan)
    elif item.state is ItemState.WAITING and item.document is not None:
        actor = person_of(session, run, now)
        file = case_file_for(session, actor, run, line, now)
        try:
            filed = file_document(session, actor, item.id, _filing(line, item.document, file.id), now)
        except AttachmentsUnderWay:
            return
        _filed(session, scan, filed.document_id)
        line.case_file_id = file.id
    elif item.state is ItemState.FILED and item.document is not None and item.document.case is not None:
        _filed(session, scan, item.document.id)
        line.case_file_id = line.case_file_id or item.document.case.case_file_id
    _settle(line, now)


def _why(item: IncomingItem | None, path: str) -> Fault:
    if item is None:
        return Fault("item-gone", f"Der Eingang zu „{path}“ ist nicht mehr da.")
    if item.state is ItemState.DROPPED:
        return Fault("item-dropped", f"Der Eingang zu „{path}“ wurde als nicht aktenrelevant ausgesondert.")
    return Fault(item.fault_code or "fault", f"„{path}“: {sentence(item.fault_code or 'fault', {})}")


def _filing(line: MigrationLine, document: Document, file_id: UUID) -> Filing:
    dated = line.entry().letter_date or document.letter_date
    return Filing(
        case_file_id=file_id,
        case_id=None,
        document_type=line.document_type,
        subject=line.title,
        sender=document.sender,
        letter_date=dated,
        foreign_reference=document.foreign_reference,
    )


def _filed(session: Session, scan: MigrationScan, document_id: UUID) -> None:
    session.flush()
    document = session.get_one(Document, document_id)
    scan.state, scan.document_id, scan.document_revision = ScanState.FILED, document.id, document.revision
    scan.pages = page_counts(session, [document.id]).get(document.id, 0)
    session.flush()


def _settle(line: MigrationLine, now: datetime) -> None:
    """Close a line whose scans are all filed, where the pages are as many as the manifest says."""
    if line.state is LineState.EXCEPTION or not line.scans:
        return
    if any(scan.state is not ScanState.FILED for scan in line.scans):
        return
    counted = sum(scan.pages or 0 for scan in line.scans)
    line.done_at = now
    if line.pages is not None and line.pages != counted:
        except_line(line, pages_differ(line.pages, counted))
    else:
        line.state, line.faults = LineState.FILED, []


def except_line(line: MigrationLine, fault: Fault, scan: MigrationScan | None = None) -> None:
    """Put a line into the worklist of exceptions."""
    line.state = LineState.EXCEPTION
    line.faults = [*(one for one in line.faults if one[0] != fault.code), [fault.code, fault.text]]
    if scan is not None:
        scan.state = ScanState.FAULT


def except_scan(session: Session, scan_id: UUID, fault: Fault) -> None:
    """Keep why a scan could not be received or filed."""
    line, scan = locked(session, scan_id)
    if scan.state in {ScanState.PLANNED, ScanState.RECEIVED}:
        except_line(line, fault, scan)


def finish(session: Session, run_id: UUID, now: datetime, *, closing_left: bool) -> bool:
    """End a run in which nothing is left to do; return whether it goes on.

    Args:
        session: of the caller.
        run_id: of the run.
        now: the moment.
        closing_left: whether case files are still to be closed.
    """
    run = session.get_one(MigrationRun, run_id, with_for_update=True, populate_existing=True)
    if run.state is not RunState.RUNNING:
        return run.state is RunState.ROLLING_BACK
    if closing_left or any(counts_by_state(session, run_id).get(state) for state in TO_DO):
        return True
    run.state, run.ended_at = move_run(run.state, RunState.DONE), now
    run.revision += 1
    log(session, person_of(session, run, now), run, "migration.done", now)
    return False


def fail(session: Session, run_id: UUID, code: str, now: datetime) -> None:
    """Keep the code of the fault that stopped the job; what was filed stays, and the run can be resumed."""
    run = session.get_one(MigrationRun, run_id, with_for_update=True, populate_existing=True)
    if run.state is RunState.RUNNING:
        run.state = move_run(run.state, RunState.STOPPED)
    run.fault = code
    run.revision += 1
    log(session, person_of(session, run, now), run, "migration.failed", now)
