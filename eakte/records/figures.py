"""Figures on the state of the work ("Lage"): what each counts, how its spans are cut, and what its table says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate


class Subject(StrEnum):
    """What is counted."""

    INBOX_AGE = "inbox_age"
    SCANNING = "scanning"
    MIGRATION = "migration"
    CLASSIFIER = "classifier"
    RETENTION = "retention"
    STORAGE = "storage"


SUBJECT_LABELS: Mapping[Subject, str] = {
    Subject.INBOX_AGE: "Alter des Posteingangs",
    Subject.SCANNING: "Gescannte Seiten",
    Subject.MIGRATION: "Fortschritt der Migration",
    Subject.CLASSIFIER: "Güte der Vorschläge",
    Subject.RETENTION: "Fristende der Akten",
    Subject.STORAGE: "Speicher",
}
SUBJECT_HINTS: Mapping[Subject, str] = {
    Subject.INBOX_AGE: "Eingänge, die noch nicht abgelegt sind, nach der Zeit seit ihrem Eingang.",
    Subject.SCANNING: "Seiten der Scanstapel je Stelle, nach dem Stand ihres Stapels.",
    Subject.MIGRATION: "Zeilen der Listen je Stelle, über alle Läufe, die nicht zurückgenommen sind.",
    Subject.CLASSIFIER: "Was aus dem vorgeschlagenen Dokumenttyp beim Ablegen wurde, in den letzten 90 Tagen.",
    Subject.RETENTION: "Akten nach dem Jahr, in dem ihre Frist endet, so wie die Regeln heute gelten.",
    Subject.STORAGE: "Was heute gespeichert ist, nach dem Monat, in dem es kam. Eine Summe über alle Akten.",
}
AGES = ("heute", "1 bis 2 Tage", "3 bis 7 Tage", "8 bis 30 Tage", "über 30 Tage")
_AGE_DAYS = (0, 2, 7, 30)
MONTHS_SHOWN = 12
JUDGED_DAYS = 90
"""So far back proposals are judged: longer, and a figure tells of models that serve no more."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a figure: what it is about, and a number for each column."""

    label: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A table of numbers with what its picture shows of it."""

    subject: Subject
    row_head: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    drawn: tuple[int, ...]
    """The columns that the picture shows, side by side in each bar."""
    over_time: bool = False
    """Rows follow each other in time: the picture has them from left to right."""
    in_bytes: bool = False

    def shown(self, row: Row) -> tuple[int, ...]:
        """Return the numbers of a row that the picture shows."""
        return tuple(row.values[place] for place in self.drawn)

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((sum(self.shown(row)) for row in self.rows), default=0)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.most


def age_starts(today: date) -> tuple[date, ...]:
    """Return the first day of each span of :data:`AGES` but the last, which has no beginning: youngest first."""
    return tuple(today - timedelta(days=days) for days in _AGE_DAYS)


def month_starts(today: date, count: int = MONTHS_SHOWN) -> tuple[date, ...]:
    """Return the first days of the last *count* months, oldest first, this month's last."""
    number = today.year * 12 + today.month - 1
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1))


def month_label(first: date) -> str:
    """Return a month as it is told: ``11.2026``."""
    return f"{first:%m.%Y}"


def growth(before: int, added: Sequence[int]) -> tuple[int, ...]:
    """Return what there was at the end of each span, of what there was before the first and what each added."""
    return tuple(accumulate(added, initial=before))[1:]


def longest_first(rows: Sequence[Row], most: int) -> tuple[Row, ...]:
    """Return the rows with the largest sums, at most *most*; the others together are the last ("weitere")."""
    ordered = sorted(rows, key=lambda row: (-sum(row.values), row.label))
    if len(ordered) <= most:
        return tuple(ordered)
    rest = ordered[most - 1 :]
    sums = tuple(sum(column) for column in zip(*(row.values for row in rest), strict=True))
    return (*ordered[: most - 1], Row(f"weitere ({len(rest)})", sums))
