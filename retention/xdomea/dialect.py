"""What differs between the versions that are written; everything else is the same in ``build``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retention.errors import VersionUnknownError
from retention.offered import Naming
from retention.xdomea import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retention.xdomea.names import MessageType


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version: its words, and what its messages can say. Names are those of elements."""

    version: str
    naming: Naming
    groups: frozenset[str]
    """Groups of messages with a published schema here, by their first two digits."""
    object_id: str
    retention: str
    institution: str
    unit: str
    document_sender: str
    format_list: str
    """Version of the code list Dateiformat."""
    document_holder: str = ""
    """What stands around a document; nothing before 4.0.0."""
    context_objects: bool = False
    """Whether an object can be marked as sent for information only."""
    hashes: bool = False
    versions_last: bool = False
    """Whether the files of a document come after its contacts."""
    numbered: bool = False
    """Whether a message has its own UUID, names the one it answers, and counts within its type."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Root elements that are called otherwise, by code."""

    @property
    def namespace(self) -> str:
        """The namespace of this version."""
        return names.namespace(self.version)

    def tag(self, name: str) -> str:
        """*name* in the namespace of this version."""
        return f"{{{self.namespace}}}{name}"

    def element(self, kind: MessageType) -> str:
        """Local name of the root element of a message."""
        return f"{self.renamed.get(kind.code, kind.name)}.{kind.code}"

    def stem(self, process_id: str, kind: MessageType, number: int, naming: Naming | None) -> str:
        """File name of a message without its ending; *naming* is ``None`` for the one of the version."""
        tail = {
            Naming.LONG: self.element(kind),
            Naming.NUMBERED: f"{kind.code}_{number}",
            Naming.SHORT: kind.code,
        }
        return f"{process_id}_{tail[naming or self.naming]}"


_DIALECTS = {
    "3.1.0": Dialect(
        version="3.1.0",
        naming=Naming.LONG,
        groups=frozenset({"03", "04", "05"}),
        object_id="ID",
        retention="ArchivspezifischeMetadaten",
        institution="Institution",
        unit="Organisationseinheit",
        document_sender="Absender",
        format_list="1.0",
    ),
    "4.0.0": Dialect(
        version="4.0.0",
        naming=Naming.NUMBERED,
        groups=frozenset({"05"}),
        object_id="xdomeaUUID",
        retention="Aussonderungsmetadaten",
        institution="NameInstitution",
        unit="NameOrganisationseinheit",
        document_sender="Autor",
        format_list="2.0",
        document_holder="DokumentOderDokumentMitSchriftstueck",
        context_objects=True,
        hashes=True,
        versions_last=True,
        numbered=True,
        renamed={"0515": "Aussonderung.BewertungskatalogEmpfangBestaetigen"},
    ),
}
WRITTEN_VERSIONS = tuple(_DIALECTS)


def dialect_for(version: str, kind: MessageType) -> Dialect:
    """The dialect in which *kind* is written; raise ``VersionUnknownError`` where it cannot be."""
    found = _DIALECTS.get(version)
    if found is None:
        raise VersionUnknownError(f"geschrieben wird in {' oder '.join(WRITTEN_VERSIONS)}, nicht in „{version}“")
    if kind.code[:2] not in found.groups:
        raise VersionUnknownError(f"die Nachricht {kind.code} wird in {version} nicht geschrieben, nur in 3.1.0")
    return found
