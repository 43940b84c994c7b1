"""The story of the demo city as a list of steps in the order of time: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from eakte.demo.data import CaseFileEntry, City, Event
from eakte.demo.mail import Mail
from eakte.records.calendar import BERLIN

SLOT = timedelta(minutes=5)
READ_AFTER, DECIDED_AFTER = timedelta(minutes=1), timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A clerk opens a case file with its cases."""

    at: datetime
    entry: CaseFileEntry


@dataclass(frozen=True, slots=True)
class Arrive:
    """A letter arrives, is read and proposed, and its clerk decides unless it still waits."""

    at: datetime
    mail: Mail


@dataclass(frozen=True, slots=True)
class Happen:
    """An event that starts a retention period is recorded."""

    at: datetime
    entry: CaseFileEntry
    event: Event


@dataclass(frozen=True, slots=True)
class CloseFile:
    """A clerk closes a case file (z.d.A.)."""

    at: datetime
    entry: CaseFileEntry


@dataclass(frozen=True, slots=True)
class Hold:
    """A records manager places a disposal hold."""

    at: datetime
    entry: CaseFileEntry
    event: Event


Step = OpenFile | Arrive | Happen | CloseFile | Hold


def script(city: City, post: Sequence[Mail], now: datetime) -> list[Step]:
    """Return all steps, oldest first; nothing happens after *now*."""
    steps: list[Step] = [*_files(city.case_files, now), *_arrivals(post, now)]
    return sorted(steps, key=lambda step: step.at)


def _files(entries: Iterable[CaseFileEntry], now: datetime) -> Iterable[Step]:
    for entry in entries:
        yield OpenFile(_moment(entry.opened, 8, now), entry)
        for event in entry.events:
            yield Happen(_moment(event.on, 11, now), entry, event)
        if entry.closed is not None:
            yield CloseFile(_moment(entry.closed, 15, now), entry)
        if entry.hold is not None:
            yield Hold(_moment(entry.hold.on, 16, now), entry, entry.hold)


def _arrivals(post: Iterable[Mail], now: datetime) -> Iterable[Step]:
    """Let the letters of a day arrive one after the other, with time to read and decide between them."""
    today: Counter[date] = Counter()
    for mail in post:
        day = mail.letter.spec.received_on
        at = _moment(day, 9, now) + SLOT * today[day]
        today[day] += 1
        yield Arrive(min(at, now), mail)


def _moment(day: date, hour: int, now: datetime) -> datetime:
    return min(datetime.combine(day, time(hour), tzinfo=BERLIN), now)
