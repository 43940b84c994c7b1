"""Filing: the moment a document becomes a record. One way to file, and ten minutes to take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from eakte.actions import attachments, proposals, structure
from eakte.actions.guard import case_file_of, check_revision, document_of, item_of
from eakte.actions.metadata import NO_FIELDS, Fields, accepted, differences, document_fields
from eakte.actions.moving_places import kept_in
from eakte.errors import (
    AlreadyFiled,
    CaseClosed,
    CaseFileClosed,
    FileAlone,
    InvalidInput,
    MissingReason,
    MoveNotPossible,
    NotFound,
    NotWaiting,
    UndoTooLate,
)
from eakte.records.access import Actor, Permission
from eakte.records.metadata import Required
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseFileState, CaseState, DocumentState, ItemState, move_document, move_item
from eakte.store.arrivals import attached_documents
from eakte.store.database import catalogue_of
from eakte.store.document_life import DocumentLock, DocumentReference
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import BusinessCase, CaseFile, next_position
from eakte.store.follow_ups import FollowUp
from eakte.store.history import Changes, noted, record, since
from eakte.store.jobs import FIRST_INDEXING, enqueue

UNDO = timedelta(minutes=10)
CHANGED = (
    "case_id", "position", "subject", "document_type", "sender", "letter_date", "foreign_reference", "direction",
)  # fmt: skip
"""What filing changes of a document, for its history."""
DIRECTIONS = frozenset({"incoming", "outgoing", "internal"})


@dataclass(frozen=True, slots=True)
class Filing:
    """What the clerk decided. ``case_id`` ``None`` means the first open case of the file, or a new one."""

    case_file_id: UUID
    case_id: UUID | None
    document_type: str
    subject: str
    sender: str
    letter_date: date | None
    foreign_reference: str = ""
    direction: str = "incoming"
    revision: int | None = None
    """Revision of the item the clerk saw."""
    fields: Fields = NO_FIELDS
    new_case: bool = False
    """Open a case for it, called as the document is."""
    in_bulk: bool = False
    """One of many at once: what must be looked at by itself is refused."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The answer to filing."""

    document_id: UUID
    document_reference: str
    case_file_id: UUID
    case_file_reference: str
    attachments: int = 0
    """How many attachments were filed with it."""


def file_document(session: Session, actor: Actor, item_id: UUID, filing: Filing, now: datetime) -> Filed:
    """File a waiting item with its attachments in a case, give each its reference and queue its indexing.

    Raises:
        AlreadyFiled: Somebody was faster.
        AttachmentsUnderWay: An attachment is still being read.
        CaseFileClosed, CaseClosed: The case file (z.d.A.) or the case is closed.
        StaleRevision: The item was changed since the clerk saw it.
        InvalidInput: A field is missing.
        FileAlone: It is one of many, but a legal remedy, a lawsuit or a deadline.
    """
    actor.require(Permission.FILE)
    item = item_of(session, actor, item_id, now, lock=True)
    document = waiting_document(item)
    check_revision(item.revision, filing.revision)
    _check(filing)
    attached = attachments.to_file(session, item)
    if filing.in_bulk:
        _check_for_bulk((item, *attached), filing)
    case_file = case_file_of(session, actor, filing.case_file_id, now, lock=True)
    if case_file.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=case_file.file_reference)
    if filing.new_case:
        case = structure.open_case(session, actor, case_file.id, filing.subject, now)
    else:
        case = _case(session, case_file, filing.case_id)
    kind = catalogue_of(session).document_type(filing.document_type)
    values = accepted(document_fields(session, kind), document.field_values, filing.fields, Required.FILING)
    values_changed = differences(document.field_values, values)
    before = noted(document, *CHANGED)
    document.subject, document.document_type, document.field_values = filing.subject.strip(), kind, values
    document.sender, document.letter_date = filing.sender.strip(), filing.letter_date
    document.foreign_reference, document.direction = filing.foreign_reference.strip(), filing.direction
    place = _Place(case_file, case)
    _teach(session, item, document, place)
    reference = _register(session, actor, item, document, place, before, values_changed, now)
    for part in attached:
        _file_attachment(session, actor, part, document, place, now)
    return Filed(document.id, reference, case_file.id, case_file.file_reference, len(attached))


def _teach(session: Session, item: IncomingItem, document: Document, place: _Place) -> None:
    """Let what waits in this inbox be proposed for anew where the clerk decided otherwise than was proposed."""
    proposed = proposals.from_json(item.proposals).document_type
    as_proposed = proposed is not None and proposed.value == document.document_type
    if not as_proposed or item.best_case_file_id != place.case_file.id:
        enqueue(session, "proposing", f"{document.id}:{document.revision}", str(item.org_unit_id))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where documents are filed."""

    case_file: CaseFile
    case: BusinessCase


def _file_attachment(
    session: Session, actor: Actor, item: IncomingItem, lead: Document, place: _Place, now: datetime
) -> None:
    """File an attachment beside its lead document; what its own text did not say, the lead document says."""
    document = attachments.document_for(session, item)
    before = noted(document, *CHANGED)
    document.subject = document.subject or item.filename
    document.document_type = document.document_type or attachments.TYPE
    document.sender, document.letter_date = document.sender or lead.sender, document.letter_date or lead.letter_date
    document.direction = lead.direction
    _register(session, actor, item, document, place, before, {}, now)


def _register(
    session: Session,
    actor: Actor,
    item: IncomingItem,
    document: Document,
    place: _Place,
    before: Mapping[str, object],
    values: Changes,
    now: datetime,
) -> str:
    """Let a document be a record in its place, and return its reference."""
    case_file, case = place.case_file, place.case
    document.case_id, document.case = case.id, case  # the row may have been looked at before it was filed
    document.position = next_position(session, case.id)
    document.filed_at, document.filed_by = now, actor.name
    document.state = move_document(document.state, DocumentState.REGISTERED)
    document.revision += 1
    item.state = move_item(item.state, ItemState.FILED)
    item.revision += 1
    reference = document_reference(case_reference(case_file.file_reference, case.number), document.position)
    detail = {"reference": reference, "item": str(item.id), "proposal": _verdict_on_proposal(item, case_file)}
    record(
        session,
        actor,
        "document.filed",
        about=("document", document.id),
        now=now,
        case_file_id=case_file.id,
        detail=detail,
        changes={**since(before, document), **values},
    )
    enqueue(session, "indexing", f"{document.id}:{document.revision}", str(document.id), way=FIRST_INDEXING)
    return reference


def waiting_document(item: IncomingItem) -> Document:
    """Return the document of an item that waits to be filed.

    Raises:
        AlreadyFiled, NotWaiting: It does not wait.
    """
    document = item.document
    if item.state is ItemState.FILED and document is not None:
        raise AlreadyFiled(by=document.filed_by or "")
    if item.state is not ItemState.WAITING or document is None:
        raise NotWaiting
    return document


def _check_for_bulk(items: Sequence[IncomingItem], filing: Filing) -> None:
    reasons = [proposals.from_json(item.proposals).alone_because for item in items]
    if proposals.is_remedy(filing.document_type):
        reasons.append(f"Dokumenttyp {filing.document_type.strip()}")
    if reason := next(filter(None, reasons), ""):
        raise FileAlone(reason=reason)


def _check(filing: Filing) -> None:
    missing = [
        label
        for label, value in (("Betreff", filing.subject), ("Dokumenttyp", filing.document_type))
        if not value.strip()
    ]
    if missing:
        raise InvalidInput(problem=f"Bitte ausfüllen: {', '.join(missing)}.", field="subject")
    if filing.direction not in DIRECTIONS:
        raise InvalidInput(problem="Diese Richtung gibt es nicht.", field="direction")
    if filing.new_case and filing.case_id is not None:
        raise InvalidInput(problem="Bitte entweder einen Vorgang nennen oder einen neuen anlegen.", field="case_id")
    for label, value, limit in (
        ("Betreff", filing.subject, 500),
        ("Absender", filing.sender, 300),
        ("Dokumenttyp", filing.document_type, 80),
        ("Fremdes Aktenzeichen", filing.foreign_reference, 200),
    ):
        if len(value.strip()) > limit:
            raise InvalidInput(problem=f"{label}: höchstens {limit} Zeichen.", field="subject")


def _case(session: Session, case_file: CaseFile, case_id: UUID | None) -> BusinessCase:
    cases = select(BusinessCase).where(BusinessCase.case_file_id == case_file.id).order_by(BusinessCase.number)
    if case_id is not None:
        cases = cases.where(BusinessCase.id == case_id)
    found = session.scalars(cases).all()
    if not found:
        raise NotFound
    is_open = next((case for case in found if case.state is CaseState.OPEN), None)
    if is_open is None:
        raise CaseClosed(reference=case_reference(case_file.file_reference, found[0].number))
    return is_open


def _verdict_on_proposal(item: IncomingItem, case_file: CaseFile) -> str:
    """Return whether the clerk accepted the proposal: the signal that later learning starts from."""
    if item.best_case_file_id is None:
        return "none"
    if item.best_case_file_id == case_file.id:
        return f"accepted:{proposals.band_of(item.confidence).value}"
    return f"corrected:{proposals.band_of(item.confidence).value}"


def undo(session: Session, actor: Actor, document_id: UUID, now: datetime) -> UUID:
    """Take a filing back into the inbox and return the item's id. The position is not given again.

    Raises:
        UndoTooLate: Ten minutes are over, the file is closed, or somebody else filed it.
        MoveNotPossible: A hold keeps everything in the file, or its processing is restricted.
    """
    actor.require(Permission.FILE)
    document = document_of(session, actor, document_id, now)
    item = item_of(session, actor, document.item_id, now, lock=True)
    if document.case is None or document.filed_at is None or item.state is not ItemState.FILED:
        raise UndoTooLate
    case_file = case_file_of(session, actor, document.case.case_file_id, now, lock=True)
    late = now - document.filed_at > UNDO or document.filed_by != actor.name
    if late or case_file.state is not CaseFileState.OPEN:
        raise UndoTooLate
    _take_all_back(session, actor, document, case_file, now)
    return item.id


def take_back(session: Session, actor: Actor, document_id: UUID, *, reason: str, now: datetime) -> UUID:
    """Take a filing back with its attachments whenever it was, as part of taking a whole migration back.

    Raises:
        MissingReason: No reason was given.
        UndoTooLate: It is not filed, or its file is not open.
        MoveNotPossible: As for :func:`undo`.
    """
    actor.require(Permission.MIGRATE)
    if not reason.strip():
        raise MissingReason
    document = document_of(session, actor, document_id, now)
    item = item_of(session, actor, document.item_id, now, lock=True)
    if document.case is None or item.state is not ItemState.FILED:
        raise UndoTooLate
    case_file = case_file_of(session, actor, document.case.case_file_id, now, lock=True)
    if case_file.state is not CaseFileState.OPEN:
        raise UndoTooLate
    _take_all_back(session, actor, document, case_file, now, reason=reason.strip())
    return item.id


def _take_all_back(
    session: Session, actor: Actor, document: Document, case_file: CaseFile, now: datetime, *, reason: str = ""
) -> None:
    if reasons := kept_in(session, case_file, now):
        raise MoveNotPossible(reasons=" ".join(reasons))
    attached = [one for _, one in attached_documents(session, document) if one.filed_at == document.filed_at]
    for one in (document, *attached):
        _take_back(session, actor, one, case_file, now, reason=reason)


def _take_back(
    session: Session, actor: Actor, document: Document, case_file: CaseFile, now: datetime, *, reason: str
) -> None:
    item = document.item
    document.state = move_document(document.state, DocumentState.DRAFT)
    for row in (DocumentReference, DocumentLock, FollowUp):
        session.execute(delete(row).where(row.document_id == document.id))
    before = noted(document, "case_id", "position")
    document.case_id = document.case = document.position = document.filed_at = document.filed_by = None
    document.revision += case_file.index_revision + 1
    item.state = move_item(item.state, ItemState.WAITING)
    item.revision += 1
    record(
        session,
        actor,
        "document.filing_undone",
        about=("document", document.id),
        now=now,
        case_file_id=case_file.id,
        reason=reason,
        changes=since(before, document),
    )
    enqueue(session, "indexing", f"{document.id}:{document.revision}", str(document.id))
