"""Containers: mails, ZIP archives and PDFs with attachments, taken apart into a letter and its parts.

Runs in the reader process (``ingest.apart``), like everything that opens files of others. What comes out crosses
to the service as ``Reading.parts``; the letter becomes the pages of the Reading.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ingest import mail, outlook, pdf_parts, zips
from ingest import media_type as types
from ingest.errors import DecompressionBomb, IngestError, TooManyParts, warning_text
from ingest.model import Part

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ingest.mail import Letter
    from ingest.model import Limits

CONTAINERS = frozenset({types.MAIL, types.OUTLOOK, types.ZIP, types.PDF})

_LONGEST_NAME, _LONGEST_FOLDER = 200, 500
_SUFFIXES = {
    types.PDF: ".pdf",
    types.TIFF: ".tif",
    types.JPEG: ".jpg",
    types.PNG: ".png",
    types.TEXT: ".txt",
    types.HTML: ".html",
    types.XML: ".xml",
    types.MAIL: ".eml",
    types.OUTLOOK: ".msg",
    types.ZIP: ".zip",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a container held.

    ``letter`` is the letter of a mail, ``None`` for every other container. ``notices`` are German sentences.
    """

    letter: Letter | None
    parts: tuple[Part, ...]
    notices: tuple[str, ...]


def parts_of(path: Path, media_type: str, *, limits: Limits, work: Path) -> Contents:
    """Take the container at *path* apart; each part's bytes are written into the folder ``work/parts``.

    Containers inside are opened too, down to ``limits.max_depth``, and all limits count over the whole: an archive
    inside is replaced by its files (``Part.folder`` names it), a mail or a PDF stays a part and its attachments
    follow it. So a part is never to be taken apart again. One that cannot be opened stays a closed part with a
    notice, and reading it gives its own reason. Any other media type has no letter and no parts.

    Raises:
        TooManyParts: The container holds more than ``limits.max_parts`` files.
        DecompressionBomb: It unpacks beyond ``limits.max_unpacked_bytes`` or ``limits.max_ratio``.
        EncryptedFile: It asks for a password.
        DamagedFile: It cannot be taken apart.
    """
    unpacking = _Unpacking(limits, work / "parts")
    letter = unpacking.open(path, media_type, folder="", depth=0)
    return Contents(letter, tuple(unpacking.parts), tuple(unpacking.notices))


def parts_from(files: Iterable[tuple[str, bytes]], *, limits: Limits, work: Path) -> Contents:
    """Make parts of *files* (stated name and bytes) that lay in a file of another kind; like :func:`parts_of`."""
    unpacking = _Unpacking(limits, work / "parts")
    for name, data in files:
        unpacking.put(name, (data,), folder="", depth=0)
    return Contents(None, tuple(unpacking.parts), tuple(unpacking.notices))


class _Unpacking:
    """One container being taken apart, with all that is inside it."""

    def __init__(self, limits: Limits, folder: Path) -> None:
        self._limits, self._folder = limits, folder
        self._files = self._bytes = 0
        self.parts: list[Part] = []
        self.notices: list[str] = []

    def open(self, path: Path, media_type: str, *, folder: str, depth: int) -> Letter | None:
        """Take out what *path* holds."""

        def put(name: str, chunks: Iterable[bytes]) -> None:
            self.put(name, chunks, folder=folder, depth=depth)

        letter: Letter | None = None
        if media_type == types.ZIP:
            zips.unpack(path, limits=self._limits, put=put)
        elif media_type == types.PDF:
            pdf_parts.unpack(path, limits=self._limits, put=put)
        elif media_type in (types.MAIL, types.OUTLOOK):
            letter = mail.opened(path, limits=self._limits) if media_type == types.MAIL else outlook.opened(path)
            for name, data in letter.files:
                put(name, (data,))
            letter.files.clear()
        return letter

    def put(self, name: str, chunks: Iterable[bytes], *, folder: str, depth: int) -> None:
        """Write one part, and open it if it is a container itself."""
        part = self._written(name, chunks, folder)
        self.parts.append(part)
        if part.media_type in CONTAINERS and part.path.stat().st_size:
            self._open_inner(part, depth + 1)

    def _written(self, name: str, chunks: Iterable[bytes], folder: str) -> Part:
        self._files += 1
        if self._files > self._limits.max_parts:
            raise TooManyParts(f"more than {self._limits.max_parts} files")
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._files:05d}"
        with path.open("wb") as file:
            for chunk in chunks:
                self._bytes += len(chunk)
                if self._bytes > self._limits.max_unpacked_bytes:
                    raise DecompressionBomb(f"more than {self._limits.max_unpacked_bytes} bytes unpacked")
                file.write(chunk)
        media_type = types.detect(path)
        position = len(self.parts) + 1
        filename = harmless_name(name) or f"Anlage {position}{_SUFFIXES.get(media_type, '')}"
        return Part(position, filename, media_type, path, "/".join(x for x in (folder, harmless_folder(name)) if x))

    def _open_inner(self, part: Part, depth: int) -> None:
        """Open a container inside; if that fails, it stays a closed part as if it had not been tried."""
        before = len(self.parts)
        if depth > self._limits.max_depth:
            if part.media_type != types.PDF:
                self._leave_closed(part, warning_text("nested-too-deep"))
            return
        try:
            self.open(part.path, part.media_type, folder=f"{part.folder}/{part.filename}".strip("/"), depth=depth)
        except IngestError as error:
            for each in self.parts[before:]:
                each.path.unlink(missing_ok=True)
            del self.parts[before:]
            self._leave_closed(part, error.text)
            return
        if part.media_type == types.ZIP and len(self.parts) > before:
            part.path.unlink()
            self.parts[before - 1 :] = [replace(each, position=each.position - 1) for each in self.parts[before:]]

    def _leave_closed(self, part: Part, reason: str) -> None:
        self.notices.append(warning_text("part-not-opened").format(name=part.filename, reason=reason))


def harmless_name(stated: str) -> str:
    """Return the last part of a name as a sender states it, without folders and control characters, cut in front.

    Names are for people and never become paths; ``""`` if nothing is left.
    """
    last = PurePosixPath(_plain(stated).replace("\\", "/")).name
    return last[-_LONGEST_NAME:].strip(" .") if last.strip(" .") else ""


def harmless_folder(stated: str) -> str:
    """Return the folders of a stated name without those that lead up or to a root."""
    *folders, _ = _plain(stated).replace("\\", "/").split("/")
    kept = [folder.strip() for folder in folders if folder.strip(" .") and not folder.endswith(":")]
    return "/".join(kept)[:_LONGEST_FOLDER]


def _plain(stated: str) -> str:
    """Without what does not print: control characters, and signs that turn the direction to hide an ending."""
    return "".join(sign for sign in stated if sign.isprintable())
