"""Reading a document again, with other languages or scripts: ordered by a person, taken only if it is better.

The original stays as it is and the same languages read the same, so nothing of the reading before has to be kept:
whoever wants it back orders its languages again and insists.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from eakte.actions import alike, proposals
from eakte.actions.document_life import check_not_frozen, document_to_change, log, reindex
from eakte.actions.guard import document_of, item_of
from eakte.actions.intake import ToRead
from eakte.actions.proposals import Read
from eakte.actions.readings import pages_of, renditions_of
from eakte.errors import InvalidInput, NotWaiting, RereadingUnderWay, StaleRevision
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.languages import joined, language_names
from eakte.records.legibility import RereadingState, mean
from eakte.records.states import ItemState
from eakte.store.arranging import is_part
from eakte.store.document_life import Rereading
from eakte.store.documents import Document, DocumentVersion, PageRow, RenditionRow
from eakte.store.history import Changes
from eakte.store.jobs import enqueue
from eakte.store.stored import Fingerprint, Objects, forget, keep
from ingest.model import Reading


@dataclass(frozen=True, slots=True)
class Order:
    """How a document is to be read again."""

    languages: Collection[str]
    pages: Sequence[int] = ()
    """Numbers of the pages; none stands for all."""
    insists: bool = False
    """Whether the new reading is taken even if it is not better."""


@dataclass(frozen=True, slots=True)
class RereadingView:
    """The last order to read a document again; languages by their German names, confidence in per cent."""

    state: RereadingState
    languages: str
    codes: tuple[str, ...]
    pages: tuple[int, ...]
    before: int | None
    after: int | None
    fault_code: str | None
    ordered_at: datetime
    ordered_by: str


def order(
    session: Session,
    actor: Actor,
    document_id: UUID,
    wanted: Order,
    *,
    installed: Sequence[str],
    now: datetime,
) -> None:
    """Queue a document to be read again, filed or waiting in an inbox. ``installed`` are the languages there are.

    Raises:
        InvalidInput: A language is not installed, or there is no such page.
        NotWaiting, CaseFileClosed, CaseClosed, DocumentLocked, DocumentFrozen: It may not be changed (now).
        RereadingUnderWay: It is being read again already.
    """
    actor.require(Permission.FILE)
    document = _to_change(session, actor, document_id, now)
    languages = joined(wanted.languages, installed)
    version = document.versions[-1]
    if not set(wanted.pages) <= {page.number for page in version.pages}:
        raise InvalidInput(problem="Diese Seite hat das Dokument nicht.", field="pages")
    last = session.get(Rereading, document.id, with_for_update=True, populate_existing=True)
    if last is not None and last.state is RereadingState.ORDERED:
        raise RereadingUnderWay
    row = last or Rereading(document_id=document.id, orders=0, left_over=[])
    row.version, row.languages, row.pages, row.insists = version.number, languages, list(wanted.pages), wanted.insists
    row.ordered_at, row.ordered_by, row.orders = now, actor.name, row.orders + 1
    row.state, row.fault_code, row.before, row.after = RereadingState.ORDERED, None, None, None
    session.add(row)
    log(session, actor, document, "document.reread_ordered", now=now, detail={"languages": languages})
    enqueue(session, "rereading", f"{document.id}:{row.orders}", str(document.id))


def _to_change(session: Session, actor: Actor, document_id: UUID, now: datetime) -> Document:
    document = document_of(session, actor, document_id, now)
    if document.case_id is None:
        if item_of(session, actor, document.item_id, now, lock=True).state is not ItemState.WAITING:
            raise NotWaiting
        return document
    document = document_to_change(session, actor, document_id, now)
    check_not_frozen(document)
    return document


def last_order(session: Session, actor: Actor, document_id: UUID, now: datetime) -> RereadingView | None:
    """Return the last order to read a document again that the actor may see."""
    row = session.get(Rereading, document_of(session, actor, document_id, now).id)
    if row is None:
        return None
    return RereadingView(
        state=row.state,
        languages=language_names(row.languages),
        codes=tuple(row.languages.split("+")),
        pages=tuple(row.pages),
        before=row.before,
        after=row.after,
        fault_code=row.fault_code,
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
    )


def begin(session: Session, document_id: UUID) -> ToRead | None:
    """Return what to read again and how; ``None`` if there is nothing to do any more."""
    row = session.get(Rereading, document_id)
    if row is None or row.state is not RereadingState.ORDERED:
        return None
    version = _version(session, row)
    arranged = is_part(session, version.document.item_id) and version.number == 1
    languages, others = row.languages, {}
    if row.pages:
        known = {page.number: page.languages for page in version.pages if page.languages}
        languages, others = "", {**known, **dict.fromkeys(row.pages, row.languages)}
    return ToRead(version.original, version.filename, row.orders, languages, arranged, others)


def _version(session: Session, row: Rereading) -> DocumentVersion:
    """Return the version that was to be read, which must still be the newest.

    Raises:
        StaleRevision: There is a newer one.
    """
    newest = session.scalar(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == row.document_id)
        .order_by(DocumentVersion.number.desc())
        .limit(1)
    )
    if newest is None or newest.number != row.version:
        raise StaleRevision
    return newest


def record_reading(
    session: Session,
    objects: Objects,
    document_id: UUID,
    reading: Reading,
    *,
    stored: Mapping[Path, Fingerprint],
    now: datetime,
) -> None:
    """Let a new reading stand in place of the one before if it is better or insisted on; twice is once.

    Pages that were not asked for stay as they are. ``left_over`` names the files to delete afterwards.

    Raises:
        DocumentFrozen, StaleRevision: The document was signed off, voided or got a further version meanwhile.
    """
    row = session.get(Rereading, document_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not RereadingState.ORDERED:
        return
    document = session.get_one(Document, document_id, with_for_update=True, populate_existing=True)
    check_not_frozen(document)
    version = _version(session, row)
    asked = set(row.pages) if len(version.pages) == len(reading.pages) else set()
    old = [page for page in version.pages if not asked or page.number in asked]
    new = [page for page in reading.pages if not asked or page.number in asked]
    row.before, row.after = mean([page.confidence for page in old]), mean([page.confidence for page in new])
    if row.after <= row.before and not row.insists:
        row.state = RereadingState.KEPT
        row.left_over = [*row.left_over, *(made.sha256 for made in stored.values())]
        log(session, SYSTEM, document, "document.reread_kept", now=now, detail={"languages": row.languages})
        return
    for fingerprint in stored.values():
        keep(session, objects, fingerprint, now=now)
    row.left_over = [*row.left_over, *_files(version, old)]
    _replace(session, version, reading, stored, numbers={page.number for page in new}, gone=[page.id for page in old])
    document.revision += 1
    row.state = RereadingState.BETTER
    _learn(document, reading)
    session.flush()
    alike.keep(session, document.id, reading.text)
    changes: Changes = {"legibility": (row.before, row.after)}
    log(session, SYSTEM, document, "document.reread", now=now, detail={"languages": row.languages}, changes=changes)
    reindex(session, document)


def _files(version: DocumentVersion, pages: Sequence[PageRow]) -> list[str]:
    made = [rendition.sha256 for rendition in version.renditions]
    return made + [name for page in pages for name in (page.image, page.thumbnail)]


def _replace(
    session: Session,
    version: DocumentVersion,
    reading: Reading,
    stored: Mapping[Path, Fingerprint],
    *,
    numbers: Collection[int],
    gone: Sequence[UUID],
) -> None:
    loose = {"synchronize_session": False}
    session.execute(delete(PageRow).where(PageRow.id.in_(gone)), execution_options=loose)
    session.execute(delete(RenditionRow).where(RenditionRow.version_id == version.id), execution_options=loose)
    pages = [row for row in pages_of(reading, stored) if row.number in numbers]
    renditions = renditions_of(reading, stored)
    _draw_of(session, version, renditions)
    for page in pages:
        page.version_id = version.id
    for made in renditions:
        made.version_id = version.id
    session.add_all([*pages, *renditions])
    version.software, version.warnings = reading.software, list(reading.warnings)
    session.flush()
    session.expire(version, ["pages", "renditions"])


def _draw_of(session: Session, version: DocumentVersion, renditions: Sequence[RenditionRow]) -> None:
    """Let pages that stay and are drawn of the derived PDF be drawn of the new one."""
    new = {made.kind: made.sha256 for made in renditions}
    for made in version.renditions:
        if made.kind in new:
            drawn = update(PageRow).where(PageRow.version_id == version.id, PageRow.image == made.sha256)
            session.execute(drawn.values(image=new[made.kind]), execution_options={"synchronize_session": False})


def _learn(document: Document, reading: Reading) -> None:
    """Take what the new reading says of a letter that waits, where nobody has said anything else."""
    item = document.item
    if document.case_id is not None or item.state is not ItemState.WAITING:
        return
    before, after = proposals.from_json(item.proposals), proposals.of_reading(reading)
    known, found = _said(before), _said(after)
    for name, value in found.items():
        if getattr(document, name) == known[name]:
            setattr(document, name, value)
    item.proposals = proposals.to_json(replace(after, case_files=before.case_files))


def _said(read: Read) -> dict[str, str | date | None]:
    facts = read.facts
    return {
        "document_type": read.document_type.value if read.document_type else "",
        "subject": (facts.subject.value if facts.subject else "")[:500],
        "sender": (facts.sender.value if facts.sender else "")[:300],
        "foreign_reference": (facts.foreign_reference.value if facts.foreign_reference else "")[:200],
        "letter_date": read.letter_date,
    }


def waiting_item(session: Session, document_id: UUID) -> UUID | None:
    """Return the item of a document that waits in an inbox, for which is to be proposed anew."""
    document = session.get(Document, document_id)
    return document.item_id if document and document.case_id is None else None


def tidy(session: Session, objects: Objects, document_id: UUID) -> None:
    """Delete the files of the reading that does not stand, each unless something else needs it; twice is once."""
    row = session.get(Rereading, document_id, with_for_update=True, populate_existing=True)
    if row is not None and row.state is not RereadingState.ORDERED:
        for sha256 in row.left_over:
            forget(session, objects, sha256)
        row.left_over = []


def record_fault(session: Session, document_id: UUID, code: str, now: datetime) -> None:
    """Note that the document could not be read again; the reading before stands."""
    row = session.get(Rereading, document_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not RereadingState.ORDERED:
        return
    row.state, row.fault_code = RereadingState.FAULT, code
    document = session.get_one(Document, document_id)
    log(session, SYSTEM, document, "document.reread_fault", now=now, detail={"code": code})
