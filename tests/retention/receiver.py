"""An archive for tests. It knows the standard and nothing of our code: lxml, zipfile and the schemas."""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

NS = "urn:xoev-de:xdomea:schema:3.1.0"
X = {"x": NS}
LIST = 'listURI="urn:xoev-de:xdomea:codeliste:aussonderungsart" listVersionID="1.0"'
NAMES = {
    "0502": "Aussonderung.Bewertungsverzeichnis.0502",
    "0504": "Aussonderung.AnbietungEmpfangBestaetigen.0504",
    "0506": "Aussonderung.AussonderungImportBestaetigen.0506",
    "0507": "Aussonderung.AussonderungEmpfangBestaetigen.0507",
}


@dataclass
class Misbehaviour:
    """What the archive does wrong."""

    forget: set[str] = field(default_factory=set)
    """UUIDs it says nothing about."""
    invent: bool = False
    leave_in_review: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    process_id: str | None = None
    reject: set[str] = field(default_factory=set)


@dataclass
class Delivery:
    """A package as the archive sees it."""

    process_id: str
    objects: list[str]
    files: dict[str, str]
    """SHA-256 of the primary files by name."""
    root: etree._Element


class Receiver:
    """Reads packages strictly and answers."""

    def __init__(self, schemas: Path, outbox: Path) -> None:
        path = schemas / "3.1.0" / "xdomea-Nachrichten-AussonderungDurchfuehren.xsd"
        self.schema = etree.XMLSchema(etree.parse(path))
        self.outbox = outbox

    def open(self, path: Path, kind: str) -> Delivery:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            entries = archive.namelist()
            assert all("/" not in name and name.isascii() for name in entries)
            [message] = [name for name in entries if name.endswith(".xml")]
            assert Path(message).stem == path.stem
            root = etree.fromstring(archive.read(message))
            self.schema.assertValid(root)
            assert root.prefix == "xdomea"
            named = root.xpath("//x:Dateiname/text()", namespaces=X)
            assert isinstance(named, list)
            assert sorted(map(str, named)) == sorted(set(entries) - {message})
            files = {str(name): hashlib.sha256(archive.read(str(name))).hexdigest() for name in named}
        process_id = root.findtext("x:Kopf/x:ProzessID", "", X)
        assert path.stem == f"{process_id}_{etree.QName(root).localname}"
        assert root.findtext("x:Kopf/x:Nachrichtentyp/code", "", X) == kind
        holders = " | ".join(
            f"//x:{name}/x:Identifikation/x:ID/text()" for name in ("Akte", "Teilakte", "Vorgang", "Teilvorgang")
        )
        found = root.xpath(holders, namespaces=X)
        assert isinstance(found, list)
        return Delivery(process_id, [str(each) for each in found], files, root)

    def appraise(self, delivery: Delivery, decisions: dict[str, str], wrong: Misbehaviour | None = None) -> Path:
        wrong = wrong or Misbehaviour()
        said = [(each, decisions.get(each, "A")) for each in delivery.objects if each not in wrong.forget]
        said = [(each, "B" if each in wrong.leave_in_review else choice) for each, choice in said]
        said += [(each, "V") for each in wrong.twice]
        if wrong.invent:
            said.append((str(uuid.uuid4()), "A"))
        body = "".join(
            f"<xdomea:BewertetesObjekt><xdomea:ID>{each}</xdomea:ID><xdomea:Aussonderungsart><xdomea:Aussonderungsart "
            f"{LIST}><code>{choice}</code></xdomea:Aussonderungsart></xdomea:Aussonderungsart></xdomea:BewertetesObjekt>"
            for each, choice in said
        )
        flag = "<xdomea:Empfangsbestaetigung>1</xdomea:Empfangsbestaetigung>"
        return self._answer("0502", wrong.process_id or delivery.process_id, flag, body)

    def confirm_import(self, delivery: Delivery, wrong: Misbehaviour | None = None) -> Path:
        wrong = wrong or Misbehaviour()
        body = ""
        for number, each in enumerate(delivery.objects, start=1):
            if each in wrong.forget:
                continue
            result = "<xdomea:Erfolgreich>1</xdomea:Erfolgreich>"
            tail = f"<xdomea:Archivkennung>StadtA, Dig. {number}</xdomea:Archivkennung>"
            if each in wrong.reject:
                result = "<xdomea:Erfolgreich>0</xdomea:Erfolgreich>"
                tail = "<xdomea:Fehlermeldung>Format defekt</xdomea:Fehlermeldung>"
            inner = f"<xdomea:IDSGO>{each}</xdomea:IDSGO>{result}{tail}"
            body += f"<xdomea:AusgesondertesSGO>{inner}</xdomea:AusgesondertesSGO>"
        return self._answer("0506", wrong.process_id or delivery.process_id, "", body)

    def acknowledge(self, delivery: Delivery, kind: str) -> Path:
        return self._answer(kind, delivery.process_id, "", "")

    def _answer(self, kind: str, process_id: str, flags: str, body: str) -> Path:
        name = NAMES[kind]
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><xdomea:{name} xmlns:xdomea="{NS}" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{NS} xdomea-Nachrichten-AussonderungDurchfuehren.xsd"><xdomea:Kopf>'
            f"<xdomea:ProzessID>{process_id}</xdomea:ProzessID><xdomea:Nachrichtentyp><code>{kind}</code>"
            "</xdomea:Nachrichtentyp><xdomea:Erstellungszeitpunkt>2026-11-21T10:00:00</xdomea:Erstellungszeitpunkt>"
            "<xdomea:Absender><xdomea:Institution><xdomea:Name>Stadtarchiv</xdomea:Name></xdomea:Institution>"
            "</xdomea:Absender><xdomea:Empfaenger><xdomea:Institution><xdomea:Name>Stadt</xdomea:Name>"
            f"</xdomea:Institution></xdomea:Empfaenger>{flags}</xdomea:Kopf>{body}</xdomea:{name}>"
        )
        self.schema.assertValid(etree.fromstring(text.encode()))
        path = self.outbox / f"{process_id}_{name}.zip"
        partial = path.with_suffix(".tmp")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{path.stem}.xml", text)
        return partial.replace(path)
