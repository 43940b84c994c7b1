"""Bringing a database to the current schema, and asking whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from eakte.store import tables
from eakte.store.database import Database
from eakte.store.jobs import migrate_jobs

FOLDER = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Return the alembic configuration, working on *connection* if one is given."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def migrate(database: Database, target: str = "head") -> None:
    """Move the database to a revision (the newest unless named), and the job tables to theirs."""
    with database.migrating() as connection:
        if target == "base":
            command.downgrade(config(connection), target)
        else:
            command.upgrade(config(connection), target)
    if target == "head":
        migrate_jobs(database)


@cache
def newest() -> str | None:
    """Return the revision this program works on; asked again and again by whoever watches, so it is read once."""
    return ScriptDirectory.from_config(config()).get_current_head()


def revision(database: Database) -> str | None:
    """Return the revision of the database, none where it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision."""
    return revision(database) == newest()


def is_empty(database: Database) -> bool:
    """Whether the database has none of our tables."""
    with database.engine.connect() as connection:
        return not inspect(connection).has_table("case_file")


def differences(database: Database) -> list[object]:
    """Return how the database differs from the models; empty when migrations and models agree."""
    options = {"compare_type": True, "include_name": tables.is_ours}
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, tables.METADATA))
