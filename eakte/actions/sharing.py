"""Documents in several case files by reference: one home, links from elsewhere, and a new home when that goes.

A link grants no rights: who may not see the home sees no link. What lies in several files is the document, so its
retention is that of the file that binds longest; the files themselves keep their own dates, or one link would hold a
whole file beyond its legal maximum.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from eakte.actions.document_life import reference_of, reindex
from eakte.actions.guard import case_file_of, case_of, document_of
from eakte.actions.moving_documents import put
from eakte.actions.moving_places import both
from eakte.actions.verdicts import of_record
from eakte.errors import CaseClosed, CaseFileClosed, InvalidInput, MoveRefused, NotFound, SharedInProcess
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference
from eakte.records.states import LABELS, CaseFileState, CaseState
from eakte.store.arrivals import attached_documents
from eakte.store.document_life import DocumentReference
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.history import record
from eakte.store.references import DOCUMENT, keep_alias

LINKED, UNLINKED = "document.linked", "document.unlinked"
MOVES_ON = "Wird die eigene Akte vorher vernichtet, geht das Dokument in die über, die am längsten bindet."
ALSO_IN = (
    "Dokumente dieser Akte liegen auch in {references}. Die Frist dieser Akte verlängert das nicht: Wird sie "
    "vernichtet, gehen diese Dokumente in die Akte über, die sie am längsten bindet."
)
AT_REST = frozenset({CaseFileState.OPEN, CaseFileState.CLOSED})
"""States of case files that are not on their way to the archive or out of the house."""


def link(session: Session, actor: Actor, document_id: UUID, case_id: UUID, now: datetime) -> DocumentReference:
    """Show a filed document in a case of another file, or another case, too.

    Raises:
        NotFound: Document or case are not there, or the actor may not know of them.
        CaseFileClosed, CaseClosed: The case takes nothing any more.
        MoveRefused: The document's own file is on its way out.
        InvalidInput: It lies there already.
    """
    actor.require(Permission.FILE)
    document, case = document_of(session, actor, document_id, now), case_of(session, actor, case_id, now)
    if document.case is None:
        raise NotFound
    home, target = both(session, actor, document.case.case_file_id, case.case_file_id, now, lock=True)
    if target.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=target.file_reference)
    if case.state is not CaseState.OPEN:
        raise CaseClosed(reference=case_reference(target.file_reference, case.number))
    if home.state not in AT_REST:
        raise MoveRefused(state=LABELS[home.state])
    known = select(DocumentReference.id).where(
        DocumentReference.document_id == document.id, DocumentReference.case_id == case.id
    )
    if document.case_id == case.id or session.scalar(known) is not None:
        raise InvalidInput(problem="Das Dokument liegt schon in diesem Vorgang.", field="case")
    made = DocumentReference(document_id=document.id, case_id=case.id, created_at=now, created_by=actor.name)
    session.add(made)
    session.flush()
    _log(session, actor, document, target, case, LINKED, now)
    return made


def unlink(session: Session, actor: Actor, reference_id: UUID, now: datetime) -> UUID:
    """Take a link away again; return the case file it stood in.

    Raises:
        NotFound: There is none, or the actor may not see the document or the case.
        CaseFileClosed: The file it stands in is closed.
    """
    actor.require(Permission.FILE)
    found = session.get(DocumentReference, reference_id)
    if found is None:
        raise NotFound
    document = document_of(session, actor, found.document_id, now)
    case = case_of(session, actor, found.case_id, now)
    target = case_file_of(session, actor, case.case_file_id, now, lock=True)
    if target.state is not CaseFileState.OPEN:
        raise CaseFileClosed(reference=target.file_reference)
    session.delete(found)
    _log(session, actor, document, target, case, UNLINKED, now)
    return target.id


@dataclass(frozen=True, slots=True)
class Place:
    """A case in which a document lies by reference."""

    reference_id: UUID
    case_file_id: UUID
    number: int
    reference: str
    subject: str


@dataclass(frozen=True, slots=True)
class SharedView:
    """Where else a document lies, as far as the actor may see it, and how long it is kept."""

    places: tuple[Place, ...]
    retention: tuple[str, ...]


def shared(session: Session, actor: Actor, document_id: UUID, now: datetime) -> SharedView:
    """Return where else a document lies that the actor may see."""
    document = document_of(session, actor, document_id, now)
    rows = session.execute(
        select(DocumentReference, BusinessCase, CaseFile)
        .join(BusinessCase, BusinessCase.id == DocumentReference.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(DocumentReference.document_id == document.id, visible(actor.keys, now))
        .order_by(CaseFile.file_reference, BusinessCase.number)
    ).all()
    places = tuple(
        Place(link.id, file.id, case.number, case_reference(file.file_reference, case.number), case.subject)
        for link, case, file in rows
    )
    if document.case is None or not rows:
        return SharedView(places, ())
    home = document.case.case_file
    others = {file.id: file for _, _, file in rows if file.id != home.id}
    if not others:
        return SharedView(places, ())
    verdict = of_record(session, [home, *others.values()], day_of(now))
    moves = () if verdict.decided_by == home.file_reference else (MOVES_ON,)
    return SharedView(places, (*verdict.steps, *moves))


def moving_on(session: Session, actor: Actor, case_file: CaseFile, now: datetime) -> tuple[str, ...]:
    """Say which other files documents of this one also lie in, as far as the actor may see them, and what follows."""
    seen = visible(actor.keys, now)
    query = select(CaseFile.file_reference).where(CaseFile.id.in_(files_sharing(session, case_file.id)), seen)
    references = session.scalars(query.order_by(CaseFile.file_reference)).all()
    return (ALSO_IN.format(references=", ".join(references)),) if references else ()


def files_sharing(session: Session, case_file_id: UUID) -> list[UUID]:
    """Return the other living case files that show documents of this one, whoever may see them."""
    query = (
        select(CaseFile.id)
        .join(BusinessCase, BusinessCase.case_file_id == CaseFile.id)
        .join(DocumentReference, DocumentReference.case_id == BusinessCase.id)
        .where(
            DocumentReference.document_id.in_(_documents_in(case_file_id)),
            CaseFile.id != case_file_id,
            CaseFile.state != CaseFileState.DESTROYED,
        )
        .distinct()
    )
    return list(session.scalars(query))


def check_not_in_process(session: Session, case_file_id: UUID) -> None:
    """Refuse to let a case file go while another that shows its documents is on its way to the archive or out.

    Such a file cannot take the documents over, and its references must not be lost: it goes first.

    Raises:
        SharedInProcess: There is one.
    """
    states = select(CaseFile.id).where(
        CaseFile.id.in_(files_sharing(session, case_file_id)), CaseFile.state.not_in(AT_REST)
    )
    if session.scalar(states.limit(1)) is not None:
        raise SharedInProcess


def rehome(session: Session, case_file: CaseFile, now: datetime) -> list[Document]:
    """Let documents of a file that is being destroyed move to the file that shows them and is kept longest.

    The caller holds the rows of all these case files.
    """
    rows = session.execute(
        select(DocumentReference, BusinessCase, CaseFile)
        .join(BusinessCase, BusinessCase.id == DocumentReference.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(
            DocumentReference.document_id.in_(_documents_in(case_file.id)),
            CaseFile.id != case_file.id,
            CaseFile.state.in_(AT_REST),
        )
        .order_by(DocumentReference.created_at, CaseFile.file_reference)
    ).all()
    choices: dict[UUID, list[tuple[BusinessCase, CaseFile]]] = {}
    for found, case, file in rows:
        choices.setdefault(found.document_id, []).append((case, file))
    return [
        moved
        for document_id, places in choices.items()
        for each in _with_attachments(session, document_id, choices)
        for moved in [_rehome(session, case_file, each, places, now)]
    ]


def _with_attachments(session: Session, document_id: UUID, chosen: Collection[UUID]) -> list[UUID]:
    """Return a document and its attachments: they go where it goes, unless they are shown somewhere themselves."""
    attached = attached_documents(session, session.get_one(Document, document_id))
    return [document_id, *(one.id for _, one in attached if one.id not in chosen)]


def _documents_in(case_file_id: UUID) -> Select[UUID]:
    cases = select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)
    return select(Document.id).where(Document.case_id.in_(cases))


def _rehome(
    session: Session, leaves: CaseFile, document_id: UUID, places: list[tuple[BusinessCase, CaseFile]], now: datetime
) -> Document:
    document = session.get_one(Document, document_id, with_for_update=True, populate_existing=True)
    case, target = _binding_longest(session, places, day_of(now))
    former = reference_of(document)
    if document.case_id is not None and document.position is not None:
        keep_alias(session, DOCUMENT, document.id, former, within=(document.case_id, document.position), now=now)
    put(session, document, leaves, case)
    detail = {"from": former, "reference": reference_of(document)}
    about = ("document", document.id)
    changes = {"reference": (former, detail["reference"])}
    record(
        session,
        SYSTEM,
        "document.rehomed",
        about=about,
        now=now,
        case_file_id=target.id,
        detail=detail,
        changes=changes,
    )
    reindex(session, document, moved=True)
    return document


def _binding_longest(
    session: Session, places: list[tuple[BusinessCase, CaseFile]], today: date
) -> tuple[BusinessCase, CaseFile]:
    files = {file.id: file for _, file in places}
    decided_by = of_record(session, list(files.values()), today).decided_by
    return next((place for place in places if place[1].file_reference == decided_by), places[0])


def _log(
    session: Session,
    actor: Actor,
    document: Document,
    target: CaseFile,
    case: BusinessCase,
    action: str,
    now: datetime,
) -> None:
    """Write a link into the history of both case files: readers of the one learn nothing of the other by it."""
    there, here = case_reference(target.file_reference, case.number), reference_of(document)
    home = document.case.case_file_id if document.case else None
    for name, about, file_id, key, reference in (
        (action, ("case", case.id), target.id, "to", there),
        (f"{action}_away", ("document", document.id), home, "reference", here),
    ):
        changes = {"linked": (None, reference) if action == LINKED else (reference, None)}
        detail = {key: reference}
        record(session, actor, name, about=about, now=now, case_file_id=file_id, detail=detail, changes=changes)
