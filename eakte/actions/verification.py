"""Verifying the history: the chain, old and new values, anchors with their time stamps, and the guards in the database.

Everything is read once, in order, with flat memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from eakte.errors import AnchorsBroken
from eakte.records.anchors import Anchor, stamped
from eakte.records.calendar import day_of, german
from eakte.records.chain import GENESIS, value_hashes
from eakte.settings import Settings
from eakte.store import proof
from eakte.store.anchors import AnchorBook
from eakte.store.guards import missing_guards
from eakte.store.history import VALUES_ERASED, HistoryEntry
from eakte.store.proof import StoredEntry, StoredValue
from eakte.store.timestamps import certificates, genuine

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

STEP = 10_000
"""Entries between two calls of ``progress``."""
CACHED = 10_000


class Part(StrEnum):
    """What a finding is about."""

    ENTRY = "entry"
    VALUE = "value"
    ANCHOR = "anchor"
    ANCHOR_FILE = "anchor_file"
    TIME_STAMP = "time_stamp"
    GUARD = "guard"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written, told in German."""

    part: Part
    text: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of walking the whole chain."""

    entries: int
    """Entries that follow from each other, from the first on."""
    first_broken: int | None
    """Sequence number of the first entry that cannot be relied on; ``None`` if all can."""
    findings: tuple[Finding, ...] = ()
    anchors: int = 0
    time_stamps: int = 0

    @property
    def unbroken(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings


@dataclass(slots=True)
class _Walk:
    session: Session
    anchors: Iterator[Anchor]
    trusted: Sequence[Certificate]
    progress: Callable[[int], None]
    findings: list[Finding] = field(default_factory=list)
    previous: str = GENESIS
    sequence: int = 0
    last_at: datetime | None = None
    anchored: Anchor | None = None
    """The newest anchor that fits."""
    latest: Anchor | None = None
    """The newest anchor that was read."""
    waiting: Anchor | None = None
    """The next anchor, whose entry is not reached yet."""
    seen: int = 0
    stamps: int = 0

    def found(self, part: Part, text: str, sequence: int | None = None) -> None:
        self.findings.append(Finding(part, text, sequence))

    def until_now(self) -> str:
        if self.last_at is None:
            return "Davor steht kein Eintrag."
        return f"Bis Eintrag {self.sequence} vom {_day(self.last_at)} ist die Kette unverändert."

    def next_anchor(self) -> None:
        try:
            self.waiting = next(self.anchors, None)
        except AnchorsBroken as error:
            self.waiting = None
            since = f"seit dem {_day(self.latest.at)} " if self.latest else ""
            self.found(
                Part.ANCHOR_FILE,
                f"Die Datei der Kettenstände ist {since}verändert: Zeile {error.detail['line']} passt nicht.",
            )
        if self.waiting:
            self.seen, self.latest = self.seen + 1, self.waiting
            self._check_stamp(self.waiting)

    def _check_stamp(self, anchor: Anchor) -> None:
        if not anchor.token or not self.trusted:
            return
        if genuine(anchor.token, stamped(anchor), self.trusted):
            self.stamps += 1
        else:
            text = f"Der Zeitstempel des Kettenstands vom {_day(anchor.at)} ist nicht echt."
            self.found(Part.TIME_STAMP, text, anchor.sequence)

    def accept(self, entry: StoredEntry) -> bool:
        """Go on to an entry; return whether it follows from the one before."""
        expected = self.sequence + 1
        try:
            follows = entry.link is not None and entry.link.follows(expected, self.previous)
        except ValueError:  # text that cannot be hashed was never written by us
            follows = False
        if not follows or entry.link is None:
            self.found(Part.ENTRY, f"Eintrag {expected} ist verändert oder fehlt. {self.until_now()}", expected)
            return False
        self.sequence, self.previous, self.last_at = expected, entry.link.entry_hash, entry.at
        if expected % STEP == 0:
            self.progress(expected)
        return self._anchored()

    def _anchored(self) -> bool:
        """Hold the anchors of the present entry against it; return whether they fit."""
        while self.waiting and self.waiting.sequence <= self.sequence:
            if self.waiting.head != self.previous and self.waiting.sequence:
                self._rewritten(self.waiting)
                return False
            self.anchored = self.waiting
            self.next_anchor()
        return True

    def _rewritten(self, anchor: Anchor) -> None:
        first = (self.anchored.sequence if self.anchored else 0) + 1
        known = f"bis zum Kettenstand vom {_day(self.anchored.at)}" if self.anchored else "von Anfang an nicht mehr"
        reach = f"Eintrag {first}" if first == anchor.sequence else f"Einträge {first} bis {anchor.sequence}"
        text = f"{reach} wurden neu geschrieben: Der Kettenstand vom {_day(anchor.at)} passt nicht"
        self.found(Part.ANCHOR, f"{text}, gesichert ist das Protokoll {known}.", first)

    def end(self) -> None:
        """Tell of entries that are anchored but not there any more."""
        if self.waiting and self.waiting.sequence > self.sequence:
            text = f"Am Ende fehlen Einträge: Am {_day(self.waiting.at)} gab es {self.waiting.sequence}"
            self.found(Part.ANCHOR, f"{text}, jetzt nur {self.sequence}.", self.sequence + 1)
        while self.waiting:
            self.next_anchor()


def verify(
    session: Session,
    book: AnchorBook | None = None,
    *,
    trusted: Sequence[Certificate] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Verification:
    """Walk the whole chain with its values and anchors, and tell what is broken since when.

    ``trusted`` are the certificates of the time-stamp service. ``progress`` is called with the number of entries
    that are done.
    """
    walk = _Walk(session, book.each() if book else iter(()), trusted, progress)
    walk.next_anchor()
    try:
        with closing(proof.entries(session)) as entries, closing(proof.values(session)) as rows:
            _walk_through(walk, entries, _Values(session, walk, rows))
    except DatabaseError:
        text = f"Die Datenbank ist ab Eintrag {walk.sequence + 1} beschädigt. {walk.until_now()}"
        walk.found(Part.ENTRY, text, walk.sequence + 1)
    else:
        for name in sorted(missing_guards(session)):
            walk.found(Part.GUARD, f"In der Datenbank fehlt der Wächter „{name}“: Das Protokoll wäre änderbar.")
    broken = [one.sequence for one in walk.findings if one.sequence is not None and one.part in _OF_ENTRIES]
    return Verification(walk.sequence, min(broken, default=None), tuple(walk.findings), walk.seen, walk.stamps)


def _walk_through(walk: _Walk, entries: Iterable[StoredEntry], values: _Values) -> None:
    for entry in entries:
        if not walk.accept(entry):
            return
        values.check(entry)
    walk.end()
    values.end()


def of_installation(
    session: Session, settings: Settings, progress: Callable[[int], None] = lambda _: None
) -> Verification:
    """Verify the history of the installation with its own anchors and certificates."""
    trusted = certificates(settings.timestamp_certificates)
    return verify(session, AnchorBook(settings.anchors), trusted=trusted, progress=progress)


_OF_ENTRIES = frozenset({Part.ENTRY, Part.VALUE, Part.ANCHOR})


class _Values:
    """Holds the values beside the entries against the hashes in them, in step with the walk."""

    def __init__(self, session: Session, walk: _Walk, rows: Iterator[tuple[int, list[StoredValue]]]) -> None:
        self._rows, self._walk = rows, walk
        self._next = next(self._rows, None)
        self._destroyed = lru_cache(CACHED)(lambda file, about: _destroyed(session, file, about))

    def check(self, entry: StoredEntry) -> None:
        """Check the values of the entry."""
        present: list[StoredValue] = []
        while self._next and self._next[0] <= entry.sequence:
            number, rows = self._next
            if number == entry.sequence:
                present = rows
            else:
                self._walk.found(Part.VALUE, f"Zu Eintrag {number} stehen Werte ohne Eintrag.", number)
            self._next = next(self._rows, None)
        expected = entry.changes or {}
        if wrong := [row.field for row in present if not _fits(row, expected)]:
            text = f"Alter oder neuer Wert von „{wrong[0]}“ in Eintrag {entry.sequence} ist verändert."
            self._walk.found(Part.VALUE, text, entry.sequence)
        elif len(present) < len(expected) and not self._destroyed(entry.case_file_id, entry.about_id):
            text = f"Zu Eintrag {entry.sequence} fehlen alte und neue Werte, ohne dass die Akte vernichtet wurde."
            self._walk.found(Part.VALUE, text, entry.sequence)

    def end(self) -> None:
        """Tell of values beyond the last entry."""
        if self._next:
            self._walk.found(Part.VALUE, f"Zu Eintrag {self._next[0]} stehen Werte ohne Eintrag.", self._next[0])


def _fits(row: StoredValue, expected: dict[str, list[str]]) -> bool:
    try:
        return expected.get(row.field) == value_hashes(row.salt, row.field, row.old, row.new)
    except ValueError:
        return False


def _destroyed(session: Session, case_file_id: UUID | None, about_id: str) -> bool:
    """Whether the chain tells of the destruction that took the values of such an entry with it."""
    begun = (HistoryEntry.action == "disposal.begun") & (HistoryEntry.case_file_id == case_file_id)
    erased = (HistoryEntry.action == VALUES_ERASED) & (HistoryEntry.about_id == about_id)
    return session.scalar(select(HistoryEntry.sequence).where(or_(begun, erased)).limit(1)) is not None


def _day(moment: datetime) -> str:
    return german(day_of(moment))
