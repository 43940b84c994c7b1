"""Write messages and packages in one pass with flat memory."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from lxml import etree

from retention.errors import OriginalChangedError
from retention.xdomea import names
from retention.xdomea.container import written_whole
from retention.xdomea.dialect import Dialect, dialect_for
from retention.xdomea.formats import entry_name
from retention.xdomea.heads import opening, root_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from retention.offered import MessageHead, PrimaryFile

_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Written:
    """A package that stands complete on disk."""

    path: Path
    process_id: str
    code: str
    sha256: str
    size: int


class Outgoing:
    """A package being written: elements go to the message, files to the ZIP."""

    def __init__(
        self, archive: zipfile.ZipFile, message: MessageHead, dialect: Dialect, xml: etree._IncrementalFileWriter
    ) -> None:
        self.dialect = dialect
        self._archive = archive
        self._stamp = message.created_at.timetuple()[:6]
        self._xml = xml

    def add_element(self, element: etree._Element) -> None:
        """Append one child of the root."""
        self._xml.write(element)

    def add_file(self, file: PrimaryFile, open_file: Callable[[PrimaryFile], IO[bytes]]) -> None:
        """Copy one primary file; raise ``OriginalChangedError`` unless its bytes are the recorded ones."""
        name = entry_name(file.file_id, file.original_name)
        if name in self._archive.NameToInfo:
            raise OriginalChangedError(f"{name} kommt zweimal vor")
        digest = hashlib.sha256()
        try:
            with open_file(file) as source, self.entry(name, zipfile.ZIP_STORED) as sink:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    sink.write(block)
        except OSError as error:
            raise OriginalChangedError(name) from error
        if digest.hexdigest() != file.sha256.lower():
            raise OriginalChangedError(name)

    @contextmanager
    def entry(self, name: str, compression: int) -> Iterator[IO[bytes]]:
        """A new entry of the ZIP."""
        info = zipfile.ZipInfo(name, self._stamp)
        info.compress_type = compression
        info.external_attr = 0o600 << 16
        with self._archive.open(info, "w", force_zip64=True) as sink:
            yield sink


@contextmanager
def outgoing(message: MessageHead, kind: names.MessageType, folder: Path) -> Iterator[Outgoing]:
    """Write the package of one message into *folder*, its head first; it appears only if the block ends well.

    Raises ``VersionUnknownError`` where the message is not written in the version of its head.
    """
    dialect = dialect_for(message.version, kind)
    stem = package_stem(message, kind)
    attributes = root_attributes(message, kind, dialect)
    with (
        written_whole(folder / f"{stem}.zip") as sink,
        tempfile.TemporaryFile(dir=folder) as spool,
        zipfile.ZipFile(sink, "w") as archive,
    ):
        with etree.xmlfile(spool, encoding="UTF-8") as xml:
            xml.write_declaration()
            spaces = {names.PREFIX: dialect.namespace, "xsi": names.XSI}
            with xml.element(dialect.tag(dialect.element(kind)), attributes, nsmap=spaces):
                package = Outgoing(archive, message, dialect, xml)
                for element in opening(message, kind, dialect):
                    package.add_element(element)
                yield package
        spool.seek(0)
        with package.entry(f"{stem}.xml", zipfile.ZIP_DEFLATED) as entry:
            while block := spool.read(_BLOCK):
                entry.write(block)


def package_stem(message: MessageHead, kind: names.MessageType) -> str:
    """The name of a message without its ending, as its version and its archive want it."""
    dialect = dialect_for(message.version, kind)
    return dialect.stem(message.process_id, kind, message.number, message.naming)


def written(message: MessageHead, kind: names.MessageType, folder: Path) -> Written:
    """What ``outgoing`` left in *folder*."""
    path = folder / f"{package_stem(message, kind)}.zip"
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return Written(path, message.process_id, kind.code, digest.hexdigest(), path.stat().st_size)


def write_receipt(message: MessageHead, kind: names.MessageType, folder: Path) -> Written:
    """Write a receipt: a message without content (0505 and its like)."""
    with outgoing(message, kind, folder):
        pass
    return written(message, kind, folder)
