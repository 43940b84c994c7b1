"""Bringing a backup back onto an empty host, and closing again what was destroyed after it was made."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eakte.actions import backing_up
from eakte.actions.backing_up import BackupRefused
from eakte.actions.restricting import AlreadyRestricted, Terms, restrict_file
from eakte.records.access import SYSTEM
from eakte.records.calendar import german
from eakte.records.processing import Ground
from eakte.records.states import CaseFileState, DisposalState
from eakte.store import copying, migrate
from eakte.store.database import Database
from eakte.store.disposal import Disposal
from eakte.store.files import CaseFile
from eakte.store.objects import CHUNK, LocalObjects, ObjectMissingError, Shelf
from eakte.store.people import Person
from eakte.store.sign_in import WebSession

REASON = "Diese Akte ist vernichtet; eine Sicherung hat sie zurückgebracht. Sie ist erneut zu vernichten."


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    name: str
    objects: int
    gone: frozenset[str]
    """Objects of the backup that its folder does not hold, because they were destroyed since."""
    missing: tuple[str, ...]
    """Objects that it should hold and does not: damaged when the backup was made, or lost."""
    different: tuple[str, ...]
    """Tables with another number of rows than the manifest says."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A case file that was destroyed after the backup was made."""

    case_file: UUID
    reference: str
    destroyed_on: date
    goes_by_itself: bool
    """Its destruction was approved before the backup: the worker carries it out again."""


def check_empty(database: Database, shelf: Shelf) -> None:
    """Refuse to write over anything.

    Raises:
        BackupRefused: The database has tables, or the store an object.
    """
    if not copying.is_untouched(database):
        raise BackupRefused(problem="Die Datenbank ist nicht leer. Zurückgekehrt wird nur in eine leere Einrichtung.")
    if shelf.mark() or next(iter(shelf.each()), None) is not None:
        raise BackupRefused(problem="Der Objektspeicher ist nicht leer. Zurückgekehrt wird nur in einen leeren.")


def bring_back(database: Database, shelf: Shelf, folder: Path, name: str, anchors: Path) -> Restored:
    """Bring database, objects and anchors back; the database is then at the newest revision.

    Raises:
        BackupRefused: The backup is damaged or of another kind of database, or something is there already.
    """
    manifest = backing_up.manifest_of(folder, name)
    if manifest["database"] != copying.name_of(database):
        problem = "Die Sicherung stammt aus einer anderen Art von Datenbank. Dafür gibt es „bundle export“ und „load“."
        raise BackupRefused(problem=problem)
    check_empty(database, shelf)
    copying.bring_back(database, folder / name / manifest["database"])
    with database.reading() as session:
        found = backing_up.counts(session) if migrate.is_current(database) else manifest["rows"]
    migrate.migrate(database)
    destroyed = {sha256 for one in backing_up.destroyed_of(folder).values() for sha256 in one["objects"]}
    pool, missing, count = LocalObjects(folder / backing_up.OBJECTS), set[str](), 0
    for sha256 in backing_up.listed(folder, name):
        try:
            _put(shelf, pool, sha256)
            count += 1
        except ObjectMissingError:
            missing.add(sha256)
    if manifest["encrypted"]:
        shelf.set_mark(manifest["encrypted"])
    if (folder / name / backing_up.ANCHORS).exists() and not anchors.exists():
        anchors.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name / backing_up.ANCHORS, anchors)
    different = tuple(sorted(table for table, rows in manifest["rows"].items() if found.get(table, rows) != rows))
    return Restored(name, count, frozenset(missing & destroyed), tuple(sorted(missing - destroyed)), different)


def _put(shelf: Shelf, pool: LocalObjects, sha256: str) -> None:
    with pool.open(sha256) as source, shelf.draft() as draft:
        shutil.copyfileobj(source, draft.file, CHUNK)
        draft.keep(sha256)


def settle(session: Session, destroyed: Mapping[str, Mapping[str, Any]], now: datetime) -> tuple[Returned, ...]:
    """End all sessions, and close every case file that was destroyed after the backup; return these.

    Deleting needs two people and what they decided from; the entries of that are lost with the later history. So the
    file is taken out of everybody's reach at once, and its destruction is proposed and approved again.
    """
    session.execute(delete(WebSession))
    back = []
    for disposal_id, told in destroyed.items():
        case_file = session.get(CaseFile, UUID(told["case_file"]))
        if case_file is None or case_file.state is CaseFileState.DESTROYED:
            continue
        on = date.fromisoformat(told["done_at"])
        disposal = session.get(Disposal, UUID(disposal_id))
        approved = disposal is not None and disposal.state is DisposalState.APPROVED
        _close(session, case_file, told, on, now)
        back.append(Returned(case_file.id, case_file.file_reference, on, approved))
    return tuple(back)


def _close(session: Session, case_file: CaseFile, told: Mapping[str, Any], on: date, now: datetime) -> None:
    known = session.scalars(select(Person.login).order_by(Person.login != told["approved_by"], Person.login)).first()
    basis = f"Vernichtet am {german(on)}, Nachweis {told['certificate'][:16]}"
    terms = Terms(Ground.RETENTION, REASON, str(known), legal_basis=basis)
    try:
        restrict_file(session, SYSTEM, case_file.id, terms, now=now)
    except AlreadyRestricted:
        return
