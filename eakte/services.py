"""The engines a running service works with, picked once from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eakte.errors import SettingsInvalid
from eakte.settings import Settings
from eakte.store.database import Database, connect
from eakte.store.declarations import read_catalogue
from eakte.store.objects import LocalObjects, ObjectStore
from eakte.store.objects_s3 import S3Objects, s3_client
from retention.archive import ArchiveGateway
from retention.archives.folder import FolderGateway
from search.engine import SearchEngine
from search.engines import open_engine


@dataclass(frozen=True, slots=True)
class Services:
    """Everything below the edges that is not an argument of one call."""

    settings: Settings
    database: Database
    objects: ObjectStore
    index: SearchEngine
    archive: ArchiveGateway | None
    """The exchange with the city archive, if it is set up."""

    def close(self) -> None:
        """Release files, locks and connections."""
        self.index.close()
        self.database.close()


def build(settings: Settings) -> Services:
    """Open the database, the object store and the index that the settings name."""
    return Services(
        settings=settings,
        database=connect(settings.database, read_catalogue(settings.config_folder)),
        objects=_objects(settings),
        index=open_engine(settings.search_engine, settings.data_folder / "index"),
        archive=_archive(settings),
    )


def _objects(settings: Settings) -> ObjectStore:
    if not settings.object_store:
        return LocalObjects(settings.data_folder / "objects")
    kind, _, bucket = settings.object_store.partition("://")
    if kind != "s3" or not bucket:
        raise SettingsInvalid(name="object_store", problem="Erwartet wird s3://Name-des-Buckets.")
    return S3Objects(s3_client(settings.s3_endpoint), bucket)


def _archive(settings: Settings) -> ArchiveGateway | None:
    if not settings.archive_folder or not settings.xdomea_schemas:
        return None
    folder = Path(settings.archive_folder)
    outgoing, incoming = folder / "out", folder / "in"
    for each in (outgoing, incoming):
        each.mkdir(parents=True, exist_ok=True)
    return FolderGateway(outgoing, incoming)
