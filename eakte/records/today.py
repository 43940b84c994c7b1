"""What can wait for a person, and in which order and words they are told of it (start page "Heute")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Chore(StrEnum):
    """A kind of work; each has one list that it leads to."""

    INBOX = "inbox"
    FAULTS = "faults"
    FOLLOW_UPS = "follow_ups"
    POOR_PAGES = "poor_pages"
    STOPPED_BATCHES = "stopped_batches"
    INSPECTIONS = "inspections"
    MIGRATION_EXCEPTIONS = "migration_exceptions"
    LOANS = "loans"
    HOLD_REVIEWS = "hold_reviews"
    DATA_REQUESTS = "data_requests"
    RESTRICTION_REVIEWS = "restriction_reviews"
    EVENTS = "events"
    OVERDUE = "overdue"
    CONFLICTS = "conflicts"
    NO_RULE = "no_rule"
    DISPOSALS = "disposals"
    DISPOSAL_RUNS = "disposal_runs"
    RULE_DRAFTS = "rule_drafts"
    DIFFERENCES = "differences"
    ARCHIVE_ARRIVALS = "archive_arrivals"
    NEWS = "news"


CHORE_LABELS: Mapping[Chore, str] = {
    Chore.INBOX: "Posteingang",
    Chore.FAULTS: "Störungen",
    Chore.FOLLOW_UPS: "Wiedervorlagen",
    Chore.POOR_PAGES: "Schlecht lesbar",
    Chore.STOPPED_BATCHES: "Angehaltene Stapel",
    Chore.INSPECTIONS: "Sichtprüfungen",
    Chore.MIGRATION_EXCEPTIONS: "Ausnahmen der Migration",
    Chore.LOANS: "Ausleihen überfällig",
    Chore.HOLD_REVIEWS: "Löschsperren prüfen",
    Chore.DATA_REQUESTS: "Betroffenenanträge",
    Chore.RESTRICTION_REVIEWS: "Einschränkungen prüfen",
    Chore.EVENTS: "Fehlende Ereignisse",
    Chore.OVERDUE: "Zur Aussonderung",
    Chore.CONFLICTS: "Widerspruch der Fristen",
    Chore.NO_RULE: "Akten ohne Regel",
    Chore.DISPOSALS: "Vernichtung freigeben",
    Chore.DISPOSAL_RUNS: "Aussonderungsläufe",
    Chore.RULE_DRAFTS: "Änderungen von Regeln",
    Chore.DIFFERENCES: "Abweichungen des Archivs",
    Chore.ARCHIVE_ARRIVALS: "Nicht lesbar vom Archiv",
    Chore.NEWS: "Neue Treffer",
}
CHORE_HINTS: Mapping[Chore, str] = {
    Chore.INBOX: "warten auf Ablage",
    Chore.FAULTS: "konnten nicht gelesen werden",
    Chore.FOLLOW_UPS: "sind heute oder waren schon fällig",
    Chore.POOR_PAGES: "Seiten hat noch niemand angesehen",
    Chore.STOPPED_BATCHES: "Stapel warten auf eine Entscheidung",
    Chore.INSPECTIONS: "Stapel warten auf eine zweite Person",
    Chore.MIGRATION_EXCEPTIONS: "Zeilen warten auf eine Entscheidung",
    Chore.LOANS: "Papierteile sind nicht zurück",
    Chore.HOLD_REVIEWS: "sind bald oder schon zu prüfen",
    Chore.DATA_REQUESTS: "warten auf Ihre Antwort",
    Chore.RESTRICTION_REVIEWS: "sind bald oder schon zu prüfen",
    Chore.EVENTS: "Akten warten auf ein Ereignis",
    Chore.OVERDUE: "Akten haben ihre Frist erreicht",
    Chore.CONFLICTS: "Akten muss ein Mensch entscheiden",
    Chore.NO_RULE: "bleiben solange unbefristet",
    Chore.DISPOSALS: "Vorschläge anderer warten auf Sie",
    Chore.DISPOSAL_RUNS: "Läufe warten auf Ihren Schritt",
    Chore.RULE_DRAFTS: "Entwürfe anderer können Sie freigeben",
    Chore.DIFFERENCES: "warten auf eine Entscheidung",
    Chore.ARCHIVE_ARRIVALS: "Sendungen warten auf eine Entscheidung",
    Chore.NEWS: "in Suchen, denen Sie folgen",
}
URGENT = frozenset(
    {
        Chore.FAULTS,
        Chore.STOPPED_BATCHES,
        Chore.LOANS,
        Chore.CONFLICTS,
        Chore.DIFFERENCES,
        Chore.ARCHIVE_ARRIVALS,
    }
)
"""Work that stops something else until it is done."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work that waits for a person."""

    chore: Chore
    count: int
    """How many; where there are more than are counted, the most that are counted."""
    more: bool = False
    """There are more than ``count``."""
    since: date | None = None
    """The day of the oldest, where it is known."""
    overdue: bool = False
    """One of them should have been done before today."""

    @property
    def urgent(self) -> bool:
        """Whether it comes first."""
        return self.overdue or self.chore in URGENT


def in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return what waits, urgent work first, else in the order of a day: mail, scanning, periods, disposal."""
    order = list(Chore)
    waiting = [task for task in tasks if task.count]
    return tuple(sorted(waiting, key=lambda task: (not task.urgent, order.index(task.chore))))
