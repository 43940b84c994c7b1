"""Backups: a consistent copy of the database, the objects beside it, and what was destroyed since the first of them.

A folder holds many backups. Objects lie there once, as they lie in the store: what is encrypted stays so, and its keys
are never among them. Each backup is whole or not there. What the installation has destroyed is taken out of the folder
by the next backup, and a list of it stays, so that no older backup brings it back unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.key_facts import listed as listed_in
from eakte.errors import EakteError
from eakte.records.states import DisposalState
from eakte.store import copying, migrate
from eakte.store.database import Database
from eakte.store.disposal import DestructionCertificate, Disposal
from eakte.store.documents import StoredObject
from eakte.store.history import HistoryEntry, head
from eakte.store.objects import LocalObjects, ObjectMissingError, Shelf, copy_and_hash, hash_of
from eakte.store.people import Person
from eakte.store.tables import METADATA

FORMAT = 1
OBJECTS, DESTROYED, MANIFEST, LIST, ANCHORS = (
    "objects",
    "destroyed.jsonl",
    "manifest.json",
    "objects.txt",
    "anchors.jsonl",
)
STAMP = "%Y-%m-%dT%H%M%SZ"


class BackupRefused(EakteError):
    """A backup cannot be made here, or not be brought back; ``problem`` says why and what to do."""

    code, status = "backup-refused", 409


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a backup did; objects are counted."""

    name: str
    objects: int
    copied: int
    present: int
    """In the folder from earlier backups."""
    gone: int
    """Destroyed between the copy of the database and theirs."""
    damaged: tuple[str, ...]
    """Missing in the store, or not what their name says: these are not in the backup."""
    removed: int
    """Taken out of the folder, because the installation has destroyed them."""
    destroyed: int
    """Destructions on the list."""
    expired: tuple[str, ...]
    """Older backups that were removed."""


def back_up(
    database: Database, shelf: Shelf, folder: Path, now: datetime, *, release: str, anchors: Path, keep_days: int
) -> Outcome:
    """Add a backup to *folder*; backups older than *keep_days* days are removed, with 0 none.

    Raises:
        BackupRefused: The folder holds backups of another installation, or of a later state of this one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_continuation(database, folder)
    name = _free_name(folder, now)
    draft, pool = folder / f".{name}", LocalObjects(folder / OBJECTS)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with copying.frozen(database, draft / copying.name_of(database)) as session:
        kept = {row[0]: row[1] for row in session.execute(select(StoredObject.sha256, StoredObject.size))}
        described = _described(session)
        destroyed = _note_destroyed(session, folder)
    mark = shelf.mark()
    done = Counter[str]()
    damaged = []
    for sha256, size in sorted(kept.items()):
        what = _copy(database, shelf, pool, sha256, None if mark else size)
        done[what] += 1
        if what == "damaged":
            damaged.append(sha256)
    (draft / LIST).write_text("".join(f"{sha256} {size}\n" for sha256, size in sorted(kept.items())), "ascii")
    if anchors.exists():
        shutil.copyfile(anchors, draft / ANCHORS)
    files = {path.name: hash_of(path) for path in sorted(draft.iterdir())}
    manifest = {
        "format": FORMAT, "release": release, "taken_at": now.isoformat(), "revision": migrate.newest(),
        "database": copying.name_of(database), "encrypted": mark, "damaged": damaged, "files": files, **described,
    }  # fmt: skip
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
    draft.rename(folder / name)
    expired = _expire(folder, now, keep_days) if keep_days else ()
    removed = _take_out(pool, kept.keys())
    return Outcome(
        name, len(kept), done["copied"], done["present"], done["gone"], tuple(damaged), removed, destroyed, expired
    )


def note_destroyed(database: Database, folder: Path) -> int:
    """Bring the list of what was destroyed up to date; return how many destructions stand on it.

    Raises:
        BackupRefused: As :func:`back_up`.
    """
    _check_continuation(database, folder)
    with database.reading() as session:
        return _note_destroyed(session, folder)


def moment_of(name: str) -> datetime:
    """Return when what is called by its moment was made."""
    return datetime.strptime(name[:18], STAMP).replace(tzinfo=UTC)


def names(folder: Path) -> list[str]:
    """Return the backups of a folder, oldest first."""
    return sorted(path.parent.name for path in folder.glob(f"[0-9]*/{MANIFEST}"))


def manifest_of(folder: Path, name: str) -> dict[str, Any]:
    """Return the manifest of a backup whose files are what it says.

    Raises:
        BackupRefused: There is no such backup, or a file is missing or changed.
    """
    place = folder / name
    if name not in names(folder):
        raise BackupRefused(problem=f"In „{folder}“ gibt es keine Sicherung „{name}“.")
    manifest: dict[str, Any] = json.loads((place / MANIFEST).read_text("utf-8"))
    if manifest["format"] != FORMAT:
        raise BackupRefused(problem="Diese Sicherung stammt aus einer neueren Fassung des Programms.")
    for file, expected in manifest["files"].items():
        if not (place / file).is_file() or hash_of(place / file) != expected:
            raise BackupRefused(problem=f"„{place / file}“ fehlt oder ist verändert. Nehmen Sie eine andere Sicherung.")
    return manifest


def listed(folder: Path, name: str) -> Iterator[str]:
    """Yield the hashes of the objects of a backup."""
    for line in (folder / name / LIST).read_text("ascii").splitlines():
        yield line.split(" ")[0]


def destroyed_of(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return what was destroyed, by the id of the destruction: case file, day, certificate, objects, approver."""
    path = folder / DESTROYED
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {one["disposal"]: one for one in map(json.loads, lines)}


def counts(session: Session) -> dict[str, int]:
    """Return how many rows each of our tables has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables
    }


def _free_name(folder: Path, now: datetime) -> str:
    while (folder / (name := now.strftime(STAMP))).exists():
        now += timedelta(seconds=1)
    return name


def _described(session: Session) -> dict[str, Any]:
    return {"history": list(head(session)), "rows": counts(session)}


def _check_continuation(database: Database, folder: Path) -> None:
    """Refuse a folder whose newest backup is not part of our past: it would lose its objects to us."""
    if not (known := names(folder)):
        return
    sequence, entry_hash = manifest_of(folder, known[-1])["history"]
    with database.reading() as session:
        found = session.scalar(select(HistoryEntry.entry_hash).where(HistoryEntry.sequence == sequence))
    if sequence and found != entry_hash:
        problem = (
            f"Die Sicherung {known[-1]} in „{folder}“ gehört zu einer anderen Einrichtung oder einem späteren Stand. "
            "Nehmen Sie einen eigenen Ordner."
        )
        raise BackupRefused(problem=problem)


def _copy(database: Database, shelf: Shelf, pool: LocalObjects, sha256: str, size: int | None) -> str:
    """Bring one object into the pool as it lies in the store; *size* is ``None`` where it is encrypted."""
    there = shelf.size(sha256) if size is None else size
    if there is not None and pool.size(sha256) == there:
        return "present"
    try:
        with shelf.open(sha256) as source, pool.draft() as draft:
            stored = copy_and_hash(source, draft.file)
            if size is None or stored.sha256 == sha256:
                draft.keep(sha256)
                return "copied"
    except ObjectMissingError:
        pass
    with database.reading() as session:
        return "gone" if session.get(StoredObject, sha256) is None else "damaged"


def _note_destroyed(session: Session, folder: Path) -> int:
    known = destroyed_of(folder)
    query = (
        select(Disposal, DestructionCertificate.document, Person.login)
        .join(DestructionCertificate, DestructionCertificate.disposal_id == Disposal.id)
        .outerjoin(Person, Person.id == Disposal.decided_by_id)
        .where(Disposal.state == DisposalState.DONE)
        .order_by(Disposal.done_at)
    )
    rows = [row for row in session.execute(query) if str(row[0].id) not in known]
    with (folder / DESTROYED).open("a", encoding="utf-8") as file:
        for disposal, document, login in rows:
            told = {
                "disposal": str(disposal.id), "case_file": str(disposal.case_file_id), "approved_by": login,
                "done_at": f"{disposal.done_at:%Y-%m-%d}", "objects": listed_in(disposal.manifest or {}),
                "certificate": hashlib.sha256(document).hexdigest(),
            }  # fmt: skip
            file.write(json.dumps(told) + "\n")
    return len(known) + len(rows)


def _take_out(pool: LocalObjects, kept: Collection[str]) -> int:
    superfluous = [sha256 for sha256 in pool.each() if sha256 not in kept]
    for sha256 in superfluous:
        pool.delete(sha256)
    return len(superfluous)


def _expire(folder: Path, now: datetime, days: int) -> tuple[str, ...]:
    limit = (now - timedelta(days=days)).strftime(STAMP)
    expired = tuple(name for name in names(folder) if name < limit)
    for name in expired:
        shutil.rmtree(folder / name)
    return expired
