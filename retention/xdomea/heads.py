"""What a message says before its content: root, head, flags, and from 4.0.0 on origin and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from retention.errors import OfferIncompleteError
from retention.xdomea import names
from retention.xdomea.elements import add, clean, code, flag, moment, optional, root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retention.offered import MessageHead, Party
    from retention.xdomea.dialect import Dialect

_DIRECTORY = "urn:xoev-de:kosit:codeliste:verzeichnisdienst"


def root_attributes(message: MessageHead, kind: names.MessageType, dialect: Dialect) -> dict[str, str]:
    """Attributes of the root element: where the schema is, and from 4.0.0 on who made the message."""
    location = f"{dialect.namespace} {names.schema_file(kind.code)}"
    attributes = {f"{{{names.XSI}}}schemaLocation": location}
    if dialect.numbered:
        attributes |= {
            "produkt": clean(message.product),
            "produkthersteller": clean(message.vendor),
            "standard": "xdomea",
            "version": dialect.version,
        }
        if message.product_version:
            attributes["produktversion"] = clean(message.product_version)
    return attributes


def opening(message: MessageHead, kind: names.MessageType, dialect: Dialect) -> Iterator[etree._Element]:
    """The elements before the content of a message.

    Raises ``OfferIncompleteError`` where 4.0.0 needs the UUID of the message that is answered, and it is not given.
    """
    flags = [(each, message.receipt_wanted or each != names.RECEIVED) for each in kind.flags]
    if not dialect.numbered:
        yield _head(message, kind, dialect, flags)
        return
    yield _numbered_head(message, kind, dialect)
    for name, value in flags:
        yield _plain(dialect, name, flag(value=value))
    if kind.answers:
        if not message.answers:
            raise OfferIncompleteError(f"die UUID der Nachricht {kind.answers}, auf die {kind.code} antwortet")
        yield _plain(dialect, "UUIDUrsprungsnachricht", message.answers)
    yield _plain(dialect, "LfdNrNachrichtProTyp", str(message.number))
    yield _plain(dialect, "GesamtanzahlNachrichtenProTyp", str(message.total))


def _plain(dialect: Dialect, name: str, text: str) -> etree._Element:
    element = root(dialect, name)
    element.text = text
    return element


def _head(
    message: MessageHead, kind: names.MessageType, dialect: Dialect, flags: list[tuple[str, bool]]
) -> etree._Element:
    """``Kopf`` of 3.x with the flags its type asks for."""
    element = root(dialect, "Kopf")
    add(element, "ProzessID", message.process_id)
    code(element, "Nachrichtentyp", kind.code)
    add(element, "Erstellungszeitpunkt", moment(message.created_at))
    _party(add(element, "Absender"), message.sender, dialect)
    _party(add(element, "Empfaenger"), message.receiver, dialect)
    system = add(element, "SendendesSystem")
    add(system, "Produktname", message.product)
    optional(system, "Version", message.product_version)
    for name, value in flags:
        add(element, name, flag(value=value))
    return element


def _numbered_head(message: MessageHead, kind: names.MessageType, dialect: Dialect) -> etree._Element:
    """``nachrichtenkopf`` of 4.0.0; what comes from the XÖV base message carries no namespace."""
    element = root(dialect, "nachrichtenkopf")
    identity = add(element, "identifikation.nachricht")
    etree.SubElement(identity, "nachrichtenUUID").text = message.message_id
    listed = {"listURI": "urn:xoev-de:xdomea:codeliste:nachrichtentyp", "listVersionID": "3.0"}
    etree.SubElement(etree.SubElement(identity, "nachrichtentyp", listed), "code").text = kind.code
    created = message.created_at.isoformat(timespec="milliseconds")
    etree.SubElement(identity, "erstellungszeitpunkt").text = created
    _party(add(element, "leser"), message.receiver, dialect)
    _party(add(element, "autor"), message.sender, dialect)
    add(element, "ProzessID", message.process_id)
    return element


def _party(element: etree._Element, party: Party, dialect: Dialect) -> None:
    if dialect.numbered:
        _listed_authority(element, party)
    else:
        _authority(element, party)
    add(add(element, dialect.institution), "Name", party.institution)
    if party.unit:
        add(add(element, dialect.unit), "Name", party.unit)


def _authority(element: etree._Element, party: Party) -> None:
    if not party.authority_key and not party.authority_prefix:
        return
    authority = add(element, "Behoerdenkennung")
    for name, value in (("Behoerdenschluessel", party.authority_key), ("Praefix", party.authority_prefix)):
        if value:
            key = add(authority, name)
            key.set("listURI", "")
            key.set("listVersionID", "")
            etree.SubElement(key, "code").text = clean(value)


def _listed_authority(element: etree._Element, party: Party) -> None:
    """An authority as its directory knows it: prefix and key with a colon between them."""
    if not party.authority_key:
        return
    authority = add(element, "Behoerdenkennung")
    code(authority, "verzeichnisdienst", "DVDV", _DIRECTORY, "1")
    add(authority, "kennung", ":".join(part for part in (party.authority_prefix, party.authority_key) if part))
