"""Moving records (Umprotokollieren): a document to another case, a case elsewhere, a case file to another unit.

A move keeps identity and history and leaves the former reference leading here. It is told first (:func:`preview`) and
done only as it was told: :func:`move` wants the fingerprint of the preview. Records of closed, offered or held case
files are not moved: what binds a file must not be escaped by moving.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import moving_cases, moving_documents, moving_files
from eakte.actions.moving_cases import CaseMove
from eakte.actions.moving_documents import DocumentMove
from eakte.actions.moving_files import FileMove
from eakte.errors import MissingReason, MoveNotConfirmed, MoveNotPossible
from eakte.records.access import Actor
from eakte.records.moving import Preview

Move = DocumentMove | CaseMove | FileMove


@dataclass(frozen=True, slots=True)
class Moved:
    """The answer to a move."""

    kind: str
    record_id: UUID
    reference: str
    case_file_id: UUID


def preview(session: Session, actor: Actor, move: Move, now: datetime) -> Preview:
    """Tell what a move would change and what forbids it; nothing is changed.

    Raises:
        NotFound: A record or place is not there, or the actor may not know of it.
        NotAllowed: The actor lacks the power.
        InvalidInput: The place named is no place for it.
    """
    if isinstance(move, DocumentMove):
        return moving_documents.plan(session, actor, move, now).preview
    if isinstance(move, CaseMove):
        return moving_cases.plan(session, actor, move, now).preview
    return moving_files.plan(session, actor, move, now).preview


def carry_out(session: Session, actor: Actor, move: Move, *, confirmed: str, reason: str, now: datetime) -> Moved:
    """Do a move exactly as its preview told it; ``confirmed`` is the fingerprint of that preview.

    Raises:
        MissingReason: No reason was given.
        MoveNotPossible: Something forbids it; the German reasons are in ``detail``.
        MoveNotConfirmed: It would change something else than what was confirmed.
    """
    if not reason.strip():
        raise MissingReason
    if isinstance(move, DocumentMove):
        document = moving_documents.plan(session, actor, move, now, lock=True)
        check(document.preview, confirmed)
        reference = moving_documents.carry_out(session, actor, document, reason.strip(), now)
        return Moved("document", document.document.id, reference, document.to_file.id)
    if isinstance(move, CaseMove):
        case = moving_cases.plan(session, actor, move, now, lock=True)
        check(case.preview, confirmed)
        reference = moving_cases.carry_out(session, actor, case, reason.strip(), now)
        return Moved("case", case.case.id, reference, case.to_file.id)
    file = moving_files.plan(session, actor, move, now, lock=True)
    check(file.preview, confirmed)
    reference = moving_files.carry_out(session, actor, file, reason.strip(), now)
    return Moved("case_file", file.case_file.id, reference, file.case_file.id)


def check(told: Preview, confirmed: str) -> None:
    """Refuse what is forbidden or was not confirmed."""
    if told.refusals:
        raise MoveNotPossible(reasons=" ".join(told.refusals))
    if confirmed != told.fingerprint:
        raise MoveNotConfirmed
