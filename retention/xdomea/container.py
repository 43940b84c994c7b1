"""Packages: flat ZIPs with one message and its primary files. Nothing is ever unpacked to disk here."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from retention.errors import PackageUnreadableError, PackageUnsafeError
from retention.xdomea import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MESSAGE_LIMIT = 512 * 2**20
"""Largest message in bytes; 10,000 documents need about 30 MB."""
ENTRY_LIMIT = 200_000
TOTAL_LIMIT = 256 * 2**30
RATIO_LIMIT = 200
SMALL = 256 * 2**20
"""Up to here the ratio does not matter: it cannot hurt."""
_UTF_8 = 0x800
_BAD = zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error, struct.error
"""What the ZIP reader raises for broken archives; a name that is no UTF-8 although it says so is a ``ValueError``."""


@dataclass(frozen=True, slots=True)
class Package:
    """An open package, or a bare message (``archive`` is ``None``)."""

    path: Path
    message_name: str
    files: Mapping[str, int]
    """Primary files by name with their size in bytes; empty for a bare message."""
    archive: zipfile.ZipFile | None

    @contextmanager
    def message(self) -> Iterator[IO[bytes]]:
        """The bytes of the message."""
        if self.archive is None:
            with self.path.open("rb") as source:
                yield source
        else:
            with self.open(self.message_name) as source:
                yield source

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The bytes of one entry, never more than its declared size."""
        if self.archive is None or (name not in self.files and name != self.message_name):
            raise PackageUnreadableError(name)
        try:
            with self.archive.open(name) as source:
                yield source
        except _BAD as error:
            raise PackageUnreadableError(f"{name}: {error}") from error

    def undeclared_names(self) -> tuple[str, ...]:
        """Names with other signs than ASCII that do not say that they are UTF-8 (flag bit 11)."""
        entries = () if self.archive is None else self.archive.infolist()
        return tuple(
            entry.filename for entry in entries if not entry.filename.isascii() and not entry.flag_bits & _UTF_8
        )


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a ZIP or a bare XML message; raise ``PackageUnsafeError`` or ``PackageUnreadableError``."""
    if path.suffix.lower() == ".xml":
        if not path.is_file():
            raise PackageUnreadableError(path.name)
        if path.stat().st_size > MESSAGE_LIMIT:
            raise PackageUnsafeError("Die Nachricht ist zu groß")
        yield Package(path, path.name, {}, None)
        return
    try:
        archive = zipfile.ZipFile(path)
    except _BAD as error:
        raise PackageUnreadableError(path.name) from error
    with archive:
        sizes = _checked(archive, path.stat().st_size)
        message = _message_name(sizes)
        if sizes[message] > MESSAGE_LIMIT:
            raise PackageUnsafeError("Die Nachricht ist zu groß")
        del sizes[message]
        yield Package(path, message, sizes, archive)


def _checked(archive: zipfile.ZipFile, packed: int) -> dict[str, int]:
    """Sizes of all entries by name, after every limit has been checked on the directory alone."""
    entries = archive.infolist()
    if len(entries) > ENTRY_LIMIT:
        raise PackageUnsafeError(f"{len(entries)} Einträge")
    seen: set[str] = set()
    total = 0
    for entry in entries:
        _check_name(entry)
        name = entry.filename.casefold()
        if name in seen:
            raise PackageUnsafeError(f"Doppelter Name {entry.filename}")
        seen.add(name)
        total += entry.file_size
    if total > TOTAL_LIMIT or (total > SMALL and total > packed * RATIO_LIMIT):
        raise PackageUnsafeError(f"Entpackt {total} Bytes")
    return {entry.filename: entry.file_size for entry in entries}


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    # The original name is checked too: zipfile cuts at a zero byte and turns separators of the platform.
    if entry.is_dir() or any(sign in name or sign in entry.orig_filename for sign in ("/", "\\", "\0", ":")):
        raise PackageUnsafeError(f"Kein flacher Name: {name[:80]}")
    if name in {"", ".", ".."} or not name.isprintable():
        raise PackageUnsafeError("Unzulässiger Name")
    if entry.flag_bits & 0x1:
        raise PackageUnsafeError("Das ZIP ist verschlüsselt")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PackageUnsafeError(f"Unübliche Kompression bei {name[:80]}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageUnsafeError(f"Verknüpfung {name[:80]}")


def _message_name(sizes: Mapping[str, int]) -> str:
    """The one entry that is the message: named as such, or the only XML."""
    xml = [name for name in sizes if name.lower().endswith(".xml")]
    named = [name for name in xml if matches(name[:-4])]
    found = named or xml
    if len(found) != 1:
        raise PackageUnreadableError(f"{len(found)} Nachrichten im Paket")
    return found[0]


def matches(stem: str) -> dict[str, str] | None:
    """Process and code in a file name of the standard, or ``None``."""
    for pattern in (names.STEM_3, names.STEM_4, names.STEM_SHORT):
        if match := pattern.fullmatch(stem):
            return match.groupdict()
    return None


@contextmanager
def written_whole(target: Path) -> Iterator[IO[bytes]]:
    """A new file that appears under its name only when it is complete and on disk."""
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
