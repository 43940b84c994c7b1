"""Migrations and models agree, forward and back, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from eakte.store.database import Database
from eakte.store.migrate import differences, is_current, is_empty, migrate
from eakte.store.tables import METADATA
from tests.town import Town


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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_entry SET reason = 'x'",
        "DELETE FROM history_entry",
    ],
)
def test_the_database_refuses_to_change_the_history(town: Town, statement: str) -> None:
    with pytest.raises(DBAPIError), town.database.begin() as session:
        session.execute(text(statement))
