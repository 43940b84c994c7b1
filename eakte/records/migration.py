"""Migration of paper files: the states of a run, its lines and scans, and what one line of a manifest means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from eakte.errors import MoveRefused
from eakte.records.calendar import BERLIN


class RunState(StrEnum):
    """Way of one run: a manifest with its folder of scans."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    """Nothing is left to import; exceptions may be open."""
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


class LineState(StrEnum):
    """Way of one line of the manifest."""

    NEW = "new"
    """To be judged before it is imported."""
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    FILED = "filed"
    EXCEPTION = "exception"
    ACCEPTED = "accepted"
    """An exception somebody answers for, with a reason."""
    TAKEN_BACK = "taken_back"
    KEPT = "kept"
    """Not taken back by a rollback, because people have changed it since."""


class ScanState(StrEnum):
    """Way of one file of a line."""

    PLANNED = "planned"
    RECEIVED = "received"
    FILED = "filed"
    FAULT = "fault"
    TAKEN_BACK = "taken_back"
    KEPT = "kept"


RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.DRAFT: frozenset({RunState.RUNNING}),
    RunState.RUNNING: frozenset({RunState.STOPPED, RunState.DONE}),
    RunState.STOPPED: frozenset({RunState.RUNNING, RunState.ROLLING_BACK}),
    RunState.DONE: frozenset({RunState.RUNNING, RunState.ROLLING_BACK}),
    RunState.ROLLING_BACK: frozenset({RunState.ROLLED_BACK}),
    RunState.ROLLED_BACK: frozenset(),
}
RUN_LABELS: Mapping[RunState, str] = {
    RunState.DRAFT: "in Vorbereitung",
    RunState.RUNNING: "läuft",
    RunState.STOPPED: "angehalten",
    RunState.DONE: "abgeschlossen",
    RunState.ROLLING_BACK: "wird zurückgenommen",
    RunState.ROLLED_BACK: "zurückgenommen",
}
LINE_LABELS: Mapping[LineState, str] = {
    LineState.NEW: "noch nicht geprüft",
    LineState.PLANNED: "geplant",
    LineState.UNDER_WAY: "wird eingelesen",
    LineState.FILED: "abgelegt",
    LineState.EXCEPTION: "Ausnahme",
    LineState.ACCEPTED: "mit Begründung angenommen",
    LineState.TAKEN_BACK: "zurückgenommen",
    LineState.KEPT: "nicht zurückgenommen",
}
WORKING = frozenset({RunState.RUNNING, RunState.ROLLING_BACK})
"""States in which a job is at work."""
TO_DO = frozenset({LineState.NEW, LineState.PLANNED, LineState.UNDER_WAY})

State = TypeVar("State", bound=StrEnum)


def move_run(now: RunState, then: RunState) -> RunState:
    """Return *then* if the move is in the table.

    Raises:
        MoveRefused: The table has no such move.
    """
    if then not in RUN_MOVES[now]:
        raise MoveRefused(state=RUN_LABELS[now])
    return then


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of the manifest says."""

    number: int
    """Line of the table, the header is line 1."""
    box: str
    binder: str
    reference: str
    """Former reference (altes Aktenzeichen), or empty."""
    title: str
    begin: date | None
    end: date | None
    """Last day of the term, where the manifest gives one; the date of a single letter is none."""
    pages: int | None
    path: str
    """File or folder with scans, relative to the folder of the run."""
    plan: str
    document_type: str

    @property
    def file_key(self) -> str:
        """What lines of one case file have in common: the former reference, else the binder, else nothing."""
        if self.reference:
            return f"ref:{self.reference}"
        return f"binder:{self.box}/{self.binder}" if self.binder else f"line:{self.number}"

    @property
    def letter_date(self) -> date | None:
        """The date of the document, where the manifest knows the day."""
        return self.begin if self.end in {None, self.begin} else None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a line: a code for programs, a sentence for people."""

    code: str
    text: str


def ends_of(entries: Iterable[Entry]) -> dict[str, date]:
    """Return on which day each case file came to its end, by :attr:`Entry.file_key`; without one where no line says.

    Lines of one file count together: the end is the last day that any of them names, so that nothing in the file is
    younger than its closing.
    """
    days: dict[str, list[date]] = defaultdict(list)
    ended = set()
    for entry in entries:
        days[entry.file_key] += [day for day in (entry.begin, entry.end) if day]
        if entry.end:
            ended.add(entry.file_key)
    return {key: max(days[key]) for key in ended}


def resting(quiet_from: int | None, quiet_until: int | None, now: datetime) -> bool:
    """Tell whether a run rests at this moment: hours of the city's clock, also over midnight; equal hours never."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    hour = now.astimezone(BERLIN).hour
    if quiet_from < quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def seconds_left(left: int, done: int, seconds: float) -> int | None:
    """Return how long *left* lines take at the pace of the last *done* in *seconds*; ``None``: not known yet."""
    if left == 0:
        return 0
    return round(left * seconds / done) if done and seconds > 0 else None
