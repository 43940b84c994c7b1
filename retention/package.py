"""Hand case files over to the archive (0503) and read its receipts and results (0504 to 0507)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from retention.errors import OfferIncompleteError
from retention.messages import Difference, Message, children, expect, wrong_process
from retention.offered import gaps, primary_files
from retention.xdomea import build, names
from retention.xdomea.parse import find, local, text_of
from retention.xdomea.write import Written, outgoing, written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from lxml import etree

    from retention.offered import MessageHead, OfferedFile, PrimaryFile
    from retention.xdomea.container import Package


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """What the archive did with one object."""

    object_id: str
    accepted: bool
    archive_reference: str
    """Archivkennung; empty if none was given."""
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The archive's confirmation of a transfer (0506)."""

    message: Message
    results: tuple[ObjectResult, ...]
    differences: tuple[Difference, ...]

    @property
    def complete(self) -> bool:
        """Whether everything handed over was accepted and nothing needs a person."""
        return not self.differences and all(result.accepted for result in self.results)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt (0504, 0505, 0507): the message arrived, nothing more."""

    message: Message
    differences: tuple[Difference, ...]


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
    flags = [
        ("Importbestaetigung", True),
        ("RueckmeldungArchivkennung", True),
        ("Empfangsbestaetigung", message.receipt_wanted),
    ]
    count = 0
    with outgoing(message, names.TRANSFER, folder) as package:
        package.add_element(build.head(message, names.TRANSFER, flags))
        for offered in files:
            if missing := gaps(offered, with_files=True):
                raise OfferIncompleteError("; ".join(missing))
            package.add_element(build.case_file(offered, with_files=True))
            for file in primary_files(offered):
                package.add_file(file, open_file)
            count += 1
        if not count:
            raise OfferIncompleteError("keine Akte ausgewählt")
    return written(message, names.TRANSFER, folder)


def read_receipt(path: Path, process_id: str) -> Receipt:
    """Read a receipt of the archive (0504 or 0507) or one of our own (0505)."""
    codes = (names.OFFER_RECEIPT.code, names.APPRAISAL_RECEIPT.code, names.TRANSFER_RECEIPT.code)
    with expect(path, *codes) as (_, message):
        differing = wrong_process(message, process_id)
    return Receipt(message, () if differing is None else (differing,))


def read_import_result(path: Path, process_id: str, transferred: Collection[str]) -> ImportResult:
    """Read an import confirmation (0506) of 3.0.0 to 4.0.0 and compare it with what was handed over.

    *transferred* are the UUIDs of the files and cases of the 0503. Results for documents in them are welcome but not
    needed. A confirmation of another process confirms nothing.
    """
    with expect(path, names.IMPORT_RECEIPT.code) as (package, message):
        differing = wrong_process(message, process_id)
        if differing is not None:
            return ImportResult(message, (), (differing,))
        results, overall = _results(package)
    ours = {object_id.lower(): object_id for object_id in transferred}
    results = tuple(
        ObjectResult(
            ours.get(each.object_id.lower(), each.object_id), each.accepted, each.archive_reference, each.errors
        )
        for each in results
    )
    return ImportResult(message, results, tuple(_differences(results, transferred, overall=overall)))


def _results(package: Package) -> tuple[tuple[ObjectResult, ...], bool]:
    results = tuple(_result(element) for element in children(package, "AusgesondertesSGO"))
    overall = [
        text_of(element, "Erfolgreich") in {"1", "true"} for element in children(package, "ErfolgOderMisserfolg")
    ]
    return results, all(overall)


def _result(element: etree._Element) -> ObjectResult:
    holder = find(element, "ErfolgOderMisserfolg")
    holder = element if holder is None else holder
    errors = [
        (each.text or "").strip() or text_of(each, "code")
        for each in holder
        if local(each) in {"Fehlermeldung", "FehlermeldungCode"}
    ]
    return ObjectResult(
        object_id=text_of(element, "xdomeaUUID") or text_of(element, "IDSGO"),
        accepted=text_of(holder, "Erfolgreich") in {"1", "true"},
        archive_reference=text_of(element, "Archivkennung"),
        errors=tuple(error for error in errors if error),
    )


def _differences(results: Collection[ObjectResult], transferred: Collection[str], *, overall: bool) -> list[Difference]:
    confirmed = {result.object_id for result in results}
    found = [
        Difference("unconfirmed", object_id, f"Das Archiv hat das Objekt {object_id} nicht bestätigt.")
        for object_id in transferred
        if object_id not in confirmed
    ]
    for result in results:
        if not result.accepted:
            reason = "; ".join(result.errors) or "ohne Angabe von Gründen"
            text = f"Das Archiv hat das Objekt {result.object_id} nicht übernommen: {reason}."
            found.append(Difference("rejected", result.object_id, text))
    if not overall:
        found.append(Difference("import-failed", None, "Das Archiv meldet die Übernahme insgesamt als gescheitert."))
    return found
