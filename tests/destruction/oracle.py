"""What people know of each case file, as plain sets: no line of the product is asked what may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

NAMES = ("Petersen", "Yildirim", "Demirel")
"""Each case file tells of one of them."""
REVIEWED, ON_EVENT, SHORTER = "52.02", "52.03", "52.01 of the new plan"
"""Where the archive is asked, where the period runs from a demolition, and what a new plan says of later files."""
YEARS = {REVIEWED: 10, ON_EVENT: 3, SHORTER: 1}
"""How many years after the end of the year; at 52.01 the newest version of its rule says so."""


@dataclass(eq=False)
class Run:
    """A disposal run and what of it is left."""

    run_id: UUID
    files: list[File]
    submitted_by: str = ""
    proposed: set[UUID] = field(default_factory=set)
    """Case files whose destruction it has laid before the second person."""
    approved: bool = False
    is_over: bool = False

    def leave(self, file: File) -> None:
        """Let a case file leave: what the run proposed or decided of it counts no more."""
        if file in self.files:
            self.files.remove(file)
            file.appraised = False  # the archive would be asked anew
            if file.process is not None and file.process.run is self:
                file.process = None


@dataclass
class Process:
    """One destruction as its people know it."""

    proposed_by: str
    approved_by: str = ""
    not_before: date = date.max
    run: Run | None = None


@dataclass(eq=False)
class File:
    """One case file of the oracle."""

    file_id: UUID
    reference: str
    original: str
    plan: str
    person: str = ""
    closed_on: date | None = None
    demolished_on: date | None = None
    appraised: bool = False
    """The archive has said that it does not want it."""
    holds: set[UUID] = field(default_factory=set)
    """Holds placed on it."""
    caught: set[UUID] = field(default_factory=set)
    """Orders that hold it, as written down at the file."""
    restriction: UUID | None = None
    """Its processing is restricted for a ground that stops destruction."""
    process: Process | None = None
    tampered: bool = False
    """Somebody changed rows behind the back of the application: it may stay, but it may not go any other way."""
    gone: bool = False


def is_over(file: File, months: Mapping[date, int], today: date) -> bool:
    """Tell whether the period is over: so many years after the end of the year of closing, or of the demolition."""
    if file.closed_on is None:
        return False
    start = file.demolished_on if file.plan == ON_EVENT else file.closed_on
    years = YEARS.get(file.plan) or months[max(day for day in months if day <= today)] // 12
    return start is not None and today > date(start.year + years, 12, 31)


def is_due(file: File, months: Mapping[date, int], today: date) -> bool:
    """Tell whether it may be destroyed for its period: where the archive is asked, only when it has answered."""
    return is_over(file, months, today) and (file.plan != REVIEWED or file.appraised)
