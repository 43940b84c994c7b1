"""Hand case files over to the archive (0503) or another system (0401), and read receipts and results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, TypeVar

from retention.differences import Difference, Sent, named_twice, strangers
from retention.errors import OfferIncompleteError
from retention.messages import Message, children, expect, wrong_process
from retention.offered import gaps, primary_files
from retention.xdomea import build, names
from retention.xdomea.parse import find, identity_of, local, text_of
from retention.xdomea.write import Written, outgoing, written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from lxml import etree

    from retention.offered import MessageHead, OfferedFile, PrimaryFile

_RESULTS = {names.IMPORT_RECEIPT.code: "AusgesondertesSGO", names.HANDOVER_RESULT.code: "AbgegebenesObjekt"}
"""What carries the result of one object, by message."""
_OUTCOME = "ErfolgOderMisserfolg"


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """What the receiver did with one object."""

    object_id: str
    accepted: bool
    archive_reference: str
    """Archivkennung; empty if none was given."""
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The confirmation of what was handed over (0506, 0402)."""

    message: Message
    results: tuple[ObjectResult, ...]
    differences: tuple[Difference, ...]

    @property
    def complete(self) -> bool:
        """Whether everything handed over was accepted and nothing needs a person."""
        return not self.differences and all(result.accepted for result in self.results)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt: the message arrived, nothing more."""

    message: Message
    differences: tuple[Difference, ...]


Part = TypeVar("Part")


def packages(parts: Iterable[OfferedFile], limit: int, most: int = 0) -> list[list[OfferedFile]]:
    """Divide what is to be handed over into packages, as ``divided`` does by the bytes of primary files."""
    return divided(parts, lambda part: sum(file.size for file in primary_files(part)), limit, most)


def divided(parts: Iterable[Part], size: Callable[[Part], int], limit: int, most: int) -> list[list[Part]]:
    """Divide *parts* in order into pieces of at most *limit* bytes and *most* parts; 0: without limit.

    A part is never divided: one that is bigger than the limit goes alone.
    """
    made: list[list[Part]] = []
    room = 0
    for part in parts:
        needed = size(part)
        if not made or (limit and needed > room) or (most and len(made[-1]) >= most):
            made.append([])
            room = limit
        made[-1].append(part)
        room -= needed
    return made


def write_transfer(
    files: Iterable[OfferedFile],
    message: MessageHead,
    folder: Path,
    *,
    open_file: Callable[[PrimaryFile], IO[bytes]],
) -> Written:
    """Write the Aussonderung (0503): metadata and all primary files, in one pass over *files*.

    Every file is hashed on its way. Raises ``OfferIncompleteError`` or ``OriginalChangedError``; then nothing is left
    in *folder*.
    """
    return _write(names.TRANSFER, files, message, folder, open_file)


def write_handover(
    files: Iterable[OfferedFile],
    message: MessageHead,
    folder: Path,
    *,
    open_file: Callable[[PrimaryFile], IO[bytes]],
) -> Written:
    """Write the Abgabe (0401) to another authority or system, as ``write_transfer`` does; only in 3.1.0."""
    return _write(names.HANDOVER, files, message, folder, open_file)


def _write(
    kind: names.MessageType,
    files: Iterable[OfferedFile],
    message: MessageHead,
    folder: Path,
    open_file: Callable[[PrimaryFile], IO[bytes]],
) -> Written:
    count = 0
    with outgoing(message, kind, folder) as package:
        for offered in files:
            if missing := gaps(offered, with_files=True):
                raise OfferIncompleteError("; ".join(missing))
            package.add_element(build.case_file(offered, package.dialect, with_files=True))
            for file in primary_files(offered):
                package.add_file(file, open_file)
            count += 1
        if not count:
            raise OfferIncompleteError("keine Akte ausgewählt")
    return written(message, kind, folder)


def read_receipt(path: Path, process_id: str) -> Receipt:
    """Read a receipt, of the archive (0403, 0504, 0507, 0512) or one of our own (0505, 0515)."""
    with expect(path, *(kind.code for kind in names.RECEIPTS)) as (_, message):
        differing = wrong_process(message, process_id)
    return Receipt(message, () if differing is None else (differing,))


def read_import_result(path: Path, process_id: str, sent: Sent, *, known: Collection[str] = ()) -> ImportResult:
    """Read an import confirmation (0506, 0402) of 3.0.0 to 4.0.0 and compare it with what was handed over.

    *sent* is what the message held (``retention.offered.handed_over``), *known* are other UUIDs of the process. A
    confirmation of another process confirms nothing.
    """
    with expect(path, *_RESULTS) as (package, message):
        differing = wrong_process(message, process_id)
        if differing is not None:
            return ImportResult(message, (), (differing,))
        results = tuple(_result(element) for element in children(package, _RESULTS[message.code]))
        overall = [_outcome(element) for element in children(package, _OUTCOME)]
    ours = {object_id.lower(): object_id for object_id in sent.objects | sent.others}
    results = tuple(replace(each, object_id=ours.get(each.object_id.lower(), each.object_id)) for each in results)
    return ImportResult(message, results, tuple(_differences(results, overall, sent, known)))


def _result(element: etree._Element) -> ObjectResult:
    holder = find(element, _OUTCOME)
    accepted, errors = _outcome(element if holder is None else holder)
    return ObjectResult(identity_of(element), accepted, text_of(element, "Archivkennung"), errors)


def _outcome(element: etree._Element) -> tuple[bool, tuple[str, ...]]:
    """Whether an import succeeded, and what was wrong."""
    errors = (
        (each.text or "").strip() or text_of(each, "code")
        for each in element
        if local(each) in {"Fehlermeldung", "FehlermeldungCode"}
    )
    return text_of(element, "Erfolgreich") in {"1", "true"}, tuple(error for error in errors if error)


def _differences(
    results: Collection[ObjectResult],
    overall: Iterable[tuple[bool, tuple[str, ...]]],
    sent: Sent,
    known: Collection[str],
) -> Iterator[Difference]:
    ids = [result.object_id for result in results]
    yield from named_twice(ids)
    yield from strangers(ids, sent, known=known)
    for object_id in sorted(sent.objects.difference(ids)):
        yield Difference("unconfirmed", object_id, f"Das Archiv hat das Objekt {object_id} nicht bestätigt.")
    for result in results:
        if not result.accepted:
            reason = "; ".join(result.errors) or "ohne Angabe von Gründen"
            text = f"Das Archiv hat das Objekt {result.object_id} nicht übernommen: {reason}."
            yield Difference("rejected", result.object_id, text)
    for accepted, errors in overall:
        if not accepted:
            reason = "; ".join(errors) or "ohne Angabe von Gründen"
            yield Difference("import-failed", None, f"Das Archiv meldet die Übernahme als gescheitert: {reason}.")
