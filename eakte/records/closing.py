"""The closing directive (z.d.A.): which preconditions hold, and what taking it back does to retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from eakte.records.calendar import german

SHOWN = 3
"""References named in a sentence; of the others only that there are more."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What decides whether the documents of a file or case allow closing it: references, in order."""

    incomplete: tuple[str, ...] = ()
    """Without subject or type."""
    checked_out: tuple[str, ...] = ()
    """``<reference> (<name of the person>)``"""
    unsigned: tuple[str, ...] = ()
    """Outgoing and internal documents that have not been signed off."""
    unread: tuple[str, ...] = ()
    """With a further version that is still being read, or that could not be read."""


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What decides whether a case file may be closed."""

    is_open: bool
    documents: DocumentFacts
    open_cases: int
    waiting_items: int
    """Items in the inbox whose first proposal is this file."""


@dataclass(frozen=True, slots=True)
class FormerEnd:
    """When a file that was migrated came to its end, long before it was taken in."""

    day: date
    run_id: UUID
    """The migration whose manifest says so."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """One precondition in German, and whether it holds."""

    text: str
    holds: bool


def preconditions(facts: ClosingFacts) -> tuple[Precondition, ...]:
    """Return every precondition of the closing directive, held or not."""
    return (
        Precondition("Die Akte ist in Bearbeitung.", facts.is_open),
        Precondition(_open_cases(facts.open_cases), holds=True),
        *document_preconditions(facts.documents),
        Precondition(
            f"Im Posteingang warten noch {facts.waiting_items} Dokumente, die zu dieser Akte gehören."
            if facts.waiting_items
            else "Im Posteingang wartet nichts für diese Akte.",
            facts.waiting_items == 0,
        ),
    )


def _open_cases(count: int) -> str:
    if not count:
        return "Kein Vorgang ist mehr offen."
    if count == 1:
        return "Ein Vorgang ist noch offen; er wird mit der Akte abgeschlossen."
    return f"{count} Vorgänge sind noch offen; sie werden mit der Akte abgeschlossen."


def document_preconditions(facts: DocumentFacts) -> tuple[Precondition, ...]:
    """Return what must hold for the documents of a file or case before it is closed."""
    return (
        _none(facts.incomplete, "Alle Dokumente haben Betreff und Dokumenttyp.", "Betreff oder Dokumenttyp fehlt: {}."),
        _none(facts.checked_out, "Kein Dokument ist ausgecheckt.", "Noch ausgecheckt: {}."),
        _none(
            facts.unsigned,
            "Alle Ausgänge und internen Schreiben sind schlussgezeichnet.",
            "Noch nicht schlussgezeichnet: {}.",
        ),
        _none(facts.unread, "Alle Fassungen sind gelesen.", "Eine neue Fassung ist noch nicht gelesen: {}."),
    )


def _none(found: tuple[str, ...], held: str, missing: str) -> Precondition:
    if not found:
        return Precondition(held, holds=True)
    more = " …" if len(found) > SHOWN else ""
    return Precondition(missing.format(", ".join(found[:SHOWN]) + more), holds=False)


@dataclass(frozen=True, slots=True)
class Reopening:
    """What taking the closing directive back does to retention, before it is done."""

    possible: bool
    state: str
    """The state in German."""
    closed_on: date | None
    end_before: date | None
    """Last day of keeping as it stands."""
    end_if_closed_today: date | None
    """Last day of keeping if the file were closed again today."""
    offered: bool
    """Whether the archive has been offered the file."""
    open_disposals: int


def reopening_sentences(facts: Reopening) -> tuple[str, ...]:
    """Say in German what reopening does, one sentence per effect."""
    if not facts.possible:
        told = f"Die Akte ist im Zustand „{facts.state}“ und kann nicht wieder geöffnet werden."
        return (told, *(("Sie ist dem Archiv angeboten.",) if facts.offered else ()))
    found = [f"z.d.A. seit {german(facts.closed_on)}; die Verfügung wird aufgehoben, die Frist läuft nicht mehr."]
    before, after = german(facts.end_before), german(facts.end_if_closed_today)
    if before and after and before != after:
        found.append(f"Aufbewahrungsende bisher {before}; bei erneuter z.d.A. heute wäre es {after}.")
    elif before:
        found.append(f"Aufbewahrungsende bisher {before}; es wird mit der nächsten z.d.A.-Verfügung neu berechnet.")
    if facts.open_disposals:
        found.append("Die vorgeschlagene Vernichtung wird damit abgelehnt.")
    return tuple(found)
