import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ForeignKey, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from eakte.store import database as module
from eakte.store.base import Base, UtcDateTime
from eakte.store.database import Database, NestedTransactionError, chain_lock, connect
from eakte.store.sqlite import BrokenReferencesError

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))


class Own(DeclarativeBase):
    metadata = type(Base.metadata)(naming_convention=Base.metadata.naming_convention)
    type_annotation_map = Base.type_annotation_map


class Counter(Own):
    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Link(Own):
    __tablename__ = "link"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    counter_name: Mapped[str] = mapped_column(ForeignKey("counter.name", ondelete="CASCADE"))
    at: Mapped[datetime]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/new/eakte.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = connect(url)
    Own.metadata.create_all(database.engine)
    with database.begin() as session:
        session.add(Counter(name="chain", value=0))
    yield database
    database.close()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Database]:
    database = connect(f"sqlite:///{tmp_path}/eakte.db")
    Own.metadata.create_all(database.engine)
    yield database
    database.close()


def extend(session: Session) -> None:
    """Read the head, then write behind it: what the history does."""
    chain_lock(session)
    head = session.scalars(select(Counter.value)).one()
    session.add(Link(number=head + 1, counter_name="chain", at=NOON))
    session.execute(update(Counter).values(value=head + 1))


def pragma(database: Database, name: str) -> object:
    with database.begin() as session:
        return session.execute(text(f"PRAGMA {name}")).scalar()


def test_eight_threads_that_read_and_then_write_lose_nothing(database: Database) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(15):
                with database.begin() as session:
                    extend(session)
        except Exception as error:  # noqa: BLE001 - a thread hands its failure to the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as session:
        numbers = list(session.scalars(select(Link.number).order_by(Link.number)))
        assert numbers == list(range(1, 121))
        assert session.scalars(select(Counter.value)).one() == 120


def test_an_error_rolls_everything_back(database: Database) -> None:
    def fail() -> None:
        with database.begin() as session:
            extend(session)
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as session:
        assert session.scalars(select(Link)).all() == []


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(update(Counter).values(value=7))


def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_is_committed(database: Database) -> None:
    with database.begin() as writer:
        extend(writer)
        writer.flush()
        with database.reading() as reader:
            assert reader.scalars(select(Counter.value)).one() == 0


def test_a_transaction_inside_another_is_refused_instead_of_waiting_for_itself(database: Database) -> None:
    with database.begin(), pytest.raises(NestedTransactionError), database.begin():
        pass
    with database.begin() as session:
        extend(session)


def test_times_keep_their_moment_and_come_back_in_utc(database: Database) -> None:
    with database.begin() as session:
        extend(session)
    with database.reading() as session:
        at = session.scalars(select(Link.at)).one()
        assert at == NOON
        assert at.tzinfo is UTC
        assert session.scalars(select(Link).where(Link.at == NOON.astimezone(UTC))).one()


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError), database.begin() as session:
        session.add(Link(number=1, counter_name="chain", at=NOON.replace(tzinfo=None)))


def test_overwriting_on_postgresql_does_not_wait_for_ever_for_a_reader(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody else who wants the table would wait behind it, and a copy of the whole database is read for hours."""
    monkeypatch.setattr(module, "PATIENCE_MS", 100, raising=False)
    with closing(connect(postgres_url)) as database:
        Own.metadata.create_all(database.engine)
        with database.begin() as session:
            session.add(Counter(name="chain", value=0))
        with database.reading() as reader:
            assert reader.scalars(select(Counter.value)).all() == [0]
            assert not database.wipe()
            with database.begin() as session:
                session.execute(update(Counter).values(value=1))
        assert database.wipe()
        with database.reading() as session:
            assert session.scalar(text("SHOW lock_timeout")) == "0", "others wait as before"


def test_a_row_cannot_point_nowhere(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(Link(number=1, counter_name="nobody", at=NOON))


def test_constraints_have_names(database: Database) -> None:
    found = inspect(database.engine)
    assert found.get_pk_constraint("link")["name"] == "pk_link"
    assert [key["name"] for key in found.get_foreign_keys("link")] == ["fk_link_counter_name_counter"]
    assert [unique["name"] for unique in found.get_unique_constraints("link")] == ["uq_link_number"]


def test_a_migration_that_rebuilds_a_parent_keeps_its_children(database: Database) -> None:
    with database.begin() as session:
        extend(session)
    with database.migrating() as connection:
        if database.is_sqlite:
            connection.execute(text("CREATE TABLE other (name VARCHAR PRIMARY KEY, value INTEGER)"))
            connection.execute(text("INSERT INTO other SELECT name, value FROM counter"))
            connection.execute(text("DROP TABLE counter"))
            connection.execute(text("ALTER TABLE other RENAME TO counter"))
        else:
            connection.execute(text("ALTER TABLE counter ADD COLUMN remark VARCHAR"))
    with database.reading() as session:
        assert len(session.scalars(select(Link)).all()) == 1
    if database.is_sqlite:
        assert pragma(database, "foreign_keys") == 1


def test_a_migration_that_breaks_references_is_taken_back(on_sqlite: Database) -> None:
    with on_sqlite.begin() as session:
        session.add(Counter(name="chain", value=0))
        session.flush()
        extend(session)
    with pytest.raises(BrokenReferencesError, match="link -> counter"), on_sqlite.migrating() as connection:
        connection.execute(text("DELETE FROM counter"))
    with on_sqlite.reading() as session:
        assert session.scalars(select(Counter.name)).one() == "chain"


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 30_000)],
)
def test_sqlite_is_opened_safely(on_sqlite: Database, name: str, value: object) -> None:
    assert pragma(on_sqlite, name) == value


def test_the_job_library_gets_the_same_safety(on_sqlite: Database) -> None:
    with on_sqlite.jobs_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_writer_holds_the_file_from_its_first_read(on_sqlite: Database) -> None:
    with on_sqlite.begin() as session:
        session.scalars(select(Counter)).all()
        other = sqlite3.connect(str(on_sqlite.url.database), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_two_doors_to_one_file_share_the_turn_of_writers(on_sqlite: Database) -> None:
    second = connect(f"sqlite:///{on_sqlite.url.database}")
    assert second._turn is on_sqlite._turn
    second.close()


def test_others_cannot_read_the_file(on_sqlite: Database) -> None:
    assert Path(str(on_sqlite.url.database)).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u@h/d"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        connect(url)


def test_the_type_of_times_is_one_for_all_tables() -> None:
    assert isinstance(Link.__table__.c.at.type, UtcDateTime)


def test_a_connection_that_a_thread_still_holds_is_closed_when_it_comes_back(database: Database) -> None:
    held, closed = threading.Event(), threading.Event()
    beneath = []

    def work() -> None:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            beneath.append(connection.connection.dbapi_connection)
            held.set()
            assert closed.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    assert held.wait(30)
    database.close()
    closed.set()
    thread.join()
    with pytest.raises(Exception, match="closed"):
        beneath[0].execute("SELECT 1")
