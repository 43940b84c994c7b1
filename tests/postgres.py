"""A private PostgreSQL for tests: its own cluster in a temporary folder, on a free port of the loopback address.

Fixtures: ``postgres`` (one cluster per test process) and ``postgres_url`` (a fresh database per test).
Where no server is installed, the tests that ask for them are skipped and say so.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

MISSING = "PostgreSQL is not installed (needed: initdb, pg_ctl and postgres 15 or newer)"
PREFIX, OWNER = "eakte-postgres-", "owner"
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30  # noqa: S108 - a folder of our own is made in it
"""A place in memory, and from how many free bytes on it is used. Each database has about a thousand files; ext4 looks
for places of new ones among those that went lately, which took more than half of all processor time (seen by perf)."""
# Ordinary tests need no durability of the server; the crash test starts its cluster without these.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path | None:
    """Return the folder of the newest server programs of version 15 or newer."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions and int(versions[-1].parts[-3]) >= 15:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _unprivileged() -> str | None:
    """Return the user to run the server as; it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quick_place() -> Path | None:
    """Return where files are made without a disk, if there is enough room; else they lie with all temporary files."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ROOM:
            return MEMORY
    return None


class Cluster:
    """One PostgreSQL server with databases made on demand."""

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self._programs, self._user, self._numbers = programs, _unprivileged(), count(1)
        self._settings = () if durable else FAST
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=None if durable else _quick_place()))
        (self.folder / OWNER).write_text(str(os.getpid()))
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(self._data), "-U", "eakte", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://eakte@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}")
        options = " ".join(f"-c {setting}" for setting in (*settings, *self._settings))
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def crash(self) -> None:
        """End the server at once, without writing anything more."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it may have ended already
            self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, template: str = "template1") -> str:
        """Create a fresh database, a copy of *template*, and return its address.

        Copying files takes about half the processor time of writing every page into the log, as is usual.
        """
        name = f"test_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, url: str) -> None:
        self._execute(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    def places(self, name: str | None) -> list[Path]:
        """Return the folders in which a database has its files: those of other tests lie beside them."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            row = connection.execute("SELECT oid FROM pg_database WHERE datname = %s", [name]).fetchone()
        assert row is not None
        return [self._data / "base" / str(row[0]), self._data / "base" / "pgsql_tmp"]

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "commands").open("ab") as log:
            subprocess.run(
                [str(self._programs / program), *arguments],
                check=True, cwd="/", user=self._user, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60,
            )  # fmt: skip


def _remove_abandoned(programs: Path) -> None:
    """End the clusters of test processes that were killed before they could do so themselves."""
    for folder in [one for place in (Path(tempfile.gettempdir()), MEMORY) for one in place.glob(f"{PREFIX}*")]:
        try:
            os.kill(int((folder / OWNER).read_text()), 0)
        except ProcessLookupError:
            cluster = Cluster.__new__(Cluster)
            cluster._programs, cluster._user, cluster.folder = programs, _unprivileged(), folder
            cluster.remove()
        except (OSError, ValueError):
            continue  # somebody else's, or just being made


def _cluster(*, durable: bool) -> Iterator[Cluster]:
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    _remove_abandoned(programs)
    cluster = Cluster(programs, durable=durable)
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    yield from _cluster(durable=False)


@pytest.fixture
def durable_postgres() -> Iterator[Cluster]:
    """A cluster of its own that keeps its promises when it crashes."""
    yield from _cluster(durable=True)


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    url = postgres.create()
    yield url
    postgres.drop(url)
