"""States of items, records (each level has its own) and disposals as tables of moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from eakte.errors import MoveRefused


class ItemState(StrEnum):
    """Way of one incoming item."""

    RECEIVED = "received"
    READING = "reading"
    WAITING = "waiting"
    FILED = "filed"
    FAULT = "fault"
    DROPPED = "dropped"
    """Not relevant for the records, or a faulty file given up with a reason; the entry stays."""
    REPLACED = "replaced"
    """Its pages were arranged anew: other items stand in its place, its bytes stay as long as one of them."""


class CaseFileState(StrEnum):
    """Way of one case file (Akte)."""

    OPEN = "open"
    CLOSED = "closed"
    OFFERED = "offered"
    """0501 was sent; nothing changes until the archive has decided."""
    EVALUATED_ARCHIVE = "evaluated_archive"
    EVALUATED_DESTROY = "evaluated_destroy"
    TRANSFERRED = "transferred"
    """0503 was sent; everything is kept until the archive confirms."""
    ARCHIVED = "archived"
    """The archive confirmed the import (0506)."""
    DESTROYED = "destroyed"
    VOIDED = "voided"
    """Opened by mistake and empty: keeps its number, takes no documents (GLOSSARY: Storno)."""


class SubFileState(StrEnum):
    """Way of one sub-file (Teilakte) inside its case file."""

    OPEN = "open"
    CLOSED = "closed"


class CaseState(StrEnum):
    """Way of one case (Vorgang) or sub-case (Teilvorgang) inside its case file."""

    OPEN = "open"
    CLOSED = "closed"


class DocumentState(StrEnum):
    """Way of one document (GLOSSARY, working: zur Akte nehmen, Schlusszeichnung, Storno)."""

    DRAFT = "draft"
    """Not filed yet: it waits in the inbox."""
    REGISTERED = "registered"
    """Filed: a record with a reference, which may get further versions."""
    FINAL = "final"
    """Signed off: versions and metadata never change again."""
    VOIDED = "voided"
    """Filed by mistake: stays visible with the reason, and never changes again."""


class VersionUploadState(StrEnum):
    """Way of an uploaded further version until it has been read."""

    RECEIVED = "received"
    READING = "reading"
    FAULT = "fault"
    DISCARDED = "discarded"


class Medium(StrEnum):
    """What a case file consists of (xdomea code list Medium: 001, 002, 003)."""

    ELECTRONIC = "electronic"
    HYBRID = "hybrid"
    PAPER = "paper"


MEDIUM_CODES: Mapping[Medium, str] = {Medium.ELECTRONIC: "001", Medium.HYBRID: "002", Medium.PAPER: "003"}
"""The codes of xdomea's list Medium."""


class DisposalState(StrEnum):
    """Way of one destruction: proposed by one person, approved by another, executed by the worker."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"
    EXECUTING = "executing"
    DONE = "done"


class DisposalRunState(StrEnum):
    """Way of one disposal run (GLOSSARY, disposal: select, offer, transfer or destroy)."""

    DRAFT = "draft"
    """Drawn up by the records manager: case files are put in and taken out."""
    REVIEW = "review"
    """The departments agree, object, or wish to keep a case file longer."""
    APPRAISAL = "appraisal"
    """The archive decides about what was offered to it."""
    APPROVAL = "approval"
    """Laid before the second person."""
    COOLING_OFF = "cooling_off"
    EXECUTION = "execution"
    CLOSED = "closed"
    """Every record has its result."""
    CANCELLED = "cancelled"


ITEM_MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    # What is read may be replaced too: it is taken back while the arrangement that made it is undone.
    ItemState.RECEIVED: frozenset({ItemState.READING, ItemState.FAULT, ItemState.REPLACED}),
    ItemState.READING: frozenset({ItemState.READING, ItemState.WAITING, ItemState.FAULT, ItemState.REPLACED}),
    ItemState.WAITING: frozenset({ItemState.FILED, ItemState.DROPPED, ItemState.READING, ItemState.REPLACED}),
    ItemState.FILED: frozenset({ItemState.WAITING}),
    # An attachment that cannot be read is filed with its letter all the same, as its original alone.
    ItemState.FAULT: frozenset({ItemState.RECEIVED, ItemState.DROPPED, ItemState.FILED, ItemState.REPLACED}),
    ItemState.DROPPED: frozenset({ItemState.WAITING, ItemState.RECEIVED}),
    ItemState.REPLACED: frozenset({ItemState.WAITING}),
}

CASE_FILE_MOVES: Mapping[CaseFileState, frozenset[CaseFileState]] = {
    CaseFileState.OPEN: frozenset({CaseFileState.CLOSED, CaseFileState.VOIDED}),
    CaseFileState.VOIDED: frozenset({CaseFileState.OPEN}),
    # Where the archive decided in advance, it is not asked again.
    CaseFileState.CLOSED: frozenset(
        {
            CaseFileState.OPEN,
            CaseFileState.OFFERED,
            CaseFileState.EVALUATED_ARCHIVE,
            CaseFileState.EVALUATED_DESTROY,
            CaseFileState.DESTROYED,
        }
    ),
    CaseFileState.OFFERED: frozenset(
        {CaseFileState.EVALUATED_ARCHIVE, CaseFileState.EVALUATED_DESTROY, CaseFileState.CLOSED}
    ),
    # Taken out of its disposal run, a file is closed as before, and the archive is asked anew another time.
    CaseFileState.EVALUATED_ARCHIVE: frozenset({CaseFileState.TRANSFERRED, CaseFileState.CLOSED}),
    CaseFileState.EVALUATED_DESTROY: frozenset({CaseFileState.DESTROYED, CaseFileState.CLOSED}),
    CaseFileState.TRANSFERRED: frozenset({CaseFileState.ARCHIVED, CaseFileState.EVALUATED_ARCHIVE}),
    CaseFileState.ARCHIVED: frozenset({CaseFileState.DESTROYED}),
    CaseFileState.DESTROYED: frozenset(),
}

SUB_FILE_MOVES: Mapping[SubFileState, frozenset[SubFileState]] = {
    SubFileState.OPEN: frozenset({SubFileState.CLOSED}),
    SubFileState.CLOSED: frozenset({SubFileState.OPEN}),
}

CASE_MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.OPEN}),
}

DOCUMENT_MOVES: Mapping[DocumentState, frozenset[DocumentState]] = {
    DocumentState.DRAFT: frozenset({DocumentState.REGISTERED}),
    DocumentState.REGISTERED: frozenset({DocumentState.DRAFT, DocumentState.FINAL, DocumentState.VOIDED}),
    DocumentState.FINAL: frozenset({DocumentState.VOIDED}),
    DocumentState.VOIDED: frozenset(),
}

FROZEN = frozenset({DocumentState.FINAL, DocumentState.VOIDED})
"""States in which neither versions nor metadata change, enforced by triggers of the database too."""

VERSION_UPLOAD_MOVES: Mapping[VersionUploadState, frozenset[VersionUploadState]] = {
    VersionUploadState.RECEIVED: frozenset({VersionUploadState.READING, VersionUploadState.FAULT}),
    VersionUploadState.READING: frozenset({VersionUploadState.READING, VersionUploadState.FAULT}),
    VersionUploadState.FAULT: frozenset({VersionUploadState.RECEIVED, VersionUploadState.DISCARDED}),
    VersionUploadState.DISCARDED: frozenset(),
}

DISPOSAL_MOVES: Mapping[DisposalState, frozenset[DisposalState]] = {
    DisposalState.PROPOSED: frozenset({DisposalState.APPROVED, DisposalState.REJECTED}),
    DisposalState.REJECTED: frozenset(),
    DisposalState.APPROVED: frozenset({DisposalState.EXECUTING, DisposalState.REJECTED}),
    DisposalState.EXECUTING: frozenset({DisposalState.DONE}),
    DisposalState.DONE: frozenset(),
}

DISPOSAL_RUN_MOVES: Mapping[DisposalRunState, frozenset[DisposalRunState]] = {
    DisposalRunState.DRAFT: frozenset({DisposalRunState.REVIEW, DisposalRunState.CANCELLED}),
    DisposalRunState.REVIEW: frozenset(
        {
            DisposalRunState.APPRAISAL,
            # Where rules the archive approved in advance decide about all of it.
            DisposalRunState.APPROVAL,
            DisposalRunState.CLOSED,
            DisposalRunState.CANCELLED,
        }
    ),
    DisposalRunState.APPRAISAL: frozenset(
        {DisposalRunState.APPROVAL, DisposalRunState.CLOSED, DisposalRunState.CANCELLED}
    ),
    DisposalRunState.APPROVAL: frozenset(
        {
            DisposalRunState.COOLING_OFF,
            DisposalRunState.EXECUTION,
            DisposalRunState.CLOSED,
            DisposalRunState.CANCELLED,
        }
    ),
    DisposalRunState.COOLING_OFF: frozenset(
        {DisposalRunState.EXECUTION, DisposalRunState.CLOSED, DisposalRunState.CANCELLED}
    ),
    DisposalRunState.EXECUTION: frozenset({DisposalRunState.CLOSED}),
    DisposalRunState.CLOSED: frozenset(),
    DisposalRunState.CANCELLED: frozenset(),
}

# A state is a text, so that equal values of two enumerations would be one key: what parts of a file say, stands apart.
PART_LABELS: Mapping[StrEnum, str] = {CaseState.OPEN: "In Bearbeitung", CaseState.CLOSED: "abgeschlossen"}
"""The states of cases and sub-files in German."""

RUN_LABELS: Mapping[StrEnum, str] = {
    DisposalRunState.DRAFT: "in Aufstellung",
    DisposalRunState.REVIEW: "beim Fachamt",
    DisposalRunState.APPRAISAL: "beim Archiv",
    DisposalRunState.APPROVAL: "wartet auf Freigabe",
    DisposalRunState.COOLING_OFF: "Bedenkzeit läuft",
    DisposalRunState.EXECUTION: "wird ausgeführt",
    DisposalRunState.CLOSED: "abgeschlossen",
    DisposalRunState.CANCELLED: "abgebrochen",
}
"""The states of disposal runs in German; apart from the others like those of parts."""

LABELS: Mapping[StrEnum, str] = {
    ItemState.RECEIVED: "eingegangen",
    ItemState.READING: "Texterkennung läuft",
    ItemState.WAITING: "wartet auf Ablage",
    ItemState.FILED: "abgelegt",
    ItemState.FAULT: "Störung",
    ItemState.DROPPED: "nicht aktenrelevant",
    ItemState.REPLACED: "durch neu geordnete Eingänge ersetzt",
    CaseFileState.OPEN: "In Bearbeitung",
    CaseFileState.CLOSED: "z.d.A. verfügt",
    CaseFileState.OFFERED: "Dem Archiv angeboten",
    CaseFileState.EVALUATED_ARCHIVE: "Bewertet: archivwürdig",
    CaseFileState.EVALUATED_DESTROY: "Bewertet: vernichten",
    CaseFileState.TRANSFERRED: "An das Archiv übergeben",
    CaseFileState.ARCHIVED: "Vom Archiv übernommen",
    CaseFileState.DESTROYED: "Vernichtet",
    CaseFileState.VOIDED: "Storniert",
    DocumentState.DRAFT: "noch nicht abgelegt",
    DocumentState.REGISTERED: "registriert",
    DocumentState.FINAL: "schlussgezeichnet",
    DocumentState.VOIDED: "storniert",
    VersionUploadState.DISCARDED: "verworfen",
    Medium.ELECTRONIC: "elektronisch",
    Medium.HYBRID: "teils auf Papier (Hybridakte)",
    Medium.PAPER: "auf Papier",
    DisposalState.PROPOSED: "zur Vernichtung vorgeschlagen",
    DisposalState.REJECTED: "Vorschlag abgelehnt",
    DisposalState.APPROVED: "zur Vernichtung freigegeben",
    DisposalState.EXECUTING: "wird vernichtet",
    DisposalState.DONE: "vernichtet",
}


State = TypeVar("State", bound=StrEnum)


def _move(
    moves: Mapping[State, frozenset[State]], now: State, then: State, labels: Mapping[StrEnum, str] = LABELS
) -> State:
    if then not in moves[now]:
        raise MoveRefused(state=labels[now])
    return then


def move_item(now: ItemState, then: ItemState) -> ItemState:
    """Return *then* if the move is in the table.

    Raises:
        MoveRefused: The table has no such move.
    """
    return _move(ITEM_MOVES, now, then)


def move_case_file(now: CaseFileState, then: CaseFileState) -> CaseFileState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(CASE_FILE_MOVES, now, then)


def move_sub_file(now: SubFileState, then: SubFileState) -> SubFileState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(SUB_FILE_MOVES, now, then, PART_LABELS)


def move_case(now: CaseState, then: CaseState) -> CaseState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(CASE_MOVES, now, then, PART_LABELS)


def move_document(now: DocumentState, then: DocumentState) -> DocumentState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(DOCUMENT_MOVES, now, then)


def move_version_upload(now: VersionUploadState, then: VersionUploadState) -> VersionUploadState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(VERSION_UPLOAD_MOVES, now, then)


def move_disposal(now: DisposalState, then: DisposalState) -> DisposalState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(DISPOSAL_MOVES, now, then)


def move_disposal_run(now: DisposalRunState, then: DisposalRunState) -> DisposalRunState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    return _move(DISPOSAL_RUN_MOVES, now, then, RUN_LABELS)
