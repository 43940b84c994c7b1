"""What goes to the archive: case files with cases, documents and files, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from retention.differences import Sent
from retention.model import CASE_CLOSED, DisposalAction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from retention.model import Rule, Verdict


DEFAULT_VERSION = "3.1.0"
"""Of xdomea: what the tools of archives read today."""


class Naming(StrEnum):
    """How a package and its message are named; archives differ in what they recognise."""

    LONG = "long"
    """<ProzessID>_<Nachrichtentyp>, as 3.x says it."""
    NUMBERED = "numbered"
    """<ProzessID>_<code>_<number>, as 4.0.0 says it."""
    SHORT = "short"
    """<ProzessID>_<code>, understood by tools that know neither suffix nor words."""


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
    """Head of a message that we send. All messages of one disposal share ``process_id`` (a UUID).

    Version and naming are what the archive at the other end understands. Every head made anew is a new message.
    """

    process_id: str
    created_at: datetime
    """With time zone."""
    sender: Party
    receiver: Party
    receipt_wanted: bool = True
    product: str = "E-Akte"
    product_version: str = ""
    vendor: str = "E-Akte"
    version: str = DEFAULT_VERSION
    """xdomea 3.1.0 or 4.0.0."""
    naming: Naming | None = None
    """How the package is called; ``None``: as the version says."""
    message_id: str = field(default_factory=lambda: str(uuid4()))
    """UUID of the message, never used twice; written from 4.0.0 on."""
    answers: str = ""
    """UUID of the message that this one answers; needed for answers from 4.0.0 on."""
    number: int = 1
    """Which one of ``total`` messages of its type in this process; written from 4.0.0 on."""
    total: int = 1


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
    sub_cases: tuple[OfferedCase, ...] = ()
    """Teilvorgänge."""
    context: bool = False
    """Whether it goes along for information only, because something in it is handed over."""


@dataclass(frozen=True, slots=True)
class OfferedSubFile:
    """One sub-file (Teilakte) in a case file or in another sub-file."""

    sub_file_id: str
    subject: str
    reference: str
    period_from: date
    period_to: date
    closed_on: date
    retention: RetentionData
    position: int | None = None
    cases: tuple[OfferedCase, ...] = ()
    sub_files: tuple[OfferedSubFile, ...] = ()
    context: bool = False
    """Whether it goes along for information only, because something in it is handed over."""


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
    """Those that lie in no sub-file."""
    sub_files: tuple[OfferedSubFile, ...] = ()
    documents: tuple[OfferedDocument, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    context: bool = False
    """Whether it goes along for information only, because something in it is handed over."""


def retention_data(rule: Rule, verdict: Verdict, *, proposal: DisposalAction | None = None) -> RetentionData:
    """Disposal metadata of *verdict*.

    xdomea counts years from closing only, so the number is left out for other triggers and for parts of years.
    """
    plain = rule.months is not None and rule.months % 12 == 0 and rule.trigger == CASE_CLOSED
    years = rule.months // 12 if plain and rule.months is not None else None
    return RetentionData(rule.action, verdict.retention_end, years, proposal=proposal)


def all_cases(holder: OfferedFile | OfferedSubFile | OfferedCase) -> Iterator[OfferedCase]:
    """Every case in a case file, sub-file or case, each before its sub-cases."""
    for case in holder.sub_cases if isinstance(holder, OfferedCase) else holder.cases:
        yield case
        yield from all_cases(case)
    if not isinstance(holder, OfferedCase):
        for sub_file in holder.sub_files:
            yield from all_cases(sub_file)


def all_sub_files(holder: OfferedFile | OfferedSubFile) -> Iterator[OfferedSubFile]:
    """Every sub-file in a case file or sub-file, each before those in it."""
    for sub_file in holder.sub_files:
        yield sub_file
        yield from all_sub_files(sub_file)


def all_documents(offered: OfferedFile) -> Iterator[OfferedDocument]:
    """Every document of a file, those of its cases first."""
    for case in all_cases(offered):
        yield from case.documents
    yield from offered.documents


def primary_files(offered: OfferedFile) -> Iterator[PrimaryFile]:
    """Every primary file of a case file, in the order of its documents."""
    for document in all_documents(offered):
        yield from document.files


def parents(files: Iterable[OfferedFile]) -> dict[str, str | None]:
    """UUIDs of the objects that an archive appraises (files, sub-files, cases), each with the UUID it lies in.

    What holds something stands before it.
    """
    tree: dict[str, str | None] = {}
    for offered in files:
        tree[offered.file_id] = None
        _add_inside(tree, offered.file_id, offered)
    return tree


def _add_inside(tree: dict[str, str | None], key: str, holder: OfferedFile | OfferedSubFile) -> None:
    for case in holder.cases:
        _add_case(tree, key, case)
    for sub_file in holder.sub_files:
        tree[sub_file.sub_file_id] = key
        _add_inside(tree, sub_file.sub_file_id, sub_file)


def _add_case(tree: dict[str, str | None], key: str, case: OfferedCase) -> None:
    tree[case.case_id] = key
    for part in case.sub_cases:
        _add_case(tree, case.case_id, part)


def handed_over(parts: Iterable[OfferedFile]) -> Sent:
    """UUIDs of what a hand-over of *parts* holds: what must be confirmed, and documents and context beside it."""
    objects: set[str] = set()
    others: set[str] = set()
    for part in parts:
        for object_id, context in _roles(part):
            (others if context else objects).add(object_id)
        others.update(document.document_id for document in all_documents(part))
    return Sent(frozenset(objects), frozenset(others))


def _roles(part: OfferedFile) -> Iterator[tuple[str, bool]]:
    """Each container of a file with whether it goes along for information only."""
    yield part.file_id, part.context
    for case in all_cases(part):
        yield case.case_id, case.context
    for sub_file in all_sub_files(part):
        yield sub_file.sub_file_id, sub_file.context


def archived_part(offered: OfferedFile, decisions: Mapping[str, DisposalAction]) -> OfferedFile | None:
    """What of a file is to be handed over: what is decided A, with everything it lies in, or ``None`` if nothing is.

    Documents go with the decision on the case or file they lie in directly.
    """
    keeps_file = decisions.get(offered.file_id) is DisposalAction.ARCHIVE
    cases, sub_files = _archived_inside(offered, decisions)
    if not keeps_file and not cases and not sub_files:
        return None
    return replace(
        offered,
        retention=_decided(offered.retention, decisions.get(offered.file_id)),
        cases=cases,
        sub_files=sub_files,
        documents=offered.documents if keeps_file else (),
        context=not keeps_file,
    )


def _archived_inside(
    holder: OfferedFile | OfferedSubFile, decisions: Mapping[str, DisposalAction]
) -> tuple[tuple[OfferedCase, ...], tuple[OfferedSubFile, ...]]:
    cases = (_archived_case(case, decisions) for case in holder.cases)
    sub_files = (_archived_sub_file(sub_file, decisions) for sub_file in holder.sub_files)
    return tuple(case for case in cases if case), tuple(sub_file for sub_file in sub_files if sub_file)


def _archived_sub_file(sub_file: OfferedSubFile, decisions: Mapping[str, DisposalAction]) -> OfferedSubFile | None:
    cases, sub_files = _archived_inside(sub_file, decisions)
    keeps = decisions.get(sub_file.sub_file_id) is DisposalAction.ARCHIVE
    if not keeps and not cases and not sub_files:
        return None
    return replace(
        sub_file,
        retention=_decided(sub_file.retention, decisions.get(sub_file.sub_file_id)),
        cases=cases,
        sub_files=sub_files,
        context=not keeps,
    )


def _archived_case(case: OfferedCase, decisions: Mapping[str, DisposalAction]) -> OfferedCase | None:
    keeps = decisions.get(case.case_id) is DisposalAction.ARCHIVE
    parts = tuple(part for each in case.sub_cases if (part := _archived_case(each, decisions)))
    if not keeps and not parts:
        return None
    return replace(
        case,
        retention=_decided(case.retention, decisions.get(case.case_id)),
        documents=case.documents if keeps else (),
        sub_cases=parts,
        context=not keeps,
    )


def _decided(retention: RetentionData, decision: DisposalAction | None) -> RetentionData:
    return replace(retention, action=decision or DisposalAction.ARCHIVE)


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
        for case in all_cases(offered)
        if not case.subject.strip() or not case.reference.strip()
    ]
    found += [
        f"Teilakte {part.reference or part.sub_file_id}: Betreff oder Kennzeichen fehlt"
        for part in all_sub_files(offered)
        if not part.subject.strip() or not part.reference.strip()
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
