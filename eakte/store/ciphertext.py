"""How an encrypted object looks: a header, then chunks, each proven with its place, so that it can be read anywhere.

``EAKTE`` and the number of the format (8 bytes), the id of the key (16), then chunks of 64 KiB with 16 bytes of proof
each. AES-256-GCM as the STREAM construction uses it (Hoang, Reyhanitabar, Rogaway, Vizár: Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015): the nonce is the number of the chunk and
whether it is the last, so that a chunk that was changed, moved, doubled or cut off does not open. A key encrypts one
object once, so no nonce comes twice.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eakte.store.objects import ObjectDamagedError, Stored

MAGIC = b"EAKTE\x00\x00\x01"
KEY_ID = 16
HEADER = len(MAGIC) + KEY_ID
PROOF = 16
PIECE = 64 << 10
"""Bytes of content in each chunk but the last."""
CHUNK = PIECE + PROOF
AT_ONCE = 16 * PIECE
"""Bytes of content that are read and hashed together."""


def length(size: int) -> int:
    """Return how many bytes *size* bytes of content take; an empty object has one empty chunk."""
    return HEADER + size + PROOF * max(1, -(-size // PIECE))


def key_id_of(header: bytes) -> bytes | None:
    """Return the id of the key in the first bytes of an object, or None where it is not encrypted."""
    return header[len(MAGIC) :] if header.startswith(MAGIC) and len(header) == HEADER else None


def encrypt(source: BinaryIO, target: BinaryIO, key: bytes, key_id: bytes) -> Stored:
    """Encrypt *source* into *target* and return what its content was; memory stays flat."""
    header, cipher = MAGIC + key_id, AESGCM(key)
    short, long, size, number = hashlib.sha256(), hashlib.sha512(), 0, 0
    target.write(header)
    for block, is_last in _blocks(source):
        short.update(block)
        long.update(block)
        size += len(block)
        view = memoryview(block)
        for start in range(0, max(1, len(block)), PIECE):
            last = is_last and start + PIECE >= len(block)
            target.write(cipher.encrypt(_nonce(number, last=last), view[start : start + PIECE], header))
            number += 1
    return Stored(short.hexdigest(), long.hexdigest(), size)


def _blocks(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield full blocks, and with each whether it is the last; streams may give less than they are asked for."""
    block = _full(source)
    while len(block) == AT_ONCE and (following := _full(source)):
        yield block, False
        block = following
    yield block, True


def _full(source: BinaryIO) -> bytes:
    parts, missing = [], AT_ONCE
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


class Decrypted(io.RawIOBase):
    """The content of an encrypted object as a seekable stream; nothing is delivered that is not proven."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        """Read *source*, which is closed with this stream.

        Raises:
            ObjectDamagedError: The last chunk is not the last one, so the object is not as long as it was.
        """
        source.seek(0)
        self._source, self._cipher, self._header = source, AESGCM(key), source.read(HEADER)
        body = source.seek(0, os.SEEK_END) - HEADER
        self._last = max(0, -(-body // CHUNK) - 1)
        self._size = body - PROOF * (self._last + 1)
        self._number, self._piece, self._at = -1, b"", 0
        self._load(self._last)

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that this can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place in the content and return it."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"a negative place: {start + offset}")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """Return the present place."""
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Fill *buffer* as far as there is content and return how far.

        Raises:
            ObjectDamagedError: A chunk was changed, or is not at its place.
        """
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self._size:
            number, start = divmod(self._at, PIECE)
            self._load(number)
            taken = self._piece[start : start + len(view) - done]
            view[done : done + len(taken)] = taken
            done += len(taken)
            self._at += len(taken)
        return done

    def close(self) -> None:
        """Close what is read from."""
        if not self.closed:
            self._source.close()
        super().close()

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._source.seek(HEADER + number * CHUNK)
        chunk = self._source.read(CHUNK)
        try:
            self._piece = self._cipher.decrypt(_nonce(number, last=number == self._last), chunk, self._header)
        except InvalidTag:
            raise ObjectDamagedError(f"chunk {number} is not what was stored there") from None
        self._number = number
