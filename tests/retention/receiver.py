"""An archive for tests. It knows the standard and nothing of our code: lxml, zipfile and the schemas."""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

SPACE = "urn:xoev-de:xdomea:schema:"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
VERSIONS = ("3.1.0", "4.0.0")
LIST = 'listURI="urn:xoev-de:xdomea:codeliste:aussonderungsart" listVersionID="1.0"'
NAMES = {
    "0401": "Abgabe.Abgabe",
    "0402": "Abgabe.ImportBestaetigen",
    "0403": "Abgabe.EmpfangBestaetigen",
    "0501": "Aussonderung.Anbieteverzeichnis",
    "0502": "Aussonderung.Bewertungsverzeichnis",
    "0503": "Aussonderung.Aussonderung",
    "0504": "Aussonderung.AnbietungEmpfangBestaetigen",
    "0505": "Aussonderung.BewertungEmpfangBestaetigen",
    "0506": "Aussonderung.AussonderungImportBestaetigen",
    "0507": "Aussonderung.AussonderungEmpfangBestaetigen",
    "0511": "Aussonderung.AktenplanZurBewertung",
    "0512": "Aussonderung.AktenplanZurBewertungEmpfangBestaetigen",
    "0513": "Aussonderung.Bewertungskatalog",
    "0514": "Aussonderung.BewertungskatalogImportBestaetigen",
    "0515": "Aussonderung.BewerteterAktenplanEmpfangBestaetigen",
}
RENAMED = {("4.0.0", "0515"): "Aussonderung.BewertungskatalogEmpfangBestaetigen"}
HOLDERS = ("Akte", "Teilakte", "Vorgang", "Teilvorgang")
SCHEMAS = {"04": "xdomea-Nachrichten-AbgabeDurchfuehren.xsd", "05": "xdomea-Nachrichten-AussonderungDurchfuehren.xsd"}


@dataclass
class Misbehaviour:
    """What the archive does wrong."""

    forget: set[str] = field(default_factory=set)
    """UUIDs it says nothing about."""
    invent: bool = False
    """It names an object that nobody sent."""
    add: set[str] = field(default_factory=set)
    """UUIDs that it was not asked about and answers all the same."""
    leave_in_review: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    process_id: str | None = None
    reject: set[str] = field(default_factory=set)
    fail: str = ""
    """It reports the whole import as failed, with this reason; only 4.0.0 can say so."""
    origin: str | None = None
    """It refers to another message than the one it got."""
    part: tuple[int, int] | None = None
    """It numbers its answer so: which one of how many; only 4.0.0 can say so."""
    test: bool = False
    """It forgets to take the mark of a test off; only 4.0.0 has one."""


@dataclass
class Delivery:
    """A package as the archive sees it."""

    version: str
    process_id: str
    message_id: str
    """Empty before 4.0.0."""
    number: int
    total: int
    objects: list[str]
    """What it has to answer: in 4.0.0 without context objects."""
    context: list[str]
    documents: list[str]
    units: list[str]
    """UUIDs of file plan units."""
    files: dict[str, str]
    """SHA-256 of the primary files by name."""
    root: etree._Element


class _Web(etree.Resolver):
    """The XÖV schemas of 4.0.0 are named by their addresses; they lie beside the others."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def resolve(self, url: str, _public: str | None, context: object) -> object:  # type: ignore[override] # as lxml calls it
        if not url.startswith("http"):
            return None
        return self.resolve_filename(str(self.folder / url.rpartition("/")[2]), context)  # type: ignore[attr-defined] # not in the stubs


class Receiver:
    """Reads packages strictly and answers in the version it was written to."""

    def __init__(self, schemas: Path, outbox: Path) -> None:
        self.schemas = schemas
        self.outbox = outbox
        self._compiled: dict[tuple[str, str], etree.XMLSchema] = {}

    def schema(self, version: str, kind: str) -> etree.XMLSchema:
        key = version, kind[:2]
        if key not in self._compiled:
            parser = etree.XMLParser()
            parser.resolvers.add(_Web(self.schemas / version))
            path = self.schemas / version / SCHEMAS[kind[:2]]
            self._compiled[key] = etree.XMLSchema(etree.parse(path, parser))
        return self._compiled[key]

    def open(self, path: Path, kind: str) -> Delivery:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            entries = archive.namelist()
            assert len(entries) == len({name.lower() for name in entries})
            assert all("/" not in name and name.isascii() for name in entries)
            [message] = [name for name in entries if Path(name).stem == path.stem]
            assert message.endswith(".xml")
            root = etree.fromstring(archive.read(message))
            tag = etree.QName(root)
            version = str(tag.namespace).removeprefix(SPACE)
            assert version in VERSIONS
            self.schema(version, kind).assertValid(root)
            assert root.prefix == "xdomea"
            assert root.get(f"{{{XSI}}}schemaLocation") == f"{tag.namespace} {SCHEMAS[kind[:2]]}"
            named = _texts(root, "Dateiname")
            assert sorted(named) == sorted(set(entries) - {message})
            files = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in named}
        assert tag.localname == _element(version, kind)
        [process_id] = _texts(root, "ProzessID")
        numbered = version == "4.0.0"
        [number] = _texts(root, "LfdNrNachrichtProTyp") or ["1"]
        assert path.stem == f"{process_id}_{kind}_{number}" if numbered else f"{process_id}_{tag.localname}"
        assert root.xpath("string(//*[local-name()='Nachrichtentyp' or local-name()='nachrichtentyp']/code)") == kind
        if numbered:
            assert (root.get("standard"), root.get("version")) == ("xdomea", version)
            assert sorted(_texts(root, "Wert", "//*[local-name()='Hash']/")) == sorted(files.values())
        holders = root.xpath("|".join(f"//*[local-name()='{name}']" for name in HOLDERS))
        assert isinstance(holders, list)
        flags = {_identity(each): _texts(each, "Kontextobjekt", "./")[:1] == ["1"] for each in holders}
        documents = root.xpath("//*[local-name()='Dokument'][*[local-name()='Identifikation']]")
        assert isinstance(documents, list)
        units = root.xpath("//*[local-name()='Einheit']/*[local-name()='ID' or local-name()='xdomeaUUID']/text()")
        assert isinstance(units, list)
        return Delivery(
            version=version,
            process_id=process_id,
            number=int(number),
            total=int((_texts(root, "GesamtanzahlNachrichtenProTyp") or ["1"])[0]),
            message_id="".join(_texts(root, "nachrichtenUUID")),
            objects=[each for each, context in flags.items() if not context],
            context=[each for each, context in flags.items() if context],
            documents=[_identity(each) for each in documents],
            units=[str(each) for each in units],
            files=files,
            root=root,
        )

    def appraise(self, delivery: Delivery, decisions: dict[str, str], wrong: Misbehaviour | None = None) -> Path:
        """Answer an offer (0502); what *decisions* leave out is A."""
        element = "BewertetesSGO" if delivery.version == "4.0.0" else "BewertetesObjekt"
        body = self._choices(element, delivery.objects, decisions, delivery.version, wrong)
        return self._answer(
            "0502", delivery, body, wrong, flags="<xdomea:Empfangsbestaetigung>1</xdomea:Empfangsbestaetigung>"
        )

    def appraise_plan(self, delivery: Delivery, decisions: dict[str, str], wrong: Misbehaviour | None = None) -> Path:
        """Answer a file plan (0513); what *decisions* leave out is A."""
        body = self._choices("BewerteteAktenplaneinheit", delivery.units, decisions, delivery.version, wrong)
        return self._answer(
            "0513", delivery, body, wrong, flags="<xdomea:Empfangsbestaetigung>1</xdomea:Empfangsbestaetigung>"
        )

    def _choices(
        self, element: str, ids: list[str], decisions: dict[str, str], version: str, wrong: Misbehaviour | None
    ) -> str:
        wrong = wrong or Misbehaviour()
        said = [(each, decisions.get(each, "A")) for each in [*ids, *sorted(wrong.add)] if each not in wrong.forget]
        said = [(each, "B" if each in wrong.leave_in_review else choice) for each, choice in said]
        said += [(each, "V") for each in sorted(wrong.twice)]
        if wrong.invent:
            said.append((str(uuid.uuid4()), "A"))
        name = "xdomeaUUID" if version == "4.0.0" else "ID"
        return "".join(
            f"<xdomea:{element}><xdomea:{name}>{each}</xdomea:{name}><xdomea:Aussonderungsart><xdomea:Aussonderungsart "
            f"{LIST}><code>{choice}</code></xdomea:Aussonderungsart></xdomea:Aussonderungsart></xdomea:{element}>"
            for each, choice in said
        )

    def confirm_import(self, delivery: Delivery, wrong: Misbehaviour | None = None, kind: str = "0506") -> Path:
        """Answer a hand-over (0506, 0402) object by object."""
        wrong = wrong or Misbehaviour()
        ids = [each for each in [*delivery.objects, *sorted(wrong.add)] if each not in wrong.forget]
        ids += sorted(wrong.twice)
        if wrong.invent:
            ids.append(str(uuid.uuid4()))
        body = ""
        if delivery.version == "4.0.0":
            body = f"<xdomea:ErfolgOderMisserfolg>{_outcome(wrong.fail)}</xdomea:ErfolgOderMisserfolg>"
        for number, each in enumerate(ids, start=1):
            outcome = _outcome("Format defekt" if each in wrong.reject else "")
            tail = (
                ""
                if each in wrong.reject or kind == "0402"
                else f"<xdomea:Archivkennung>StadtA, Dig. {number}</xdomea:Archivkennung>"
            )
            if delivery.version == "4.0.0":
                outcome = f"<xdomea:ErfolgOderMisserfolg>{outcome}</xdomea:ErfolgOderMisserfolg>"
            name = "xdomeaUUID" if delivery.version == "4.0.0" else "IDSGO"
            holder = "AbgegebenesObjekt" if kind == "0402" else "AusgesondertesSGO"
            body += f"<xdomea:{holder}><xdomea:{name}>{each}</xdomea:{name}>{outcome}{tail}</xdomea:{holder}>"
        return self._answer(kind, delivery, body, wrong)

    def acknowledge(self, delivery: Delivery, kind: str, wrong: Misbehaviour | None = None) -> Path:
        """Send a receipt (0504, 0507, 0512)."""
        return self._answer(kind, delivery, "", wrong)

    def _answer(self, kind: str, delivery: Delivery, body: str, wrong: Misbehaviour | None, flags: str = "") -> Path:
        wrong = wrong or Misbehaviour()
        name, process_id = _element(delivery.version, kind), wrong.process_id or delivery.process_id
        make = _numbered if delivery.version == "4.0.0" else _plain
        origin = wrong.origin or delivery.message_id
        space = SPACE + delivery.version
        number, total = wrong.part or (delivery.number, delivery.total)
        attributes, head = make(kind, process_id, flags, origin, test=wrong.test, counted=(number, total))
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><xdomea:{name} xmlns:xdomea="{space}" xmlns:xsi="{XSI}" '
            f'xsi:schemaLocation="{space} {SCHEMAS[kind[:2]]}"{attributes}>{head}{body}</xdomea:{name}>'
        )
        self.schema(delivery.version, kind).assertValid(etree.fromstring(text.encode()))
        stem = f"{process_id}_{kind}_{number}" if delivery.version == "4.0.0" else f"{process_id}_{name}"
        path = self.outbox / f"{stem}.zip"
        partial = path.with_suffix(".tmp")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{path.stem}.xml", text)
        return partial.replace(path)


def _element(version: str, kind: str) -> str:
    return f"{RENAMED.get((version, kind), NAMES[kind])}.{kind}"


def _texts(element: etree._Element, name: str, below: str = "//") -> list[str]:
    found = element.xpath(f"{below}*[local-name()='{name}']/text()")
    assert isinstance(found, list)
    return [str(each) for each in found]


def _identity(element: etree._Element) -> str:
    return str(
        element.xpath("string(*[local-name()='Identifikation']/*[local-name()='ID' or local-name()='xdomeaUUID'])")
    )


def _outcome(error: str) -> str:
    told = f"<xdomea:Fehlermeldung>{error}</xdomea:Fehlermeldung>" if error else ""
    return f"<xdomea:Erfolgreich>{0 if error else 1}</xdomea:Erfolgreich>{told}"


def _plain(
    kind: str, process_id: str, flags: str, _origin: str, *, test: bool, counted: tuple[int, int]
) -> tuple[str, str]:
    """Attributes and head of 3.1.0, where a process has one message of a kind."""
    assert not test
    assert counted == (1, 1)
    return "", (
        f"<xdomea:Kopf><xdomea:ProzessID>{process_id}</xdomea:ProzessID><xdomea:Nachrichtentyp><code>{kind}</code>"
        "</xdomea:Nachrichtentyp><xdomea:Erstellungszeitpunkt>2026-11-21T10:00:00</xdomea:Erstellungszeitpunkt>"
        "<xdomea:Absender><xdomea:Institution><xdomea:Name>Stadtarchiv</xdomea:Name></xdomea:Institution>"
        "</xdomea:Absender><xdomea:Empfaenger><xdomea:Institution><xdomea:Name>Stadt</xdomea:Name>"
        f"</xdomea:Institution></xdomea:Empfaenger>{flags}</xdomea:Kopf>"
    )


def _numbered(
    kind: str, process_id: str, flags: str, origin: str, *, test: bool, counted: tuple[int, int]
) -> tuple[str, str]:
    """Attributes, head and what follows it in 4.0.0."""
    attributes = ' produkt="Archiv" produkthersteller="Stadtarchiv" standard="xdomea" version="4.0.0"'
    mark = ' test="ja"' if test else ""
    return attributes + mark, (
        f"<xdomea:nachrichtenkopf><xdomea:identifikation.nachricht><nachrichtenUUID>{uuid.uuid4()}</nachrichtenUUID>"
        f'<nachrichtentyp listURI="urn:xoev-de:xdomea:codeliste:nachrichtentyp" listVersionID="3.0"><code>{kind}</code>'
        "</nachrichtentyp><erstellungszeitpunkt>2026-11-21T10:00:00.000+01:00</erstellungszeitpunkt>"
        "</xdomea:identifikation.nachricht><xdomea:leser><xdomea:NameInstitution><xdomea:Name>Stadt</xdomea:Name>"
        "</xdomea:NameInstitution></xdomea:leser><xdomea:autor><xdomea:NameInstitution><xdomea:Name>Stadtarchiv"
        f"</xdomea:Name></xdomea:NameInstitution></xdomea:autor><xdomea:ProzessID>{process_id}</xdomea:ProzessID>"
        f"</xdomea:nachrichtenkopf>{flags}<xdomea:UUIDUrsprungsnachricht>{origin}</xdomea:UUIDUrsprungsnachricht>"
        f"<xdomea:LfdNrNachrichtProTyp>{counted[0]}</xdomea:LfdNrNachrichtProTyp>"
        f"<xdomea:GesamtanzahlNachrichtenProTyp>{counted[1]}</xdomea:GesamtanzahlNachrichtenProTyp>"
    )
