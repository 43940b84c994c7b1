"""The lists of the records manager's desk, and how they and the outcomes of retention read in German."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from retention.model import Outcome


class Pile(StrEnum):
    """What is to be done about a case file."""

    OVERDUE = "overdue"
    """Its period is over, and it is not with the archive."""
    THIS_YEAR = "this_year"
    """Its period ends by the end of this year."""
    NO_RULE = "no_rule"
    WAITING = "waiting"
    """An event that starts its period is not recorded."""
    CONFLICT = "conflict"
    """A person has to decide between a legal maximum and a legal minimum."""
    ON_HOLD = "on_hold"
    """Its period is over, but a hold keeps it."""
    AT_ARCHIVE = "at_archive"
    """Offered, appraised to be archived, handed over or taken over, and not destroyed yet."""


class Measure(StrEnum):
    """In what a forecast counts."""

    FILES = "files"
    PAGES = "pages"
    """Of all versions of the documents."""
    BYTES = "bytes"
    """Of the originals of all versions."""


MEASURE_LABELS: Mapping[Measure, str] = {Measure.FILES: "Akten", Measure.PAGES: "Seiten", Measure.BYTES: "Bytes"}
PILE_LABELS: Mapping[Pile, str] = {
    Pile.OVERDUE: "Überfällig",
    Pile.THIS_YEAR: "In diesem Jahr fällig",
    Pile.NO_RULE: "Ohne Regel",
    Pile.WAITING: "Wartet auf Ereignis",
    Pile.CONFLICT: "Widerspruch der Fristen",
    Pile.ON_HOLD: "Löschsperre",
    Pile.AT_ARCHIVE: "Beim Archiv",
}
PILE_HINTS: Mapping[Pile, str] = {
    Pile.OVERDUE: "Die Frist ist abgelaufen, ausgesondert ist noch nicht.",
    Pile.THIS_YEAR: "Die Frist läuft bis zum Jahresende ab.",
    Pile.NO_RULE: "Am Platz dieser Akten gilt keine Aufbewahrungsregel. Solange bleiben sie unbefristet.",
    Pile.WAITING: "Die Frist beginnt mit einem Ereignis, das noch nicht erfasst ist; vorher wird nichts fällig.",
    Pile.CONFLICT: "Eine Höchstfrist ist abgelaufen, eine Mindestfrist läuft noch: Das entscheidet ein Mensch.",
    Pile.ON_HOLD: "Die Frist ist abgelaufen, eine Löschsperre hält die Akte zurück.",
    Pile.AT_ARCHIVE: "Angeboten, bewertet, übergeben oder vom Archiv übernommen.",
}
OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.OPEN: "In Bearbeitung",
    Outcome.NO_RULE: "Keine Regel",
    Outcome.WAITING_FOR_EVENT: "Wartet auf Ereignis",
    Outcome.KEEP: "Frist läuft",
    Outcome.KEEP_PERMANENTLY: "Dauernd aufbewahren",
    Outcome.ON_HOLD: "Löschsperre",
    Outcome.OFFER: "Dem Archiv anbieten",
    Outcome.DESTROY: "Zur Vernichtung",
    Outcome.CONFLICT: "Widerspruch der Fristen",
}
