"""Watched folders; a file put there becomes an incoming item.

The common one has a sub-folder for each organisation unit, called by its code, or for a person, called by their login:
what a scanner writes there on a person's behalf comes to the inbox of their unit. A folder with a profile belongs to
one unit and says how its files are read.

A file is taken when it has rested and nobody is still writing it. First its bytes are safe in the object store, then
the item is received, and only then the file moves to ``.erledigt/<day>/``; what cannot be taken moves to
``.abgelehnt`` with a reason beside it. Ended anywhere in between, the file is found again, and the upload's id makes
twice the same as once. The folder is looked through, not listened to: network shares tell nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from eakte.actions.intake import Source, Told, Upload, receive
from eakte.actions.organisation import inbox_of
from eakte.actions.quotas import IntakeFull
from eakte.actions.users import actor_by_login
from eakte.errors import EakteError, InvalidInput
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.services import Services
from eakte.store.objects import Stored
from eakte.store.stored import ObjectVanished, forget
from eakte.texts import sentence
from eakte.worker.clock import now as utc_now
from eakte.worker.put_aside import put_away, refuse, rescue
from eakte.worker.sources import ScanFolder

LOG = logging.getLogger(__name__)

REST = 3.0
"""Seconds a file must have looked the same before it counts as complete."""
EMPTY_REST = 60.0
"""The same for an empty file: scanners create it long before they write."""
INTERVAL = 2.0
"""Seconds between two looks."""
PARTIAL = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
"""Endings of names under which programs write what they rename when it is complete."""
TAKEN, REFUSED = ".erledigt", ".abgelehnt"
WAITS = ".wartet.txt"
"""What says in a folder why its files stay there; gone when one was taken again."""
WAITING = "Die Dateien bleiben hier liegen und werden von selbst genommen, sobald wieder Platz ist."
AGAIN = "Nach Abhilfe legen Sie die Datei bitte noch einmal in den Ordner der Organisationseinheit."


@dataclass(frozen=True, slots=True)
class Place:
    """A file in the folder of a unit, or outside of all of them (no unit)."""

    unit: str
    path: Path


@dataclass(frozen=True, slots=True)
class Look:
    """How a file looked: size in bytes, last change in nanoseconds, and since when it has looked so (seconds)."""

    size: int
    changed: int
    since: float

    def same(self, other: Look | None) -> bool:
        """Whether the file looked the same both times."""
        return other is not None and (self.size, self.changed) == (other.size, other.changed)

    def is_of(self, facts: os.stat_result) -> bool:
        """Whether a file still looks so."""
        return (self.size, self.changed) == (facts.st_size, facts.st_mtime_ns)


def ready(seen_before: Look | None, seen_now: Look, now: float) -> bool:
    """Decide whether a file is complete: it has looked the same for a while.

    Times are those of this machine's steady clock; the file's own time may come from another machine and is only
    compared with itself.
    """
    rest = REST if seen_now.size else EMPTY_REST
    return seen_before is not None and seen_before.same(seen_now) and now - seen_before.since >= rest


def is_partial(name: str) -> bool:
    """Tell whether a name says that the file is hidden or still being written."""
    return name.startswith((".", "~$")) or name.lower().endswith(PARTIAL)


class WatchedFolder:
    """The folder and how its files looked the last time."""

    def __init__(
        self,
        services: Services,
        folder: Path,
        *,
        profile: ScanFolder | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Watch a folder; with a profile its own files are taken, without one those of its sub-folders."""
        self._services, self._folder, self._clock, self._profile = services, folder, clock, profile
        self._seen: dict[Place, Look] = {}
        self._stuck: dict[Place, Look] = {}
        self._full: dict[str, float] = {}
        """Folders whose inbox is full, and when they are looked at again (steady seconds)."""
        self._told = ""

    def look(self, go_on: Callable[[], bool] = lambda: True, now: float | None = None) -> int:
        """Take every file that is complete; return how many were taken.

        Args:
            go_on: asked before each file.
            now: the steady time of this look in seconds; read from the machine where not given.
        """
        now = time.monotonic() if now is None else now
        try:
            before, seen = self._seen, dict(self._looks(now))
        except OSError as fault:
            self._tell_once(f"the watched folder cannot be read ({fault.strerror})")
            return 0
        self._told = ""
        self._seen = {place: _first(before.get(place), look) for place, look in seen.items()}
        self._full = {unit: until for unit, until in self._full.items() if until > now}
        taken = 0
        for place, look in seen.items():
            if not go_on():
                break
            if (
                place.unit not in self._full
                and ready(before.get(place), look, now)
                and not look.same(self._stuck.get(place))
            ):
                taken += self._take_or_refuse(place, look, now)
        return taken

    def _looks(self, now: float) -> Iterator[tuple[Place, Look]]:
        if self._profile is None:
            yield from _looks(self._folder, now)
        else:
            rescue(self._folder)
            yield from _files(self._folder, self._profile.unit, now)

    def _tell_once(self, text: str) -> None:
        """Log an outage when it begins, not every time it is noticed."""
        if self._told != text:
            LOG.warning("%s", text)
        self._told = text

    def _take_or_refuse(self, place: Place, seen: Look, now: float) -> bool:
        """Take one file; whatever is wrong with it, the others get their turn."""
        try:
            if reason := self._unfit(place, seen):
                self._refuse(place, seen, reason)
                return False
            return self._take(place, seen)
        except (FileNotFoundError, ObjectVanished):
            return False  # another worker or the owner was first, or the next look stores it again
        except IntakeFull as full:
            self._wait(place, full, now)
            return False
        except EakteError as refusal:
            self._refuse(place, seen, sentence(refusal.code, refusal.detail))
            return False

    def _unfit(self, place: Place, seen: Look) -> str:
        """Return why a file cannot even be stored, or an empty text."""
        most = self._services.settings.max_upload_bytes
        if not place.unit:
            return "Die Datei lag in keinem Unterordner einer Organisationseinheit."
        if seen.size > most:
            return f"Die Datei ist größer als erlaubt ({most // 1_000_000} MB)."
        try:
            os.close(_open(place.path))
        except FileNotFoundError:
            raise
        except OSError:
            return "Die Datei kann nicht gelesen werden. Bitte prüfen Sie ihre Rechte und den Datenträger."
        return ""

    def _take(self, place: Place, seen: Look) -> bool:
        with os.fdopen(_open(place.path), "rb") as stream:
            stored = self._services.objects.put(stream)
            whole = seen.is_of(os.fstat(stream.fileno())) and stored.size == seen.size
        if not whole:
            self._forget(stored)
            return False
        try:
            self._receive(place, seen, stored)
        except EakteError:
            self._forget(stored)
            raise
        with suppress(OSError):
            (place.path.parent / WAITS).unlink(missing_ok=True)
        day = f"{day_of(self._clock()):%Y-%m-%d}"
        put_away(place.path, place.path.parent / TAKEN / day, lambda held: seen.is_of(held.stat()))
        return True

    def _forget(self, stored: Stored) -> None:
        """Leave nothing behind of a file that was cut off while it was written, or refused."""
        with self._services.database.begin() as session:
            forget(session, self._services.objects, stored.sha256)

    def _receive(self, place: Place, seen: Look, stored: Stored) -> None:
        name = place.path.name
        upload_id = _upload_id(place.unit, name, seen, stored)
        with self._services.database.begin() as session:
            unit, told = self._addressee(session, place.unit)
            upload = Upload(stored, name, Source.FOLDER, unit, upload_id, told)
            receive(session, self._services.objects, SYSTEM, upload, self._clock(), self._services.quotas)

    def _addressee(self, session: Session, name: str) -> tuple[str, Told]:
        """Return the unit a folder stands for, and what is known of its files: a folder may be called by a login."""
        if self._profile is not None:
            return name, Told(languages=self._profile.languages, document_type=self._profile.document_type)
        if inbox_of(session, name) is None:
            with suppress(InvalidInput):
                person = actor_by_login(session, name, self._clock())
                return person.home_unit or name, Told(received_by=f"{person.name} (Scanner)")
        return name, Told()

    def _wait(self, place: Place, full: IntakeFull, now: float) -> None:
        """Leave all files of a folder where they are for a while, and say so in it and in the log."""
        LOG.warning("a watched folder waits for room in its inbox (%s s)", full.detail["seconds"])
        self._full[place.unit] = now + full.wait.total_seconds()
        with suppress(OSError):
            (place.path.parent / WAITS).write_text(f"{full.detail['problem']}\n{WAITING}\n", "utf-8")

    def _refuse(self, place: Place, seen: Look, reason: str) -> None:
        LOG.warning("a file in a watched folder was refused; the reason lies beside it")
        try:
            refuse(place.path, place.path.parent / REFUSED, f"{place.path.name}\n{reason}\n{AGAIN}\n")
        except OSError:
            LOG.exception("a refused file could not be put aside; it stays until it is changed")
            self._stuck[place] = seen


def _first(before: Look | None, now: Look) -> Look:
    return before if before is not None and before.same(now) else now


def _upload_id(unit: str, name: str, seen: Look, stored: Stored) -> str:
    """Return the same id for the same file, however often it is found."""
    short = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"folder:{unit}:{stored.sha256}:{short}:{seen.changed}"


def _open(path: Path) -> int:
    """Open a file for reading, but never what a link points to: it may lie where its owner must not read."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _looks(folder: Path, now: float) -> Iterator[tuple[Place, Look]]:
    """Yield every file that may be complete, in order of name."""
    yield from _files(folder, "", now)
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False) and not is_partial(entry.name):
            try:
                rescue(Path(entry.path))
                yield from _files(Path(entry.path), entry.name, now)
            except OSError as fault:
                LOG.warning("a folder in the watched folder cannot be read (%s)", fault.strerror)


def _files(folder: Path, unit: str, now: float) -> Iterator[tuple[Place, Look]]:
    for file in _entries(folder):
        try:
            if file.is_file(follow_symlinks=False) and not is_partial(file.name):
                facts = file.stat(follow_symlinks=False)
                yield Place(unit, Path(file.path)), Look(facts.st_size, facts.st_mtime_ns, now)
        except FileNotFoundError:
            continue  # gone since the folder was listed


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)
