"""Voiding a case file that was opened by mistake (Storno): it keeps its number and its history, and takes nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from eakte.actions.cases import changed
from eakte.actions.guard import case_file_of
from eakte.errors import CaseFileNotEmpty, MissingReason
from eakte.records.access import Actor, Permission
from eakte.records.states import CaseFileState, move_case_file
from eakte.store.disposal import DisposalHold
from eakte.store.document_life import DocumentReference
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile, SubFile
from eakte.store.history import noted, since
from eakte.store.paper import PaperPart


def void_case_file(session: Session, actor: Actor, case_file_id: UUID, *, reason: str, now: datetime) -> CaseFile:
    """Void an open case file in which nothing is; opening it again takes that back (``cases.reopen``).

    Raises:
        MissingReason: No reason was given.
        CaseFileNotEmpty: Something is in it, or somebody has given it a structure, paper or a hold.
        MoveRefused: It is not open.
    """
    actor.require(Permission.REOPEN)
    if not reason.strip():
        raise MissingReason
    case_file = case_file_of(session, actor, case_file_id, now, lock=True)
    before = noted(case_file, "state")
    state = move_case_file(case_file.state, CaseFileState.VOIDED)
    if holds_something(session, case_file.id):
        raise CaseFileNotEmpty(reference=case_file.file_reference)
    case_file.state = state
    case_file.revision += 1
    changes = since(before, case_file)
    changed(session, actor, case_file, "case_file.voided", now=now, reason=reason.strip(), changes=changes)
    return case_file


def holds_something(session: Session, case_file_id: UUID) -> bool:
    """Tell whether a case file is more than its number, its subject and the case it was opened with."""
    cases = select(BusinessCase.id).where(BusinessCase.case_file_id == case_file_id)
    if (session.scalar(select(func.count()).select_from(cases.subquery())) or 0) > 1:
        return True
    inside = (
        exists().where(Document.case_id.in_(cases)),
        exists().where(DocumentReference.case_id.in_(cases)),
        exists().where(SubFile.case_file_id == case_file_id),
        exists().where(PaperPart.case_file_id == case_file_id),
        exists().where(DisposalHold.case_file_id == case_file_id),
    )
    return any(session.scalar(select(one)) for one in inside)
