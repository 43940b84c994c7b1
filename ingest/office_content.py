"""What an office file really holds, looked at before any program opens it: damage, passwords, macros, links."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import olefile

from ingest import media_type as types
from ingest import zips
from ingest.errors import DamagedFile, DecompressionBomb, EncryptedFile, warning_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ingest.model import Limits

_OPEN_DOCUMENT = {types.ODT, types.ODS, types.ODP, types.ODG}
_OOXML = {types.DOCX, types.XLSX, types.PPTX}
_IN_ARCHIVES = _OPEN_DOCUMENT | _OOXML
_MOST_ENTRIES = 20_000
"""Presentations hold some thousand pictures and slides."""
_WORD_ENCRYPTED, _FILE_PASS, _FIRST_RECORDS = 0x0100, 0x2F, 65_536
_MACROS = ("basic/", "scripts/", "macros/", "_vba_project", "vba/", "xl/macrosheets/")
_OBJECTS = ("ObjectPool/", "MBD")


def check(source: Path, media_type: str, *, limits: Limits) -> None:
    """Refuse what is no office file beyond its beginning.

    Raises:
        DamagedFile: The archive is broken or its main part is missing.
        DecompressionBomb: It unpacks beyond *limits*.
        EncryptedFile: A part of it is encrypted.
    """
    if media_type in _IN_ARCHIVES:
        _check_archive(source, media_type, limits)
    elif media_type != types.RTF:
        with _ole(source) as ole:
            if _is_locked(ole, media_type):
                raise EncryptedFile("an office document under a password")


def _check_archive(source: Path, media_type: str, limits: Limits) -> None:
    sizes: dict[str, int] = {}
    manifest: list[bytes] = []

    def put(name: str, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            sizes[name] = sizes.get(name, 0) + len(chunk)
            if sum(sizes.values()) > limits.max_unpacked_bytes:
                raise DecompressionBomb(f"more than {limits.max_unpacked_bytes} bytes unpacked")
            if name == "META-INF/manifest.xml":
                manifest.append(chunk)

    zips.unpack(source, limits=replace(limits, max_parts=_MOST_ENTRIES), put=put)
    if b"encryption-data" in b"".join(manifest):
        raise EncryptedFile("an OpenDocument file under a password")
    main = ("content.xml",) if media_type in _OPEN_DOCUMENT else ("word/document", "xl/workbook", "ppt/presentation")
    if not any(name.startswith(main) and size for name, size in sizes.items()):
        raise DamagedFile("the main part is missing")


def _is_locked(ole: olefile.OleFileIO, media_type: str) -> bool:
    """Whether the old binary formats say so (MS-DOC 2.5.1 fEncrypted, MS-XLS 2.4.117 FilePass, MS-PPT 2.3.7)."""
    try:
        if media_type == types.WORD:
            flags: int = struct.unpack_from("<H", ole.openstream("WordDocument").read(12), 10)[0]
            return bool(flags & _WORD_ENCRYPTED)
        if media_type == types.EXCEL:
            name = "Workbook" if ole.exists("Workbook") else "Book"
            return _FILE_PASS in _records(ole.openstream(name).read(_FIRST_RECORDS))
        return bool(ole.exists("EncryptedSummary"))
    except (OSError, struct.error) as error:
        raise DamagedFile(f"not a readable office file: {error}") from error


def _records(data: bytes) -> Iterator[int]:
    place = 0
    while place + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        yield kind
        place += 4 + length


def _ole(source: Path) -> olefile.OleFileIO:
    try:
        return olefile.OleFileIO(source)
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise DamagedFile(f"not a readable office file: {error}") from error


def notices(source: Path, media_type: str) -> tuple[str, ...]:
    """Return notices about macros, foreign objects and foreign content in the office file *source*."""
    names = _names(source, media_type)
    found = (
        ("macros", any(name.lower().startswith(_MACROS) or "vbaproject" in name.lower() for name in names)),
        ("embedded-objects", any("embeddings/" in name or name.startswith(_OBJECTS) for name in names)),
        ("remote-content", media_type in _OOXML and _links_elsewhere(source, names)),
    )
    return tuple(warning_text(code) for code, is_there in found if is_there)


def _names(source: Path, media_type: str) -> Iterable[str]:
    if media_type in _IN_ARCHIVES:
        with zipfile.ZipFile(source) as archive:
            return archive.namelist()
    if media_type == types.RTF:
        return ["ObjectPool/"] if b"\\objdata" in source.read_bytes() else []
    with _ole(source) as ole:
        return ["/".join(entry) for entry in ole.listdir()]


def _links_elsewhere(source: Path, names: Iterable[str]) -> bool:
    """Whether something but a hyperlink points out of the file: a template, a picture, a frame."""
    with zipfile.ZipFile(source) as archive:
        for name in names:
            if name.endswith(".rels"):
                for relation in archive.read(name).split(b"<Relationship ")[1:]:
                    if b'TargetMode="External"' in relation and b"/hyperlink" not in relation:
                        return True
    return False
