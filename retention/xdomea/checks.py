"""Rules beyond the schema, applied while the message streams by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retention.xdomea import names
from retention.xdomea.findings import Finding
from retention.xdomea.parse import choice_of, find, identity_of, local, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from retention.xdomea.parse import Head, Root

MAX_LEVELS = 5
"""Akte, Teilakte, Vorgang, Teilvorgang, Dokument: the specification assumes no more."""
_LEVELS = frozenset({"Akte", "Teilakte", "Vorgang", "Teilvorgang", "Dokument", "DokumentMitSchriftstueck"})
_HOLDER = "DokumentOderDokumentMitSchriftstueck"
_CONTAINERS = frozenset({"Akte", "Teilakte", "Vorgang", "Teilvorgang"})
_OBJECTS = _LEVELS | {"Anlage", "Schriftstueck"}
_MOMENT = re.compile(r"\.\d{3,}(?:Z|[+-]\d\d:\d\d)$")
"""Milliseconds and a time zone, as the documentation of 4.0.0 asks for."""
_HASHES = {"SHA-256": "sha256", "SHA-512": "sha512"}
NO_HASHES: Mapping[str, str] = {}
_LOCATION = re.compile(r"(?:^|/)xdomea-Nachrichten-[A-Za-z]+\.xsd$|(?:^|/)xdomea\.xsd$")


class Checks:
    """Collects findings and hints of one message; feed it every start and end."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._path: list[str] = []
        self._objects = 0
        self._seen: set[int] = set()
        self._paper: list[bool] = []
        self.number = ""
        """Which message of its type it says it is; empty before 4.0.0."""
        self.primary: dict[str, Mapping[str, str]] = {}
        """Names of primary files, each with the hashes the message states."""
        self.findings: list[Finding] = []
        self.hints: list[Finding] = []

    def root_findings(self) -> list[Finding]:
        """Prefix and schema location of the root element."""
        found = []
        if self._root.prefix != names.PREFIX:
            found.append(Finding("prefix", f"Das Präfix muss „xdomea“ heißen, nicht „{self._root.prefix or ''}“."))
        pairs = self._root.schema_location.split()
        places = dict(zip(pairs[::2], pairs[1::2], strict=False))
        if not _LOCATION.search(places.get(names.namespace(self._root.version), "")):
            found.append(Finding("schema-location", "xsi:schemaLocation nennt keine Datei xdomea-Nachrichten-*.xsd."))
        if self._root.test:
            self.hints.append(Finding("test-message", "Die Nachricht ist als Test gekennzeichnet."))
        return found

    def head(self, head: Head) -> None:
        """The head agrees with the root element; the root decides, because published samples get the head wrong."""
        if head.code != self._root.code:
            text = f"Der Nachrichtenkopf nennt {head.code}, die Nachricht ist {self._root.code}."
            self.hints.append(Finding("head-code", text))
        if self._root.version == "4.0.0" and not _MOMENT.search(head.moment):
            text = f"Der Erstellungszeitpunkt „{head.moment[:40]}“ hat keine Millisekunden oder keine Zeitzone."
            self._find("moment", text)

    def start(self, element: etree._Element) -> None:
        """Enter an element."""
        name = local(element)
        self._path.append(name)
        if name in _OBJECTS:
            self._paper.append(False)
            levels = sum(step in _LEVELS for step in self._path)
            if levels > MAX_LEVELS:
                self._find("too-deep", f"Die Gliederung hat {levels} Ebenen, erlaubt sind {MAX_LEVELS}.")

    def end(self, element: etree._Element) -> None:
        """Leave an element; what is no longer needed is emptied so that memory stays flat."""
        name = self._path.pop()
        if name in _OBJECTS:
            self._object(name, element)
            self._paper.pop()
            _empty(element)
        elif name == "Medium" and self._paper:
            self._paper[-1] = text_of(element, "code") in {"002", "003"}
        elif name == "Primaerdokument":
            self._primary(element)
        elif name in {"BewertetesObjekt", "BewertetesSGO"}:
            self._decision(element)
            element.clear()
        elif name == "LfdNrNachrichtProTyp" and len(self._path) == 1:
            self.number = (element.text or "").strip()
        elif len(self._path) == 1:
            _empty(element)

    def _object(self, name: str, element: etree._Element) -> None:
        identity = find(element, "Identifikation")
        object_id = "" if identity is None else identity_of(identity)
        self._unique(object_id, object_id)
        if self._root.code not in {"0501", "0503"}:
            return
        if text_of(element, "Kontextobjekt") in {"1", "true"}:
            self._context(name, element, object_id)
        elif name in _CONTAINERS:
            self._container(name, element, object_id)
        else:
            self._document(name, element, object_id)

    def _context(self, name: str, element: etree._Element, object_id: str) -> None:
        """An object that goes along for information only hands over nothing of its own, but something in it."""
        content = find(element, "Akteninhalt")
        inside = [local(each) for each in (*element, *(() if content is None else content))]
        if _HOLDER in inside:
            self._find("context-files", f"{name} {object_id} ist nur Kontext und hat doch Dokumente.", object_id)
        if not _CONTAINERS.intersection(inside):
            self._hint(f"{name} {object_id} ist nur Kontext, enthält aber nichts.", object_id)

    def _container(self, name: str, element: etree._Element, object_id: str) -> None:
        metadata = find(element, "Aussonderungsmetadaten")
        metadata = find(element, "ArchivspezifischeMetadaten") if metadata is None else metadata
        topmost = self._path[-1:] == ["Schriftgutobjekt"]
        if metadata is None and topmost:
            self._find("retention-missing", f"{name} {object_id}: Aussonderungsmetadaten fehlen.", object_id)
        elif metadata is not None and find(metadata, "Aussonderungsart") is None:
            self._hint(f"{name} {object_id}: Aussonderungsart fehlt.", object_id)
        elif metadata is not None and self._root.code == "0503" and choice_of(metadata) == "B":
            self._find("left-in-review", f"{name} {object_id} ist noch mit B (bewerten) markiert.", object_id)
        elif metadata is not None and not text_of(metadata, "Aufbewahrungsende"):
            self._hint(f"{name} {object_id}: Aufbewahrungsende fehlt.", object_id)
        wanted = ["Betreff", "Kennzeichen", *(("Federfuehrung", "Medium", "Aktenplaneinheit") if topmost else ())]
        missing = [each for each in wanted if find(element, "AllgemeineMetadaten", each) is None]
        missing += [each for each in ("Laufzeit", "ZdADatum") if find(element, each) is None]
        if missing:
            self._hint(f"{name} {object_id}: Angaben fehlen: {', '.join(missing)}.", object_id)

    def _document(self, name: str, element: etree._Element, object_id: str) -> None:
        has_files = find(element, "Version") is not None
        if self._root.code == "0503" and name != "DokumentMitSchriftstueck" and not has_files and not any(self._paper):
            self._find("primary-missing", f"Dokument {object_id}: Die Primärdatei fehlt.", object_id)
        missing = [each for each in ("Typ",) if not text_of(element, each)]
        if not text_of(element, "AllgemeineMetadaten", "Betreff"):
            missing.append("Betreff")
        if not any(text_of(element, f"{each}datum") for each in ("Posteingangs", "Postausgangs")) and not text_of(
            element, "DatumDesSchreibens"
        ):
            missing.append("ein Datum")
        if missing:
            self._hint(f"Dokument {object_id}: Angaben fehlen: {', '.join(missing)}.", object_id)

    def _primary(self, element: etree._Element) -> None:
        name = text_of(element, "Dateiname")
        if self._root.code == "0501":
            self._find("primary-in-offer", f"Ein Anbieteverzeichnis enthält keine Primärdateien ({name}).", name)
        if match := names.UUID_PATTERN.match(name):
            self._unique(match.group(), name)
        wanted = find(element, "Hash")
        algorithm = _HASHES.get(text_of(wanted, "Algorithmus", "code").upper()) if wanted is not None else None
        hashes = {algorithm: text_of(wanted, "Wert")} if wanted is not None and algorithm else NO_HASHES
        self.primary[name] = hashes
        if not text_of(element, "DateinameOriginal"):
            self._hint(f"{name}: DateinameOriginal fehlt.", name)

    def _decision(self, element: etree._Element) -> None:
        object_id = identity_of(element)
        if (choice_of(element) or text_of(element, "Aussonderungsart", "code")) == "B":
            self._find("left-in-review", f"Das Objekt {object_id} ist noch mit B (bewerten) markiert.", object_id)
        self._unique(object_id, object_id)

    def _unique(self, identity: str, place: str) -> None:
        if not identity:
            return
        # A UUID as a number: a package has tens of thousands.
        key = int(identity.replace("-", ""), 16) if names.UUID_PATTERN.fullmatch(identity) else hash(identity)
        if key in self._seen:
            self._find("uuid-twice", f"Die UUID {identity} kommt mehrmals vor.", place)
        self._seen.add(key)

    def _find(self, code: str, text: str, place: str = "") -> None:
        self.findings.append(Finding(code, text, place))

    def _hint(self, text: str, place: str) -> None:
        self.hints.append(Finding("profile", text, place))


def _empty(element: etree._Element) -> None:
    """Drop an object's content but leave the element, so that its parent still shows that it is there."""
    for child in list(element):
        element.remove(child)
