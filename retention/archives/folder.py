"""Exchange with an archive by two folders, usually on a share that both sides mount."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from retention.archives.box import IN, OUT, TAKEN, TAKEN_IN, Entry, copy
from retention.errors import ArchiveFolderError
from retention.xdomea.container import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class FolderBox:
    """Two folders: *outgoing* is read by the archive, *incoming* is written by it."""

    def __init__(self, outgoing: Path, incoming: Path) -> None:
        """Use existing folders."""
        self._folders = {OUT: outgoing, IN: incoming, TAKEN_IN: incoming / TAKEN}

    @contextmanager
    def open(self) -> Iterator[FolderBox]:
        """See ``Box.open``; a folder is always open, its errors are told in German."""
        try:
            yield self
        except OSError as error:
            raise ArchiveFolderError(f"{Path(error.filename or '').name}: {error.strerror}") from error

    def entries(self, folder: str) -> Sequence[Entry]:
        """See ``Shelf.entries``."""
        return [entry for path in self._folders[folder].iterdir() if (entry := _entry(path)) is not None]

    def entry(self, folder: str, name: str) -> Entry | None:
        """See ``Shelf.entry``."""
        self._folders[folder].stat()
        return _entry(self._inside(folder, name))

    def fetch(self, folder: str, name: str, sink: IO[bytes]) -> None:
        """See ``Shelf.fetch``."""
        with self._inside(folder, name).open("rb") as source:
            copy(source, sink)

    def put(self, folder: str, name: str, source: IO[bytes]) -> None:
        """See ``Shelf.put``; the bytes are on disk before it returns."""
        with self._inside(folder, name).open("wb") as sink:
            copy(source, sink)
            sink.flush()
            os.fsync(sink.fileno())

    def move(self, folder: str, name: str, to: tuple[str, str]) -> bool:
        """See ``Shelf.move``; the new name is on disk before it returns."""
        target = self._inside(*to)
        if target.exists():
            return False
        self._inside(folder, name).replace(target)
        for each in {folder, to[0]}:
            sync_folder(self._folders[each])
        return True

    def remove(self, folder: str, name: str) -> None:
        """See ``Shelf.remove``."""
        self._inside(folder, name).unlink(missing_ok=True)

    def make(self, folder: str) -> None:
        """See ``Shelf.make``."""
        self._folders[folder].mkdir(exist_ok=True)

    def _inside(self, folder: str, name: str) -> Path:
        return self._folders[folder] / name


def _entry(path: Path) -> Entry | None:
    if path.is_symlink() or not path.is_file():
        return None
    found = path.stat()
    return Entry(path.name, found.st_size, found.st_mtime)
