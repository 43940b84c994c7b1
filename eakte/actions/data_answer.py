"""The answer to a data subject as it follows from the decisions, and the list of what is there about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import reads
from eakte.actions.data_request_view import rows_of
from eakte.actions.data_requests import request_of
from eakte.actions.document_life import reference_of
from eakte.actions.guard import sees
from eakte.actions.verdicts import verdict_of
from eakte.records import data_answers
from eakte.records.access import Actor
from eakte.records.calendar import day_of, german
from eakte.records.data_answers import Decided
from eakte.records.data_requests import RecordDecision
from eakte.records.states import LABELS, CaseFileState
from eakte.store.data_requests import DataRequestRecord
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.history import record

HEADS = ("Aktenzeichen", "Betreff der Akte", "Dokument", "Betreff", "Art", "Datum", "Absender")


def draft(session: Session, actor: Actor, request_id: UUID, now: datetime) -> str:
    """Return the answer to the person as it follows from the decisions."""
    found = request_of(session, actor, request_id, now)
    rows = rows_of(session, actor, found.id, now)
    ready = [row for row in rows if row.decision is not None or row.case_file.state is CaseFileState.DESTROYED]
    return data_answers.answer(found.kind, found.received_on, [_decided(session, actor, row, now) for row in ready])


def _decided(session: Session, actor: Actor, row: DataRequestRecord, now: datetime) -> Decided:
    told = _told(session, actor, row.case_file, now) if row.decision is RecordDecision.DISCLOSE else ""
    return Decided(row.case_file.file_reference, row.decision, row.reason, told)


def _told(session: Session, actor: Actor, file: CaseFile, now: datetime) -> str:
    """Return what a data subject is told of a case file they get access to (Art. 15 (1) GDPR)."""
    if not sees(session, actor, file.id, now):
        return "Ihre Verarbeitung ist eingeschränkt."
    count = len(_documents(session, actor, file.id, now))
    verdict = verdict_of(session, file, day_of(now))
    until = f"bis {german(verdict.retention_end)}" if verdict.retention_end else "bis zum Ende der Aufbewahrungspflicht"
    closed = f", abgeschlossen am {german(file.closed_on)}" if file.closed_on else ""
    holds = "ein Dokument" if count == 1 else f"{count} Dokumente"
    return (
        f"Betreff: {file.subject}. Angelegt am {german(file.opened_on)}{closed}; {holds}; wir bewahren sie auf {until}."
    )


def _documents(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> list[Document]:
    query = (
        select(Document)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(CaseFile.id == case_file_id, visible(actor.keys, now), unrestricted(actor.keys, now))
        .order_by(BusinessCase.number, Document.position)
    )
    return list(session.scalars(query))


def inventory(session: Session, actor: Actor, request_id: UUID, now: datetime) -> Iterator[tuple[str, ...]]:
    """Yield what is there in the case files of a request, a document a line, within rights (Art. 15 GDPR).

    A case file without documents is a line of its own. That the list was taken is told.
    """
    found = request_of(session, actor, request_id, now)
    rows = [row for row in rows_of(session, actor, found.id, now) if row.decision is not RecordDecision.REFUSE]
    about = ("data_request", found.id)
    record(session, actor, "data_request.exported", about=about, now=now, detail={"files": len(rows)})
    for row in rows:
        yield from _inventory_of(session, actor, row.case_file, now)


def _inventory_of(session: Session, actor: Actor, file: CaseFile, now: datetime) -> Iterator[tuple[str, ...]]:
    if not sees(session, actor, file.id, now):
        told = LABELS[file.state] if file.state is CaseFileState.DESTROYED else "Verarbeitung eingeschränkt"
        yield (file.file_reference, told, "", "", "", "", "")
        return
    reads.mark(session, actor, file)
    documents = _documents(session, actor, file.id, now)
    for one in documents:
        day = german(one.letter_date)
        yield (file.file_reference, file.subject, reference_of(one), one.subject, one.document_type, day, one.sender)
    if not documents:
        yield (file.file_reference, file.subject, "", "", "", "", "")
