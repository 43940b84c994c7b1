"""Short ways to enter, decide and answer requests of data subjects in the town."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select

from eakte.actions import data_answer, data_decisions, data_request_view, data_requests
from eakte.actions.data_request_view import RequestView
from eakte.actions.data_requests import NewRequest
from eakte.records.data_requests import RecordDecision, RequestKind
from eakte.records.processing import Ground
from eakte.store.data_requests import DataRequestRecord
from tests.town import Town

CLOSED = datetime(2020, 5, 1, 9, 0, tzinfo=UTC)
NAME = "Petra Musterfrau-Selten"


def enter(town: Town, kind: RequestKind = RequestKind.ERASURE, *, by: str = "weber", **more: object) -> UUID:
    new = NewRequest(**{"kind": kind, "received_on": date(2026, 11, 3), "applicant": NAME, **more})  # type: ignore[arg-type]  # by name
    actor = town.actor(by)
    with town.database.begin() as session:
        return data_requests.enter(session, actor, new, now=town.now)


def add(town: Town, request_id: UUID, *ids: UUID, by: str = "weber") -> list[UUID]:
    actor = town.actor(by)
    with town.database.begin() as session:
        data_requests.add_records(session, actor, request_id, ids, now=town.now)
    with town.database.reading() as session:
        query = select(DataRequestRecord.case_file_id, DataRequestRecord.id)
        rows = session.execute(query.where(DataRequestRecord.request_id == request_id)).all()
    known = dict(rows)
    return [known[one] for one in ids]


def decide(
    town: Town, record_id: UUID, decision: RecordDecision, *, by: str = "weber", reason: str = "Geprüft", **more: Ground
) -> None:
    actor = town.actor(by)
    with town.database.begin() as session:
        data_decisions.decide(session, actor, record_id, decision, reason=reason, now=town.now, **more)


def show(town: Town, request_id: UUID, by: str = "weber") -> RequestView:
    actor = town.actor(by)
    with town.database.reading() as session:
        return data_request_view.show(session, actor, request_id, town.now)


def draft(town: Town, request_id: UUID, by: str = "weber") -> str:
    actor = town.actor(by)
    with town.database.reading() as session:
        return data_answer.draft(session, actor, request_id, town.now)


def answer(town: Town, request_id: UUID, text: str = "Antwort", *, by: str = "weber") -> None:
    actor = town.actor(by)
    with town.database.begin() as session:
        data_decisions.answer(session, actor, request_id, text, now=town.now)


def due_file(town: Town, plan: str = "52.01", unit: str = "63.2") -> UUID:
    """A case file whose period is over."""
    now, town.now = town.now, CLOSED
    file, _ = town.filed(plan=plan, unit=unit)
    town.close(file.id, on=CLOSED)
    town.now = now
    return file.id


def closed_file(town: Town) -> UUID:
    """A case file that has to be kept."""
    file, _ = town.filed()
    town.close(file.id, on=town.now)
    return file.id
