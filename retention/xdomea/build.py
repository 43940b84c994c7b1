"""Build the elements of xdomea 3.1.0. Order follows the schema's sequences; another version gets its own module."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from lxml import etree

from retention.xdomea import names
from retention.xdomea.formats import OTHER, entry_name, format_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from retention.offered import (
        HistoryLine,
        MessageHead,
        OfferedCase,
        OfferedDocument,
        OfferedFile,
        OfferedSubFile,
        Party,
        PrimaryFile,
        RetentionData,
    )

NAMESPACE = names.namespace("3.1.0")
NSMAP = {names.PREFIX: NAMESPACE}
SCHEMA_LOCATION = f"{NAMESPACE} xdomea-Nachrichten-AussonderungDurchfuehren.xsd"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str) -> str:
    """*name* in the namespace of 3.1.0."""
    return f"{{{NAMESPACE}}}{name}"


def flag(*, value: bool) -> str:
    """A boolean as 1 or 0: parsers of archives refuse "true" where the schema fixes "1"."""
    return "1" if value else "0"


def add(parent: etree._Element, name: str, text: str | date | float | None = None) -> etree._Element:
    """Append a child; characters XML does not allow are dropped."""
    child = etree.SubElement(parent, tag(name), nsmap=NSMAP)
    if text is not None:
        child.text = _NOT_XML.sub("", str(text))
    return child


def optional(parent: etree._Element, name: str, text: str | date | float | None) -> None:
    """Append a child unless there is nothing to say."""
    if text is not None and text != "":
        add(parent, name, text)


def code(parent: etree._Element, name: str, value: str, listed: str = "") -> None:
    """Append an element of a code type; its ``code`` child carries no namespace."""
    element = add(parent, name)
    if listed:
        element.set("listURI", f"urn:xoev-de:xdomea:codeliste:{listed}")
        element.set("listVersionID", "1.0")
    etree.SubElement(element, "code").text = value


def moment(value: datetime) -> str:
    """A point in time with its zone, to the second."""
    return value.isoformat(timespec="seconds")


def head(message: MessageHead, kind: names.MessageType, flags: Iterable[tuple[str, bool]]) -> etree._Element:
    """The message head with the flags its type asks for."""
    element = etree.Element(tag("Kopf"), nsmap=NSMAP)
    add(element, "ProzessID", message.process_id)
    code(element, "Nachrichtentyp", kind.code)
    add(element, "Erstellungszeitpunkt", moment(message.created_at))
    _party(add(element, "Absender"), message.sender)
    _party(add(element, "Empfaenger"), message.receiver)
    system = add(element, "SendendesSystem")
    add(system, "Produktname", message.product)
    optional(system, "Version", message.product_version)
    for name, value in flags:
        add(element, name, flag(value=value))
    return element


def _party(element: etree._Element, party: Party) -> None:
    if party.authority_key or party.authority_prefix:
        authority = add(element, "Behoerdenkennung")
        for name, value in (("Behoerdenschluessel", party.authority_key), ("Praefix", party.authority_prefix)):
            if value:
                key = add(authority, name)
                key.set("listURI", "")
                key.set("listVersionID", "")
                etree.SubElement(key, "code").text = value
    add(add(element, "Institution"), "Name", party.institution)
    if party.unit:
        add(add(element, "Organisationseinheit"), "Name", party.unit)


def case_file(offered: OfferedFile, *, with_files: bool) -> etree._Element:
    """``Schriftgutobjekt`` with one ``Akte``; primary files only in a transfer."""
    holder = etree.Element(tag("Schriftgutobjekt"), nsmap=NSMAP)
    element = add(holder, "Akte")
    _identity(element, offered.file_id, None)
    general = add(element, "AllgemeineMetadaten")
    add(general, "Betreff", offered.subject)
    add(general, "Kennzeichen", offered.reference)
    add(general, "Federfuehrung", offered.lead_unit)
    optional(general, "Bemerkung", offered.remark)
    code(general, "Medium", offered.medium, "medium")
    plan = add(general, "Aktenplaneinheit")
    add(plan, "Kennzeichen", offered.plan_code)
    add(plan, "Inhaltsangabe", offered.plan_title)
    _retention(element, offered.retention)
    _period(element, offered.period_from, offered.period_to)
    _history(element, offered.history)
    if offered.documents or offered.cases or offered.sub_files:
        content = add(element, "Akteninhalt")
        for document in offered.documents:
            _document(content, document, with_files=with_files)
        _inside(content, offered, with_files=with_files)
    add(element, "ZdA", "1")
    add(element, "ZdADatum", offered.closed_on)
    return holder


def _inside(content: etree._Element, holder: OfferedFile | OfferedSubFile, *, with_files: bool) -> None:
    for case in holder.cases:
        _case(content, "Vorgang", case, holder.subject, with_files=with_files)
    for sub_file in holder.sub_files:
        _sub_file(content, sub_file, with_files=with_files)


def _sub_file(parent: etree._Element, sub_file: OfferedSubFile, *, with_files: bool) -> None:
    element = add(parent, "Teilakte")
    _identity(element, sub_file.sub_file_id, sub_file.position)
    general = add(element, "AllgemeineMetadaten")
    add(general, "Betreff", sub_file.subject)
    add(general, "Kennzeichen", sub_file.reference)
    _retention(element, sub_file.retention)
    _period(element, sub_file.period_from, sub_file.period_to)
    if sub_file.cases or sub_file.sub_files:
        _inside(add(element, "Akteninhalt"), sub_file, with_files=with_files)
    add(element, "ZdA", "1")
    add(element, "ZdADatum", sub_file.closed_on)


def _case(parent: etree._Element, name: str, case: OfferedCase, file_subject: str, *, with_files: bool) -> None:
    element = add(parent, name)
    _identity(element, case.case_id, case.position)
    general = add(element, "AllgemeineMetadaten")
    add(general, "Betreff", case.subject)
    add(general, "Kennzeichen", case.reference)
    _retention(element, case.retention)
    add(element, "Aktenbetreff", file_subject)
    add(element, "ZdA", "1")
    add(element, "ZdADatum", case.closed_on)
    _period(element, case.period_from, case.period_to)
    _history(element, case.history)
    for document in case.documents:
        _document(element, document, with_files=with_files)
    for part in case.sub_cases:
        _case(element, "Teilvorgang", part, file_subject, with_files=with_files)


def _document(parent: etree._Element, document: OfferedDocument, *, with_files: bool) -> None:
    element = add(parent, "Dokument")
    _identity(element, document.document_id, document.position)
    general = add(element, "AllgemeineMetadaten")
    add(general, "Betreff", document.subject)
    optional(general, "Kennzeichen", document.reference)
    optional(element, "FremdesGeschaeftszeichen", document.foreign_reference)
    optional(element, "Posteingangsdatum", document.received_on)
    optional(element, "Postausgangsdatum", document.sent_on)
    optional(element, "DatumDesSchreibens", document.letter_date)
    add(element, "Typ", document.document_type)
    _history(element, document.history)
    if with_files:
        for number, files in groupby(document.files, key=lambda file: file.version):
            version = add(element, "Version")
            add(version, "Nummer", number)
            for file in files:
                _format(version, file)
    if document.sender:
        add(add(add(element, "Absender"), "Institution"), "Name", document.sender)


def _format(version: etree._Element, file: PrimaryFile) -> None:
    element = add(version, "Format")
    value = format_code(file.media_type, file.pdf_a)
    code(element, "Name", value, "dateiformat")
    if value == OTHER:
        add(element, "SonstigerName", file.media_type)
    add(element, "Version", file.pdf_a)
    primary = add(element, "Primaerdokument")
    add(primary, "Dateiname", entry_name(file.file_id, file.original_name))
    add(primary, "DateinameOriginal", file.original_name)
    if file.created_at is not None:
        add(primary, "DatumUhrzeit", moment(file.created_at))


def _identity(element: etree._Element, object_id: str, position: int | None) -> None:
    identity = add(element, "Identifikation")
    add(identity, "ID", object_id)
    optional(identity, "NummerImUebergeordnetenContainer", position)


def _retention(element: etree._Element, retention: RetentionData) -> None:
    metadata = add(element, "ArchivspezifischeMetadaten")
    if retention.permanent:
        add(add(metadata, "Aufbewahrungsdauer"), "Unbefristet", "1")
    elif retention.years is not None:
        add(add(metadata, "Aufbewahrungsdauer"), "AnzahlJahre", retention.years)
    code(add(metadata, "Aussonderungsart"), "Aussonderungsart", retention.action.value, "aussonderungsart")
    if retention.proposal is not None:
        code(metadata, "Bewertungsvorschlag", retention.proposal.value, "bewertungsvorschlag")
    optional(metadata, "Aufbewahrungsende", retention.end)


def _period(element: etree._Element, first: date, last: date) -> None:
    period = add(element, "Laufzeit")
    add(period, "Beginn", first)
    add(period, "Ende", last)


def _history(element: etree._Element, lines: Iterable[HistoryLine]) -> None:
    for line in lines:
        entry = add(element, "HistorienProtokollInformation")
        optional(entry, "MetadatumName", line.field_name)
        optional(entry, "MetadatumAlterWert", line.old_value)
        optional(entry, "MetadatumNeuerWert", line.new_value)
        add(entry, "Akteur", line.actor)
        add(entry, "DatumUhrzeit", moment(line.at))
        optional(entry, "Bemerkung", line.remark)
        add(entry, "Aktion", line.action)
