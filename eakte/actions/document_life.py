"""The life of a filed document: checked out and in, signed off, voided. Versions: ``actions.versions``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_file_of, check_revision, document_of
from eakte.errors import (
    CaseClosed,
    CaseFileClosed,
    DocumentFrozen,
    DocumentLocked,
    InvalidInput,
    MissingReason,
    MoveRefused,
    NotFound,
    VersionUnderWay,
)
from eakte.records.access import Actor, Permission
from eakte.records.calendar import BERLIN, day_of, german
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import (
    FROZEN,
    LABELS,
    CaseFileState,
    CaseState,
    DocumentState,
    VersionUploadState,
    move_document,
)
from eakte.store.document_life import DocumentLock, VersionUpload
from eakte.store.documents import Document
from eakte.store.files import CaseFile
from eakte.store.history import Changes, noted, record, since
from eakte.store.jobs import CONTENT, enqueue

LOCK_DAYS = 3
"""A check-out ends by itself after so many days, so that nobody's absence stops the others."""
MOST_LOCK_DAYS = 30


def document_to_change(session: Session, actor: Actor, document_id: UUID, now: datetime) -> Document:
    """Return a filed document that the actor may change now, its row and that of its case file locked.

    Raises:
        NotFound: There is none, or the actor may not know of it.
        CaseFileClosed, CaseClosed: What it lies in is closed.
        DocumentLocked: Somebody else has checked it out.
    """
    seen = document_of(session, actor, document_id, now)
    if seen.case is None:
        raise NotFound
    case_file = case_file_of(session, actor, seen.case.case_file_id, now, lock=True)
    document = session.get_one(Document, document_id, with_for_update=True, populate_existing=True)
    if document.case is None or document.case.case_file_id != case_file.id:
        raise NotFound
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    if document.case.state is not CaseState.OPEN:
        raise CaseClosed(reference=case_reference(case_file.file_reference, document.case.number))
    check_not_locked(session, actor, document.id, now)
    return document


def check_not_locked(session: Session, actor: Actor, document_id: UUID, now: datetime) -> None:
    """Refuse to touch a document that somebody else has checked out.

    Raises:
        DocumentLocked: Its detail names the person and the end.
    """
    lock = lock_of(session, document_id, now)
    if lock is not None and lock.person_id != actor.person_id:
        raise DocumentLocked(by=lock.person_name, until=german(day_of(lock.until)))


def check_not_frozen(document: Document) -> None:
    """Refuse to change a document that is signed off or voided.

    Raises:
        DocumentFrozen: Its detail names the state.
    """
    if document.state in FROZEN:
        raise DocumentFrozen(state=LABELS[document.state])


def lock_of(session: Session, document_id: UUID, now: datetime) -> DocumentLock | None:
    """Return who has checked a document out now."""
    query = select(DocumentLock).where(DocumentLock.document_id == document_id, DocumentLock.until > now)
    return session.scalar(query)


def check_out(
    session: Session, actor: Actor, document_id: UUID, *, until: date | None = None, now: datetime
) -> DocumentLock:
    """Check a document out to the actor until the end of a day (three days unless given); again prolongs it.

    Raises:
        DocumentLocked: Somebody else has it.
        DocumentFrozen: It never changes again.
        InvalidInput: The day is over or more than thirty days away.
    """
    actor.require(Permission.FILE)
    if actor.person_id is None:
        raise InvalidInput(problem="Auschecken kann nur eine Person.", field="until")
    document = document_to_change(session, actor, document_id, now)
    check_not_frozen(document)
    lock = session.get(DocumentLock, document.id) or DocumentLock(document_id=document.id, since=now)
    before = _held(lock, now)
    if lock.person_id != actor.person_id or lock.until <= now:
        lock.since = now
    lock.person_id, lock.person_name, lock.until = actor.person_id, actor.name, _end(until, now)
    session.add(lock)
    detail, changes = {"until": lock.until.isoformat()}, _told(before, _held(lock, now))
    log(session, actor, document, "document.checked_out", now=now, detail=detail, changes=changes)
    return lock


def _held(lock: DocumentLock | None, now: datetime) -> dict[str, object]:
    """Return by whom and until when a document is held; of a lock that has run out, nothing."""
    if lock is None or lock.until is None or lock.until <= now:
        return {"locked_by": None, "locked_until": None}
    return {"locked_by": lock.person_name, "locked_until": lock.until}


def _told(before: Mapping[str, object], after: Mapping[str, object]) -> Changes:
    return {field: (old, after[field]) for field, old in before.items()}


def _end(until: date | None, now: datetime) -> datetime:
    today = day_of(now)
    until = until or today + timedelta(days=LOCK_DAYS)
    if not today <= until <= today + timedelta(days=MOST_LOCK_DAYS):
        raise InvalidInput(problem=f"Auschecken geht für höchstens {MOST_LOCK_DAYS} Tage.", field="until")
    return (datetime(until.year, until.month, until.day, tzinfo=BERLIN) + timedelta(days=1)).astimezone(UTC)


def check_in(session: Session, actor: Actor, document_id: UUID, now: datetime) -> None:
    """Give a document back that the actor has checked out; without a lock nothing happens.

    Raises:
        DocumentLocked: Somebody else has it.
    """
    actor.require(Permission.FILE)
    document = document_to_change(session, actor, document_id, now)
    if given_back := drop_lock(session, document):
        log(session, actor, document, "document.checked_in", now=now, changes=given_back)


def drop_lock(session: Session, document: Document) -> Changes:
    """Delete the lock of a document; return what that changes, nothing if there was none."""
    lock = session.get(DocumentLock, document.id)
    if lock is None:
        return {}
    session.delete(lock)
    session.flush()
    return {"locked_by": (lock.person_name, None), "locked_until": (lock.until, None)}


def break_lock(session: Session, actor: Actor, document_id: UUID, *, reason: str, now: datetime) -> None:
    """Take a document back from who has checked it out (registry, with a reason).

    Raises:
        MissingReason: No reason was given.
        MoveRefused: It is not checked out.
    """
    actor.require(Permission.REOPEN)
    if not reason.strip():
        raise MissingReason
    document = document_of(session, actor, document_id, now)
    lock = session.get(DocumentLock, document.id, with_for_update=True, populate_existing=True)
    if lock is None or document.case is None:
        raise MoveRefused(state="nicht ausgecheckt")
    detail = {"person": str(lock.person_id)}
    changes = drop_lock(session, document)
    log(
        session, actor, document, "document.lock_broken", now=now, detail=detail, reason=reason.strip(), changes=changes
    )


def finalise(
    session: Session, actor: Actor, document_id: UUID, *, revision: int | None = None, now: datetime
) -> Document:
    """Sign a document off (Schlusszeichnung): its versions and metadata never change again.

    Raises:
        MoveRefused: It is signed off or voided already.
        StaleRevision: Somebody else changed it since.
        VersionUnderWay: A further version has not been read yet.
    """
    actor.require(Permission.FILE)
    document = document_to_change(session, actor, document_id, now)
    check_revision(document.revision, revision)
    check_all_read(session, document)
    before = noted(document, "state")
    document.state = move_document(document.state, DocumentState.FINAL)
    document.finalised_at, document.finalised_by = now, actor.name
    document.revision += 1
    changes = {**since(before, document), **drop_lock(session, document)}
    log(session, actor, document, "document.finalised", now=now, changes=changes)
    reindex(session, document)
    return document


def void(session: Session, actor: Actor, document_id: UUID, *, reason: str, now: datetime) -> Document:
    """Void a document that was filed by mistake: it stays, with the reason, and never changes again.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: It is voided already.
        VersionUnderWay: A further version has not been read yet.
    """
    actor.require(Permission.FILE)
    if not reason.strip():
        raise MissingReason
    document = document_to_change(session, actor, document_id, now)
    check_all_read(session, document)
    before = noted(document, "state")
    document.state = move_document(document.state, DocumentState.VOIDED)
    document.voided_at, document.voided_by, document.void_reason = now, actor.name, reason.strip()
    document.revision += 1
    changes = {**since(before, document), **drop_lock(session, document)}
    log(session, actor, document, "document.voided", now=now, changes=changes, reason=reason.strip())
    reindex(session, document)
    return document


def check_all_read(session: Session, document: Document) -> None:
    """Refuse while a further version of the document waits to be read or could not be read.

    Raises:
        VersionUnderWay: There is one.
    """
    waiting = select(VersionUpload.id).where(
        VersionUpload.document_id == document.id, VersionUpload.state != VersionUploadState.DISCARDED
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise VersionUnderWay


def reindex(session: Session, document: Document, *, moved: bool = False) -> None:
    """Queue a changed document for the index; ``moved``, others may see it from now on."""
    way = None if moved else CONTENT
    enqueue(session, "indexing", f"{document.id}:{document.revision}", str(document.id), way=way)


def reference_of(document: Document) -> str:
    """Return the reference of a document, or an empty text while it is not filed."""
    if document.case is None:
        return ""
    file: CaseFile = document.case.case_file
    return document_reference(case_reference(file.file_reference, document.case.number), document.position or 0)


def log(
    session: Session,
    actor: Actor,
    document: Document,
    action: str,
    *,
    now: datetime,
    detail: Mapping[str, object] | None = None,
    changes: Changes | None = None,
    reason: str = "",
) -> None:
    """Write to the history of a document and of its case file; while it is not filed it has no reference."""
    record(
        session,
        actor,
        action,
        about=("document", document.id),
        now=now,
        case_file_id=document.case.case_file_id if document.case else None,
        detail={"reference": reference_of(document) or None, **(detail or {})},
        reason=reason,
        changes=changes,
    )
