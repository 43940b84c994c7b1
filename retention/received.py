"""Read case files that another system sent (0401, and the archive's view of 0501 and 0503), one after another."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING

from retention.messages import Message, children, expect
from retention.xdomea import names
from retention.xdomea.parse import choice_of, find, identity_of, local, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from lxml import etree

    from retention.xdomea.container import Package

_KINDS = frozenset(
    {"Akte", "Teilakte", "Vorgang", "Teilvorgang", "Dokument", "DokumentMitSchriftstueck", "Schriftstueck"}
)
_HOLDERS = frozenset({"Akteninhalt", "DokumentOderDokumentMitSchriftstueck", "Anlage"})
"""Elements around objects that are no objects themselves; an Anlage of 3.x is both."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file of a document, as its sender describes it."""

    name: str
    """Its name in the package."""
    original_name: str
    version: str
    format_code: str
    """Of the code list Dateiformat."""
    sha256: str
    """Empty where the sender states none."""


@dataclass(frozen=True, slots=True)
class ReceivedObject:
    """One object with everything in it; what the sender leaves out is empty or ``None``."""

    kind: str
    """Akte, Teilakte, Vorgang, Teilvorgang, Dokument, Anlage …"""
    object_id: str
    subject: str
    reference: str
    plan_code: str
    lead_unit: str
    object_type: str
    action: str
    """A, B, V or words of the sender."""
    retention_end: date | None
    period_from: date | None
    period_to: date | None
    closed_on: date | None
    letter_date: date | None
    received_on: date | None
    sent_on: date | None
    context: bool
    files: tuple[ReceivedFile, ...]
    inside: tuple[ReceivedObject, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """An open message with case files."""

    message: Message
    _package: Package

    def objects(self) -> Iterator[ReceivedObject]:
        """The topmost objects, one at a time, so that memory holds one case file."""
        for holder in children(self._package, "Schriftgutobjekt"):
            for element in holder:
                yield _object(element)

    def open(self, file: ReceivedFile) -> AbstractContextManager[IO[bytes]]:
        """The bytes of one file; raises ``PackageUnreadableError`` where it is missing or damaged."""
        return self._package.open(file.name)


@contextmanager
def read_handover(path: Path) -> Iterator[Handover]:
    """Open an Abgabe (0401), Anbieteverzeichnis (0501) or Aussonderung (0503) of 3.0.0 to 4.0.0."""
    with expect(path, names.HANDOVER.code, names.OFFER.code, names.TRANSFER.code) as (package, message):
        yield Handover(message, package)


def _object(element: etree._Element) -> ReceivedObject:
    retention = find(element, "Aussonderungsmetadaten")
    retention = find(element, "ArchivspezifischeMetadaten") if retention is None else retention
    identity = find(element, "Identifikation")
    return ReceivedObject(
        kind=local(element),
        object_id="" if identity is None else identity_of(identity),
        subject=text_of(element, "AllgemeineMetadaten", "Betreff"),
        reference=text_of(element, "AllgemeineMetadaten", "Kennzeichen"),
        plan_code=text_of(element, "AllgemeineMetadaten", "Aktenplaneinheit", "Kennzeichen"),
        lead_unit=text_of(element, "AllgemeineMetadaten", "Federfuehrung"),
        object_type=text_of(element, "Typ"),
        action="" if retention is None else choice_of(retention),
        retention_end=None if retention is None else _day(retention, "Aufbewahrungsende"),
        period_from=_day(element, "Laufzeit", "Beginn"),
        period_to=_day(element, "Laufzeit", "Ende"),
        closed_on=_day(element, "ZdADatum"),
        letter_date=_day(element, "DatumDesSchreibens"),
        received_on=_day(element, "Posteingangsdatum"),
        sent_on=_day(element, "Postausgangsdatum"),
        context=text_of(element, "Kontextobjekt") in {"1", "true"},
        files=tuple(_files(element)),
        inside=tuple(_inside(element)),
    )


def _inside(element: etree._Element) -> Iterator[ReceivedObject]:
    for child in element:
        name = local(child)
        if name in _KINDS or (name == "Anlage" and find(child, "Identifikation") is not None):
            yield _object(child)
        elif name in _HOLDERS:
            yield from _inside(child)


def _files(element: etree._Element) -> Iterator[ReceivedFile]:
    for version in element:
        if local(version) != "Version":
            continue
        for form in version:
            primary = find(form, "Primaerdokument")
            if primary is None:
                continue
            algorithm = text_of(primary, "Hash", "Algorithmus", "code").upper()
            yield ReceivedFile(
                name=text_of(primary, "Dateiname"),
                original_name=text_of(primary, "DateinameOriginal"),
                version=text_of(version, "Nummer"),
                format_code=text_of(form, "Name", "code"),
                sha256=text_of(primary, "Hash", "Wert").lower() if algorithm == "SHA-256" else "",
            )


def _day(element: etree._Element, *path: str) -> date | None:
    # Days may carry a zone ("2027-01-01+01:00"); the day is what counts.
    try:
        return date.fromisoformat(text_of(element, *path)[:10])
    except ValueError:
        return None
