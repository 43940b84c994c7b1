"""The closing directive (z.d.A.): which preconditions hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What decides whether a case file may be closed."""

    is_open: bool
    incomplete: tuple[str, ...]
    """References of documents without subject or type."""
    waiting_items: int
    """Items in the inbox whose first proposal is this file."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """One precondition in German, and whether it holds."""

    text: str
    holds: bool


def preconditions(facts: ClosingFacts) -> tuple[Precondition, ...]:
    """Return every precondition of the closing directive, held or not."""
    incomplete = ", ".join(facts.incomplete[:3]) + (" …" if len(facts.incomplete) > 3 else "")
    return (
        Precondition("Die Akte ist in Bearbeitung.", facts.is_open),
        Precondition(
            f"Betreff oder Dokumenttyp fehlt: {incomplete}."
            if facts.incomplete
            else "Alle Dokumente haben Betreff und Dokumenttyp.",
            not facts.incomplete,
        ),
        Precondition(
            f"Im Posteingang warten noch {facts.waiting_items} Dokumente, die zu dieser Akte gehören."
            if facts.waiting_items
            else "Im Posteingang wartet nichts für diese Akte.",
            facts.waiting_items == 0,
        ),
    )
