"""The history keeps old and new values beside the chain, and nothing but a destruction takes them away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from eakte.records.access import SYSTEM, Mandate, Permission
from eakte.records.chain import value_hashes
from eakte.records.states import CaseFileState
from eakte.store.database import Database
from eakte.store.history import HistoryEntry, HistoryValue, noted, record, since
from tests.town import NOW, Town


def write(session: Session, **changes: tuple[object, object]) -> int:
    return record(session, SYSTEM, "case_file.opened", about=("case_file", uuid4()), now=NOW, changes=changes).sequence


def test_a_change_keeps_its_values_beside_the_entry_and_their_salted_hashes_in_it(database: Database) -> None:
    with database.begin() as session:
        sequence = write(session, subject=("Alt", "Neu"), closed_on=(None, date(2026, 1, 2)), state=("a", "a"))
    with database.reading() as session:
        entry = session.get_one(HistoryEntry, sequence)
        values = {value.field: value for value in session.scalars(select(HistoryValue))}
        assert {field: (value.old, value.new) for field, value in values.items()} == {
            "subject": ("Alt", "Neu"),
            "closed_on": (None, "2026-01-02"),
        }
        assert entry.changes == {
            field: value_hashes(value.salt, field, value.old, value.new) for field, value in values.items()
        }
        assert "Neu" not in str(entry.link())


def test_the_same_values_never_have_the_same_hash(database: Database) -> None:
    with database.begin() as session:
        entries = [write(session, subject=("Alt", "Neu")) for _ in range(2)]
        hashes = [session.get_one(HistoryEntry, sequence).changes["subject"] for sequence in entries]  # type: ignore[index]  # written above
    assert len({each for pair in hashes for each in pair}) == 4


def test_an_entry_without_changes_is_hashed_as_it_always_was(database: Database) -> None:
    with database.begin() as session:
        write(session, state=("open", "open"))
        link = session.get_one(HistoryEntry, 1).link()
    assert set(link.content) == {
        "sequence", "at", "actor_id", "actor_login", "action", "about_kind", "about_id", "case_file_id", "detail",
        "reason",
    }  # fmt: skip


def test_the_chain_tells_for_whom_somebody_acted(town: Town) -> None:
    mandate = Mandate("brandt", frozenset(), frozenset({Permission.CLOSE}))
    deputy = replace(town.actor("pruefer"), mandates=(mandate,), permissions=mandate.permissions)
    deputy.require(Permission.CLOSE)
    with town.database.begin() as session:
        entry = record(session, deputy, "person.signed_in", about=("person", uuid4()), now=NOW)
        assert (entry.actor_login, entry.on_behalf_of) == ("pruefer", "brandt")
        assert entry.link().content["on_behalf_of"] == "brandt"


def test_what_was_noted_before_a_change_tells_old_and_new(town: Town) -> None:
    case_file = town.case_file()
    before = noted(case_file, "state", "subject")
    case_file.state = CaseFileState.CLOSED
    assert since(before, case_file) == {
        "state": (CaseFileState.OPEN, CaseFileState.CLOSED),
        "subject": ("Neubau Gartenweg 7", "Neubau Gartenweg 7"),
    }


INSERT_ENTRY = (
    "INSERT {how}INTO history_entry (sequence, at, actor_login, action, about_kind, about_id, detail, reason, "
    "previous_hash, entry_hash) SELECT {sequence}, at, actor_login, action, about_kind, about_id, detail, 'x', "
    "previous_hash, {hash} FROM history_entry WHERE sequence = 1{more}"
)
INSERT_VALUE = (
    "INSERT {how}INTO history_value (sequence, field, salt, old, new) "
    "SELECT sequence, {field}, salt, old, old FROM history_value WHERE sequence = {sequence}{more}"
)
NEW_HASH = "replace(entry_hash, 'a', 'b')"
UPSERT = " ON CONFLICT (sequence{key}) DO UPDATE SET {set}"
REFUSED = [
    "UPDATE history_entry SET reason = 'x'",
    "DELETE FROM history_entry",
    "UPDATE history_value SET salt = 'x'",
    "UPDATE history_value SET new = 'null'",
    "DELETE FROM history_value",
    INSERT_ENTRY.format(how="", sequence=7, hash=NEW_HASH, more=""),
    INSERT_ENTRY.format(how="", sequence=1, hash=NEW_HASH, more=UPSERT.format(key="", set="reason = 'x'")),
    INSERT_VALUE.format(how="", sequence=1, field="'late'", more=""),
    INSERT_VALUE.format(how="", sequence=2, field="field", more=UPSERT.format(key=", field", set="new = excluded.new")),
]
SQLITE_ONLY = [
    INSERT_ENTRY.format(how="OR REPLACE ", sequence=1, hash=NEW_HASH, more=""),
    INSERT_ENTRY.format(how="OR REPLACE ", sequence=3, hash="entry_hash", more=""),
    INSERT_VALUE.format(how="OR REPLACE ", sequence=1, field="field", more=""),
    INSERT_VALUE.format(how="OR REPLACE ", sequence=2, field="field", more=""),
    "UPDATE OR REPLACE history_entry SET sequence = 2 WHERE sequence = 1",
    "UPDATE OR REPLACE history_value SET sequence = 2 WHERE sequence = 1",
]
POSTGRESQL_ONLY = ["TRUNCATE history_value", "TRUNCATE history_entry, history_value", "TRUNCATE history_entry CASCADE"]


@pytest.mark.parametrize("statement", [*REFUSED, *SQLITE_ONLY, *POSTGRESQL_ONLY])
def test_the_history_only_grows(database: Database, statement: str) -> None:
    if statement in (POSTGRESQL_ONLY if database.is_sqlite else SQLITE_ONLY):
        pytest.skip("the other database knows this statement")
    with database.begin() as session:
        write(session, subject=("Alt", "Neu"))
        write(session, subject=("Neu", "Neuer"))
    before = stored(database)
    with pytest.raises(DBAPIError, match=r"only grows|may not change"):
        execute(database, statement)
    assert stored(database) == before


def execute(database: Database, statement: str) -> None:
    with database.begin() as session:
        if database.is_sqlite:  # as somebody with another program would, who does not switch this on
            session.execute(text("PRAGMA recursive_triggers=OFF"))
        session.execute(text(statement))


def stored(database: Database) -> list[object]:
    with database.reading() as session:
        rows = session.execute(select(HistoryEntry.__table__).order_by(HistoryEntry.sequence)).all()
        values = session.execute(select(HistoryValue.__table__).order_by(HistoryValue.sequence)).all()
        return [*map(tuple, rows), *map(tuple, values)]
