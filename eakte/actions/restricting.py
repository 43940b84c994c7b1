"""Restricting the processing of a case file or document (Art. 18 GDPR), and lifting that again.

What is restricted is stored and nothing else: nobody sees it, on no surface, and it is in no index. Who may, opens it
for a purpose the law allows (:mod:`eakte.actions.restricted_access`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import holds
from eakte.actions.cases import changed
from eakte.actions.document_life import log, reindex
from eakte.actions.guard import case_file_of, document_of
from eakte.errors import EakteError, InvalidInput, MissingReason, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.processing import GROUND_SOURCES, HOLDS, PROVISIONAL, Ground
from eakte.store.arrivals import attached_documents, lead_of
from eakte.store.documents import Document
from eakte.store.files import CaseFile, ordinarily
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.people import person_by_login
from eakte.store.processing import ProcessingRestriction, unlifted_document, unlifted_file


class AlreadyRestricted(EakteError):
    """The record is restricted already."""

    code, status = "already-restricted", 409


class PersonNotInformed(EakteError):
    """The data subject was not told yet that the restriction is going to be lifted (Art. 18 (3) GDPR)."""

    code, status = "person-not-informed", 409


class RestrictionLifted(EakteError):
    """The restriction does not hold any more."""

    code, status = "restriction-lifted", 409


@dataclass(frozen=True, slots=True)
class Terms:
    """Why something is restricted, who answers for it, and when it is looked at again."""

    ground: Ground
    reason: str
    owner: str
    """Login."""
    review_on: date | None = None
    legal_basis: str = ""
    """Empty: the source of the ground."""


def restrict_file(session: Session, actor: Actor, case_file_id: UUID, terms: Terms, *, now: datetime) -> UUID:
    """Restrict the processing of a whole case file at once; return the restriction's id.

    Raises:
        NotFound: There is no such case file, or the actor may not know of it.
        MissingReason: No reason was given.
        InvalidInput: The owner is nobody, or a review date is missing or past.
        AlreadyRestricted: It is restricted already.
    """
    actor.require(Permission.DATA_SUBJECTS)
    file = case_file_of(session, actor, case_file_id, now)
    if session.scalar(select(CaseFile.id).where(CaseFile.id == file.id, unlifted_file(CaseFile.id))):
        raise AlreadyRestricted
    made, told = _made(session, actor, file, terms, now)
    file.revision += 1
    # Told before it holds: whoever restricts still sees what they do it to.
    changed(session, actor, file, "restriction.placed", now=now, detail=_detail(made), changes=told)
    session.add(made)
    session.flush()
    return made.id


def restrict_document(session: Session, actor: Actor, document_id: UUID, terms: Terms, *, now: datetime) -> UUID:
    """Restrict the processing of one filed document with what lies attached to it; return the restriction's id.

    A mail holds the bytes of its attachments, so that one of them is restricted with all others.

    Raises:
        NotFound: There is no such document in a case file, or the actor may not know of it.
        MissingReason, InvalidInput, AlreadyRestricted: As for a case file.
    """
    actor.require(Permission.DATA_SUBJECTS)
    document = document_of(session, actor, document_id, now)
    if document.case is None:
        raise NotFound
    together = {one.id: one for one in _together(session, document)}
    if session.scalar(select(Document.id).where(Document.id == document.id, unlifted_document(Document.id))):
        raise AlreadyRestricted
    file = case_file_of(session, actor, document.case.case_file_id, now)
    made, told = _made(session, actor, file, terms, now)
    made.document_id = document.id
    rows = [made, *(_part(made, other) for other in together if other != document.id)]
    for one in together.values():
        one.revision += 1
        log(session, actor, one, "restriction.placed", now=now, detail=_detail(made), changes=told)
        reindex(session, one, moved=True)
    session.add_all(rows)
    session.flush()
    return made.id


def _together(session: Session, document: Document) -> list[Document]:
    lead = lead_of(session, document)
    top = lead[1] if lead else document
    return [top, *(attached for _, attached in attached_documents(session, top))]


def _part(made: ProcessingRestriction, document_id: UUID) -> ProcessingRestriction:
    names = ("case_file_id", "ground", "reason", "legal_basis", "owner", "review_on", "since", "set_by")
    same = {name: getattr(made, name) for name in names}
    return ProcessingRestriction(id=uuid4(), document_id=document_id, with_id=made.id, **same)


def _made(
    session: Session, actor: Actor, file: CaseFile, terms: Terms, now: datetime
) -> tuple[ProcessingRestriction, Changes]:
    _check(session, terms, now)
    ground = terms.ground
    basis = terms.legal_basis.strip() or GROUND_SOURCES[ground]
    made = ProcessingRestriction(
        id=uuid4(),
        case_file_id=file.id,
        ground=ground,
        reason=terms.reason.strip(),
        legal_basis=basis,
        owner=terms.owner,
        review_on=terms.review_on,
        since=now,
        set_by=actor.login,
    )
    if ground in HOLDS:
        reason = "Einschränkung der Verarbeitung"  # all who see the file read it, and they need not know why
        made.hold_id = holds.place(
            session, _who_holds(actor), file.id, reason=reason, legal_basis=basis, review_on=terms.review_on, now=now
        )
    else:
        case_file_of(session, actor, file.id, now, lock=True)
    return made, set_to(reason=made.reason, legal_basis=basis, owner=made.owner, review_on=made.review_on)


def _who_holds(actor: Actor) -> Actor:
    """Return the actor with the power to place and lift the hold that is a part of the restriction."""
    return replace(actor, permissions=actor.permissions | {Permission.HOLD})


def _check(session: Session, terms: Terms, now: datetime) -> None:
    if not terms.reason.strip():
        raise MissingReason
    owner = person_by_login(session, terms.owner)
    if owner is None or not owner.active:
        raise InvalidInput(problem=f"Es gibt keine aktive Person „{terms.owner}“.", field="owner")
    if terms.review_on is None and terms.ground in PROVISIONAL:
        raise InvalidInput(
            problem="Dieser Anlass gilt nur für die Dauer einer Prüfung: Prüfdatum fehlt.", field="review"
        )
    if terms.review_on is not None and terms.review_on <= day_of(now):
        raise InvalidInput(problem="Das Prüfdatum muss in der Zukunft liegen.", field="review")


def _detail(made: ProcessingRestriction) -> Mapping[str, object]:
    return {"restriction": str(made.id), "ground": made.ground.value}


def inform(session: Session, actor: Actor, restriction_id: UUID, *, on: date, how: str, now: datetime) -> None:
    """Note when and how the data subject was told that the restriction is going to be lifted (Art. 18 (3) GDPR).

    Raises:
        NotFound: There is none, or the actor would not see the record without it.
        RestrictionLifted: It does not hold any more.
        InvalidInput: The day is to come, or it is not said how.
    """
    actor.require(Permission.DATA_SUBJECTS)
    found = restriction_of(session, actor, restriction_id, now, lock=True)
    if on > day_of(now):
        raise InvalidInput(problem="Die Unterrichtung muss schon geschehen sein.", field="on")
    if not how.strip():
        raise InvalidInput(problem="Bitte angeben, wie die betroffene Person unterrichtet wurde.", field="how")
    before = noted(found, "informed_on", "informed_how")
    found.informed_on, found.informed_how = on, how.strip()[:500]
    tell(session, actor, found, "restriction.informed", now, since(before, found))


def lift(session: Session, actor: Actor, restriction_id: UUID, *, reason: str, now: datetime) -> None:
    """Lift a restriction, with a reason, once the data subject has been told; its hold goes with it.

    Raises:
        NotFound: There is none, or the actor would not see the record without it.
        MissingReason: No reason was given.
        PersonNotInformed: The data subject was not told yet (Art. 18 (3) GDPR).
        RestrictionLifted: It does not hold any more.
    """
    actor.require(Permission.DATA_SUBJECTS)
    found = restriction_of(session, actor, restriction_id, now, lock=True)
    if not reason.strip():
        raise MissingReason
    if found.informed_on is None:
        raise PersonNotInformed
    before = noted(found, "until", "lift_reason")
    parts = [found, *parts_of(session, found)]
    for one in parts:
        one.until, one.lifted_by, one.lift_reason = now, actor.login, reason.strip()
    session.flush()
    if found.hold_id is not None:
        why = "Einschränkung der Verarbeitung aufgehoben"
        holds.lift(session, _who_holds(actor), found.hold_id, reason=why, now=now)
    told = since(before, found)
    if found.document_id is None:
        file = session.get_one(CaseFile, found.case_file_id)
        file.revision += 1
        changed(session, actor, file, "restriction.lifted", now=now, detail=_detail(found), changes=told)
        return
    for document in session.scalars(select(Document).where(Document.id.in_([one.document_id for one in parts]))):
        document.revision += 1
        reindex(session, document, moved=True)
    tell(session, actor, found, "restriction.lifted", now, told)


def restriction_of(
    session: Session, actor: Actor, restriction_id: UUID, now: datetime, *, lock: bool = False
) -> ProcessingRestriction:
    """Return a restriction of a record the actor would see without it; ``lock`` demands that it holds still.

    Raises:
        NotFound: There is none, or the actor may not know of the record.
        RestrictionLifted: It does not hold any more, and was asked for to be changed.
    """
    actor.require(Permission.DATA_PROTECTION)
    query = (
        select(ProcessingRestriction)
        .join(CaseFile, CaseFile.id == ProcessingRestriction.case_file_id)
        .where(
            ProcessingRestriction.id == restriction_id,
            ProcessingRestriction.with_id.is_(None),
            ordinarily(actor.keys, now),
        )
    )
    if lock:
        query = query.with_for_update(of=ProcessingRestriction).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    if lock and found.until is not None:
        raise RestrictionLifted
    return found


def parts_of(session: Session, restriction: ProcessingRestriction) -> list[ProcessingRestriction]:
    """Return the restrictions that came with the one of a document: its mail, and what was attached to that."""
    return list(session.scalars(select(ProcessingRestriction).where(ProcessingRestriction.with_id == restriction.id)))


def tell(
    session: Session,
    actor: Actor,
    restriction: ProcessingRestriction,
    action: str,
    now: datetime,
    changes: Changes,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write the history of the restricted record."""
    about = (
        ("document", restriction.document_id) if restriction.document_id else ("case_file", restriction.case_file_id)
    )
    told = {**_detail(restriction), **(detail or {})}
    file_id = restriction.case_file_id
    record(session, actor, action, about=about, now=now, case_file_id=file_id, detail=told, changes=changes)
