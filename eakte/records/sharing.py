"""Documents in several case files: the longest retention wins, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from eakte.records.calendar import german


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a case file is kept: for ever, for an open time, or until a day."""

    reference: str
    end: date | None
    """Last day of keeping; ``None`` while it cannot be told, because the file is open or waits for an event."""
    permanent: bool = False

    @property
    def order(self) -> tuple[bool, bool, date]:
        """Sorts what is kept longer behind what is kept shorter; an end not known yet is later than any known."""
        return self.permanent, self.end is None, self.end or date.min


def longest(files: Sequence[Kept]) -> int:
    """Return the place of the file that is kept longest, the first of equals."""
    return max(range(len(files)), key=lambda place: (files[place].order, -place))


def sentences(home: Kept, others: Sequence[Kept]) -> tuple[str, ...]:
    """Say in German how long a document is kept that is filed in *home* and referred to from *others*."""
    if not others:
        return ()
    files = (home, *others)
    winner = files[longest(files)]
    listed = "; ".join(f"{each.reference} {_end(each)}" for each in files)
    told = f"Das Dokument liegt in mehreren Akten ({listed}). Die längste Aufbewahrung gilt: "
    if winner is home:
        return (f"{told}die der eigenen Akte.",)
    return (f"{told}die der Akte {winner.reference}.", "Wird die eigene Akte vernichtet, geht es dorthin über.")


def _end(kept: Kept) -> str:
    if kept.permanent:
        return "dauernd"
    return f"bis {german(kept.end)}" if kept.end else "Ende noch offen"
