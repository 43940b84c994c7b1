"""Files attached to a PDF, those of a portfolio too (ISO 32000-1, 7.11.4 and 12.3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf

from ingest.errors import DamagedFile, EncryptedFile, TooManyParts
from ingest.forms import xfa_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.model import Limits

_BROKEN = (pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError)


def unpack(path: Path, *, limits: Limits, put: Callable[[str, Iterator[bytes]], None]) -> None:
    """Give each file attached to the PDF at *path*, by its name tree or on a page, to *put*.

    Raises:
        EncryptedFile: The PDF asks for a password.
        DamagedFile: It cannot be opened.
        TooManyParts: It holds more files than *limits* allow.
    """
    try:
        with pikepdf.open(path) as pdf:
            found = _attached(pdf, limits)
            if len(found) > limits.max_parts:
                raise TooManyParts(f"{len(found)} files")
            for name, stream in found:
                put(name, _bytes_of(stream))
            for name, data in xfa_data(pdf):
                put(name, iter((data,)))
    except pikepdf.PasswordError as error:
        raise EncryptedFile("the PDF asks for a password") from error
    except _BROKEN as error:
        raise DamagedFile(f"its attachments cannot be read: {error}") from error


def _attached(pdf: pikepdf.Pdf, limits: Limits) -> list[tuple[str, pikepdf.Stream]]:
    found: dict[tuple[int, int], tuple[str, pikepdf.Stream]] = {}
    for specification in _specifications(pdf, limits):
        stream = _stream(specification)
        if stream is not None:
            name = str(specification.get("/UF") or specification.get("/F") or "")
            found.setdefault(stream.objgen, (name, stream))
        if len(found) > limits.max_parts:
            break
    return list(found.values())


def _specifications(pdf: pikepdf.Pdf, limits: Limits) -> Iterator[pikepdf.Object]:
    names = pdf.Root.get("/Names")
    tree = names.get("/EmbeddedFiles") if isinstance(names, pikepdf.Dictionary) else None
    if isinstance(tree, pikepdf.Dictionary):
        yield from _leaves(tree)
    for page in list(pdf.pages)[: limits.max_pages]:
        for note in page.obj.get("/Annots", ()):
            if isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") == "/FileAttachment":
                yield note["/FS"]


def _leaves(tree: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The values of a name tree; nodes are visited once, so a loop ends."""
    waiting, seen = [tree], set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen)
        yield from list(node.get("/Names", ()))[1::2]
        waiting += reversed(list(node.get("/Kids", ())))


def _stream(specification: pikepdf.Object) -> pikepdf.Stream | None:
    held = specification.get("/EF") if isinstance(specification, pikepdf.Dictionary) else None
    if not isinstance(held, pikepdf.Dictionary):
        return None
    stream = held.get("/UF") or held.get("/F")
    return stream if isinstance(stream, pikepdf.Stream) else None


def _bytes_of(stream: pikepdf.Stream) -> Iterator[bytes]:
    # qpdf unpacks in one go; the process's bound on memory is what stops a bomb here.
    yield stream.read_bytes()
