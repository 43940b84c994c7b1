"""Master keys: what opens the key store, kept where neither the objects nor the key store are.

Each has a name of its own and is used until the next one takes its place; what it closed is useless once it is
destroyed. :class:`MasterKeys` is the port to whatever keeps them; :class:`FolderKeys` keeps them in files.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eakte.errors import EakteError

KEY = 32
"""Bytes of a key: AES-256."""
NONCE = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


class KeysUnusable(EakteError):
    """What is encrypted cannot be read or written; ``problem`` says why and what to do."""

    code, status = "keys-unusable", 503


class MasterKeyMissing(KeysUnusable):
    """The master key with this name is not there (any more)."""

    code = "master-key-missing"


class MasterKeyWrong(KeysUnusable):
    """The master key is another one than that which closed this, or what it closed was changed."""

    code = "master-key-wrong"


class MasterKeys(Protocol):
    """Whatever keeps master keys and works with them. Names are lower-case letters, digits and hyphens.

    What was made is durable when :meth:`make` returns, and so is the absence of what was destroyed.
    """

    def make(self, name: str) -> None:
        """Make a new master key; twice is once."""
        ...

    def wrap(self, name: str, key: bytes, about: bytes) -> bytes:
        """Close *key* so that only this master key opens it, and only together with the same *about*.

        Raises:
            MasterKeyMissing: There is no such master key.
        """
        ...

    def unwrap(self, name: str, wrapped: bytes, about: bytes) -> bytes:
        """Open what :meth:`wrap` closed.

        Raises:
            MasterKeyMissing: There is no such master key.
            MasterKeyWrong: It was closed by another one or about something else, or was changed.
        """
        ...

    def destroy(self, name: str) -> None:
        """Destroy a master key for ever; twice is once."""
        ...


def wrap_with(master: bytes, key: bytes, about: bytes) -> bytes:
    """Close *key* with the bytes of another key: a random nonce, then AES-256-GCM."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(master).encrypt(nonce, key, about)


def unwrap_with(master: bytes, wrapped: bytes, about: bytes) -> bytes | None:
    """Open what :func:`wrap_with` closed, None where this is not that."""
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
    except (InvalidTag, ValueError):
        return None


def checked_name(name: str) -> str:
    """Return *name*, or raise ValueError where it cannot be that of a master key."""
    if not _NAME.match(name):
        raise ValueError(f"not the name of a master key: {name!r}")
    return name


class FolderKeys:
    """Master keys as files ``<name>.key`` of one folder, 32 random bytes in base64, readable for our own user alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, name: str) -> None:
        """Write a new file, whole or not at all, and never over another one."""
        file = self._file(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone_in(self.folder) as handle:
            if file.exists():
                return
            draft = self._draft(name)
            draft.unlink(missing_ok=True)  # of a process that was killed: nothing was ever closed by it
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
                target.write(base64.b64encode(secrets.token_bytes(KEY)) + b"\n")
                target.flush()
                os.fsync(target.fileno())
            draft.rename(file)  # not a link: no second name may outlive the key
            os.fsync(handle)

    def wrap(self, name: str, key: bytes, about: bytes) -> bytes:
        """Close *key* with the key in the file."""
        return wrap_with(self._key(name), key, about)

    def unwrap(self, name: str, wrapped: bytes, about: bytes) -> bytes:
        """Open what the key in the file closed."""
        if (key := unwrap_with(self._key(name), wrapped, about)) is None:
            raise MasterKeyWrong(name=name)
        return key

    def destroy(self, name: str) -> None:
        """Overwrite the file and take it away; a disk may keep older copies of its blocks all the same."""
        if not self.folder.is_dir():
            return
        with _alone_in(self.folder) as handle:
            for file in (self._file(name), self._draft(name)):
                if file.exists():
                    _overwrite(file)
                    file.unlink()
            os.fsync(handle)

    def _file(self, name: str) -> Path:
        return self.folder / f"{checked_name(name)}.key"

    def _draft(self, name: str) -> Path:
        return self.folder / f".{checked_name(name)}"

    def _key(self, name: str) -> bytes:
        file = self._file(name)
        try:
            found, text = file.stat(), file.read_bytes()
        except FileNotFoundError:
            raise MasterKeyMissing(name=name) from None
        if found.st_mode & 0o077:
            problem = f"„{file}“ darf nur für den Benutzer der E-Akte lesbar sein: chmod 600."
            raise KeysUnusable(problem=problem)
        try:
            key = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY:
            raise MasterKeyWrong(name=name)
        return key


@contextmanager
def _alone_in(folder: Path) -> Iterator[int]:
    """Wait until nobody else makes or destroys keys in *folder*; lend its handle."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _overwrite(file: Path) -> None:
    with file.open("r+b") as target:
        target.write(secrets.token_bytes(file.stat().st_size))
        target.flush()
        os.fsync(target.fileno())
