"""A database with something in every table: a story told by the actions, then one row for what the story leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Enum, Table, Uuid, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from eakte.actions import cases, destruction, disposal, events, filing, holds, inbox, organisation
from eakte.records.access import SYSTEM
from eakte.store.base import UtcDateTime
from eakte.store.database import Database
from eakte.store.objects import LocalObjects
from eakte.store.tables import METADATA
from retention.model import DisposalAction
from tests.town import Town, found_town, rule

START = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def fill(database: Database, folder: Path) -> None:
    """Tell the story and fill up the rest."""
    with database.begin() as session:
        found_town(session)
    town = Town(database, LocalObjects(folder / "objects"), folder, now=START)
    _live(town)
    _destroy_one(town)
    with database.begin() as session:
        for empty in METADATA.sorted_tables:
            if not session.scalar(select(func.count()).select_from(empty)):
                _invent(session, empty)


def _live(town: Town) -> None:
    """Files with documents, one closed, one reopened, one held; items that wait, fail and are dropped."""
    case_file, _ = town.filed()
    brandt, ott, weber = (town.actor(login) for login in ("brandt", "ott", "weber"))
    item_id, dropped = town.waiting(), town.waiting()
    undone = town.file(town.waiting(), case_file.id)
    with town.database.begin() as session:
        filing.undo(session, brandt, undone.document_id, town.now + timedelta(minutes=1))
        inbox.reassign(session, ott, item_id, unit_code="50", revision=None, now=town.now)
        inbox.drop(session, brandt, dropped, reason="Werbung", revision=None, now=town.now)
    with town.database.begin() as session:
        waits = replace(rule("R-E", months=24, action=DisposalAction.REVIEW), trigger="DEMOLITION")
        organisation.add_rules(session, SYSTEM, [waits], town.now)
        day, proof = date(2019, 3, 3), events.Evidence("Abrissanzeige")
        events.record_event(
            session, weber, case_file.id, trigger="DEMOLITION", happened_on=day, evidence=proof, now=town.now
        )
        hold_id = holds.place(session, weber, case_file.id, reason="Klage", now=town.now)
        holds.lift(session, weber, hold_id, reason="Vergleich", now=town.now)
        holds.place(session, weber, case_file.id, reason="Prüfung", review_on=date(2027, 1, 1), now=town.now)
    closed = town.case_file(restricted=True)
    town.close(closed.id, on=town.now)
    with town.database.begin() as session:
        cases.reopen(session, ott, closed.id, reason="Widerspruch", now=town.now)
    town.close(closed.id, on=town.now)


def _destroy_one(town: Town) -> None:
    """One file is gone but for its tombstone, another one is being destroyed."""
    for steps in (3, 1):
        case_file, _ = town.filed()
        town.close(case_file.id, on=START)
        town.now = TODAY
        with town.database.begin() as session:
            [disposal_id] = disposal.propose(session, town.actor("weber"), [case_file.id], reason="Frist", now=TODAY)
        with town.database.begin() as session:
            disposal.approve(session, town.actor("lang"), disposal_id, cooling_off_days=0, now=TODAY)
        for step in (destruction.begin, destruction.delete_rows, destruction.finish)[:steps]:
            with town.database.begin() as session:
                step(session, disposal_id, TODAY)
        town.now = START


def _invent(session: Session, empty: Table) -> None:
    """Insert one row of invented values that refers to rows there are."""
    values = {column.name: _value(session, column) for column in empty.columns if not _left_out(column)}
    session.execute(empty.insert().values(values))


def _left_out(column: Column[Any]) -> bool:
    own = any(key.column.table is column.table for key in column.foreign_keys)
    return own and bool(column.nullable)


def _value(session: Session, column: Column[Any]) -> object:
    for key in column.foreign_keys:
        return session.scalar(select(key.column).limit(1))
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class)) if column.type.enum_class else column.type.enums[0]
    if isinstance(column.type, Uuid):
        return uuid4()
    kind = datetime if isinstance(column.type, UtcDateTime) else column.type.python_type
    invented: dict[type, object] = {
        bool: True, int: 7, float: 0.5, str: f"x-{column.name}"[: getattr(column.type, "length", None) or 80],
        date: START.date(), datetime: START, object: {}, bytes: b"x",
    }  # fmt: skip
    return invented[kind]


def rows(database: Database) -> dict[str, list[dict[str, object]]]:
    """Return all rows of our tables as the database has them now, in a fixed order."""
    found: dict[str, list[dict[str, object]]] = {}
    with database.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        for name in sorted(there & {*METADATA.tables, "history_value"}):
            result = connection.execute(select(text("*")).select_from(table(name))).mappings()
            found[name] = sorted((dict(row) for row in result), key=lambda row: sorted(map(str, row.items())))
    return found


def triggers(database: Database) -> set[tuple[str, str]]:
    """Return all triggers of our tables: table and name."""
    query = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal"
    )
    with database.engine.connect() as connection:
        return {(of, name) for of, name in connection.execute(text(query)) if of in METADATA.tables}


def refuses(database: Database, statement: str) -> bool:
    """Tell whether the database refuses a statement; nothing of it stays."""
    with database.engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except DBAPIError:
            return True
        finally:
            connection.rollback()
    return False
