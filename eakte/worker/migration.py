"""The job of a migration run: short rounds, each ordering the next, so that other jobs get their turn.

What is done and in which order is decided in ``eakte.actions``; every step of a round is a transaction of its own and
may be repeated.
"""

import logging
import time
from datetime import timedelta
from uuid import UUID

from eakte.actions import migration_closing as closing
from eakte.actions import migration_import as importing
from eakte.actions import migration_rollback as rollback
from eakte.errors import AttachmentsUnderWay, EakteError
from eakte.records.migration import Fault
from eakte.services import Services
from eakte.store.jobs import enqueue
from eakte.store.migration import MigrationRun
from eakte.store.scan_folders import ScanFolders
from eakte.store.stored import forget
from eakte.texts import sentence
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)

ROUND_SECONDS = 4.0
"""How long a round works before the next one is ordered."""
PAUSE = timedelta(seconds=1)
"""Between rounds; the readers are busy meanwhile."""
MISSING = Fault("missing-scan", "Die Datei liegt nicht mehr im Ordner des Laufs.")


def work(services: Services, run_id: str, number: str) -> None:
    """Do one round."""
    del number
    run, folders, until = (
        UUID(run_id),
        ScanFolders(services.settings.migration_folder),
        time.monotonic() + ROUND_SECONDS,
    )
    while time.monotonic() < until:
        with services.database.begin() as session:
            if not importing.judge_lines(session, run, folders, now()):
                break
    _file(services, run, until)
    _receive(services, run, folders, until)
    _close(services, run, until)
    _take_back(services, run, until)


def _file(services: Services, run: UUID, until: float) -> None:
    with services.database.reading() as session:
        read = importing.received_scans(session, run)
    for scan_id in read:
        if time.monotonic() > until:
            return
        try:
            with services.database.begin() as session:
                importing.file_scan(session, scan_id, now())
        except EakteError as refusal:
            _except(services, scan_id, refusal)


def _receive(services: Services, run: UUID, folders: ScanFolders, until: float) -> None:
    with services.database.reading() as session:
        waiting = importing.next_scans(session, run, now())
    for scan_id in waiting:
        if time.monotonic() > until:
            return
        with services.database.reading() as session:
            place = importing.place_of(session, scan_id)
        try:
            stored = services.objects.put_file(folders.file(*place))
        except FileNotFoundError:
            with services.database.begin() as session:
                importing.except_scan(session, scan_id, MISSING)
            continue
        try:
            with services.database.begin() as session:
                importing.receive_scan(session, services.objects, scan_id, stored, now())
        except EakteError as refusal:
            with services.database.begin() as session:
                forget(session, services.objects, stored.sha256)
            _except(services, scan_id, refusal)


def _close(services: Services, run: UUID, until: float) -> None:
    with services.database.reading() as session:
        files = closing.due(session, session.get_one(MigrationRun, run))
    for one in files:
        if time.monotonic() > until:
            return
        try:
            with services.database.begin() as session:
                closing.close_file(session, run, one, now())
        except EakteError as refusal:
            with services.database.begin() as session:
                closing.leave_open(session, run, one.key, sentence(refusal.code, refusal.detail))


def _open_again(services: Services, run: UUID, until: float) -> bool:
    """Open what the run closed; return whether none is left."""
    with services.database.reading() as session:
        files = closing.closed_left(session, run)
    for key in files:
        if time.monotonic() > until:
            return False
        try:
            with services.database.begin() as session:
                closing.open_again(session, run, key, now())
        except EakteError:
            with services.database.begin() as session:
                rollback.keep_file(session, run, key)
    return True


def _take_back(services: Services, run: UUID, until: float) -> None:
    if _open_again(services, run, until) and _take_back_scans(services, run, until):
        _take_back_files(services, run, until)


def _take_back_scans(services: Services, run: UUID, until: float) -> bool:
    """Take documents back; return whether none was left."""
    with services.database.reading() as session:
        scans = rollback.scans_left(session, run)
    for scan_id in scans:
        if time.monotonic() > until:
            return False
        try:
            with services.database.begin() as session:
                rollback.take_back_scan(session, scan_id, now())
        except AttachmentsUnderWay:
            continue
        except EakteError as refusal:
            with services.database.begin() as session:
                rollback.keep_scan(session, scan_id, sentence(refusal.code, refusal.detail))
    return not scans


def _take_back_files(services: Services, run: UUID, until: float) -> None:
    with services.database.reading() as session:
        files = rollback.files_left(session, run)
    for key in files:
        if time.monotonic() > until:
            return
        try:
            with services.database.begin() as session:
                rollback.take_back_file(session, run, key, now())
        except EakteError:
            with services.database.begin() as session:
                rollback.keep_file(session, run, key)


def _except(services: Services, scan_id: UUID, refusal: EakteError) -> None:
    fault = Fault(refusal.code, sentence(refusal.code, refusal.detail))
    with services.database.begin() as session:
        importing.except_scan(session, scan_id, fault)


def go_on(services: Services, run_id: str, number: str) -> None:
    """Close the run, or order the next round."""
    revision, _, last = number.partition(":")
    with services.database.begin() as session:
        run, moment = UUID(run_id), now()
        left = bool(closing.due(session, session.get_one(MigrationRun, run)))
        if importing.finish(session, run, moment, closing_left=left) and not rollback.finish(session, run, moment):
            following = f"{revision}:{int(last) + 1}"
            enqueue(session, "migration", f"{run_id}:{following}", run_id, following, delay=PAUSE)


def on_fault(services: Services, code: str, run_id: str, number: str) -> None:
    """Show the fault at the run, which can be resumed."""
    del number
    LOG.error("the migration %s did not go on (%s)", run_id, code)
    with services.database.begin() as session:
        importing.fail(session, UUID(run_id), code, now())


MIGRATION = Workflow("migration", (work, go_on), on_fault)
