"""Exchange with an archive by two folders, usually on a share that both sides mount."""

from __future__ import annotations

import filecmp
import shutil
import time
import zipfile
from typing import TYPE_CHECKING

from retention.archive import Incoming
from retention.errors import ArchiveFolderError, RetentionError
from retention.xdomea.container import sync_folder, written_whole
from retention.xdomea.parse import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TAKEN = "uebernommen"
"""Subfolder of the incoming folder for acknowledged messages."""
SETTLED_SECONDS = 600
"""A file that is still no whole message after this time without a change is shown as it is, to be reported."""
_SUFFIXES = (".zip", ".xdomea", ".xml")


class FolderGateway:
    """Two folders: *outgoing* is read by the archive, *incoming* is written by it."""

    def __init__(self, outgoing: Path, incoming: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Use existing folders; *clock* gives seconds as file times do."""
        self._outgoing = outgoing
        self._incoming = incoming
        self._clock = clock

    def send(self, path: Path, name: str) -> None:
        """See ``ArchiveGateway.send``: temporary name, fsync, rename."""
        target = self._inside(self._outgoing, name)
        try:
            if target.exists():
                if filecmp.cmp(path, target, shallow=False):
                    return
                raise ArchiveFolderError(f"{name} liegt schon mit anderem Inhalt im Ausgang")
            with path.open("rb") as source, written_whole(target) as sink:
                shutil.copyfileobj(source, sink, 2**20)
        except OSError as error:
            raise ArchiveFolderError(f"{name}: {error.strerror}") from error

    def receive(self) -> Iterator[Incoming]:
        """See ``ArchiveGateway.receive``: hidden and unfinished files are left alone."""
        try:
            paths = sorted(self._incoming.iterdir())
        except OSError as error:
            raise ArchiveFolderError(f"{self._incoming.name}: {error.strerror}") from error
        for path in paths:
            if path.name.startswith((".", "~")) or path.suffix.lower() not in _SUFFIXES or not path.is_file():
                continue
            if path.is_symlink():
                continue
            if _is_whole(path) or self._clock() - path.stat().st_mtime > SETTLED_SECONDS:
                yield Incoming(path.name, path)

    def acknowledge(self, name: str) -> None:
        """See ``ArchiveGateway.acknowledge``: the file moves to the folder ``TAKEN``."""
        source = self._inside(self._incoming, name)
        taken = self._incoming / TAKEN
        try:
            if not source.exists():
                return
            taken.mkdir(exist_ok=True)
            source.replace(_free_name(taken / name))
            sync_folder(taken)
            sync_folder(self._incoming)
        except OSError as error:
            raise ArchiveFolderError(f"{name}: {error.strerror}") from error

    @staticmethod
    def _inside(folder: Path, name: str) -> Path:
        if name in {"", ".", ".."} or any(sign in name for sign in "/\\\0"):
            raise ArchiveFolderError(f"Unzulässiger Name {name!r}")
        return folder / name


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


def _free_name(path: Path) -> Path:
    """*path*, or the next numbered name where a message of that name was taken before."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free
