"""ZIP archives: their files one by one, with hard limits on what unpacking may cost."""

from __future__ import annotations

import stat
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.errors import DamagedFile, DecompressionBomb, EncryptedFile, TooManyParts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.model import Limits

_CHUNK = 262_144
_RATIO_FROM = 10_000_000
"""Small files may be packed as well as they can be."""
_ENCRYPTED = 0x1
_UTF8 = 0x800
_AES = 99
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, IndexError, NotImplementedError)


def unpack(path: Path, *, limits: Limits, put: Callable[[str, Iterator[bytes]], None]) -> None:
    """Give each file of the archive at *path* to *put*, with its name as stated and its bytes in chunks.

    Folders, links and the litter of file managers are left out.

    Raises:
        EncryptedFile: A file asks for a password.
        DamagedFile: The archive is broken.
        DecompressionBomb: A file unpacks far beyond its packed size.
        TooManyParts: It holds more files than *limits* allow.
    """
    with _reasons(), zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if _is_file(entry)]
        if len(entries) > limits.max_parts:
            raise TooManyParts(f"{len(entries)} files")
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED or entry.compress_type == _AES:
                raise EncryptedFile("the archive asks for a password")
            put(_name(entry), _bytes_of(archive, entry, limits))


@contextmanager
def _reasons() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:  # an unknown way of packing is a RuntimeError, too
        raise DamagedFile(f"not a readable archive: {error}") from error
    except RuntimeError as error:  # "password required" and nothing else of zipfile
        raise EncryptedFile(str(error)) from error


def _is_file(entry: zipfile.ZipInfo) -> bool:
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return not (entry.is_dir() or is_link or entry.filename.startswith(_LITTER) or entry.filename.endswith(_LITTER[1:]))


def _name(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:  # some programs write UTF-8 and do not say so
        return entry.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _bytes_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    size = 0
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > _RATIO_FROM and size > limits.max_ratio * max(1, entry.compress_size):
                raise DecompressionBomb(f"one packed byte becomes {size // max(1, entry.compress_size)}")
            yield chunk
