"""A whole authority as one open bundle: JSON Lines, files and a schema, so that nobody is locked in.

``bundle.json`` names every part with its count and SHA-256, ``schema.json`` what a row of each table holds,
``tables/<name>.jsonl`` the rows, ``objects/<ab>/<sha256>`` the bytes. Rights, states and history are rows like all
others. Loading the same bundle twice changes nothing; a row that differs from what is there stops the whole load.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.errors import BundleConflict, BundleFaulty
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.store import bundle_rows, history
from eakte.store.bundle_rows import Row
from eakte.store.documents import StoredObject
from eakte.store.history import record
from eakte.store.objects import ObjectStore, hash_of

FORMAT = "eakte-bundle/1"
HEAD, SCHEMA = "bundle.json", "schema.json"
HISTORY, VALUES = "history_entry", "history_value"

Progress = Callable[[int, int], None]
"""Told after every part: parts done and parts in all."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a bundle holds, or what a load added."""

    rows: dict[str, int]
    objects: int

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())


def write(
    session: Session, objects: ObjectStore, actor: Actor, folder: Path, city: str, now: datetime, progress: Progress
) -> Contents:
    """Write the whole authority into an empty folder, from one state of the database.

    Raises:
        BundleFaulty: The folder is not empty, or bytes are missing in the object store.
    """
    actor.require(Permission.EXIT)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BundleFaulty(problem=f"Der Ordner {folder} ist nicht leer.")
    (folder / "tables").mkdir()
    tables = bundle_rows.tables()
    kept = session.scalars(select(StoredObject.sha256).order_by(StoredObject.sha256)).all()
    parts = []
    for done, table in enumerate(tables, 1):
        parts.append(_write_rows(folder / "tables" / f"{table.name}.jsonl", bundle_rows.rows(session, table)))
        progress(done, len(tables) + len(kept))
    for done, sha256 in enumerate(kept, len(tables) + 1):
        _copy_object(objects, sha256, _place(folder, sha256))
        progress(done, len(tables) + len(kept))
    schema = {table.name: bundle_rows.schema(table) for table in tables}
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": schema}
    (folder / SCHEMA).write_text(json.dumps(whole, indent=1), "utf-8")
    head: dict[str, Any] = {
        "format": FORMAT,
        "authority": city,
        "made_at": now.isoformat(timespec="seconds"),
        "history_head": history.head(session)[1],
        "tables": {table.name: part for table, part in zip(tables, parts, strict=True)},
        "objects": len(kept),
    }
    (folder / HEAD).write_text(json.dumps(head, ensure_ascii=False, indent=1), "utf-8")
    return Contents({name: part["rows"] for name, part in head["tables"].items()}, len(kept))


def _write_rows(path: Path, rows: Iterator[Row]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as out:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            out.write(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _copy_object(objects: ObjectStore, sha256: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with objects.open(sha256) as source, place.open("wb") as target:
            shutil.copyfileobj(source, target)
    except LookupError as error:
        raise BundleFaulty(problem=f"Die gespeicherte Datei {sha256} fehlt.") from error


def _place(folder: Path, sha256: str) -> Path:
    return folder / "objects" / sha256[:2] / sha256


def check(folder: Path) -> Contents:
    """Check that a bundle is whole: every part there, no byte changed; return what it holds.

    Raises:
        BundleFaulty: It is not; the sentence names the first part that is wrong.
    """
    head = _head(folder)
    for name, part in head["tables"].items():
        path = folder / "tables" / f"{name}.jsonl"
        if not path.is_file() or hash_of(path) != part["sha256"]:
            raise BundleFaulty(problem=f"Der Teil tables/{name}.jsonl fehlt oder ist verändert.")
    for row in _lines(folder, "stored_object"):
        path = _place(folder, row["sha256"])
        if not path.is_file() or hash_of(path) != row["sha256"]:
            raise BundleFaulty(problem=f"Die Datei objects/…/{row['sha256']} fehlt oder ist verändert.")
    return Contents({name: part["rows"] for name, part in head["tables"].items()}, head["objects"])


def _head(folder: Path) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads((folder / HEAD).read_text("utf-8"))
        names = {table.name for table in bundle_rows.tables()}
        known = head["format"] == FORMAT and set(head["tables"]) == names
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleFaulty(problem=f"{folder} ist kein Bündel: {HEAD} fehlt oder ist unlesbar.") from error
    if not known:
        raise BundleFaulty(problem="Das Bündel hat ein anderes Format oder andere Teile als diese Version der E-Akte.")
    return head


def _lines(folder: Path, table: str) -> Iterator[Row]:
    with (folder / "tables" / f"{table}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def load(
    session: Session, objects: ObjectStore, actor: Actor, folder: Path, now: datetime, progress: Progress
) -> Contents:
    """Load a bundle that :func:`check` found whole; everything or, on any fault, nothing.

    Bytes come first: whatever happens then, no row is without its file, and spare files are swept away.

    Raises:
        BundleConflict: The database holds something else under the same key.
    """
    actor.require(Permission.EXIT)
    head, tables = _head(folder), bundle_rows.tables()
    brought = sum(_bring(objects, _place(folder, row["sha256"])) for row in _lines(folder, "stored_object"))
    added: dict[str, int] = {}
    try:
        for done, table in enumerate(tables, 1):
            if table.name == HISTORY:
                added[HISTORY] = bundle_rows.put_history(session, _lines(folder, HISTORY), _lines(folder, VALUES))
            elif table.name != VALUES:
                added[table.name] = bundle_rows.put(session, table, _lines(folder, table.name))
            progress(done, len(tables))
        for table in tables:
            if added.get(table.name):
                bundle_rows.tie(session, table, _lines(folder, table.name))
    except bundle_rows.Differs as error:
        raise BundleConflict(table=error.table, key=error.key) from error
    contents = Contents(added, brought)
    if contents.total:
        detail = {"rows": contents.total, "objects": brought, "made_at": head["made_at"], "day": f"{day_of(now)}"}
        record(session, actor, "bundle.loaded", about=("bundle", head["history_head"]), now=now, detail=detail)
    return contents


def _bring(objects: ObjectStore, place: Path) -> bool:
    if objects.exists(place.name):
        return False
    objects.put_file(place)
    return True
