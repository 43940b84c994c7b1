"""States of items, case files and disposals as tables of moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

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


class DisposalState(StrEnum):
    """Way of one destruction: proposed by one person, approved by another, executed by the worker."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"
    EXECUTING = "executing"
    DONE = "done"


ITEM_MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.RECEIVED: frozenset({ItemState.READING, ItemState.FAULT}),
    ItemState.READING: frozenset({ItemState.READING, ItemState.WAITING, ItemState.FAULT}),
    ItemState.WAITING: frozenset({ItemState.FILED, ItemState.DROPPED, ItemState.READING}),
    ItemState.FILED: frozenset({ItemState.WAITING}),
    ItemState.FAULT: frozenset({ItemState.RECEIVED, ItemState.DROPPED}),
    ItemState.DROPPED: frozenset({ItemState.WAITING, ItemState.RECEIVED}),
}

CASE_FILE_MOVES: Mapping[CaseFileState, frozenset[CaseFileState]] = {
    CaseFileState.OPEN: frozenset({CaseFileState.CLOSED}),
    CaseFileState.CLOSED: frozenset({CaseFileState.OPEN, CaseFileState.OFFERED, CaseFileState.DESTROYED}),
    CaseFileState.OFFERED: frozenset(
        {CaseFileState.EVALUATED_ARCHIVE, CaseFileState.EVALUATED_DESTROY, CaseFileState.CLOSED}
    ),
    CaseFileState.EVALUATED_ARCHIVE: frozenset({CaseFileState.TRANSFERRED}),
    CaseFileState.EVALUATED_DESTROY: frozenset({CaseFileState.DESTROYED}),
    CaseFileState.TRANSFERRED: frozenset({CaseFileState.ARCHIVED, CaseFileState.EVALUATED_ARCHIVE}),
    CaseFileState.ARCHIVED: frozenset({CaseFileState.DESTROYED}),
    CaseFileState.DESTROYED: frozenset(),
}

DISPOSAL_MOVES: Mapping[DisposalState, frozenset[DisposalState]] = {
    DisposalState.PROPOSED: frozenset({DisposalState.APPROVED, DisposalState.REJECTED}),
    DisposalState.REJECTED: frozenset(),
    DisposalState.APPROVED: frozenset({DisposalState.EXECUTING, DisposalState.REJECTED}),
    DisposalState.EXECUTING: frozenset({DisposalState.DONE}),
    DisposalState.DONE: frozenset(),
}

LABELS: Mapping[StrEnum, str] = {
    ItemState.RECEIVED: "eingegangen",
    ItemState.READING: "Texterkennung läuft",
    ItemState.WAITING: "wartet auf Ablage",
    ItemState.FILED: "abgelegt",
    ItemState.FAULT: "Störung",
    ItemState.DROPPED: "nicht aktenrelevant",
    CaseFileState.OPEN: "In Bearbeitung",
    CaseFileState.CLOSED: "z.d.A. verfügt",
    CaseFileState.OFFERED: "Dem Archiv angeboten",
    CaseFileState.EVALUATED_ARCHIVE: "Bewertet: archivwürdig",
    CaseFileState.EVALUATED_DESTROY: "Bewertet: vernichten",
    CaseFileState.TRANSFERRED: "An das Archiv übergeben",
    CaseFileState.ARCHIVED: "Vom Archiv übernommen",
    CaseFileState.DESTROYED: "Vernichtet",
    DisposalState.PROPOSED: "zur Vernichtung vorgeschlagen",
    DisposalState.REJECTED: "Vorschlag abgelehnt",
    DisposalState.APPROVED: "zur Vernichtung freigegeben",
    DisposalState.EXECUTING: "wird vernichtet",
    DisposalState.DONE: "vernichtet",
}


def move_item(now: ItemState, then: ItemState) -> ItemState:
    """Return *then* if the move is in the table.

    Raises:
        MoveRefused: The table has no such move.
    """
    if then not in ITEM_MOVES[now]:
        raise MoveRefused(state=LABELS[now])
    return then


def move_case_file(now: CaseFileState, then: CaseFileState) -> CaseFileState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    if then not in CASE_FILE_MOVES[now]:
        raise MoveRefused(state=LABELS[now])
    return then


def move_disposal(now: DisposalState, then: DisposalState) -> DisposalState:
    """Return *then* if the move is in the table, like :func:`move_item`."""
    if then not in DISPOSAL_MOVES[now]:
        raise MoveRefused(state=LABELS[now])
    return then
