"""The port to a place that both sides reach, and the letter box that is made of it.

An engine only lists, copies, moves and removes files; when a message counts as sent or arrived is said here, once.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from retention.archive import Incoming
from retention.errors import ArchiveAwayError, ArchiveFolderError, ArchiveOccupiedError, RetentionError
from retention.xdomea.parse import steps

LOG = logging.getLogger(__name__)

OUT, IN = "out", "in"
"""Folders of the box: the first is read by the archive, the second is written by it."""
TAKEN = "uebernommen"
"""Subfolder of the incoming folder for acknowledged messages."""
TAKEN_IN = f"{IN}/{TAKEN}"
SETTLED_SECONDS = 600
"""A file that is still no whole message after this time without a change is shown as it is, to be reported."""
MOST_BYTES = 20_000_000_000
"""A larger file is no answer of an archive and is not fetched."""
_SUFFIXES = (".zip", ".xdomea", ".xml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a folder of the box; ``changed`` is in seconds since 1970 by the clock of the box."""

    name: str
    size: int
    changed: float


class Shelf(Protocol):
    """An open box. Folders are ``OUT``, ``IN`` and ``TAKEN_IN``; every call raises ``ArchiveAwayError``."""

    def entries(self, folder: str) -> Sequence[Entry]:
        """Return the plain files of a folder; neither folders nor links."""

    def entry(self, folder: str, name: str) -> Entry | None:
        """Return one file, ``None`` where there is none of that name."""

    def fetch(self, folder: str, name: str, sink: IO[bytes]) -> None:
        """Copy a file into *sink*."""

    def put(self, folder: str, name: str, source: IO[bytes]) -> None:
        """Write all of *source* as *name*, in the place of what has that name."""

    def move(self, folder: str, name: str, to: tuple[str, str]) -> bool:
        """Give a file another place (folder and name) at once; return ``False`` where that place is taken."""

    def remove(self, folder: str, name: str) -> None:
        """Remove a file; where there is none, nothing happens."""

    def make(self, folder: str) -> None:
        """Make a folder in the box; where it exists, nothing happens."""


class Box(Protocol):
    """A place that both sides reach."""

    def open(self) -> AbstractContextManager[Shelf]:
        """Go there, and leave at the end."""


Work = Callable[[], AbstractContextManager[Path]]
"""Lends an empty folder and clears it behind."""


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


class BoxGateway:
    """The letter box of an archive (``ArchiveGateway``) in a place that both sides reach."""

    def __init__(self, box: Box, *, work: Work = _temporary, clock: Callable[[], float] = time.time) -> None:
        """Use *box*; *work* lends a folder for what arrives, *clock* gives seconds since 1970."""
        self._box = box
        self._work = work
        self._clock = clock

    def send(self, path: Path, name: str) -> None:
        """See ``ArchiveGateway.send``: a temporary name that no archive takes for a message, then the right one."""
        _check_name(name)
        partial = f".{name}.part"
        with self._box.open() as shelf:
            if shelf.entry(OUT, name) is None:
                try:
                    _put_whole(shelf, path, partial)
                    if shelf.move(OUT, partial, (OUT, name)):
                        return
                finally:
                    # After a broken connection the next attempt writes over it.
                    with suppress(ArchiveAwayError, OSError):
                        shelf.remove(OUT, partial)
            _require_same(shelf, path, name)

    def receive(self) -> Iterator[Incoming]:
        """See ``ArchiveGateway.receive``: each message is copied here and lies there until it is acknowledged."""
        with self._box.open() as shelf, self._work() as folder:
            for entry in sorted(shelf.entries(IN), key=lambda entry: entry.name):
                if not _may_be_message(entry):
                    continue
                path = folder / entry.name
                with path.open("wb") as sink:
                    shelf.fetch(IN, entry.name, sink)
                if _is_whole(path) or self._clock() - entry.changed > SETTLED_SECONDS:
                    yield Incoming(entry.name, path)
                path.unlink()

    def acknowledge(self, name: str) -> None:
        """See ``ArchiveGateway.acknowledge``: the file moves to the folder ``TAKEN``, numbered where it is needed."""
        _check_name(name)
        with self._box.open() as shelf:
            if shelf.entry(IN, name) is None:
                return
            shelf.make(TAKEN_IN)
            number, free = 1, name
            while not shelf.move(IN, name, (TAKEN_IN, free)):
                number += 1
                free = f"{Path(name).stem} ({number}){Path(name).suffix}"


def is_name(name: str) -> bool:
    """Whether *name* is one of a file in a folder and leads nowhere else."""
    return name not in {"", ".", ".."} and not any(sign in name for sign in "/\\") and name.isprintable()


def _check_name(name: str) -> None:
    if not is_name(name):
        raise ArchiveFolderError(f"Unzulässiger Name {name!r}")


def _put_whole(shelf: Shelf, path: Path, partial: str) -> None:
    with path.open("rb") as source:
        shelf.put(OUT, partial, source)
    there = shelf.entry(OUT, partial)
    if there is None or there.size != path.stat().st_size:
        raise ArchiveAwayError(f"{partial}: nicht vollständig angekommen")


def _require_same(shelf: Shelf, path: Path, name: str) -> None:
    """Find the same message in the place of the one to be sent; nothing is written over another one."""
    there = shelf.entry(OUT, name)
    if there is not None and there.size == path.stat().st_size:
        with path.open("rb") as source, tempfile.TemporaryFile() as copy:
            shelf.fetch(OUT, name, copy)
            copy.seek(0)
            if hashlib.file_digest(source, "sha256").digest() == hashlib.file_digest(copy, "sha256").digest():
                return
    raise ArchiveOccupiedError(f"{name} liegt mit anderem Inhalt im Ausgang")


def _may_be_message(entry: Entry) -> bool:
    if not is_name(entry.name) or entry.name.startswith((".", "~")):
        return False
    if Path(entry.name).suffix.lower() not in _SUFFIXES:
        return False
    if entry.size > MOST_BYTES:
        LOG.error("%s from the archive is too large (%d bytes) and is left where it is", entry.name, entry.size)
        return False
    return True


def _is_whole(path: Path) -> bool:
    """Whether a file is complete: a ZIP ends with its directory, an XML message with its root."""
    if path.suffix.lower() != ".xml":
        return zipfile.is_zipfile(path)
    try:
        with path.open("rb") as source:
            for _, element in steps(source):
                element.clear()
    except (RetentionError, OSError):
        return False
    return True


def copy(source: IO[bytes], sink: IO[bytes]) -> None:
    """Copy a stream in pieces of a mebibyte."""
    shutil.copyfileobj(source, sink, 2**20)
