"""How SQLite is opened so that an acknowledged write stays and two writers never interleave.

The driver of Python begins no transaction before a SELECT, so that reading and then writing would not be one act and
the history chain would break without an error. The driver is therefore told to begin nothing (isolation level None)
and the ``begin`` event says BEGIN itself: IMMEDIATE for writers, because a transaction that becomes a writer late is
refused at once whatever its timeout; plain for readers, which must not queue as writers. This is also right for
SQLAlchemy 2.1, whose own transaction control by ``autocommit`` needs Python 3.12 and knows only deferred BEGIN.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

BUSY_SECONDS = 30
PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA synchronous=FULL",  # a power cut takes no acknowledged document
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # else REPLACE would delete past the guards
    "PRAGMA secure_delete=ON",  # what is destroyed does not linger in free pages
    "PRAGMA journal_size_limit=67108864",
)

_write_locks: dict[str, threading.Lock] = {}
_write_locks_guard = threading.Lock()


class BrokenReferencesError(RuntimeError):
    """Rows point to rows that are not there."""


class Begin(Enum):
    """Who begins a transaction, and how."""

    WRITE = "BEGIN IMMEDIATE"
    READ = "BEGIN"
    BY_DRIVER = "the driver, before the first write"


def create_file(path: Path) -> None:
    """Create the empty file *path* and its folder; only our own user may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def write_lock(url: URL) -> threading.Lock:
    """Return this process's write lock of the file at *url*.

    SQLite's own waiting is unfair (seconds for some, nothing for others); a queue in the process makes it short.
    """
    with _write_locks_guard:
        return _write_locks.setdefault(os.path.realpath(str(url.database)), threading.Lock())


def create(url: URL, begin: Begin) -> Engine:
    """Return an engine whose transactions begin as *begin* says."""
    engine = create_engine(url, pool_size=10, max_overflow=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        del record
        connection.isolation_level = "IMMEDIATE" if begin is Begin.BY_DRIVER else None
        for pragma in PRAGMAS:
            connection.execute(pragma)
        _use_wal(connection)
        if begin is Begin.READ:
            connection.execute("PRAGMA query_only=ON")

    if begin is not Begin.BY_DRIVER:

        @event.listens_for(engine, "begin")
        def emit_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin.value)

    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging; SQLite does not wait where two processes meet a new file here."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Switch foreign keys off on *connection*, outside of any transaction, and on again afterwards."""
    beneath = connection.connection.cursor()
    beneath.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        beneath.execute("PRAGMA foreign_keys=ON")
        beneath.close()


def check_foreign_keys(connection: Connection) -> None:
    """Raise BrokenReferencesError if any row points nowhere."""
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise BrokenReferencesError(", ".join(sorted({f"{child} -> {parent}" for child, _, parent, _ in broken})))
