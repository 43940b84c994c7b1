"""Names of the standard: versions, namespaces, messages, and the files and entries that carry them."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSIONS = ("2.3.0", "2.4.0", "3.0.0", "3.1.0", "4.0.0")
PREFIX = "xdomea"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_NAMESPACE = "urn:xoev-de:xdomea:schema:"
_TOPICS = {
    "01": "InformationAustauschen",
    "02": "GeschaeftsgangDurchfuehren",
    "03": "AktenplanAustauschen",
    "04": "AbgabeDurchfuehren",
    "05": "AussonderungDurchfuehren",
    "06": "FachverfahrensdatenAustauschen",
    "07": "ZwischenarchivierungDurchfuehren",
}
_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
UUID_PATTERN = re.compile(_UUID)
STEM_3 = re.compile(rf"(?P<process>{_UUID})_(?P<name>[A-Za-z]+\.[A-Za-z]+)\.(?P<code>\d{{4}})")
STEM_4 = re.compile(rf"(?P<process>{_UUID})_(?P<code>\d{{4}})_(?P<number>\d+)")
STEM_SHORT = re.compile(rf"(?P<process>{_UUID})_(?P<code>\d{{4}})")
"""A short form that archive tools accept beside the one of the specification."""


@dataclass(frozen=True, slots=True)
class MessageType:
    """One kind of message: four digits and the name of its root element without them."""

    code: str
    name: str
    flags: tuple[str, ...] = ()
    """What the sender asks of the receiver, in the order of the schema."""
    answers: str = ""
    """Code of the message that this one refers to."""

    @property
    def element(self) -> str:
        """Local name of the root element in 3.x."""
        return f"{self.name}.{self.code}"


IMPORT, REFERENCE, RECEIVED = "Importbestaetigung", "RueckmeldungArchivkennung", "Empfangsbestaetigung"

FILE_PLAN = MessageType("0301", "Aktenplan.Aktenplan", (RECEIVED,))
HANDOVER = MessageType("0401", "Abgabe.Abgabe", (IMPORT, RECEIVED))
HANDOVER_RESULT = MessageType("0402", "Abgabe.ImportBestaetigen", answers="0401")
HANDOVER_RECEIPT = MessageType("0403", "Abgabe.EmpfangBestaetigen", answers="0401")
OFFER = MessageType("0501", "Aussonderung.Anbieteverzeichnis", (RECEIVED,))
APPRAISAL = MessageType("0502", "Aussonderung.Bewertungsverzeichnis", (RECEIVED,), "0501")
TRANSFER = MessageType("0503", "Aussonderung.Aussonderung", (IMPORT, REFERENCE, RECEIVED))
OFFER_RECEIPT = MessageType("0504", "Aussonderung.AnbietungEmpfangBestaetigen", answers="0501")
APPRAISAL_RECEIPT = MessageType("0505", "Aussonderung.BewertungEmpfangBestaetigen", answers="0502")
IMPORT_RECEIPT = MessageType("0506", "Aussonderung.AussonderungImportBestaetigen", answers="0503")
TRANSFER_RECEIPT = MessageType("0507", "Aussonderung.AussonderungEmpfangBestaetigen", answers="0503")
PLAN_OFFER = MessageType("0511", "Aussonderung.AktenplanZurBewertung", (RECEIVED,))
PLAN_RECEIPT = MessageType("0512", "Aussonderung.AktenplanZurBewertungEmpfangBestaetigen", answers="0511")
CATALOGUE = MessageType("0513", "Aussonderung.Bewertungskatalog", (RECEIVED,), "0511")
CATALOGUE_RESULT = MessageType("0514", "Aussonderung.BewertungskatalogImportBestaetigen", answers="0513")
CATALOGUE_RECEIPT = MessageType("0515", "Aussonderung.BewerteterAktenplanEmpfangBestaetigen", answers="0513")
RECEIPTS = (
    HANDOVER_RECEIPT, OFFER_RECEIPT, APPRAISAL_RECEIPT, TRANSFER_RECEIPT, PLAN_RECEIPT, CATALOGUE_RECEIPT
)  # fmt: skip


def namespace(version: str) -> str:
    """The namespace that makes a message one of *version*."""
    return _NAMESPACE + version


def version_of(uri: str | None) -> str | None:
    """The xdomea version a namespace stands for, or ``None``."""
    version = (uri or "").removeprefix(_NAMESPACE)
    return version if version in VERSIONS else None


def schema_file(code: str) -> str | None:
    """Name of the schema file that defines the message *code*, or ``None`` for an unknown group."""
    topic = _TOPICS.get(code[:2])
    return f"xdomea-Nachrichten-{topic}.xsd" if topic else None
