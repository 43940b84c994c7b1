"""The one door to the database: SQLite by default, PostgreSQL by settings, with the same promises.

A write transaction sees nothing change under it on SQLite (BEGIN IMMEDIATE, one writer per process at a time);
on PostgreSQL whoever reads and then writes takes a lock first, for the history chain :func:`chain_lock`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from eakte.records.metadata import EMPTY, Catalogue
from eakte.store import sqlite

CHAIN_LOCK = 0x65616B7465  # "eakte"; the only advisory lock of the history chain
MIGRATION_LOCK = CHAIN_LOCK + 1
_CATALOGUE = "catalogue"
# A session that forgets its transaction would hold the chain lock for ever.
POSTGRES_OPTIONS = "-c timezone=UTC -c idle_in_transaction_session_timeout=300000"

PATIENCE_MS, TRIES, PAUSE_SECONDS = 5_000, 3, 1.0
"""How long overwriting waits for a table in use, how often it is tried, and the time between for those behind it."""


class NestedTransactionError(RuntimeError):
    """A write transaction was begun inside another one of the same thread; it would wait for itself."""


class Database:
    """Engines and transactions of one database."""

    def __init__(self, url: URL, catalogue: Catalogue) -> None:
        self.url = url
        self.catalogue = catalogue
        """The metadata the city declares; every session knows it (:func:`catalogue_of`)."""
        self.engine: Engine = self._create()
        self._turn: AbstractContextManager[Any] = sqlite.write_lock(url) if self.is_sqlite else nullcontext()
        self._here = threading.local()

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is one file."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open one write transaction: committed at the end, rolled back on any error."""
        with self._one_at_a_time(), self._session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one read transaction: a stable view on SQLite, never a writer, never waiting for one."""
        with self._session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open one transaction for changes of the schema, alone among all processes.

        On SQLite foreign keys are off while it lasts, because rebuilding a table would cascade into its children;
        they are checked before it commits.

        Raises:
            sqlite.BrokenReferencesError: the migration left rows that point nowhere.
        """
        with self._one_at_a_time(), self.engine.connect() as connection:
            if self.is_sqlite:
                with sqlite.foreign_keys_off(connection), connection.begin():
                    yield connection
                    sqlite.check_foreign_keys(connection)
            else:
                with connection.begin():
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
                    yield connection

    def _session(self, engine: Engine, *, autoflush: bool = True) -> Session:
        return Session(engine, autoflush=autoflush, expire_on_commit=False, info={_CATALOGUE: self.catalogue})

    def wipe(self) -> bool:
        """Overwrite what deleted rows have left in the files of the database; return whether that could be done.

        On SQLite deleted bytes are zeroed at once (``secure_delete``), but older pages stand in the write-ahead log
        until it is emptied, for which nobody may be reading. On PostgreSQL ``VACUUM FULL`` writes the tables anew,
        because a plain one leaves the bytes in the gaps of pages; each table is locked while that lasts. Everybody
        waits behind whoever waits for such a lock, so it gives up after a while, as when a copy is being made. Its
        write-ahead log keeps older bytes until its files are used again.
        """
        if self.is_sqlite:
            with closing(self.engine.raw_connection()) as beneath, closing(beneath.cursor()) as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return (cursor.fetchone() or (1,))[0] == 0
        return any(self._written_anew(try_) for try_ in range(TRIES))

    def _written_anew(self, try_: int) -> bool:
        """Write all tables anew; return whether that could be done, or somebody was using one all the while."""
        time.sleep(PAUSE_SECONDS * bool(try_))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"SET lock_timeout = {PATIENCE_MS}")
            try:
                connection.exec_driver_sql("VACUUM (FULL)")
            except OperationalError as error:
                if isinstance(error.orig, LockNotAvailable):
                    return False
                raise
            finally:
                connection.exec_driver_sql("RESET lock_timeout")
        return True

    def close(self) -> None:
        """Close all connections: the idle ones now, those in a thread's hands when it gives them back."""
        kept = [self.__dict__.pop(name, None) for name in ("_reader", "jobs_engine")]
        for engine in (self.engine, *filter(None, kept)):
            event.listen(engine.pool, "checkin", _close)
            engine.dispose()

    @cached_property
    def jobs_engine(self) -> Engine:
        """The job library's own connections: it begins its transactions in its own way."""
        return self._create(sqlite.Begin.BY_DRIVER)

    @cached_property
    def _reader(self) -> Engine:
        if self.is_sqlite:
            return self._create(sqlite.Begin.READ)
        return self.engine.execution_options(postgresql_readonly=True)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if getattr(self._here, "open", False):
            raise NestedTransactionError
        with self._turn:
            self._here.open = True
            try:
                yield
            finally:
                self._here.open = False

    def _create(self, begin: sqlite.Begin = sqlite.Begin.WRITE) -> Engine:
        if self.is_sqlite:
            return sqlite.create(self.url, begin)
        return create_engine(
            self.url, pool_size=10, max_overflow=20, pool_pre_ping=True, connect_args={"options": POSTGRES_OPTIONS}
        )


def _close(connection: object, record: ConnectionPoolEntry) -> None:
    """Close what comes back to a pool that nobody disposes of again."""
    del connection
    record.invalidate()


def connect(url: str, catalogue: Catalogue = EMPTY) -> Database:
    """Return the database at *url*: ``sqlite:///path`` or ``postgresql://user@host/name``.

    Nothing is created but the folder and the empty file of an SQLite database.

    Raises:
        ValueError: another kind of database, or SQLite without a file.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return Database(parsed.set(drivername="postgresql+psycopg"), catalogue)
    if backend != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise ValueError(f"neither sqlite:///path nor postgresql://: {parsed.render_as_string()}")
    sqlite.create_file(Path(str(parsed.database)))
    return Database(parsed.set(drivername="sqlite+pysqlite"), catalogue)


def catalogue_of(session: Session) -> Catalogue:
    """Return the metadata that the city of this session's database declares."""
    found: Catalogue = session.info.get(_CATALOGUE, EMPTY)
    return found


def chain_lock(session: Session) -> None:
    """Wait until no other transaction extends the history chain; held until this one ends.

    On SQLite a write transaction is already alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
