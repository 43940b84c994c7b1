"""The engines a running service works with, picked once from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from eakte.settings import Settings
from eakte.store.database import Database, connect
from eakte.store.objects import LocalObjects, ObjectStore
from search.engine import SearchEngine
from search.engines import open_engine


@dataclass(frozen=True, slots=True)
class Services:
    """Everything below the edges that is not an argument of one call."""

    settings: Settings
    database: Database
    objects: ObjectStore
    index: SearchEngine

    def close(self) -> None:
        """Release files, locks and connections."""
        self.index.close()
        self.database.close()


def build(settings: Settings) -> Services:
    """Open the database, the object store and the index that the settings name."""
    return Services(
        settings=settings,
        database=connect(settings.database),
        objects=_objects(settings),
        index=open_engine(settings.search_engine, settings.data_folder / "index"),
    )


def _objects(settings: Settings) -> ObjectStore:
    return LocalObjects(settings.data_folder / "objects")
