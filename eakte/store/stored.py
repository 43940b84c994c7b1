"""The register of stored objects: which bytes are kept, and which nothing refers to any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eakte.errors import EakteError
from eakte.store.document_life import VersionUpload
from eakte.store.documents import DocumentVersion, IncomingItem, PageRow, RenditionRow, StoredObject
from eakte.store.evidence import EvidencePath, ObjectDamage
from eakte.store.learning import ModelVersion
from eakte.store.scanning import BatchScan, ScanPage


class Fingerprint(Protocol):
    """What the object store says about bytes it has put."""

    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def sha512(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102


class Objects(Protocol):
    """The part of the object store the register needs."""

    def exists(self, sha256: str) -> bool: ...  # noqa: D102
    def delete(self, sha256: str) -> None: ...  # noqa: D102


class ObjectVanished(EakteError):
    """The bytes were destroyed with another record between storing and registering; store them again."""

    code, status = "object-vanished", 503


def keep(
    session: Session, objects: Objects, stored: Fingerprint, *, media_type: str | None = None, now: datetime
) -> StoredObject:
    """Register stored bytes and hold them until the transaction ends.

    The row lock meets the one in :func:`forget`: either the destroyer sees our reference, or we see
    that the bytes are gone.

    Raises:
        ObjectVanished: The bytes are no longer there.
    """
    known = session.get(StoredObject, stored.sha256, with_for_update=True, populate_existing=True)
    if known is None:
        # Another worker may be registering the same bytes: then this waits until that is done.
        row = {"sha256": stored.sha256, "sha512": stored.sha512, "size": stored.size, "media_type": media_type}
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(insert(StoredObject).values(created_at=now, **row).on_conflict_do_nothing())
        known = session.get_one(StoredObject, stored.sha256, with_for_update=True, populate_existing=True)
    if not objects.exists(stored.sha256):
        raise ObjectVanished
    return known


def unreferenced(session: Session, hashes: Iterable[str]) -> list[str]:
    """Return those of *hashes* that no item, version, waiting version, rendition, page, model or scan refers to."""
    free: list[str] = []
    for sha256 in hashes:
        used = [
            select(IncomingItem.id).where(IncomingItem.sha256 == sha256),
            select(DocumentVersion.id).where(DocumentVersion.original == sha256),
            select(RenditionRow.id).where(RenditionRow.sha256 == sha256),
            select(VersionUpload.id).where(VersionUpload.sha256 == sha256),
            select(ModelVersion.id).where(ModelVersion.sha256 == sha256),
            select(PageRow.id).where(or_(PageRow.image == sha256, PageRow.thumbnail == sha256)),
            select(BatchScan.id).where(BatchScan.sha256 == sha256),
            select(ScanPage.id).where(or_(ScanPage.image == sha256, ScanPage.thumbnail == sha256)),
        ]
        if all(session.scalar(query.limit(1)) is None for query in used):
            free.append(sha256)
    return free


def forget(session: Session, objects: Objects, sha256: str) -> bool:
    """Delete one object, bytes and row, unless something refers to it; return whether it is gone.

    Bytes go before the row is committed: a crash in between leaves a row without bytes and without
    references, and the next call finishes the work.
    """
    session.scalar(select(StoredObject.sha256).where(StoredObject.sha256 == sha256).with_for_update())
    if not unreferenced(session, [sha256]):
        return False
    for table in (EvidencePath, ObjectDamage, StoredObject):
        session.execute(delete(table).where(table.sha256 == sha256))
    objects.delete(sha256)
    return True
