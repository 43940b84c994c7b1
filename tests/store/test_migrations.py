"""Migrations and models agree, forward and back, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from eakte.actions import verification
from eakte.store.database import Database, connect
from eakte.store.migrate import config, differences, is_current, is_empty, migrate
from eakte.store.tables import METADATA
from tests.store.filled import fill, refuses, rows, triggers
from tests.town import Templates


def test_a_migrated_database_is_what_the_models_say(database: Database) -> None:
    assert is_current(database)
    assert differences(database) == []


def test_migrations_go_back_to_nothing_and_forward_again(database: Database) -> None:
    migrate(database, "base")
    assert is_empty(database)
    migrate(database)
    assert differences(database) == []


def test_every_constraint_of_ours_has_a_name(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in METADATA.tables:
        keys = [*inspector.get_foreign_keys(table), *inspector.get_unique_constraints(table)]
        assert all(key["name"] for key in keys), table


def test_nothing_that_holds_documents_cascades(database: Database) -> None:
    inspector = inspect(database.engine)
    holders = {"case_file", "business_case", "document", "document_version", "page", "rendition", "incoming_item"}
    for table in holders:
        for key in inspector.get_foreign_keys(table):
            assert key["options"].get("ondelete") == "RESTRICT", (table, key["name"])


REVISIONS = tuple(reversed([one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()]))
TAKEN_AWAY: frozenset[tuple[str, str]] = frozenset()
"""Triggers that a later migration takes away on purpose: table and name."""

FORGOTTEN = ("web_session",)
"""Tables that a migration may empty: people sign in again."""


def move(database: Database, revision: str, *, down: bool = False) -> None:
    with database.migrating() as connection:
        (command.downgrade if down else command.upgrade)(config(connection), revision)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_migration_loses_a_trigger(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else f"sqlite:///{tmp_path / 'x.sqlite'}"
    database = connect(url)
    seen: set[tuple[str, str]] = set()
    for revision in REVISIONS:
        move(database, revision)
        assert seen - triggers(database) <= TAKEN_AWAY, revision
        seen |= triggers(database)
    database.close()
    assert {table for table, _ in seen} >= {"history_entry", "history_value", "document", "business_case", "case_file"}


@pytest.fixture(scope="module")
def filled_ones(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Addresses of filled databases, one of each kind, made when first asked for."""
    made: dict[str, str] = {}

    def address(kind: str) -> str:
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            url = templates.copy(kind, folder, peopled=False)
            database = connect(url)
            fill(database, folder)
            if kind == "sqlite":
                with database.engine.connect() as connection:
                    connection.rollback()
                    connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
            made[kind] = url
        return made[kind]

    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, templates: Templates, filled_ones: Callable[[str], str], tmp_path: Path
) -> Iterator[Database]:
    """A database with something in every table, of each kind."""
    address = filled_ones(request.param)
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(address.removeprefix('sqlite:///'), tmp_path / 'filled.sqlite')}"
    else:
        url = request.getfixturevalue("postgres").create(address.rsplit("/", 1)[1])
    database = connect(url)
    yield database
    database.close()
    templates.drop(url)


def test_the_filled_database_has_something_in_every_table(filled: Database) -> None:
    assert {table for table in METADATA.tables if not rows(filled).get(table)} == set()


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_database_goes_back_to_every_revision_and_forward_again(filled: Database, revision: str) -> None:
    before, guards = rows(filled), triggers(filled)
    move(filled, revision, down=True)
    then = {table: found for table, found in rows(filled).items() if table not in FORGOTTEN}
    assert {table: len(found) for table, found in then.items()} == {table: len(before[table]) for table in then}
    move(filled, "head")
    after = rows(filled)
    for table, old in then.items():
        kept = [column for column in old[0] if column in before[table][0]] if old else []
        assert _only(after[table], kept) == _only(before[table], kept), table
    assert triggers(filled) == guards
    assert differences(filled) == []
    with filled.reading() as session:
        assert verification.verify(session).first_broken is None
    assert refuses(filled, "DELETE FROM history_entry")
    assert refuses(filled, "DELETE FROM case_file")


def _only(found: list[dict[str, object]], columns: list[str]) -> list[str]:
    return sorted(str([row[column] for column in columns]) for row in found)


def test_a_filled_database_goes_back_to_nothing_and_forward_again(filled: Database) -> None:
    migrate(filled, "base")
    assert is_empty(filled)
    assert triggers(filled) == set()
    migrate(filled)
    assert differences(filled) == []
