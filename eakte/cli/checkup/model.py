"""What a check tells, and what it looks at: an installation whose parts are opened one by one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from eakte import services as engines
from eakte.actions.vitals import Vitals, vitals
from eakte.settings import Settings
from eakte.store.database import Database, connect
from eakte.store.declarations import read_catalogue
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import ObjectStore
from search.engine import SearchIndex


class Level(StrEnum):
    """How grave it is."""

    WELL = "well"
    NOTE = "note"
    """To be known; nothing has to be done now."""
    WARNING = "warning"
    """Something will fail, or is not as it should be."""
    FAULT = "fault"
    """Something does not work."""


LABELS = {Level.WELL: "gut", Level.NOTE: "Hinweis", Level.WARNING: "Warnung", Level.FAULT: "FEHLER"}
GRAVE = frozenset({Level.WARNING, Level.FAULT})


@dataclass(frozen=True, slots=True)
class Finding:
    """One line in German: what was found, and what to do; *advice* is empty where nothing has to be done."""

    check: str
    level: Level
    found: str
    advice: str = ""


Findings = Iterable[Finding]


def well(check: str, found: str) -> Finding:
    """Return that something is in order."""
    return Finding(check, Level.WELL, found)


def note(check: str, found: str, advice: str = "") -> Finding:
    """Return what is to be known."""
    return Finding(check, Level.NOTE, found, advice)


def warning(check: str, found: str, advice: str) -> Finding:
    """Return what will fail."""
    return Finding(check, Level.WARNING, found, advice)


def fault(check: str, found: str, advice: str) -> Finding:
    """Return what does not work."""
    return Finding(check, Level.FAULT, found, advice)


@dataclass
class Patient:
    """One installation. What cannot be opened must not hide how the rest is; *opened* closes what was."""

    settings: Settings
    now: datetime
    opened: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def database(self) -> Database:
        """The database, whatever state it is in."""
        database = connect(self.settings.database, read_catalogue(self.settings.config_folder))
        self.opened.callback(database.close)
        return database

    @cached_property
    def vitals(self) -> Vitals:
        """The numbers of the installation, counted once for all checks."""
        with self.database.reading() as session:
            return vitals(session, self.now, engines.quotas_of(self.settings))

    @cached_property
    def keys(self) -> ObjectKeys | None:
        """The key store, none where objects are not encrypted."""
        keys = engines.object_keys(self.settings)
        if keys:
            self.opened.callback(keys.close)
        return keys

    @cached_property
    def objects(self) -> ObjectStore:
        """The object store as the service reads it."""
        return engines.objects_of(self.settings, self.keys)

    @cached_property
    def index(self) -> SearchIndex:
        """The search index."""
        index = engines.index_of(self.settings)
        self.opened.callback(index.close)
        return index
