"""Build case files as elements, in the order of the schema; what differs between versions is in ``Dialect``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from retention.xdomea.elements import add, code, flag, moment, optional, root
from retention.xdomea.formats import OTHER, entry_name, format_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from lxml import etree

    from retention.offered import (
        HistoryLine,
        OfferedCase,
        OfferedDocument,
        OfferedFile,
        OfferedSubFile,
        PrimaryFile,
        RetentionData,
    )
    from retention.xdomea.dialect import Dialect

_ALGORITHMS = "urn:xoev-de:kosit:codeliste:xta.serviceprofile.kryptographische-algorithmen"


def case_file(offered: OfferedFile, dialect: Dialect, *, with_files: bool) -> etree._Element:
    """``Schriftgutobjekt`` with one ``Akte``; primary files only where the message carries them."""
    return _Builder(dialect, with_files).case_file(offered)


@dataclass(frozen=True, slots=True)
class _Builder:
    dialect: Dialect
    with_files: bool

    def case_file(self, offered: OfferedFile) -> etree._Element:
        holder = root(self.dialect, "Schriftgutobjekt")
        element = add(holder, "Akte")
        self._container(element, offered.file_id, None, context=offered.context)
        general = add(element, "AllgemeineMetadaten")
        add(general, "Betreff", offered.subject)
        add(general, "Kennzeichen", offered.reference)
        add(general, "Federfuehrung", offered.lead_unit)
        optional(general, "Bemerkung", offered.remark)
        code(general, "Medium", offered.medium, "medium")
        plan = add(general, "Aktenplaneinheit")
        add(plan, "Kennzeichen", offered.plan_code)
        add(plan, "Inhaltsangabe", offered.plan_title)
        self._retention(element, offered.retention)
        _period(element, offered.period_from, offered.period_to)
        _history(element, offered.history)
        if offered.documents or offered.cases or offered.sub_files:
            content = add(element, "Akteninhalt")
            for document in offered.documents:
                self._document(content, document)
            self._inside(content, offered)
        add(element, "ZdA", "1")
        add(element, "ZdADatum", offered.closed_on)
        return holder

    def _inside(self, content: etree._Element, holder: OfferedFile | OfferedSubFile) -> None:
        for case in holder.cases:
            self._case(content, "Vorgang", case, holder.subject)
        for sub_file in holder.sub_files:
            self._sub_file(content, sub_file)

    def _sub_file(self, parent: etree._Element, sub_file: OfferedSubFile) -> None:
        element = add(parent, "Teilakte")
        self._container(element, sub_file.sub_file_id, sub_file.position, context=sub_file.context)
        general = add(element, "AllgemeineMetadaten")
        add(general, "Betreff", sub_file.subject)
        add(general, "Kennzeichen", sub_file.reference)
        self._retention(element, sub_file.retention)
        _period(element, sub_file.period_from, sub_file.period_to)
        if sub_file.cases or sub_file.sub_files:
            self._inside(add(element, "Akteninhalt"), sub_file)
        add(element, "ZdA", "1")
        add(element, "ZdADatum", sub_file.closed_on)

    def _case(self, parent: etree._Element, name: str, case: OfferedCase, file_subject: str) -> None:
        element = add(parent, name)
        self._container(element, case.case_id, case.position, context=case.context)
        general = add(element, "AllgemeineMetadaten")
        add(general, "Betreff", case.subject)
        add(general, "Kennzeichen", case.reference)
        self._retention(element, case.retention)
        add(element, "Aktenbetreff", file_subject)
        add(element, "ZdA", "1")
        add(element, "ZdADatum", case.closed_on)
        _period(element, case.period_from, case.period_to)
        _history(element, case.history)
        for document in case.documents:
            self._document(element, document)
        for part in case.sub_cases:
            self._case(element, "Teilvorgang", part, file_subject)

    def _document(self, parent: etree._Element, document: OfferedDocument) -> None:
        holder = add(parent, self.dialect.document_holder) if self.dialect.document_holder else parent
        element = add(holder, "Dokument")
        self._identity(element, document.document_id, document.position)
        general = add(element, "AllgemeineMetadaten")
        add(general, "Betreff", document.subject)
        optional(general, "Kennzeichen", document.reference)
        optional(element, "FremdesGeschaeftszeichen", document.foreign_reference)
        optional(element, "Posteingangsdatum", document.received_on)
        optional(element, "Postausgangsdatum", document.sent_on)
        optional(element, "DatumDesSchreibens", document.letter_date)
        add(element, "Typ", document.document_type)
        _history(element, document.history)
        if not self.dialect.versions_last:
            self._versions(element, document)
        if document.sender:
            add(add(add(element, self.dialect.document_sender), self.dialect.institution), "Name", document.sender)
        if self.dialect.versions_last:
            self._versions(element, document)

    def _versions(self, element: etree._Element, document: OfferedDocument) -> None:
        if not self.with_files:
            return
        for number, files in groupby(document.files, key=lambda file: file.version):
            version = add(element, "Version")
            add(version, "Nummer", number)
            for file in files:
                self._format(version, file)

    def _format(self, version: etree._Element, file: PrimaryFile) -> None:
        element = add(version, "Format")
        value = format_code(file.media_type, file.pdf_a)
        code(element, "Name", value, "dateiformat", self.dialect.format_list)
        if value == OTHER:
            add(element, "SonstigerName", file.media_type)
        add(element, "Version", file.pdf_a)
        primary = add(element, "Primaerdokument")
        add(primary, "Dateiname", entry_name(file.file_id, file.original_name))
        add(primary, "DateinameOriginal", file.original_name)
        if file.created_at is not None:
            add(primary, "DatumUhrzeit", moment(file.created_at))
        if self.dialect.hashes:
            stated = add(primary, "Hash")
            add(stated, "Wert", file.sha256)
            code(stated, "Algorithmus", "SHA-256", _ALGORITHMS, "1.0.0")

    def _container(self, element: etree._Element, object_id: str, position: int | None, *, context: bool) -> None:
        self._identity(element, object_id, position)
        if self.dialect.context_objects:
            add(element, "Kontextobjekt", flag(value=context))

    def _identity(self, element: etree._Element, object_id: str, position: int | None) -> None:
        identity = add(element, "Identifikation")
        add(identity, self.dialect.object_id, object_id)
        optional(identity, "NummerImUebergeordnetenContainer", position)

    def _retention(self, element: etree._Element, retention: RetentionData) -> None:
        metadata = add(element, self.dialect.retention)
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
