"""Further versions of a document: bytes are safe at once, the text is read by a job, older versions stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions.document_life import (
    check_not_frozen,
    document_to_change,
    drop_lock,
    lock_of,
    log,
    reindex,
)
from eakte.actions.guard import document_of
from eakte.actions.intake import ToRead, plain_name
from eakte.actions.readings import version_of
from eakte.errors import InvalidInput, NotFound, StaleRevision, VersionUnderWay
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.states import FROZEN, DocumentState, VersionUploadState, move_version_upload
from eakte.store.document_life import VersionUpload
from eakte.store.documents import Document, DocumentVersion, PageRow, StoredObject
from eakte.store.history import noted, set_to, since
from eakte.store.jobs import enqueue
from eakte.store.stored import Fingerprint, Objects, keep
from ingest.model import Reading

UNDER_WAY = (VersionUploadState.RECEIVED, VersionUploadState.READING)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A further version whose bytes are already in the object store."""

    stored: Fingerprint
    filename: str
    remark: str = ""
    based_on: int | None = None
    """Number of the version it was made from; ``None`` stands for "whatever is the newest"."""
    check_in: bool = True
    """Whether the actor gives the document back with it."""


def receive(
    session: Session, objects: Objects, actor: Actor, document_id: UUID, new: NewVersion, now: datetime
) -> VersionUpload:
    """Take a further version of a document and queue its reading, all in this transaction.

    Raises:
        DocumentLocked, DocumentFrozen: The document may not be changed by the actor, or never again.
        StaleRevision: There is a newer version than the one it was made from.
        VersionUnderWay: Another version is still being read.
        InvalidInput: The same bytes are the newest version already.
        ObjectVanished: The bytes must be stored again.
    """
    actor.require(Permission.FILE)
    document = document_to_change(session, actor, document_id, now)
    check_not_frozen(document)
    newest = document.versions[-1]
    if new.based_on is not None and new.based_on != newest.number:
        raise StaleRevision
    under_way = select(VersionUpload.id).where(
        VersionUpload.document_id == document.id, VersionUpload.state.in_(UNDER_WAY)
    )
    if session.scalar(under_way.limit(1)) is not None:
        raise VersionUnderWay
    if new.stored.sha256 == newest.original:
        raise InvalidInput(problem="Diese Datei ist schon die neueste Fassung.", field="file")
    kept = keep(session, objects, new.stored, now=now)
    upload = VersionUpload(
        document_id=document.id,
        sha256=kept.sha256,
        filename=plain_name(new.filename),
        remark=new.remark.strip()[:500],
        uploaded_at=now,
        uploaded_by=actor.name,
    )
    session.add(upload)
    session.flush()
    detail = {"sha256": kept.sha256, "sha512": kept.sha512, "number": newest.number + 1}
    changes = set_to(filename=upload.filename, remark=upload.remark)
    log(session, actor, document, "version.received", now=now, detail=detail, changes=changes)
    if new.check_in and (given_back := drop_lock(session, document)):
        log(session, actor, document, "document.checked_in", now=now, changes=given_back)
    enqueue(session, "version_reading", f"{upload.id}:0", str(upload.id))
    return upload


def begin_reading(session: Session, upload_id: UUID, now: datetime) -> ToRead | None:
    """Mark a version as being read and return what to read; ``None`` if there is nothing to do any more."""
    del now
    upload = session.get(VersionUpload, upload_id, with_for_update=True, populate_existing=True)
    if upload is None or upload.state not in UNDER_WAY:
        return None
    upload.state = move_version_upload(upload.state, VersionUploadState.READING)
    upload.attempts += 1
    return ToRead(upload.sha256, upload.filename, upload.attempts)


def record_reading(
    session: Session,
    objects: Objects,
    upload_id: UUID,
    reading: Reading,
    *,
    stored: Mapping[Path, Fingerprint],
    now: datetime,
) -> None:
    """Turn a reading into the next version of its document; twice is once. What people stated stays as it is.

    Raises:
        DocumentFrozen: The document was signed off or voided in the meantime.
    """
    upload = session.get(VersionUpload, upload_id, with_for_update=True, populate_existing=True)
    if upload is None or upload.state is not VersionUploadState.READING:
        return
    document = session.get_one(Document, upload.document_id, with_for_update=True, populate_existing=True)
    check_not_frozen(document)
    for fingerprint in stored.values():
        keep(session, objects, fingerprint, now=now)
    counted = select(func.max(DocumentVersion.number)).where(DocumentVersion.document_id == document.id)
    newest = session.scalar(counted) or 0
    version = version_of(reading, stored, number=newest + 1, original=upload.sha256)
    version.filename, version.remark = upload.filename, upload.remark
    version.created_at, version.created_by = upload.uploaded_at, upload.uploaded_by
    document.versions.append(version)
    document.revision += 1
    session.delete(upload)
    session.flush()
    detail = {"number": version.number, "pages": len(reading.pages), "software": reading.software}
    changes = {"version": (newest or None, version.number)}
    log(session, SYSTEM, document, "version.read", now=now, detail=detail, changes=changes)
    reindex(session, document)


def record_fault(session: Session, upload_id: UUID, code: str, now: datetime) -> None:
    """Keep a version that could not be read, with the reason, for a person to decide."""
    upload = session.get(VersionUpload, upload_id, with_for_update=True, populate_existing=True)
    if upload is None or upload.state not in UNDER_WAY:
        return
    before = noted(upload, "state", "fault_code")
    upload.state, upload.fault_code = move_version_upload(upload.state, VersionUploadState.FAULT), code
    changes = since(before, upload)
    log(session, SYSTEM, upload.document, "version.fault", now=now, detail={"code": code}, changes=changes)


def retry(session: Session, actor: Actor, upload_id: UUID, now: datetime) -> UUID:
    """Read a version again that could not be read; return the document's id."""
    upload, document = _upload_to_change(session, actor, upload_id, now)
    before = noted(upload, "state", "fault_code")
    upload.state = move_version_upload(upload.state, VersionUploadState.RECEIVED)
    upload.fault_code = None
    log(session, actor, document, "version.retried", now=now, changes=since(before, upload))
    enqueue(session, "version_reading", f"{upload.id}:{upload.attempts}", str(upload.id))
    return document.id


def discard(session: Session, actor: Actor, upload_id: UUID, now: datetime) -> UUID:
    """Give a version up that could not be read; entry and bytes stay. Return the document's id."""
    upload, document = _upload_to_change(session, actor, upload_id, now)
    before = noted(upload, "state")
    upload.state = move_version_upload(upload.state, VersionUploadState.DISCARDED)
    log(session, actor, document, "version.discarded", now=now, changes=since(before, upload))
    return document.id


def _upload_to_change(session: Session, actor: Actor, upload_id: UUID, now: datetime) -> tuple[VersionUpload, Document]:
    actor.require(Permission.FILE)
    document_id = session.scalar(select(VersionUpload.document_id).where(VersionUpload.id == upload_id))
    if document_id is None:
        raise NotFound
    document = document_to_change(session, actor, document_id, now)
    return session.get_one(VersionUpload, upload_id, with_for_update=True, populate_existing=True), document


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a version: the original or what was derived from it."""

    kind: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a document."""

    number: int
    filename: str
    created_at: datetime | None
    created_by: str
    remark: str
    pages: int
    files: tuple[FileView, ...]
    """The original first."""


@dataclass(frozen=True, slots=True)
class UploadView:
    """A version that has not been read yet, or could not be read."""

    upload_id: UUID
    filename: str
    uploaded_at: datetime
    uploaded_by: str
    state: VersionUploadState
    fault_code: str | None


@dataclass(frozen=True, slots=True)
class LifeView:
    """What has become of a document since it was filed."""

    document_id: UUID
    state: DocumentState
    revision: int
    finalised_at: datetime | None
    finalised_by: str | None
    voided_at: datetime | None
    voided_by: str | None
    void_reason: str | None
    locked_by: str
    locked_until: datetime | None
    locked_by_me: bool
    versions: tuple[VersionView, ...]
    """The newest first."""
    uploads: tuple[UploadView, ...]

    @property
    def changeable(self) -> bool:
        """Whether its state allows changes at all."""
        return self.state not in FROZEN


def life(session: Session, actor: Actor, document_id: UUID, now: datetime) -> LifeView:
    """Return the versions and the state of a document the actor may see."""
    document = document_of(session, actor, document_id, now)
    lock = lock_of(session, document.id, now)
    waiting = session.scalars(
        select(VersionUpload)
        .where(VersionUpload.document_id == document.id, VersionUpload.state != VersionUploadState.DISCARDED)
        .order_by(VersionUpload.uploaded_at)
    )
    return LifeView(
        document_id=document.id,
        state=document.state,
        revision=document.revision,
        finalised_at=document.finalised_at,
        finalised_by=document.finalised_by,
        voided_at=document.voided_at,
        voided_by=document.voided_by,
        void_reason=document.void_reason,
        locked_by=lock.person_name if lock else "",
        locked_until=lock.until if lock else None,
        locked_by_me=lock is not None and lock.person_id == actor.person_id,
        versions=_versions(session, document),
        uploads=tuple(
            UploadView(row.id, row.filename, row.uploaded_at, row.uploaded_by, row.state, row.fault_code)
            for row in waiting
        ),
    )


def _versions(session: Session, document: Document) -> tuple[VersionView, ...]:
    keys = [version.id for version in document.versions]
    counted = select(PageRow.version_id, func.count()).where(PageRow.version_id.in_(keys)).group_by(PageRow.version_id)
    pages = dict(session.execute(counted).all())
    hashes = {version.original for version in document.versions}
    hashes.update(made.sha256 for version in document.versions for made in version.renditions)
    sized = select(StoredObject.sha256, StoredObject.size).where(StoredObject.sha256.in_(hashes))
    sizes = dict(session.execute(sized).all())
    return tuple(
        VersionView(
            number=version.number,
            filename=version.filename or document.item.filename,
            created_at=version.created_at,
            created_by=version.created_by,
            remark=version.remark,
            pages=pages.get(version.id, 0),
            files=(
                FileView("original", version.media_type, version.original, sizes.get(version.original, 0)),
                *(
                    FileView(made.kind, made.media_type, made.sha256, sizes.get(made.sha256, 0))
                    for made in sorted(version.renditions, key=lambda made: made.kind)
                ),
            ),
        )
        for version in reversed(document.versions)
    )
