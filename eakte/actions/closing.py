"""What closing (z.d.A.) finds: the preconditions one by one, and what reopening would do to retention."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from eakte.actions.follow_up_view import none_open
from eakte.actions.guard import case_file_of
from eakte.actions.metadata import missing_at_closing
from eakte.actions.paper_view import nothing_on_loan
from eakte.actions.proposals import SURE
from eakte.actions.verdicts import facts_of, verdict_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.closing import (
    ClosingFacts,
    DocumentFacts,
    Precondition,
    Reopening,
    preconditions,
)
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import (
    CASE_FILE_MOVES,
    LABELS,
    CaseFileState,
    CaseState,
    DisposalState,
    DocumentState,
    ItemState,
    VersionUploadState,
)
from eakte.store.disposal import Disposal, DisposalHold
from eakte.store.document_life import DocumentLock, VersionUpload
from eakte.store.documents import Document, IncomingItem
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.plan import rules_on_path
from retention import evaluate

MORE_CHECKS: tuple[Callable[[Session, CaseFile, datetime], Precondition], ...] = (
    missing_at_closing,
    nothing_on_loan,
    none_open,
)
"""Preconditions of other aspects of a case file, one line each."""
OPEN_DISPOSALS = frozenset({DisposalState.PROPOSED, DisposalState.APPROVED})


def closing_preconditions(session: Session, case_file: CaseFile, now: datetime) -> tuple[Precondition, ...]:
    """Return the preconditions of closing a case file as they stand now."""
    cases = session.scalars(select(BusinessCase).where(BusinessCase.case_file_id == case_file.id)).all()
    waiting = session.scalar(
        select(func.count())
        .select_from(IncomingItem)
        .where(
            IncomingItem.best_case_file_id == case_file.id,
            IncomingItem.state == ItemState.WAITING,
            IncomingItem.confidence >= SURE,
        )
    )
    facts = ClosingFacts(
        is_open=case_file.state is CaseFileState.OPEN,
        documents=document_facts(session, case_file, [case.id for case in cases], now),
        open_cases=sum(case.state is CaseState.OPEN for case in cases),
        waiting_items=waiting or 0,
    )
    return (*preconditions(facts), *(check(session, case_file, now) for check in MORE_CHECKS))


def document_facts(session: Session, case_file: CaseFile, case_ids: Collection[UUID], now: datetime) -> DocumentFacts:
    """Return what the documents of these cases of one file still need before the cases may be closed."""
    base = (
        select(BusinessCase.number, Document.position)
        .join(Document, Document.case_id == BusinessCase.id)
        .where(Document.case_id.in_(case_ids))
        .order_by(BusinessCase.number, Document.position)
    )
    locks = base.add_columns(DocumentLock.person_name).join(DocumentLock, DocumentLock.document_id == Document.id)
    unread = select(VersionUpload.document_id).where(VersionUpload.state != VersionUploadState.DISCARDED)

    def named(*where: ColumnElement[bool]) -> tuple[str, ...]:
        return tuple(_reference(case_file, *row) for row in session.execute(base.where(*where)).all())

    return DocumentFacts(
        incomplete=named(
            or_(Document.subject == "", Document.document_type == ""), Document.state != DocumentState.VOIDED
        ),
        checked_out=tuple(
            f"{_reference(case_file, number, position)} ({person})"
            for number, position, person in session.execute(locks.where(DocumentLock.until > now)).all()
        ),
        unsigned=named(Document.direction.in_(("outgoing", "internal")), Document.state == DocumentState.REGISTERED),
        unread=named(Document.id.in_(unread)),
    )


def _reference(case_file: CaseFile, number: int, position: int | None) -> str:
    return document_reference(case_reference(case_file.file_reference, number), position or 0)


def reopening(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> Reopening:
    """Tell what reopening a closed case file would do to its retention; nothing is changed."""
    actor.require(Permission.REOPEN)
    return reopening_of(session, case_file_of(session, actor, case_file_id, now), now)


def reopening_of(session: Session, case_file: CaseFile, now: datetime) -> Reopening:
    """Return what :func:`reopening` tells, for a case file at hand."""
    today = day_of(now)
    holds = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == case_file.id))
    again = evaluate(
        replace(facts_of(session, case_file), closed_on=today, closing_basis=""),
        rules_on_path(session, case_file.file_plan_unit_id),
        [row.hold() for row in holds],
        today,
    )
    return Reopening(
        possible=CaseFileState.OPEN in CASE_FILE_MOVES[case_file.state],
        state=LABELS[case_file.state],
        closed_on=case_file.closed_on,
        end_before=verdict_of(session, case_file, today).retention_end,
        end_if_closed_today=again.retention_end,
        offered=case_file.process_id is not None and case_file.state is not CaseFileState.CLOSED,
        open_disposals=len(open_disposals(session, case_file.id)),
    )


def open_disposals(session: Session, case_file_id: UUID) -> list[Disposal]:
    """Return the destructions of a case file that have been proposed or approved and not begun."""
    query = select(Disposal).where(Disposal.case_file_id == case_file_id, Disposal.state.in_(OPEN_DISPOSALS))
    return list(session.scalars(query))
