"""Requests of data subjects: entered, their case files looked for and chosen, handed on, forgotten when it is time.

One person works on a request and changes it; who else may know of it only reads, or takes it over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import users
from eakte.actions.hold_orders import Reach, check_reach
from eakte.actions.places import place_of
from eakte.errors import EakteError, InvalidInput, MissingReason, MoveRefused, NotFound
from eakte.records import data_requests as rules
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.data_requests import REQUEST_LABELS, Channel, RequestKind, RequestState
from eakte.records.holding import HoldScope
from eakte.records.states import CaseFileState
from eakte.store.data_requests import DataRequest, DataRequestRecord, known, stands_for
from eakte.store.files import BusinessCase, CaseFile, ordinarily
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.references import CASE, CASE_FILE, DOCUMENT, resolve

MOST_FILES = 100
"""Case files that are added to a request at once."""
UNKNOWN_FILE = "Diese Akte gibt es nicht."


class AnotherWorks(EakteError):
    """Somebody else works on this request."""

    code, status = "request-of-another", 409


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as it arrived."""

    kind: RequestKind
    received_on: date
    applicant: str
    channel: Channel = Channel.LETTER
    wish: str = ""
    letter: str = ""
    """Reference of the document, where the letter lies in a case file."""
    owner: str = ""
    """Login of who works on it; empty: who enters it."""


def enter(session: Session, actor: Actor, new: NewRequest, *, now: datetime) -> UUID:
    """Enter a request; the deadline follows from its arrival (Art. 12 (3) GDPR).

    Raises:
        InvalidInput: Nobody is named, it arrives only later, its letter is not there, or nobody could work on it.
    """
    actor.require(Permission.DATA_SUBJECTS)
    if not new.applicant.strip():
        raise InvalidInput(problem="Bitte angeben, wer den Antrag stellt.", field="applicant")
    if new.received_on > day_of(now):
        raise InvalidInput(problem="Der Eingang liegt in der Zukunft.", field="received_on")
    made = DataRequest(
        kind=new.kind,
        channel=new.channel,
        received_on=new.received_on,
        applicant=" ".join(new.applicant.split())[:300],
        wish=new.wish.strip(),
        letter_id=_letter(session, actor, new.letter, now),
        owner=_owner(session, new.owner.strip() or actor.login, now).login,
        due_on=rules.due_on(new.received_on, extended=False),
        entered_by=actor.login,
        entered_at=now,
    )
    session.add(made)
    session.flush()
    told = set_to(request_kind=made.kind, received_on=made.received_on, due_on=made.due_on, owner=made.owner)
    tell(session, actor, made, "data_request.entered", now, told)
    return made.id


def _letter(session: Session, actor: Actor, reference: str, now: datetime) -> UUID | None:
    if not reference.strip():
        return None
    kind, record_id = resolve(session, reference.strip()) or ("", None)
    try:
        if record_id is not None and kind == DOCUMENT:
            place_of(session, actor, kind, record_id, now)
            return record_id
    except NotFound:
        pass
    raise InvalidInput(problem="Unter diesem Zeichen gibt es kein Dokument.", field="letter")


def _owner(session: Session, login: str, now: datetime) -> Actor:
    owner = users.actor_by_login(session, login, now)
    if not owner.may(Permission.DATA_SUBJECTS):
        raise InvalidInput(problem=f"„{login}“ darf Betroffenenanträge nicht bearbeiten.", field="owner")
    return owner


def request_of(session: Session, actor: Actor, request_id: UUID, now: datetime, *, change: bool = False) -> DataRequest:
    """Return a request; to *change* it, its row is locked, it must be open and the actor the one who works on it.

    Raises:
        NotFound: There is none, or the actor may not know of it.
        AnotherWorks: Somebody else works on it.
        MoveRefused: It is answered already.
    """
    actor.require(Permission.DATA_SUBJECTS if change else Permission.DATA_PROTECTION)
    query = select(DataRequest).where(DataRequest.id == request_id, known(actor, now))
    if change:
        query = query.with_for_update(of=DataRequest).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    if change and found.state is not RequestState.OPEN:
        raise MoveRefused(state=REQUEST_LABELS[found.state])
    if change and found.owner not in stands_for(actor):
        raise AnotherWorks(owner=found.owner)
    return found


def look_for(
    session: Session, actor: Actor, request_id: UUID, names: tuple[str, ...], marks: tuple[str, ...], *, now: datetime
) -> None:
    """Keep the names and marks by which the case files of the person are looked for, as hold orders do.

    Raises:
        InvalidInput: There is nothing to look for, or too much.
        NotFound, AnotherWorks, MoveRefused: See :func:`request_of`.
    """
    found = request_of(session, actor, request_id, now, change=True)
    check_reach(session, Reach(HoldScope.PERSON, names=names, marks=marks))
    found.searched = {"names": list(names), "marks": list(marks)}
    # The words themselves lie with the request alone and go with it.
    tell(session, actor, found, "data_request.searched", now, {}, {"count": len(names) + len(marks)})


def file_named(session: Session, actor: Actor, reference: str, now: datetime) -> UUID:
    """Return the case file with a reference, a restricted one too: of that the reference alone is told.

    Raises:
        InvalidInput: There is none, or the actor may not know of it; both look the same.
    """
    kind, record_id = resolve(session, reference.strip()) or ("", None)
    if record_id is not None and kind == CASE:
        record_id = session.get_one(BusinessCase, record_id).case_file_id
    if record_id is None or kind not in {CASE_FILE, CASE} or not _there(session, actor, [record_id], now):
        raise InvalidInput(problem=UNKNOWN_FILE, field="reference")
    return record_id


def _there(session: Session, actor: Actor, ids: Collection[UUID], now: datetime) -> frozenset[UUID]:
    alive = CaseFile.state != CaseFileState.DESTROYED
    return frozenset(
        session.scalars(select(CaseFile.id).where(CaseFile.id.in_(ids), alive, ordinarily(actor.keys, now)))
    )


def add_records(session: Session, actor: Actor, request_id: UUID, ids: tuple[UUID, ...], *, now: datetime) -> None:
    """Add case files the actor would see, restricted ones too; twice is once, all or none.

    Raises:
        InvalidInput: None is named or too many, or one is not there or unknown to the actor.
        NotFound, AnotherWorks, MoveRefused: See :func:`request_of`.
    """
    found = request_of(session, actor, request_id, now, change=True)
    if not 0 < len(ids) <= MOST_FILES:
        raise InvalidInput(problem=f"Bitte eine bis {MOST_FILES} Akten wählen.", field="case_files")
    taken = select(DataRequestRecord.case_file_id).where(DataRequestRecord.request_id == found.id)
    there = set(session.scalars(taken))
    new = [one for one in dict.fromkeys(ids) if one not in there]
    if not _there(session, actor, new, now).issuperset(new):
        raise InvalidInput(problem=UNKNOWN_FILE, field="case_files")
    session.add_all(DataRequestRecord(request_id=found.id, case_file_id=one) for one in new)
    for one in new:
        tell(session, actor, found, "data_request.record_added", now, {"belongs": (False, True)}, case_file_id=one)


def remove_record(session: Session, actor: Actor, record_id: UUID, *, now: datetime) -> UUID:
    """Take a case file out of a request that is not decided yet; return the request.

    Raises:
        NotFound: There is none, or the actor may not know of the case file.
        MoveRefused: It is decided, or the request is answered.
        AnotherWorks: Somebody else works on it.
    """
    row, found = record_of(session, actor, record_id, now)
    if row.decision is not None:
        raise MoveRefused(state="entschieden")
    session.delete(row)
    told = {"belongs": (True, False)}
    tell(session, actor, found, "data_request.record_removed", now, told, case_file_id=row.case_file_id)
    return found.id


def record_of(session: Session, actor: Actor, record_id: UUID, now: datetime) -> tuple[DataRequestRecord, DataRequest]:
    """Return a case file of a request with the request, to be changed, as :func:`request_of` does."""
    actor.require(Permission.DATA_SUBJECTS)
    seen = select(CaseFile.id).where(ordinarily(actor.keys, now))
    query = select(DataRequestRecord).where(DataRequestRecord.id == record_id, DataRequestRecord.case_file_id.in_(seen))
    row = session.scalar(query)
    if row is None:
        raise NotFound
    found = request_of(session, actor, row.request_id, now, change=True)
    session.refresh(row)
    return row, found


def extend(session: Session, actor: Actor, request_id: UUID, *, reason: str, now: datetime) -> None:
    """Extend the deadline by two months, once and within the first (Art. 12 (3) GDPR); the person has to be told why.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: It is answered, extended already, or the first month is over.
        NotFound, AnotherWorks: See :func:`request_of`.
    """
    found = request_of(session, actor, request_id, now, change=True)
    if not reason.strip():
        raise MissingReason
    if found.extended_because:
        raise MoveRefused(state="schon verlängert")
    if day_of(now) > found.due_on:
        raise MoveRefused(state="Frist abgelaufen")
    before = noted(found, "due_on")
    found.extended_because = reason.strip()
    found.due_on = rules.due_on(found.received_on, extended=True)
    tell(session, actor, found, "data_request.extended", now, since(before, found))


def assign(session: Session, actor: Actor, request_id: UUID, login: str, *, now: datetime) -> None:
    """Hand a request on, or take it over: by who works on it and by those who know all requests.

    Raises:
        InvalidInput: The person may not work on requests, or would not see all its case files.
        NotFound: There is none, or the actor may not know of it.
        MoveRefused: It is answered.
    """
    actor.require(Permission.DATA_SUBJECTS)
    found = request_of(session, actor, request_id, now)
    session.refresh(found, with_for_update=True)
    if found.state is not RequestState.OPEN:
        raise MoveRefused(state=REQUEST_LABELS[found.state])
    owner = _owner(session, login.strip(), now)
    rows = select(DataRequestRecord.case_file_id).where(DataRequestRecord.request_id == found.id)
    unseen = select(CaseFile.id).where(CaseFile.id.in_(rows), ~ordinarily(owner.keys, now))
    if session.scalar(unseen.limit(1)) is not None:
        raise InvalidInput(problem=f"„{owner.login}“ darf nicht alle Akten dieses Antrags sehen.", field="owner")
    before = noted(found, "owner")
    found.owner = owner.login
    tell(session, actor, found, "data_request.assigned", now, since(before, found))


def forget_old(session: Session, now: datetime) -> int:
    """Empty the person and the words of requests answered long ago; return how many. Twice is once."""
    kept = rules.kept_from(day_of(now))
    query = select(DataRequest).where(DataRequest.answered_on < kept, DataRequest.forgotten_on.is_(None))
    found = session.scalars(query.order_by(DataRequest.id).with_for_update()).all()
    for one in found:
        one.applicant = one.wish = one.answer = one.extended_because = ""
        one.searched, one.letter_id, one.forgotten_on = {}, None, day_of(now)
        for row in session.scalars(select(DataRequestRecord).where(DataRequestRecord.request_id == one.id)):
            row.reason = ""
        tell(session, SYSTEM, one, "data_request.forgotten", now, {"forgotten_on": (None, one.forgotten_on)})
    return len(found)


def tell(
    session: Session,
    actor: Actor,
    request: DataRequest,
    action: str,
    now: datetime,
    changes: Changes,
    detail: dict[str, object] | None = None,
    *,
    case_file_id: UUID | None = None,
) -> None:
    """Write the history; no word of the person stands in it."""
    request.revision += 1
    session.flush()
    about = ("data_request", request.id)
    record(session, actor, action, about=about, now=now, case_file_id=case_file_id, detail=detail, changes=changes)
