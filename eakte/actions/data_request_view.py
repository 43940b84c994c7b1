"""What people see of requests of data subjects: the worklist, one request with its case files, where to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import hold_preview
from eakte.actions.data_decisions import standing_of
from eakte.actions.data_requests import request_of
from eakte.actions.document_life import reference_of
from eakte.actions.hold_orders import Reach
from eakte.actions.hold_preview import Preview
from eakte.records import data_requests as rules
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.data_requests import Channel, RecordDecision, RequestKind, RequestState, Standing
from eakte.records.holding import HoldScope
from eakte.records.states import CaseFileState, DisposalState
from eakte.store.data_requests import DataRequest, DataRequestRecord, known, stands_for
from eakte.store.disposal import Disposal
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, ordinarily, visible
from eakte.store.processing import ProcessingRestriction
from search.engine import SearchEngine

HITS = 100


class Waiting(StrEnum):
    """How a deadline stands."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in the worklist."""

    request_id: UUID
    kind: RequestKind
    state: RequestState
    applicant: str
    """Empty once it is forgotten."""
    received_on: date
    due_on: date
    waiting: Waiting
    owner: str
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """One case file of a request."""

    record_id: UUID
    case_file_id: UUID
    reference: str
    file_state: CaseFileState
    decision: RecordDecision | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None
    restriction_id: UUID | None
    disposal_id: UUID | None
    disposal_state: DisposalState | None
    proposed: RecordDecision | None
    """While it is not decided; ``None``: something has to be done first."""
    reasons: tuple[str, ...]
    """Of the proposal."""
    allowed: tuple[RecordDecision, ...]


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request."""

    row: RequestRow
    channel: Channel
    wish: str
    letter_id: UUID | None
    """Where the viewer may see it."""
    letter: str
    names: tuple[str, ...]
    marks: tuple[str, ...]
    extended_because: str
    entered_by: str
    entered_at: datetime
    answered_by: str | None
    forgotten_on: date | None
    revision: int
    works: bool
    """Whether the viewer may change it."""
    answer: str
    """As it was kept; of an open request the draft."""
    records: tuple[RecordView, ...]


def listing(
    session: Session, actor: Actor, *, answered: bool = False, offset: int = 0, limit: int = 50, now: datetime
) -> tuple[tuple[RequestRow, ...], int]:
    """Return the open requests the actor may know of, the next to be answered first, or those answered; their number.

    The latest answer comes first.
    """
    actor.require(Permission.DATA_PROTECTION)
    state = RequestState.ANSWERED if answered else RequestState.OPEN
    query = select(DataRequest).where(DataRequest.state == state, known(actor, now))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (DataRequest.answered_on.desc(), DataRequest.id) if answered else (DataRequest.due_on, DataRequest.id)
    rows = session.scalars(query.order_by(*order).offset(offset).limit(limit))
    return tuple(_row(one, day_of(now)) for one in rows), total


def waiting(session: Session, actor: Actor, now: datetime) -> tuple[int, int]:
    """Count the open requests the actor works on, and those of them whose deadline is over."""
    if not actor.may(Permission.DATA_SUBJECTS):
        return 0, 0
    mine = (DataRequest.state == RequestState.OPEN, DataRequest.owner.in_(stands_for(actor)), known(actor, now))
    over = func.count().filter(DataRequest.due_on < day_of(now))
    count, overdue = session.execute(select(func.count(), over).select_from(DataRequest).where(*mine)).one()
    return count, overdue


def _waiting(due_on: date, today: date) -> Waiting:
    if due_on < today:
        return Waiting.OVERDUE
    return Waiting.SOON if (due_on - today).days <= SOON_DAYS else Waiting.LATER


def _row(found: DataRequest, today: date) -> RequestRow:
    return RequestRow(
        request_id=found.id,
        kind=found.kind,
        state=found.state,
        applicant=found.applicant,
        received_on=found.received_on,
        due_on=found.due_on,
        waiting=_waiting(found.due_on, today),
        owner=found.owner,
        answered_on=found.answered_on,
    )


def show(session: Session, actor: Actor, request_id: UUID, now: datetime) -> RequestView:
    """Return one request, with those of its case files that the actor would see.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    found = request_of(session, actor, request_id, now)
    letter = _letter(session, actor, found, now)
    return RequestView(
        row=_row(found, day_of(now)),
        channel=found.channel,
        wish=found.wish,
        letter_id=letter.id if letter else None,
        letter=reference_of(letter) if letter else "",
        names=tuple(found.searched.get("names", ())),
        marks=tuple(found.searched.get("marks", ())),
        extended_because=found.extended_because,
        entered_by=found.entered_by,
        entered_at=found.entered_at,
        answered_by=found.answered_by,
        forgotten_on=found.forgotten_on,
        revision=found.revision,
        works=_works(actor, found),
        answer=found.answer,
        records=tuple(_record(session, actor, found, row, now) for row in rows_of(session, actor, found.id, now)),
    )


def _works(actor: Actor, found: DataRequest) -> bool:
    may = actor.may(Permission.DATA_SUBJECTS) and found.owner in stands_for(actor)
    return may and found.state is RequestState.OPEN


def _letter(session: Session, actor: Actor, found: DataRequest, now: datetime) -> Document | None:
    if found.letter_id is None:
        return None
    return session.scalar(
        select(Document)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.id == found.letter_id, visible(actor.keys, now), unrestricted(actor.keys, now))
    )


def rows_of(session: Session, actor: Actor, request_id: UUID, now: datetime) -> list[DataRequestRecord]:
    """Return the case files of a request that the actor would see, by their references."""
    query = (
        select(DataRequestRecord)
        .join(CaseFile, CaseFile.id == DataRequestRecord.case_file_id)
        .where(DataRequestRecord.request_id == request_id, ordinarily(actor.keys, now))
        .order_by(CaseFile.file_reference)
    )
    return list(session.scalars(query))


def _record(session: Session, actor: Actor, found: DataRequest, row: DataRequestRecord, now: datetime) -> RecordView:
    file = row.case_file
    waits = row.decision is None and file.state is not CaseFileState.DESTROYED and found.state is RequestState.OPEN
    standing = standing_of(session, actor, file, now) if waits else None
    proposed = rules.propose(found.kind, standing) if standing else None
    disposal = session.get(Disposal, row.disposal_id) if row.disposal_id else None
    placed = session.get(ProcessingRestriction, row.restriction_id) if row.restriction_id else None
    return RecordView(
        record_id=row.id,
        case_file_id=file.id,
        reference=file.file_reference,
        file_state=file.state,
        decision=row.decision,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        restriction_id=placed.id if placed else None,
        disposal_id=row.disposal_id,
        disposal_state=disposal.state if disposal else None,
        proposed=proposed.decision if proposed else None,
        reasons=proposed.reasons if proposed else (),
        allowed=_in_order(found.kind, standing) if standing else (),
    )


def _in_order(kind: RequestKind, standing: Standing) -> tuple[RecordDecision, ...]:
    able = rules.allowed(kind, standing)
    return tuple(one for one in RecordDecision if one in able)


def hits(
    session: Session, index: SearchEngine, actor: Actor, request_id: UUID, now: datetime
) -> tuple[Preview | None, int]:
    """Return the case files in which the names and marks stand that were looked for, and how many are not searched.

    What is restricted stands in no index: of it the number is told that the actor finds among the restrictions.
    """
    found = request_of(session, actor, request_id, now)
    closed = select(func.count(func.distinct(ProcessingRestriction.case_file_id))).join(
        CaseFile, CaseFile.id == ProcessingRestriction.case_file_id
    )
    unsearched = session.scalar(closed.where(ProcessingRestriction.until.is_(None), ordinarily(actor.keys, now)))
    names, marks = (tuple(found.searched.get(name, ())) for name in ("names", "marks"))
    if not names and not marks:
        return None, unsearched or 0
    reach = Reach(HoldScope.PERSON, names=names, marks=marks)
    return hold_preview.find_files(session, index, actor, reach, limit=HITS, now=now), unsearched or 0
