"""Names of the standard: versions, namespaces, messages, and the files and entries that carry them."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSIONS = ("2.3.0", "2.4.0", "3.0.0", "3.1.0", "4.0.0")
DEFAULT_VERSION = "3.1.0"
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
STEM_4 = re.compile(rf"(?P<process>{_UUID})_(?P<code>\d{{4}})_\d+")
STEM_SHORT = re.compile(rf"(?P<process>{_UUID})_(?P<code>\d{{4}})")
"""A short form that archive tools accept beside the one of the specification."""


@dataclass(frozen=True, slots=True)
class MessageType:
    """One kind of message: four digits and the name of its root element without them."""

    code: str
    name: str

    @property
    def element(self) -> str:
        """Local name of the root element."""
        return f"{self.name}.{self.code}"


OFFER = MessageType("0501", "Aussonderung.Anbieteverzeichnis")
APPRAISAL = MessageType("0502", "Aussonderung.Bewertungsverzeichnis")
TRANSFER = MessageType("0503", "Aussonderung.Aussonderung")
OFFER_RECEIPT = MessageType("0504", "Aussonderung.AnbietungEmpfangBestaetigen")
APPRAISAL_RECEIPT = MessageType("0505", "Aussonderung.BewertungEmpfangBestaetigen")
IMPORT_RECEIPT = MessageType("0506", "Aussonderung.AussonderungImportBestaetigen")
TRANSFER_RECEIPT = MessageType("0507", "Aussonderung.AussonderungEmpfangBestaetigen")


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


def stem(process_id: str, kind: MessageType) -> str:
    """File name without extension of a 3.x message."""
    return f"{process_id}_{kind.element}"
