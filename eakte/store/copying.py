"""A whole database into one file and back, as it stands at one moment, while everybody goes on working.

SQLite by its backup interface; PostgreSQL by its own programs, which read the very snapshot that the session sees.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, inspect, text
from sqlalchemy.orm import Session

from eakte.errors import EakteError
from eakte.store import sqlite
from eakte.store.database import Database, connect

SQLITE, POSTGRESQL = "database.sqlite", "database.dump"


class CopyFailed(EakteError):
    """A program of the database did not do what it should; ``problem`` says what it said."""

    code, status = "backup-refused", 500


def name_of(database: Database) -> str:
    """Return what the copy of a database of this kind is called."""
    return SQLITE if database.is_sqlite else POSTGRESQL


@contextmanager
def frozen(database: Database, target: Path) -> Iterator[Session]:
    """Write the database to *target* and lend a session that sees exactly what was written.

    Raises:
        CopyFailed: The program of PostgreSQL is not there or failed.
    """
    if database.is_sqlite:
        sqlite.create_file(target)
        with closing(sqlite3.connect(str(database.url.database))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        beside = connect(f"sqlite:///{target}", database.catalogue)
        try:
            with beside.reading() as session:
                yield session
        finally:
            beside.close()
            with closing(sqlite3.connect(target)) as copy:
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole without a log beside it
        return
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        _run(database.url, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
        target.chmod(0o600)
        with Session(connection, autoflush=False) as session:
            yield session


def is_untouched(database: Database) -> bool:
    """Whether there is no table at all."""
    with database.engine.connect() as connection:
        return not inspect(connection).get_table_names()


def bring_back(database: Database, source: Path) -> None:
    """Fill an untouched database from the copy at *source*.

    Raises:
        CopyFailed: The program of PostgreSQL is not there or failed; nothing was written then.
    """
    if database.is_sqlite:
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(str(database.url.database))) as target:
            copy.backup(target)
        return
    _run(database.url, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source))


def _run(url: URL, program: str, *options: str) -> None:
    """Run a program of PostgreSQL; the password goes where other users of the machine do not see it."""
    address = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": url.password} if url.password else {}
    command = [program, f"--dbname={address}", *options]
    try:
        done = subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CopyFailed(problem=f"Das Programm {program} fehlt (Paket postgresql-client).") from error
    if done.returncode:
        raise CopyFailed(problem=f"{program} endete mit: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
