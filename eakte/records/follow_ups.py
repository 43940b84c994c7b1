"""When a follow-up (Wiedervorlage) is due, and how the lists of them are narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class Due(StrEnum):
    """Where the day of a follow-up lies, seen from today; done ones lie nowhere else."""

    OVERDUE = "overdue"
    TODAY = "today"
    COMING = "coming"
    DONE = "done"


DUE_LABELS: Mapping[Due, str] = {
    Due.OVERDUE: "Überfällig",
    Due.TODAY: "Heute fällig",
    Due.COMING: "Kommend",
    Due.DONE: "Erledigt",
}


def due_of(due_on: date, done_on: date | None, today: date) -> Due:
    """Return where a follow-up lies; its day counts as told, whatever weekday it is."""
    if done_on is not None:
        return Due.DONE
    if due_on < today:
        return Due.OVERDUE
    return Due.TODAY if due_on == today else Due.COMING
