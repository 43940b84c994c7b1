"""Where bytes are kept: write-once, named by their SHA-256, durable before anybody is told.

An object is either whole under its name or not there at all, also after a power cut: the bytes go to a temporary
file, are flushed to the disk, and only then get their name; then the folders are flushed too.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

CHUNK = 1 << 20
ABANDONED_AFTER = timedelta(hours=24)
"""A temporary file older than this belongs to nobody: its writer was ended."""

_NAME = re.compile(r"[0-9a-f]{64}\Z")


class ObjectMissingError(LookupError):
    """The store has no object of this name."""


class ObjectDamagedError(ObjectMissingError):
    """What lies under the name is not the object any more; to whoever wants to read it, it is as good as missing."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a stored object is known by; ``size`` in bytes."""

    sha256: str
    sha512: str
    size: int


class ObjectStore(Protocol):
    """A store of immutable objects. All names are SHA-256 in lower-case hexadecimal; others raise ValueError."""

    def put(self, stream: BinaryIO) -> Stored:
        """Store what *stream* holds; the same bytes twice are one object."""
        ...

    def put_file(self, path: Path) -> Stored:
        """Store a copy of the file at *path*."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Return a seekable stream of the object, or raise ObjectMissingError."""
        ...

    def path(self, sha256: str) -> AbstractContextManager[Path]:
        """Lend the object as a local file for programs that need one; it must not be changed.

        Raises:
            ObjectMissingError: there is no such object.
        """
        ...

    def exists(self, sha256: str) -> bool:
        """Tell whether the object is there."""
        ...

    def delete(self, sha256: str) -> None:
        """Remove the object with all its versions; twice is once. Only destruction and clean-up may call this."""
        ...

    def each(self) -> Iterator[str]:
        """Yield the names of all objects, in no order."""
        ...

    def sweep(self, now: datetime) -> int:
        """Remove what ended writers left behind longer than ABANDONED_AFTER ago; return how much."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes on their way into a store; without a name they are dropped."""

    file: BinaryIO
    keep: Callable[[str], None]
    """Give what is written a name, in place of what has it, durably and at one moment; called once."""


class Shelf(ObjectStore, Protocol):
    """A store that also keeps bytes under a name that is not their own hash: what encryption builds on."""

    def draft(self) -> AbstractContextManager[Draft]:
        """Lend a draft."""
        ...

    def size(self, sha256: str) -> int | None:
        """Return how many bytes lie under a name, None where there are none."""
        ...

    def beginning(self, sha256: str, size: int) -> bytes:
        """Return the first bytes, at most *size*, or raise ObjectMissingError."""
        ...

    def confirm(self, sha256: str) -> None:
        """Make durable that the object has its name: who gave it may not have come to it yet."""
        ...

    def keep_newest(self, sha256: str) -> bool:
        """Remove older versions of an object; return False where the server insists on them."""
        ...

    def mark(self) -> str:
        """Return what was written on the store, nothing if nothing was."""
        ...

    def set_mark(self, text: str) -> None:
        """Write on the store, durably, by which keys it is encrypted."""
        ...


MARK = "verschluesselt"
"""The name beside the objects under which a mark lies."""


def is_name(name: str) -> bool:
    """Whether this can be the name of an object."""
    return _NAME.match(name) is not None


def checked(sha256: str) -> str:
    """Return *sha256*, or raise ValueError where it is not the name of an object."""
    if not _NAME.match(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return sha256


def copy_and_hash(source: BinaryIO, target: BinaryIO) -> Stored:
    """Copy *source* to *target* and return what it was."""
    short, long, size = hashlib.sha256(), hashlib.sha512(), 0
    while chunk := source.read(CHUNK):
        target.write(chunk)
        short.update(chunk)
        long.update(chunk)
        size += len(chunk)
    return Stored(short.hexdigest(), long.hexdigest(), size)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def intact(store: ObjectStore, expected: Stored) -> bool:
    """Read the whole object and tell whether it still has both its hashes and its size."""
    if not store.exists(expected.sha256):
        return False
    try:
        with store.open(expected.sha256) as stream, Path(os.devnull).open("wb") as nowhere:
            return copy_and_hash(stream, nowhere) == expected
    except ObjectDamagedError:
        return False


class LocalObjects:
    """Objects in a local folder: ``<root>/aa/bb/<sha256>``, readable, not writable."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._temporary = self.root / "tmp"
        self._temporary.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._flushed: set[Path] = set()
        _flush_folder(self.root.parent)
        _flush_folder(self.root)

    def put(self, stream: BinaryIO) -> Stored:
        """Store what *stream* holds."""
        with self.draft() as draft:
            stored = copy_and_hash(stream, draft.file)
            # A file of another size cannot be the object: a disk lost part of it.
            if self.size(stored.sha256) == stored.size:
                self.confirm(stored.sha256)
            else:
                draft.keep(stored.sha256)
        return stored

    def put_file(self, path: Path) -> Stored:
        """Store a copy of the file at *path*."""
        with path.open("rb") as stream:
            return self.put(stream)

    def open(self, sha256: str) -> BinaryIO:
        """Return a stream of the object."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            raise ObjectMissingError(sha256) from None

    @contextmanager
    def path(self, sha256: str) -> Iterator[Path]:
        """Lend the file itself; its mode keeps programs from changing it."""
        place = self._place(sha256)
        if not place.is_file():
            raise ObjectMissingError(sha256)
        yield place

    def exists(self, sha256: str) -> bool:
        """Tell whether the object is there."""
        return self._place(sha256).is_file()

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Lend a temporary file on the same file system."""
        path = self._temporary / uuid4().hex
        try:
            with path.open("xb") as file:
                yield Draft(file, lambda sha256: self._keep(path, file, sha256))
        finally:
            path.unlink(missing_ok=True)

    def size(self, sha256: str) -> int | None:
        """Return the size of the file."""
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def beginning(self, sha256: str, size: int) -> bytes:
        """Return the first bytes of the file."""
        with self.open(sha256) as file:
            return file.read(size)

    def confirm(self, sha256: str) -> None:
        """Flush the folder of the object."""
        place = self._place(sha256)
        self._make_folder(place.parent)
        _flush_folder(place.parent)

    def keep_newest(self, sha256: str) -> bool:
        """Find nothing to do: a folder keeps no older versions."""
        del sha256
        return True

    def mark(self) -> str:
        """Return what the mark says."""
        try:
            return (self.root / MARK).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def set_mark(self, text: str) -> None:
        """Write the mark, whole or not at all."""
        draft = self._temporary / uuid4().hex
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.root / MARK)
        _flush_folder(self.root)

    def delete(self, sha256: str) -> None:
        """Remove the object and make its absence durable."""
        place = self._place(sha256)
        place.unlink(missing_ok=True)
        if place.parent.is_dir():
            _flush_folder(place.parent)

    def each(self) -> Iterator[str]:
        """Yield the names of all objects."""
        for place in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if is_name(place.name):
                yield place.name

    def sweep(self, now: datetime) -> int:
        """Remove abandoned temporary files."""
        limit = (now - ABANDONED_AFTER).timestamp()
        abandoned = [draft for draft in self._temporary.iterdir() if _age(draft, default=limit) < limit]
        for draft in abandoned:
            draft.unlink(missing_ok=True)
        return len(abandoned)

    def _place(self, sha256: str) -> Path:
        return self.root / checked(sha256)[:2] / sha256[2:4] / sha256

    def _keep(self, draft: Path, file: BinaryIO, sha256: str) -> None:
        """Give the finished *draft* its name, in place of what has it."""
        file.flush()
        os.fsync(file.fileno())
        draft.chmod(0o440)
        place = self._place(sha256)
        self._make_folder(place.parent)
        draft.rename(place)
        _flush_folder(place.parent)

    def _make_folder(self, folder: Path) -> None:
        """Create *folder* and flush the entries that lead to it, once per process: another may just have made them."""
        if folder in self._flushed:
            return
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        _flush_folder(folder.parent)
        _flush_folder(self.root)
        self._flushed.add(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _age(path: Path, *, default: float) -> float:
    """Return when *path* was last written, in seconds; its writer may have finished just now."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return default
