"""Slowing down who asks too often: shared in the database for signing in, in memory for programs.

Signing in writes anyway, and guessing spread over several web processes must be counted together. A program's request
often only reads: counting it in the database would make a write of each, on SQLite one after another. So every process
counts for itself, and the allowance holds per process.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eakte.errors import TooManyRequests
from eakte.records.throttle import Allowance, take
from eakte.store.sign_in import Throttle

MOST_KEYS = 10_000
"""Keys one process remembers before it forgets those that are within their allowance anyway."""


def spend(session: Session, key: str, allowance: Allowance, now: datetime, cost: int = 1) -> None:
    """Take *cost* from the allowance of *key*, counted for all processes.

    Raises:
        TooManyRequests: None is left; ``seconds`` says how long to wait.
    """
    kept = _row(session, key, now)
    kept.arrival, wait = take(kept.arrival, now, allowance, cost)
    if wait is not None:
        raise _refusal(wait)


def check(session: Session, key: str, allowance: Allowance, now: datetime) -> None:
    """Raise what :func:`spend` would, and take nothing."""
    kept = session.get(Throttle, key)
    _, wait = take(kept.arrival if kept else None, now, allowance)
    if wait is not None:
        raise _refusal(wait)


def _row(session: Session, key: str, now: datetime) -> Throttle:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Throttle).values(key=key, arrival=now).on_conflict_do_nothing())
    return session.get_one(Throttle, key, with_for_update=True, populate_existing=True)


def forget(session: Session, now: datetime) -> None:
    """Remove what no longer slows anybody down, and with it the addresses."""
    session.execute(delete(Throttle).where(Throttle.arrival < now))


class Limiter:
    """An allowance per key, counted in this process."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._arrivals: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def spend(self, key: str, now: datetime) -> None:
        """Take one from the allowance of *key*, like :func:`spend`."""
        with self._lock:
            arrival, wait = take(self._arrivals.get(key), now, self._allowance)
            self._arrivals[key] = arrival
            if len(self._arrivals) > MOST_KEYS:
                self._arrivals = {name: due for name, due in self._arrivals.items() if due > now}
        if wait is not None:
            raise _refusal(wait)


def _refusal(wait: timedelta) -> TooManyRequests:
    return TooManyRequests(seconds=str(ceil(wait.total_seconds())))
