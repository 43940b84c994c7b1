"""Whoever changes a byte of the history past its guards is found, and the first broken entry is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from eakte.actions import anchoring
from eakte.actions.verification import Part, Verification, verify
from eakte.records.access import SYSTEM
from eakte.store.anchors import AnchorBook
from eakte.store.database import Database, connect
from eakte.store.guards import GUARDS
from eakte.store.history import record
from tests.town import NOW, Templates

ENTRIES = 12
COLUMNS = (
    "at", "actor_id", "actor_login", "on_behalf_of", "action", "about_kind", "about_id", "case_file_id", "detail",
    "reason", "changes", "previous_hash", "entry_hash",
)  # fmt: skip
VALUES = ("field", "salt", "old", "new")
FORGING = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database whose history holds entries of every shape."""
    url = templates.copy(request.param, tmp_path_factory.mktemp("told"), peopled=False)
    database = connect(url)
    with database.begin() as session:
        for number in range(ENTRIES):
            tell(session, number)
    yield database
    database.close()
    templates.drop(url)


def tell(session: Session, number: int) -> None:
    """Write an entry; every second one has changes, a reason, detail and a case file."""
    full = bool(number % 2)
    changes = {"subject": ("Größe", f'Neu "{number}"'), "count": (None, number), "share": (0.5, 1.0)}
    record(
        session,
        SYSTEM,
        "document.filed",
        about=("document", uuid4()),
        now=NOW + timedelta(seconds=number, microseconds=number * 7),
        case_file_id=uuid4() if full else None,
        detail={"ä": [number, None, 0.25], "leer": ""} if full else {},
        reason="Wegen § 1" if full else "",
        changes=changes if full else None,
    )


@contextmanager
def attacking(database: Database) -> Iterator[Session]:
    """Open a transaction without the guards, of which nothing stays."""
    with Session(database.engine) as session:
        if database.is_sqlite:
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
            for name in GUARDS["sqlite"]:
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET session_replication_role = replica"))
        yield session
        session.rollback()


def judged(session: Session, book: AnchorBook | None = None) -> Verification:
    """Verify, the attacker's missing guards aside."""
    found = verify(session, book)
    kept = tuple(one for one in found.findings if one.part is not Part.GUARD)
    return Verification(found.entries, found.first_broken, kept, found.anchors, found.time_stamps)


def stored(session: Session, table: str, column: str, where: str) -> object:
    raw = f"typeof({column}) || hex({column})" if session.get_bind().dialect.name == "sqlite" else f"{column}::text"
    return session.execute(text(f"SELECT {raw} FROM {table} WHERE {where}")).scalar()  # noqa: S608 - names of the test


def put(session: Session, table: str, column: str, where: str, value: bytes | None) -> bool:
    """Write raw bytes into a column; return whether the database took them and anything changed."""
    before = stored(session, table, column, where)
    if session.get_bind().dialect.name == "sqlite":
        new, given_ = "CAST(:value AS TEXT)", value
    else:
        kind = session.execute(
            text(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                "WHERE attrelid = to_regclass(:name) AND attname = :column"
            ),
            {"name": table, "column": column},
        ).scalar_one()
        try:
            new, given_ = f"CAST(:value AS {kind})", None if value is None else value.decode()  # type: ignore[assignment]
        except UnicodeDecodeError:
            return False  # PostgreSQL refuses such bytes itself
    try:
        with session.begin_nested():
            session.execute(text(f"UPDATE {table} SET {column} = {new} WHERE {where}"), {"value": given_})  # noqa: S608 - names of the test
    except (DBAPIError, ValueError):
        return False
    return stored(session, table, column, where) != before


def raw_text(session: Session, table: str, column: str, where: str) -> bytes | None:
    cast = f"CAST({column} AS {'BLOB' if session.get_bind().dialect.name == 'sqlite' else 'TEXT'})"
    found = session.execute(text(f"SELECT {cast} FROM {table} WHERE {where}")).scalar()  # noqa: S608 - names of the test
    return found.encode() if isinstance(found, str) else found


@st.composite
def forged(draw: st.DrawFn, old: bytes | None) -> bytes | None:
    """Return a value that differs from the old one by a byte more, less or other, or is empty instead of nothing."""
    if old is None:
        return draw(st.sampled_from([b"", b"null", b"{}", b"0", b"x"]))
    ways = ["other", "less", "more"] if old else ["more"]
    way, place = draw(st.sampled_from([*ways, "nothing"])), draw(st.integers(0, max(len(old) - 1, 0)))
    byte = bytes([draw(st.integers(0, 255))])
    return {
        "other": old[:place] + byte + old[place + 1 :],
        "less": old[:place] + old[place + 1 :],
        "more": old[:place] + byte + old[place:],
        "nothing": None,
    }[way]


def test_an_untouched_history_verifies(told: Database) -> None:
    with told.reading() as session:
        found = verify(session)
    assert (found.entries, found.first_broken, found.findings) == (ENTRIES, None, ())


@FORGING
@given(data=st.data(), row=st.integers(1, ENTRIES), column=st.sampled_from(COLUMNS))
def test_any_byte_of_any_entry(told: Database, data: st.DataObject, row: int, column: str) -> None:
    with attacking(told) as session:
        where = f"sequence = {row}"
        new = data.draw(forged(raw_text(session, "history_entry", column, where)))
        assume(put(session, "history_entry", column, where, new))
        assert judged(session).first_broken == row


@FORGING
@given(data=st.data(), row=st.sampled_from(range(2, ENTRIES + 1, 2)), column=st.sampled_from(VALUES),
       field=st.sampled_from(["subject", "count", "share"]))  # fmt: skip
def test_any_byte_of_any_old_or_new_value(
    told: Database, data: st.DataObject, row: int, column: str, field: str
) -> None:
    with attacking(told) as session:
        where = f"sequence = {row} AND field = '{field}'"
        new = data.draw(forged(raw_text(session, "history_value", column, where)))
        assume(put(session, "history_value", column, where, new))
        assert judged(session).first_broken == row


@FORGING
@given(row=st.integers(1, ENTRIES), to=st.integers(-3, 3 * ENTRIES))
def test_any_other_number(told: Database, row: int, to: int) -> None:
    assume(not 1 <= to <= ENTRIES)
    with attacking(told) as session:
        session.execute(text("UPDATE history_entry SET sequence = :to WHERE sequence = :row"), {"to": to, "row": row})
        assert judged(session).first_broken == (1 if to < 1 else row)


@FORGING
@given(rows=st.lists(st.integers(1, ENTRIES), min_size=2, max_size=2, unique=True))
def test_two_entries_in_each_others_place(told: Database, rows: list[int]) -> None:
    one, other = rows
    with attacking(told) as session:
        for old, new in ((one, 999), (other, one), (999, other)):
            session.execute(text(f"UPDATE history_entry SET sequence = {new} WHERE sequence = {old}"))  # noqa: S608 - numbers
        assert judged(session).first_broken == min(rows)


@FORGING
@given(row=st.integers(1, ENTRIES), place=st.sampled_from([0, ENTRIES + 1, ENTRIES + 7]))
def test_an_entry_twice(told: Database, row: int, place: int) -> None:
    columns, fresh = ", ".join(COLUMNS[:-1]), "f" * 64
    with attacking(told) as session:
        session.execute(
            text(
                f"INSERT INTO history_entry (sequence, {columns}, entry_hash) "  # noqa: S608 - names of the test
                f"SELECT {place}, {columns}, '{fresh}' FROM history_entry WHERE sequence = {row}"
            )
        )
        assert judged(session).first_broken == (1 if place == 0 else ENTRIES + 1)


@FORGING
@given(row=st.integers(1, ENTRIES - 1))
def test_a_missing_entry(told: Database, row: int) -> None:
    with attacking(told) as session:
        session.execute(text("DELETE FROM history_value WHERE sequence = :row"), {"row": row})
        session.execute(text("DELETE FROM history_entry WHERE sequence = :row"), {"row": row})
        assert judged(session).first_broken == row


@FORGING
@given(row=st.sampled_from(range(2, ENTRIES + 1, 2)), what=st.sampled_from(["1 = 1", "field = 'count'"]))
def test_values_that_went_without_a_destruction(told: Database, row: int, what: str) -> None:
    with attacking(told) as session:
        session.execute(text(f"DELETE FROM history_value WHERE sequence = {row} AND {what}"))  # noqa: S608 - names of the test
        found = judged(session)
        assert (found.first_broken, found.findings[0].part) == (row, Part.VALUE)


def test_values_beside_an_entry_that_knows_none(told: Database) -> None:
    with attacking(told) as session:
        session.execute(
            text(
                "INSERT INTO history_value (sequence, field, salt, old, new) "
                "SELECT 3, field, salt, old, new FROM history_value WHERE sequence = 2"
            )
        )
        assert judged(session).first_broken == 3


@pytest.mark.parametrize("last", [1, 3])
def test_entries_that_are_missing_at_the_end_are_told_by_the_anchor(told: Database, tmp_path: Path, last: int) -> None:
    book = AnchorBook(tmp_path / "anchors.jsonl")
    anchoring.anchor(told, book, lambda _: "", NOW)
    with attacking(told) as session:
        for table in ("history_value", "history_entry"):
            session.execute(text(f"DELETE FROM {table} WHERE sequence > {ENTRIES - last}"))  # noqa: S608 - names of the test
        assert judged(session).first_broken is None
        found = judged(session, book)
        assert found.first_broken == ENTRIES - last + 1
        assert found.findings[0].text == (
            f"Am Ende fehlen Einträge: Am 20.11.2026 gab es {ENTRIES}, jetzt nur {ENTRIES - last}."
        )


def test_a_history_written_anew_from_some_entry_on_is_told_by_the_anchor(told: Database, tmp_path: Path) -> None:
    book = AnchorBook(tmp_path / "anchors.jsonl")
    with attacking(told) as session:
        for table in ("history_value", "history_entry"):
            session.execute(text(f"DELETE FROM {table} WHERE sequence > 8"))  # noqa: S608 - names of the test
        book.add(NOW, lambda: anchoring.head(session), lambda _: "")
    anchoring.anchor(told, book, lambda _: "", NOW + timedelta(days=1))
    with attacking(told) as session:
        for table in ("history_value", "history_entry"):
            session.execute(text(f"DELETE FROM {table} WHERE sequence > 8"))  # noqa: S608 - names of the test
        for number in range(8, ENTRIES + 2):
            tell(session, number)
        assert judged(session).first_broken is None
        found = judged(session, book)
        assert found.first_broken == 9
        assert "Einträge 9 bis 12 wurden neu geschrieben" in found.findings[0].text
        assert "bis zum Kettenstand vom 20.11.2026" in found.findings[0].text


def test_missing_guards_are_told(told: Database) -> None:
    if not told.is_sqlite:
        pytest.skip("shown on SQLite, where a rebuilt table loses its triggers silently")
    with attacking(told) as session:
        found = verify(session)
        assert found.first_broken is None
        assert len([one for one in found.findings if one.part is Part.GUARD]) == len(GUARDS["sqlite"])


def test_any_byte_of_a_row_in_the_file_itself(told: Database, tmp_path: Path) -> None:
    if not told.is_sqlite:
        pytest.skip("PostgreSQL keeps its rows in files that it checks by itself")
    with told.engine.connect() as connection:
        [row] = connection.exec_driver_sql(
            "SELECT at || actor_login || action || about_kind || about_id || case_file_id || detail || reason || "
            "previous_hash || entry_hash || changes FROM history_entry WHERE sequence = 6"
        ).fetchall()
    copy = tmp_path / "copy.sqlite"
    with told.engine.connect() as connection:
        connection.rollback()
        connection.connection.cursor().execute(f"VACUUM INTO '{copy}'")
    whole, body = copy.read_bytes(), row[0].encode()
    assert whole.count(body) == 1
    start = whole.index(body)
    for place in range(start, start + len(body), 5):
        forged_file = tmp_path / "forged.sqlite"
        forged_file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        database = connect(f"sqlite:///{forged_file}")
        with database.reading() as session:
            assert verify(session).first_broken == 6, place - start
        database.close()
        for rest in tmp_path.glob("forged.sqlite*"):
            rest.unlink()
