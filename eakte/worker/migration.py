"""The job of a migration run: short rounds, each ordering the next, so that other jobs get their turn.

What is done and in which order is decided in ``eakte.actions``; every step of a round is a transaction of its own and
may be repeated.
"""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

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
Key = TypeVar("Key")

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


def _each(
    services: Services,
    keys: Iterable[Key],
    until: float,
    act: Callable[[Session, Key], None],
    refused: Callable[[Session, Key, EakteError], None],
) -> bool:
    """Act on each key in a transaction of its own, and note a refusal in another; return whether the time sufficed."""
    for key in keys:
        if time.monotonic() > until:
            return False
        try:
            with services.database.begin() as session:
                act(session, key)
        except EakteError as refusal:
            with services.database.begin() as session:
                refused(session, key, refusal)
    return True


def _told(refusal: EakteError) -> str:
    return sentence(refusal.code, refusal.detail)


def _except(session: Session, scan_id: UUID, refusal: EakteError) -> None:
    importing.except_scan(session, scan_id, Fault(refusal.code, _told(refusal)))


def _file(services: Services, run: UUID, until: float) -> None:
    with services.database.reading() as session:
        read = importing.received_scans(session, run)
    _each(services, read, until, lambda session, scan: importing.file_scan(session, scan, now()), _except)


def _receive(services: Services, run: UUID, folders: ScanFolders, until: float) -> None:
    with services.database.reading() as session:
        waiting = importing.next_scans(session, run, now())
    for scan_id in waiting:
        if time.monotonic() > until:
            return
        _receive_one(services, scan_id, folders)


def _receive_one(services: Services, scan_id: UUID, folders: ScanFolders) -> None:
    """Make the bytes of one scan safe, which holds no transaction, then receive it."""
    with services.database.reading() as session:
        place = importing.place_of(session, scan_id)
    try:
        stored = services.objects.put_file(folders.file(*place))
    except FileNotFoundError:
        with services.database.begin() as session:
            importing.except_scan(session, scan_id, MISSING)
        return
    try:
        with services.database.begin() as session:
            importing.receive_scan(session, services.objects, scan_id, stored, now())
    except EakteError as refusal:
        with services.database.begin() as session:
            forget(session, services.objects, stored.sha256)
        with services.database.begin() as session:
            _except(session, scan_id, refusal)


def _close(services: Services, run: UUID, until: float) -> None:
    with services.database.reading() as session:
        files = closing.due(session, session.get_one(MigrationRun, run))
    _each(
        services,
        files,
        until,
        lambda session, one: closing.close_file(session, run, one, now()),
        lambda session, one, refusal: closing.leave_open(session, run, one.key, _told(refusal)),
    )


def _take_back(services: Services, run: UUID, until: float) -> None:
    if _open_again(services, run, until) and _take_back_scans(services, run, until):
        _take_back_files(services, run, until)


def _open_again(services: Services, run: UUID, until: float) -> bool:
    """Open what the run closed; return whether none is left."""
    with services.database.reading() as session:
        files = closing.closed_left(session, run)
    return _each(
        services,
        files,
        until,
        lambda session, key: closing.open_again(session, run, key, now()),
        lambda session, key, _: rollback.keep_file(session, run, key),
    )


def _take_back_scans(services: Services, run: UUID, until: float) -> bool:
    """Take documents back; return whether none was left."""
    with services.database.reading() as session:
        scans = rollback.scans_left(session, run)
    _each(services, scans, until, lambda session, scan: rollback.take_back_scan(session, scan, now()), _keep_scan)
    return not scans


def _keep_scan(session: Session, scan_id: UUID, refusal: EakteError) -> None:
    if not isinstance(refusal, AttachmentsUnderWay):  # else the next round tries it again
        rollback.keep_scan(session, scan_id, _told(refusal))


def _take_back_files(services: Services, run: UUID, until: float) -> None:
    with services.database.reading() as session:
        files = rollback.files_left(session, run)
    _each(
        services,
        files,
        until,
        lambda session, key: rollback.take_back_file(session, run, key, now()),
        lambda session, key, _: rollback.keep_file(session, run, key),
    )


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
