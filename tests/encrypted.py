"""Keys and encrypted objects for tests: real files, a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from eakte.store.database import connect
from eakte.store.master_keys import FolderKeys
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import LocalObjects
from eakte.store.objects_encrypted import EncryptedObjects

BEGUN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def opened_keys(folder: Path, url: str = "") -> ObjectKeys:
    """The key store below a folder, its master keys beside it."""
    return ObjectKeys(connect(url or f"sqlite:///{folder / 'keys' / 'keys.sqlite'}"), FolderKeys(folder / "masters"))


def begun_keys(folder: Path, url: str = "", *, open_left: bool = False) -> ObjectKeys:
    """The same, set up."""
    keys = opened_keys(folder, url)
    keys.begin(BEGUN, open_left=open_left)
    return keys


def encrypted(folder: Path, *, open_left: bool = False) -> EncryptedObjects:
    """Encrypted objects in a folder; close their keys when done."""
    return EncryptedObjects(LocalObjects(folder / "objects"), begun_keys(folder, open_left=open_left), folder)
