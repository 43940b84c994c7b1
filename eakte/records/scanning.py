"""The scanning desk: states of a batch, what its counts mean, which documents are drawn, when the paper may go.

TR-RESISCAN (BSI TR-03138) asks for counts, a visual inspection by somebody else, and a transfer note per scan product
before paper is destroyed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eakte.errors import MoveRefused


class BatchState(StrEnum):
    """Way of one batch (Stapel)."""

    OPEN = "open"
    """Scans may be added."""
    CHECKING = "checking"
    """Its pages are looked at."""
    STOPPED = "stopped"
    """What was found differs from what the operator expected; somebody decides."""
    SPLITTING = "splitting"
    INSPECTION = "inspection"
    """Its documents are in the inbox; a second person inspects them."""
    REJECTED = "rejected"
    """The inspection found faults."""
    INSPECTED = "inspected"
    PAPER_RELEASED = "paper_released"
    PAPER_DESTROYED = "paper_destroyed"


BATCH_MOVES: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.OPEN: frozenset({BatchState.CHECKING}),
    BatchState.CHECKING: frozenset({BatchState.STOPPED, BatchState.SPLITTING}),
    BatchState.STOPPED: frozenset({BatchState.SPLITTING, BatchState.OPEN}),
    BatchState.SPLITTING: frozenset({BatchState.INSPECTION, BatchState.STOPPED}),
    BatchState.INSPECTION: frozenset({BatchState.INSPECTED, BatchState.REJECTED}),
    BatchState.REJECTED: frozenset({BatchState.INSPECTION}),
    BatchState.INSPECTED: frozenset({BatchState.PAPER_RELEASED}),
    BatchState.PAPER_RELEASED: frozenset({BatchState.PAPER_DESTROYED}),
    BatchState.PAPER_DESTROYED: frozenset(),
}

BATCH_LABELS: Mapping[BatchState, str] = {
    BatchState.OPEN: "wird gescannt",
    BatchState.CHECKING: "wird geprüft",
    BatchState.STOPPED: "angehalten",
    BatchState.SPLITTING: "wird getrennt",
    BatchState.INSPECTION: "wartet auf Sichtprüfung",
    BatchState.REJECTED: "Sichtprüfung nicht bestanden",
    BatchState.INSPECTED: "Sichtprüfung bestanden",
    BatchState.PAPER_RELEASED: "Papier freigegeben",
    BatchState.PAPER_DESTROYED: "Papier vernichtet",
}


class Protection(StrEnum):
    """Protection need (Schutzbedarf) of what is scanned, as in TR-RESISCAN."""

    NORMAL = "normal"
    HIGH = "high"
    VERY_HIGH = "very_high"


PROTECTION_LABELS: Mapping[Protection, str] = {
    Protection.NORMAL: "normal",
    Protection.HIGH: "hoch",
    Protection.VERY_HIGH: "sehr hoch",
}


def move_batch(now: BatchState, then: BatchState) -> BatchState:
    """Return *then* if the move is in the table.

    Raises:
        MoveRefused: The table has no such move.
    """
    if then not in BATCH_MOVES[now]:
        raise MoveRefused(state=BATCH_LABELS[now])
    return then


class PageRole(StrEnum):
    """What a page of a scan is for the documents in it."""

    BEGINS = "begins"
    """First page of a document."""
    PAGE = "page"
    """Belongs to the document before."""
    SHEET = "sheet"
    """A separator sheet or its back: not filed."""


ROLE_LABELS: Mapping[PageRole, str] = {
    PageRole.BEGINS: "neues Dokument beginnt hier",
    PageRole.PAGE: "gehört zum Dokument davor",
    PageRole.SHEET: "Trennblatt, nicht ablegen",
}


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One page of a scan: whether a separator stands on it, and whether it is blank."""

    number: int
    separates: bool
    blank: bool = False
    same_as_before: bool = False
    """It carries the very separator of the page before."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One document inside a scan: its separator page, if one opened it, and its own pages."""

    separator: int | None
    pages: tuple[int, ...]


def pieces_of(sheets: Iterable[SheetFacts]) -> tuple[Piece, ...]:
    """Return the documents of a scan: each begins behind a separator sheet, the first also without one.

    The back of a separator sheet, blank or printed with the same separator, belongs to the sheet. A sheet with
    nothing behind it opens no document.
    """
    pieces: list[tuple[int | None, list[int]]] = [(None, [])]
    at_sheet = False
    for sheet in sheets:
        if sheet.separates:
            if not (at_sheet and sheet.same_as_before):
                pieces.append((sheet.number, []))
            at_sheet = True
        elif not (at_sheet and sheet.blank):
            pieces[-1][1].append(sheet.number)
            at_sheet = False
        else:
            at_sheet = False
    return tuple(Piece(separator, tuple(pages)) for separator, pages in pieces if pages)


def roles_of(sheets: Sequence[SheetFacts]) -> dict[int, PageRole]:
    """Return the role of every page of a scan, by its number, as :func:`pieces_of` tells documents apart."""
    roles = {sheet.number: PageRole.SHEET for sheet in sheets}
    for piece in pieces_of(sheets):
        roles.update(dict.fromkeys(piece.pages, PageRole.PAGE))
        roles[piece.pages[0]] = PageRole.BEGINS
    return roles


def pieces_by_role(pages: Iterable[tuple[int, PageRole]]) -> tuple[Piece, ...]:
    """Return the documents of a scan from number and role of its pages; what follows a sheet begins one, too."""
    pieces: list[tuple[int | None, list[int]]] = []
    sheet: int | None = None
    for number, role in pages:
        if role is PageRole.SHEET:
            sheet = number
            continue
        if role is PageRole.BEGINS or sheet is not None or not pieces:
            pieces.append((sheet, []))
        pieces[-1][1].append(number)
        sheet = None
    return tuple(Piece(separator, tuple(numbers)) for separator, numbers in pieces)


def sheet_count(sheets: Iterable[SheetFacts]) -> int:
    """Return how many separator sheets there are; a back with the same separator is none of its own."""
    count, at_sheet = 0, False
    for sheet in sheets:
        count += sheet.separates and not (at_sheet and sheet.same_as_before)
        at_sheet = sheet.separates
    return count


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents, separator sheets and pages of documents in a batch."""

    documents: int
    separators: int
    pages: int


def differences(found: Counts, *, documents: int, pages: int | None) -> tuple[str, ...]:
    """Return, in German, in what the found counts differ from the expected ones; empty where they agree.

    Every document has its separator sheet; pages are those of the documents, without sheets and their backs. They are
    not compared where the operator stated none.
    """
    told = []
    if found.separators != documents:
        told.append(f"{_many(documents, 'Trennblatt', 'Trennblätter')} erwartet, {found.separators} gefunden")
    elif found.documents != documents:
        told.append(f"{_many(documents, 'Dokument', 'Dokumente')} erwartet, {found.documents} gefunden")
    if pages is not None and found.pages != pages:
        told.append(f"{_many(pages, 'Seite', 'Seiten')} erwartet, {found.pages} gefunden")
    return tuple(told)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def sample_size(total: int, percent: int, least: int) -> int:
    """Return how many of *total* documents a sample takes: the percentage rounded up, at least *least*, at most all."""
    return min(total, max(least, -(-total * percent // 100)))


def drawn(ids: Collection[str], size: int, seed: str) -> tuple[str, ...]:
    """Return *size* of the ids, which anybody can draw again from the seed: the smallest by SHA-256 of seed and id."""
    by_hash = sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())
    return tuple(sorted(by_hash[:size]))


def keeps_from_release(
    state: BatchState, paper_until: date | None, document_types: Sequence[str], must_stay: Collection[str], today: date
) -> tuple[str, ...]:
    """Return, in German, why the paper of a batch may not be destroyed; empty where it may.

    Papers of the listed document types must stay for ever; they are told apart by the caller, here they only block
    a batch that holds nothing else.
    """
    reasons = []
    if state is not BatchState.INSPECTED:
        reasons.append("Die Sichtprüfung ist nicht bestanden.")
    if paper_until is None:
        reasons.append("Für das Papier ist keine Aufbewahrungsfrist angegeben.")
    elif today <= paper_until:
        reasons.append(f"Die Aufbewahrungsfrist des Papiers läuft bis {paper_until:%d.%m.%Y}.")
    if document_types and all(kind in must_stay for kind in document_types):
        reasons.append("Alle Papiere dieses Stapels bleiben im Original aufbewahrt.")
    return tuple(reasons)
