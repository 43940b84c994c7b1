"""The only delete path. Each step may be interrupted and repeated; nothing is half-deleted silently.

1. :func:`begin` asks every hold order once more, checks everything again, freezes the reason, writes down what
will go, and hides the case file at once. 2. the index forgets (worker). 3. :func:`delete_rows`.
4. :func:`delete_objects`.
5. :func:`finish` leaves the certificate and the tombstone.

Items whose pages were arranged anew (:mod:`eakte.actions.arranging`) go with the last record that came from them, as
the manifest lists them under ``sources``; while a record is kept, or something that may become one waits, they stay
with all their pages, and nobody is shown them any more. What was made of a destroyed item and taken back goes with it.
So goes the mail or submission a record came in, with what of it was no record (:mod:`eakte.records.arrivals`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from eakte.actions import run_settling
from eakte.actions.catching import catch_file
from eakte.actions.disposal import check_may_go
from eakte.actions.key_facts import keys_destroyed, listed, with_keys
from eakte.actions.manifest import documents_of, facts, manifest
from eakte.actions.sharing import files_sharing, rehome
from eakte.actions.verdicts import verdict_of
from eakte.errors import CoolingOff, SamePerson
from eakte.records.access import SYSTEM
from eakte.records.arrivals import UNRECORDED
from eakte.records.calendar import day_of, german
from eakte.records.states import CaseFileState, DisposalState, ItemState, move_case_file, move_disposal
from eakte.store.arranging import forget_arrangements
from eakte.store.base import Base
from eakte.store.disposal import (
    DestructionCertificate,
    Disposal,
    DisposalHold,
    RetentionEvent,
    VerdictRow,
)
from eakte.store.disposal_runs import forget_words_of_runs
from eakte.store.document_life import DocumentLock, DocumentReference, VersionUpload
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow, RenditionRow
from eakte.store.exchange import forget_words_of_exchange
from eakte.store.files import AccessRestriction, BusinessCase, CaseFile, FormerAccess, Share, SubFile
from eakte.store.follow_ups import FollowUp
from eakte.store.history import VALUES_ERASED, HistoryEntry, forget_values, record
from eakte.store.holding import forget_words_of_orders, orders_over
from eakte.store.migration import forget_words
from eakte.store.object_keys import ObjectKeys
from eakte.store.paper import PaperLoan, PaperPart
from eakte.store.processing import end_with_file
from eakte.store.references import ReferenceAlias
from eakte.store.rules import RuleMove
from eakte.store.scanning import BatchScan, ScanPage, scans_behind
from eakte.store.searches import forget_news
from eakte.store.stored import Objects, forget
from eakte.store.textprints import forget_prints
from retention.certificate import certificate

MOVED_ON = "In andere Akten übergegangen, in denen sie ebenfalls liegen: {count} Dokument(e)."
"""Told in the explanation and thereby in the certificate; it names no other file."""


class Seal(Protocol):
    """Signs in the name of the authority."""

    def pdf(self, content: bytes) -> bytes:
        """Return a PDF with its signature in it."""

    def beside(self, content: bytes) -> bytes:
        """Return a signature of bytes without them."""


def begin(
    session: Session,
    disposal_id: UUID,
    now: datetime,
    *,
    backups: Mapping[str, int] | None = None,
    keys: ObjectKeys | None = None,
) -> bool:
    """Start an approved destruction; return whether there is anything (left) to do.

    *backups* says for how many days each kind of backup is kept; the certificate tells until when copies exist, and
    with the *keys* of encrypted objects until when they can be read.

    Raises:
        OnHold, NotDue, MoveRefused, CoolingOff, SamePerson: It may not happen (any more).
    """
    disposal = session.get(Disposal, disposal_id, with_for_update=True, populate_existing=True)
    if disposal is None or disposal.state not in {DisposalState.APPROVED, DisposalState.EXECUTING}:
        return False
    if disposal.state is DisposalState.EXECUTING:
        return True
    today = day_of(now)
    case_file = _locked(session, disposal.case_file_id)
    if disposal.decided_by_id is None or disposal.decided_by_id == disposal.proposed_by_id:
        raise SamePerson
    if disposal.not_before is None or today < disposal.not_before:
        raise CoolingOff(until=german(disposal.not_before))
    orders = catch_file(session, case_file, now)
    check_may_go(session, case_file, today)
    verdict = verdict_of(session, case_file, today)
    moved_on = rehome(session, case_file, now)
    told = (MOVED_ON.format(count=len(moved_on)),) if moved_on else ()
    disposal.rule_id, disposal.explanation = verdict.rule_id, [*verdict.steps, *told]
    made = with_keys(manifest(session, case_file, verdict, now, backups), keys)
    disposal.manifest = {**made, "orders": [str(order_id) for order_id in orders]}
    # What cannot be proven is not destroyed: the certificate must be possible before the first byte goes.
    certificate(facts(disposal, now))
    # The guards of the database ask the history, then the destruction, and only then let the case file go.
    _log(session, disposal, "disposal.begun", now)
    disposal.state = move_disposal(disposal.state, DisposalState.EXECUTING)
    session.flush()
    case_file.state = move_case_file(case_file.state, CaseFileState.DESTROYED)
    case_file.revision += 1
    run_settling.began(session, disposal.id, now)
    return True


def _locked(session: Session, case_file_id: UUID) -> CaseFile:
    """Return the case file, its row and those of the files that may take documents over locked, in the usual order."""
    ids = [case_file_id, *files_sharing(session, case_file_id)]
    query = select(CaseFile).where(CaseFile.id.in_(ids)).order_by(CaseFile.file_reference).with_for_update(of=CaseFile)
    files = {file.id: file for file in session.scalars(query.execution_options(populate_existing=True))}
    return files[case_file_id]


def document_ids(session: Session, disposal_id: UUID) -> list[str]:
    """Return the ids of the documents being destroyed, for the index to forget."""
    manifest = session.get_one(Disposal, disposal_id).manifest or {}
    return list(manifest["documents"])


def sources_of(session: Session, disposal_id: UUID) -> list[UUID]:
    """Return the items beside their own that go with the documents being destroyed."""
    found = session.get_one(Disposal, disposal_id).manifest or {}
    return [UUID(one) for one in found.get("sources", ())]


def _still_going(session: Session, disposal_id: UUID) -> list[UUID]:
    """Return the same, without what somebody has begun to make a record of since it was listed."""
    listed = IncomingItem.id.in_(sources_of(session, disposal_id))
    query = select(IncomingItem.id).where(listed, IncomingItem.state.in_({ItemState.REPLACED, *UNRECORDED}))
    return list(session.scalars(query.with_for_update(of=IncomingItem)))


def delete_rows(session: Session, disposal_id: UUID, now: datetime) -> None:
    """Delete every row of the case file but its tombstone, and the old and new values its history told of.

    Twice is once.
    """
    disposal = session.get_one(Disposal, disposal_id, with_for_update=True)
    if disposal.state is not DisposalState.EXECUTING:
        return
    file_id = disposal.case_file_id
    documents = documents_of(session, file_id)
    document_keys = [document.id for document in documents]
    items = [document.item_id for document in documents]
    sources = _still_going(session, disposal_id)
    document_keys += session.scalars(select(Document.id).where(Document.item_id.in_(sources)))
    items += sources
    parts = [
        *session.scalars(select(BusinessCase.id).where(BusinessCase.case_file_id == file_id)),
        *session.scalars(select(SubFile.id).where(SubFile.case_file_id == file_id)),
    ]
    _forget_scans(session, items)
    gone, orders = [*document_keys, *items, *parts], orders_over(session, file_id)
    elsewhere = forget_values(session, file_id, gone, keep=_living_elsewhere(session, file_id, gone))
    _take_apart(session, file_id, document_keys)
    for table, where in _rows(session, file_id, document_keys, items, parts):
        session.execute(delete(table).where(where), execution_options={"synchronize_session": False})
    forget_arrangements(session)
    _leave_tombstone(session, file_id)
    end_with_file(session, file_id, now)
    forget_words(session, file_id)
    forget_words_of_runs(session, file_id)
    forget_words_of_orders(session, orders)
    forget_words_of_exchange(session, file_id)
    for about in elsewhere:
        record(session, SYSTEM, VALUES_ERASED, about=about, now=now, case_file_id=file_id)


def _rows(
    session: Session, file_id: UUID, documents: list[UUID], items: list[UUID], parts: list[UUID]
) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    """Yield what is deleted with a case file, table by table, what refers to others first."""
    versions = select(DocumentVersion.id).where(DocumentVersion.document_id.in_(documents))
    papers = session.scalars(select(PaperPart.id).where(PaperPart.case_file_id == file_id)).all()
    yield DocumentReference, or_(DocumentReference.document_id.in_(documents), DocumentReference.case_id.in_(parts))
    yield DocumentLock, DocumentLock.document_id.in_(documents)
    about = FollowUp.document_id.in_(documents) | FollowUp.case_id.in_(parts)
    yield FollowUp, about | (FollowUp.case_file_id == file_id)
    yield VersionUpload, VersionUpload.document_id.in_(documents)
    yield PageRow, PageRow.version_id.in_(versions)
    yield RenditionRow, RenditionRow.version_id.in_(versions)
    yield DocumentVersion, DocumentVersion.document_id.in_(documents)
    # Replaced items first: a trigger lets them go only while a record that came from them is there to be destroyed.
    yield Document, Document.id.in_(documents) & Document.case_id.is_(None)
    yield Document, Document.id.in_(documents)
    yield IncomingItem, IncomingItem.id.in_(items)
    yield BusinessCase, BusinessCase.case_file_id == file_id
    yield SubFile, SubFile.case_file_id == file_id
    yield Share, Share.case_file_id == file_id
    yield FormerAccess, FormerAccess.case_file_id == file_id
    yield ReferenceAlias, ReferenceAlias.record_id.in_([file_id, *documents, *parts])
    yield DisposalHold, DisposalHold.case_file_id == file_id
    yield RetentionEvent, RetentionEvent.case_file_id == file_id
    yield PaperLoan, PaperLoan.part_id.in_(papers)
    yield PaperPart, PaperPart.id.in_(papers)
    yield VerdictRow, VerdictRow.case_file_id == file_id
    yield RuleMove, RuleMove.case_file_id == file_id


def _forget_scans(session: Session, items: Collection[UUID]) -> None:
    """Delete the scans that show these items; what else was cut out of them lives on in files of its own."""
    scans = [scan.id for scan in scans_behind(session, items)]
    session.expunge_all()
    for table, where in ((ScanPage, ScanPage.scan_id.in_(scans)), (BatchScan, BatchScan.id.in_(scans))):
        session.execute(delete(table).where(where), execution_options={"synchronize_session": False})


def _living_elsewhere(session: Session, file_id: UUID, gone: Collection[UUID]) -> frozenset[str]:
    """Return what the history of the file tells of that lives on in another: it was moved away in time."""
    told = session.scalars(
        select(HistoryEntry.about_id)
        .where(HistoryEntry.case_file_id == file_id, HistoryEntry.about_kind.in_(("document", "case", "item")))
        .distinct()
    )
    others = {UUID(about) for about in told} - set(gone)
    tables = (Document.id, BusinessCase.id, IncomingItem.id)
    return frozenset(str(key) for column in tables for key in session.scalars(select(column).where(column.in_(others))))


def _leave_tombstone(session: Session, file_id: UUID) -> None:
    """Empty what stays. Blocks outlast the record: who must not know of it must not learn that it is gone."""
    tombstone = session.get_one(CaseFile, file_id)
    tombstone.subject = tombstone.opened_by = ""
    tombstone.field_values = {}
    unsaid = update(AccessRestriction).where(AccessRestriction.case_file_id == file_id).values(reason="")
    session.execute(unsaid, execution_options={"synchronize_session": False})


def _take_apart(session: Session, file_id: UUID, document_ids: Sequence[UUID]) -> None:
    """Loosen what lies in what: a row that others name cannot be deleted before them, also not together with them."""
    forget_prints(session, document_ids)
    forget_news(session, document_ids)
    loose = {"synchronize_session": False}
    cases = update(BusinessCase).where(BusinessCase.case_file_id == file_id).values(parent_id=None, sub_file_id=None)
    session.execute(cases, execution_options=loose)
    sub_files = update(SubFile).where(SubFile.case_file_id == file_id).values(parent_id=None)
    session.execute(sub_files, execution_options=loose)


def objects_of(session: Session, disposal_id: UUID) -> list[str]:
    """Return the hashes of all bytes that belonged to the case file."""
    return listed(session.get_one(Disposal, disposal_id).manifest or {})


def delete_object(session: Session, objects: Objects, sha256: str) -> None:
    """Delete one object of the case file unless another record still needs the same bytes."""
    forget(session, objects, sha256)


def finish(
    session: Session,
    disposal_id: UUID,
    now: datetime,
    *,
    seal: Seal | None = None,
    keys: ObjectKeys | None = None,
    key_backups_until: date | None = None,
) -> None:
    """Leave the certificate, under the authority's *seal* if it has one, and write that it is done; twice is once.

    With *keys* it tells what became of them, and from when on older backups of the key store open nothing.
    """
    disposal = session.get_one(Disposal, disposal_id, with_for_update=True, populate_existing=True)
    if disposal.state is not DisposalState.EXECUTING:
        return
    destroyed = keys_destroyed(disposal.manifest or {}, keys, key_backups_until) if keys else None
    made = certificate(facts(disposal, now, destroyed))
    pdf, signature = (seal.pdf(made.pdf), seal.beside(made.json)) if seal else (made.pdf, None)
    session.add(
        DestructionCertificate(
            disposal_id=disposal.id, created_at=now, document=made.json, pdf=pdf, signature=signature
        )
    )
    session.flush()
    disposal.state = move_disposal(disposal.state, DisposalState.DONE)
    disposal.done_at = now
    run_settling.destroyed(session, disposal.id, now)
    _log(session, disposal, "disposal.done", now)


def _log(session: Session, disposal: Disposal, action: str, now: datetime) -> None:
    manifest = disposal.manifest or {}
    detail = {"documents": len(manifest["documents"]), "pages": manifest["pages"], "rule": disposal.rule_id}
    about = ("disposal", disposal.id)
    record(session, SYSTEM, action, about=about, now=now, case_file_id=disposal.case_file_id, detail=detail)
