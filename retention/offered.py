"""What goes to the archive: case files with cases, documents and files, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retention.model import CASE_CLOSED, DisposalAction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from retention.model import Rule, Verdict


@dataclass(frozen=True, slots=True)
class Party:
    """A city or an archive as sender or receiver of messages."""

    institution: str
    unit: str = ""
    authority_key: str = ""
    """Behördenschlüssel; archives compare it with their configuration."""
    authority_prefix: str = ""


@dataclass(frozen=True, slots=True)
class MessageHead:
    """Head of a message that we send. All messages of one disposal share ``process_id`` (a UUID)."""

    process_id: str
    created_at: datetime
    """With time zone."""
    sender: Party
    receiver: Party
    receipt_wanted: bool = True
    product: str = "E-Akte"
    product_version: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry of the history: creation, re-filing, closing."""

    at: datetime
    actor: str
    action: str
    field_name: str = ""
    old_value: str = ""
    new_value: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PrimaryFile:
    """One file of a document. ``file_id`` is a UUID of its own, never the document's."""

    file_id: str
    original_name: str
    media_type: str
    sha256: str
    """Lower-case hexadecimal; checked while the package is written."""
    size: int
    version: str = "1"
    pdf_a: str = ""
    """Conformance such as "2b" where the file is PDF/A."""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfferedDocument:
    """One document. At least one of its three dates is needed."""

    document_id: str
    subject: str
    document_type: str
    position: int | None = None
    reference: str = ""
    foreign_reference: str = ""
    sender: str = ""
    letter_date: date | None = None
    received_on: date | None = None
    sent_on: date | None = None
    files: tuple[PrimaryFile, ...] = ()
    history: tuple[HistoryLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionData:
    """Disposal metadata. ``years`` is ``None`` where the standard cannot express the rule; the end is what counts."""

    action: DisposalAction
    end: date | None
    years: int | None = None
    permanent: bool = False
    proposal: DisposalAction | None = None
    """What the city proposes to the archive: A or V."""


@dataclass(frozen=True, slots=True)
class OfferedCase:
    """One case (Vorgang) in a case file."""

    case_id: str
    subject: str
    reference: str
    period_from: date
    period_to: date
    closed_on: date
    retention: RetentionData
    position: int | None = None
    documents: tuple[OfferedDocument, ...] = ()
    history: tuple[HistoryLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """One closed case file (Akte) with everything in it."""

    file_id: str
    subject: str
    reference: str
    plan_code: str
    plan_title: str
    lead_unit: str
    period_from: date
    period_to: date
    closed_on: date
    retention: RetentionData
    medium: str = "001"
    """xdomea code list medium: 001 electronic, 002 hybrid, 003 paper."""
    remark: str = ""
    cases: tuple[OfferedCase, ...] = ()
    documents: tuple[OfferedDocument, ...] = ()
    history: tuple[HistoryLine, ...] = ()


def retention_data(rule: Rule, verdict: Verdict, *, proposal: DisposalAction | None = None) -> RetentionData:
    """Disposal metadata of *verdict*.

    xdomea counts years from closing only, so the number is left out for other triggers and for parts of years.
    """
    plain = rule.months is not None and rule.months % 12 == 0 and rule.trigger == CASE_CLOSED
    years = rule.months // 12 if plain and rule.months is not None else None
    return RetentionData(rule.action, verdict.retention_end, years, proposal=proposal)


def all_documents(offered: OfferedFile) -> Iterator[OfferedDocument]:
    """Every document of a file, those of its cases first."""
    for case in offered.cases:
        yield from case.documents
    yield from offered.documents


def primary_files(offered: OfferedFile) -> Iterator[PrimaryFile]:
    """Every primary file of a case file, in the order of its documents."""
    for document in all_documents(offered):
        yield from document.files


def parents(files: Iterable[OfferedFile]) -> dict[str, str | None]:
    """UUIDs of the objects that an archive appraises (files, cases), each with the UUID it lies in."""
    tree: dict[str, str | None] = {}
    for offered in files:
        tree[offered.file_id] = None
        tree.update(dict.fromkeys((case.case_id for case in offered.cases), offered.file_id))
    return tree


def archived_part(offered: OfferedFile, decisions: Mapping[str, DisposalAction]) -> OfferedFile | None:
    """What of a file is to be handed over: its cases decided A with their parent, or ``None`` if nothing is.

    Documents directly in the file go with the file's own decision.
    """
    keeps_file = decisions.get(offered.file_id) is DisposalAction.ARCHIVE
    kept = tuple(
        replace(case, retention=replace(case.retention, action=DisposalAction.ARCHIVE))
        for case in offered.cases
        if decisions.get(case.case_id) is DisposalAction.ARCHIVE
    )
    if not keeps_file and not kept:
        return None
    retention = replace(offered.retention, action=decisions.get(offered.file_id, DisposalAction.ARCHIVE))
    return replace(offered, retention=retention, cases=kept, documents=offered.documents if keeps_file else ())


def gaps(offered: OfferedFile, *, with_files: bool) -> list[str]:
    """What an archive needs and this file does not have, in German; empty if it may be sent."""
    needed = {
        "Betreff": offered.subject,
        "Aktenzeichen": offered.reference,
        "Aktenplaneinheit": offered.plan_code,
        "Inhaltsangabe der Aktenplaneinheit": offered.plan_title,
        "Federführung": offered.lead_unit,
        "Medium": offered.medium,
    }
    found = [f"Akte {offered.reference}: {name} fehlt" for name, value in needed.items() if not value.strip()]
    if offered.retention.end is None and not offered.retention.permanent:
        found.append(f"Akte {offered.reference}: Aufbewahrungsende fehlt")
    found += [
        f"Vorgang {case.reference or case.case_id}: Betreff oder Kennzeichen fehlt"
        for case in offered.cases
        if not case.subject.strip() or not case.reference.strip()
    ]
    for document in all_documents(offered):
        found += _document_gaps(document, with_files=with_files and offered.medium == "001")
    return found


def _document_gaps(document: OfferedDocument, *, with_files: bool) -> Iterator[str]:
    place = f"Dokument {document.reference or document.document_id}"
    if not document.subject.strip() or not document.document_type.strip():
        yield f"{place}: Betreff oder Typ fehlt"
    if not (document.letter_date or document.received_on or document.sent_on):
        yield f"{place}: Datum fehlt"
    if with_files and not document.files:
        yield f"{place}: Originaldatei fehlt"
    for file in document.files:
        if file.file_id == document.document_id:
            yield f"{place}: Die Originaldatei braucht eine eigene UUID"
