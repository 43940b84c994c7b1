"""What a command works with: settings, the database, all services, the clock, and who acts."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from eakte import logs
from eakte import services as engines
from eakte.actions import reads, users
from eakte.actions.metadata import NO_FIELDS, Fields
from eakte.cli.exits import NotReady
from eakte.errors import SettingsInvalid
from eakte.records.access import SYSTEM, Actor
from eakte.services import Services
from eakte.settings import Settings
from eakte.store import migrate
from eakte.store.database import Database, connect
from eakte.store.declarations import read_catalogue
from eakte.tenants import Installation, load_installation

LOG_FILE = "eakte.log"


def clock() -> datetime:
    """Return the present moment: the command line is an edge, everything below gets it as an argument."""
    return datetime.now(UTC)  # noqa: TID251 - the edge's clock


@dataclass
class Console:
    """One call of the command line; whatever it opens is closed when the call ends."""

    config: Path | None = None
    tenant: str | None = None
    """For which authority, where an installation serves several."""
    _opened: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def installation(self) -> Installation:
        """The settings of the file and the environment, with all tenants.

        Raises:
            SettingsInvalid: The file cannot be read, or a value does not fit.
        """
        try:
            return load_installation(self.config)
        except tomllib.TOMLDecodeError as error:
            raise SettingsInvalid(
                name=f"in „{self.config}“", problem=f"Das ist kein gültiges TOML ({error})."
            ) from error

    @cached_property
    def settings(self) -> Settings:
        """The settings of the one authority this call is for.

        Raises:
            SettingsInvalid: As for :attr:`installation`; or it is not clear which authority is meant.
        """
        installation = self.installation
        names = ", ".join(tenant.name for tenant in installation.tenants)
        chosen = installation.tenant(self.tenant) if self.tenant else None
        if self.tenant and chosen is None:
            problem = f"Den Mandanten „{self.tenant}“ gibt es nicht. Eingerichtet: {names or 'keiner'}."
            raise SettingsInvalid(name="tenants", problem=problem)
        if installation.tenants and chosen is None:
            raise SettingsInvalid(name="tenants", problem=f"Bitte nennen Sie mit --tenant einen Mandanten: {names}.")
        settings = chosen.settings if chosen else installation.settings
        self._log_to(settings.data_folder, settings.log_format)
        return settings

    def of_tenants(self) -> list[Console]:
        """Return a console for each authority; they are closed with this one."""
        consoles = [Console(self.config, tenant.name) for tenant in self.installation.tenants]
        self._opened += [console.close for console in consoles]
        return consoles

    @cached_property
    def raw_database(self) -> Database:
        """The database, whatever state it is in."""
        try:
            database = connect(self.settings.database, read_catalogue(self.settings.config_folder))
        except ValueError as error:
            problem = "Möglich sind sqlite:///Pfad und postgresql://…"
            raise SettingsInvalid(name="database_url", problem=problem) from error
        self._opened.append(database.close)
        return database

    @cached_property
    def database(self) -> Database:
        """The database, at the newest revision.

        Raises:
            NotReady: It has to be migrated first.
        """
        check_migrated(self.raw_database)
        return self.raw_database

    @cached_property
    def services(self) -> Services:
        """All engines, on a database at the newest revision."""
        check_migrated(self.raw_database)
        services = engines.build(self.settings)
        self._opened.append(services.close)
        return services

    @contextmanager
    def reading(self, login: str | None) -> Iterator[tuple[Session, Actor, datetime]]:
        """Open a read transaction as a person, or as the installation itself."""
        now = clock()
        with self.database.reading() as session:
            actor = _actor(session, login, now)
            yield session, actor, now
        reads.settle(self.database, session, actor, surface=_surface(), now=now)

    @contextmanager
    def writing(self, login: str | None) -> Iterator[tuple[Session, Actor, datetime]]:
        """Open a write transaction, like :meth:`reading`."""
        now = clock()
        with self.database.begin() as session:
            actor = _actor(session, login, now)
            yield session, actor, now
            reads.write(session, actor, surface=_surface(), now=now)

    def _log_to(self, folder: Path, kind: str) -> None:
        """Keep warnings and faults in the data folder, where traces belong that nobody wants on the screen."""
        folder.mkdir(parents=True, exist_ok=True)
        handler = WatchedFileHandler(folder / LOG_FILE, encoding="utf-8", delay=True)
        logging.getLogger().addHandler(logs.file_handler(handler, kind))

    def close(self) -> None:
        """Close what was opened, the last first."""
        while self._opened:
            self._opened.pop()()


@contextmanager
def logging_until_the_end() -> Iterator[None]:
    """Take away what the call adds to the log, after its last fault was written."""
    root = logging.getLogger()
    before = list(root.handlers)
    root.addHandler(logging.NullHandler())  # without any handler, faults before the settings are known would be shown
    try:
        yield
    finally:
        for handler in [one for one in root.handlers if one not in before]:
            root.removeHandler(handler)
            handler.close()


def _surface() -> str:
    """Name the command, for the history of reads."""
    return f"cli {click.get_current_context().command_path.split(' ', 1)[-1]}"


def _actor(session: Session, login: str | None, now: datetime) -> Actor:
    return users.actor_by_login(session, login, now) if login else SYSTEM


def check_migrated(database: Database) -> None:
    """Refuse to work on a database without our tables or with those of another release."""
    if migrate.is_empty(database):
        raise NotReady(problem="Die Datenbank ist noch leer. Richten Sie sie mit „python -m eakte migrate“ ein.")
    if not migrate.is_current(database):
        raise NotReady(
            problem="Die Datenbank hat einen anderen Stand als das Programm. "
            "Bringen Sie sie mit „python -m eakte migrate“ auf den neuesten."
        )


pass_console = click.make_pass_decorator(Console)


def acting(*, needed: bool) -> Callable[[Any], Any]:
    """Return the option ``--as LOGIN``."""
    text = "Anmeldename der Person, für die gehandelt wird." + ("" if needed else " Ohne Angabe: das System selbst.")
    return click.option("--as", "login", metavar="LOGIN", required=needed, help=text)


as_json = click.option("--json", "json_wanted", is_flag=True, help="Als JSON ausgeben, für Skripte.")
DAY = click.DateTime(formats=["%d.%m.%Y", "%Y-%m-%d"])
"""A day as people write it, or as programs do."""
limit = click.option("--limit", type=click.IntRange(min=1), default=50, help="Höchstens so viele Zeilen (sonst 50).")


def _fields(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Fields:
    """Return the fields given as NAME=WERT, or none."""
    del ctx
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, sign, _ in pairs if not (name and sign)]:
        raise click.BadParameter(f"„{wrong[0]}“: erwartet wird NAME=WERT.", param=param)
    return Fields({name.strip(): value for name, _, value in pairs}, typed=True) if pairs else NO_FIELDS


field_values = click.option(
    "--field",
    "fields",
    metavar="NAME=WERT",
    multiple=True,
    callback=_fields,
    help="Wert eines Feldes; mehrfach möglich.",
)
