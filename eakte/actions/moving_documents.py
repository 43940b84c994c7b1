"""Moving a document to another case, of the same or of another case file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from eakte.actions.attachments import detach
from eakte.actions.document_life import lock_of, reference_of, reindex
from eakte.actions.guard import case_of, document_of
from eakte.actions.moving_places import audience, both, refusals, retention_of
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.moving import Preview, retention_sentences
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseState
from eakte.store.arrivals import Attachment, attached_documents
from eakte.store.document_life import DocumentReference
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, next_position
from eakte.store.history import record
from eakte.store.references import DOCUMENT, keep_alias


@dataclass(frozen=True, slots=True)
class DocumentMove:
    """A document is to lie in another case."""

    document_id: UUID
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Plan:
    """A move with the rows it is about."""

    document: Document
    from_file: CaseFile
    to_file: CaseFile
    to_case: BusinessCase
    preview: Preview
    attached: tuple[Document, ...] = ()
    """Attachments that go with it."""


def plan(session: Session, actor: Actor, move: DocumentMove, now: datetime, *, lock: bool = False) -> Plan:
    """Look at everything the move touches; ``lock`` keeps the rows until the transaction ends."""
    actor.require(Permission.FILE)
    document = document_of(session, actor, move.document_id, now)
    to_case = case_of(session, actor, move.case_id, now)
    if document.case is None:
        raise NotFound
    leaves, enters = both(session, actor, document.case.case_file_id, to_case.case_file_id, now, lock=lock)
    if lock:
        document = session.get_one(Document, document.id, with_for_update=True, populate_existing=True)
    from_case = document.case
    if from_case is None:
        raise NotFound
    gained, lost = audience(session, leaves, enters, now)
    attached = tuple(one for _, one in attached_documents(session, document))
    to_place = case_reference(enters.file_reference, to_case.number)
    preview = Preview(
        subject=document.subject,
        old_reference=reference_of(document),
        new_reference=f"{to_place}#…",
        old_place=f"{case_reference(leaves.file_reference, from_case.number)} {from_case.subject}",
        new_place=f"{to_place} {to_case.subject}",
        documents=1 + len(attached),
        gained=gained,
        lost=lost,
        retention=retention_sentences(
            retention_of(session, leaves, leaves.file_plan_unit_id, now),
            retention_of(session, enters, enters.file_plan_unit_id, now),
        ),
        refusals=(
            *refusals(session, leaves, enters, now),
            *_own_refusals(document, to_case),
            *_locks(session, actor, (document, *attached), now),
        ),
    )
    return Plan(document, leaves, enters, to_case, preview, attached)


def _own_refusals(document: Document, to_case: BusinessCase) -> tuple[str, ...]:
    found = []
    if document.case_id == to_case.id:
        found.append("Das Dokument liegt schon in diesem Vorgang.")
    if (document.case and document.case.state is not CaseState.OPEN) or to_case.state is not CaseState.OPEN:
        found.append("Aus abgeschlossenen Vorgängen und in sie wird nichts verschoben.")
    return tuple(found)


def _locks(session: Session, actor: Actor, documents: Iterable[Document], now: datetime) -> tuple[str, ...]:
    locks = [lock for document in documents if (lock := lock_of(session, document.id, now)) is not None]
    others = {lock.person_name: None for lock in locks if lock.person_id != actor.person_id}
    return tuple(f"{name} hat das Dokument ausgecheckt." for name in others)


def carry_out(session: Session, actor: Actor, plan: Plan, reason: str, now: datetime) -> str:
    """Move the document with its attachments and return its new reference; an attachment moved alone becomes free."""
    if (link := session.get(Attachment, plan.document.item_id)) is not None:
        detach(session, actor, link, now)
    reference = _carry(session, actor, plan, plan.document, reason, now)
    for attached in plan.attached:
        _carry(session, actor, plan, attached, reason, now)
    return reference


def _carry(session: Session, actor: Actor, plan: Plan, document: Document, reason: str, now: datetime) -> str:
    former = reference_of(document)
    if document.case_id is None or document.position is None:
        raise NotFound
    keep_alias(session, DOCUMENT, document.id, former, within=(document.case_id, document.position), now=now)
    put(session, document, plan.from_file, plan.to_case)
    reference = document_reference(
        case_reference(plan.to_file.file_reference, plan.to_case.number), document.position or 0
    )
    tell(session, actor, ("document", document.id), plan.from_file, plan.to_file, (former, reference), reason, now)
    reindex(session, document, moved=True)
    return reference


def put(session: Session, document: Document, from_file: CaseFile, to_case: BusinessCase) -> None:
    """Let a document lie in a case, with the next position there; its identity stays."""
    document.case_id, document.position = to_case.id, next_position(session, to_case.id)
    document.revision += from_file.index_revision + 1
    needless = (DocumentReference.document_id == document.id) & (DocumentReference.case_id == to_case.id)
    session.execute(delete(DocumentReference).where(needless))
    session.flush()
    session.expire(document, ["case"])


def tell(
    session: Session,
    actor: Actor,
    about: tuple[str, UUID],
    leaves: CaseFile,
    enters: CaseFile,
    references: tuple[str, str],
    reason: str,
    now: datetime,
) -> None:
    """Write a move into the history of both case files; readers of the one left learn nothing of the other."""
    kind, former, reference = about[0], *references
    if leaves is not enters:
        record(
            session,
            actor,
            f"{kind}.moved_away",
            about=about,
            now=now,
            case_file_id=leaves.id,
            detail={"reference": former},
            reason=reason,
        )
    record(
        session,
        actor,
        f"{kind}.moved",
        about=about,
        now=now,
        case_file_id=enters.id,
        detail={"from": former, "reference": reference},
        reason=reason,
        changes={"reference": (former, reference)},
    )
