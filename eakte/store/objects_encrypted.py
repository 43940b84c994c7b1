"""Objects encrypted, each by a key of its own that lies in the key store; to everybody else a store like any other.

Names stay the SHA-256 of the content, so the same bytes are still one object and all evidence holds. The key is durable
before the object has its name, and gone before the object goes.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from eakte.store.ciphertext import HEADER, KEY_ID, PIECE, Decrypted, encrypt, key_id_of, length
from eakte.store.master_keys import KEY
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import CHUNK, ObjectDamagedError, ObjectMissingError, Shelf, Stored, copy_and_hash
from eakte.store.scratch import lent

Guard = Callable[[str], AbstractContextManager[None]]
"""Holds an object, so that nobody deletes it meanwhile."""


class Outcome(Enum):
    """What became of an object that was to be encrypted where it lies."""

    ENCRYPTED = "encrypted"
    ALREADY = "already"
    DAMAGED = "damaged"
    """Its content is not what its name says; it stays as it is."""
    GONE = "gone"
    LOCKED = "locked"
    """Encrypted, but the server keeps an older, open version."""


class EncryptedObjects:
    """Objects on a shelf, encrypted; content is lent as a file in a private folder, for programs that need one."""

    def __init__(self, shelf: Shelf, keys: ObjectKeys, data_folder: Path) -> None:
        self.shelf, self.keys = shelf, keys
        self._data_folder = data_folder

    def put(self, stream: BinaryIO) -> Stored:
        """Store what *stream* holds; what cannot be read under its name is replaced."""
        key, key_id = secrets.token_bytes(KEY), secrets.token_bytes(KEY_ID)
        with self.shelf.draft() as draft:
            stored = encrypt(stream, draft.file, key, key_id)
            if self.shelf.size(stored.sha256) in {length(stored.size), stored.size} and self.exists(stored.sha256):
                self.shelf.confirm(stored.sha256)
            else:
                self.keys.keep(key_id, stored.sha256, key)
                draft.keep(stored.sha256)
        return stored

    def put_file(self, path: Path) -> Stored:
        """Store a copy of the file at *path*."""
        with path.open("rb") as stream:
            return self.put(stream)

    def open(self, sha256: str) -> BinaryIO:
        """Return a stream of the content.

        Raises:
            ObjectMissingError: There is no such object, or its key was destroyed.
            ObjectDamagedError: It is not what was stored; also raised while reading.
        """
        source = self.shelf.open(sha256)
        try:
            header = source.read(HEADER)
            key_id = key_id_of(header)
            key = self.keys.key(key_id, sha256) if key_id else None
            if key:
                return io.BufferedReader(Decrypted(source, key), PIECE)
            if self._lies_open(sha256, source, header):
                source.seek(0)
                return source
        except BaseException:
            source.close()
            raise
        source.close()
        if self.keys.knows(sha256):
            raise ObjectDamagedError(f"the header of {sha256} was changed")
        raise ObjectMissingError(sha256)

    @contextmanager
    def path(self, sha256: str) -> Iterator[Path]:
        """Lend a decrypted copy; it is taken away behind, or at the next start where this process is killed."""
        with self.open(sha256) as source, lent(self._data_folder) as folder:
            place = folder / sha256
            with place.open("xb") as target:
                shutil.copyfileobj(source, target, CHUNK)
            place.chmod(0o400)
            yield place

    def exists(self, sha256: str) -> bool:
        """Tell whether the object is there, with its key."""
        try:
            header = self.shelf.beginning(sha256, HEADER)
        except ObjectMissingError:
            return False
        key_id = key_id_of(header)
        if key_id and self.keys.knows(sha256, key_id):
            return True
        if not self.keys.open_left():
            return False
        return self.lies_open(sha256)

    def delete(self, sha256: str) -> None:
        """Destroy the key, so that no copy of the object can be read any more, then remove the object."""
        self.keys.destroy(sha256)
        self.shelf.delete(sha256)

    def each(self) -> Iterator[str]:
        """Yield the names of all objects."""
        return self.shelf.each()

    def sweep(self, now: datetime) -> int:
        """Remove abandoned drafts."""
        return self.shelf.sweep(now)

    def lies_open(self, sha256: str) -> bool:
        """Whether an object lies here open."""
        try:
            source = self.shelf.open(sha256)
        except ObjectMissingError:
            return False
        with source:
            return self._lies_open(sha256, source, source.read(HEADER))

    def encrypt_in_place(self, sha256: str, today: date, guard: Guard) -> Outcome:
        """Encrypt an object where it lies; killed in between, it is whole, open or encrypted."""
        try:
            source = self.shelf.open(sha256)
        except ObjectMissingError:
            return Outcome.GONE
        with source:
            header = source.read(HEADER)
            key_id = key_id_of(header)
            if key_id and self.keys.knows(sha256, key_id):
                return Outcome.ALREADY if self.shelf.keep_newest(sha256) else Outcome.LOCKED
            source.seek(0)
            return self._encrypt(sha256, source, today, guard)

    def _encrypt(self, sha256: str, source: BinaryIO, today: date, guard: Guard) -> Outcome:
        key, key_id = secrets.token_bytes(KEY), secrets.token_bytes(KEY_ID)
        with self.shelf.draft() as draft:
            if encrypt(source, draft.file, key, key_id).sha256 != sha256:
                return Outcome.DAMAGED
            with guard(sha256):
                if not self.shelf.exists(sha256):
                    return Outcome.GONE
                self.keys.keep(key_id, sha256, key, open_until=today)
                draft.keep(sha256)
        return Outcome.ENCRYPTED if self.shelf.keep_newest(sha256) else Outcome.LOCKED

    def _lies_open(self, sha256: str, source: BinaryIO, header: bytes) -> bool:
        """Whether an object lies here open, from before encryption was set up.

        Where the first bytes look like ours (its key may have been destroyed), or where there is a key (encrypting it
        was interrupted, or somebody put it there), only its content decides.
        """
        if not self.keys.open_left():
            return False
        if key_id_of(header) is None and not self.keys.knows(sha256):
            return True
        source.seek(0)
        with Path(os.devnull).open("wb") as nowhere:
            return copy_and_hash(source, nowhere).sha256 == sha256
