"""Retention: when a case file may go and why, what starts its period, what holds it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import due_dates, holds
from eakte.actions import events as record
from eakte.actions.events import Evidence
from eakte.api.models import Day, In, Out, Reason, Words
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import MissingReason, MoveRefused
from eakte.records.access import Permission
from retention.model import DisposalAction, Outcome

_FILE = "/case-files/<uuid:case_file_id>"
Trigger = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Z][A-Z0-9_]*$")]


class RetentionRule(Out):
    """The rule a verdict follows."""

    rule_id: str
    title: str
    legal_basis: str
    trigger: str
    trigger_label: str
    months: int | None
    disposal_action: DisposalAction


class DueDate(Out):
    """When a case file may go, and the steps that led to the date."""

    case_file_id: UUID
    reference: str
    outcome: Outcome
    retention_end: date | None
    rule: RetentionRule | None
    steps: list[str]
    on_hold: bool


class Event(Out):
    """An event that starts a period; a corrected one tells when, by whom and why, and counts no more."""

    trigger: str
    happened_on: date
    proof: str = Field(validation_alias="evidence")
    document_id: UUID | None
    recorded_by: str
    recorded_at: datetime
    replaced_at: datetime | None
    replaced_by: str | None
    replaced_because: str | None


class Events(Out):
    """All recorded events of a case file, corrected ones too."""

    items: list[Event]


class NewEvent(In):
    """What happened when, and what proves it: a document of the case file, a note, or both."""

    trigger: Trigger
    happened_on: Day
    proof: Words = ""
    document_id: UUID | None = None


class Correction(In):
    """The right day of an event that is recorded with a wrong one; none: it did not happen."""

    trigger: Trigger
    happened_on: Day | None = None
    proof: Words = ""
    document_id: UUID | None = None
    reason: Reason


class Hold(Out):
    """A disposal hold."""

    hold_id: UUID = Field(validation_alias="id")
    reason: str
    legal_basis: str
    placed_on: date
    placed_by: str
    review_on: date | None
    lifted_on: date | None
    lifted_by: str | None
    lift_reason: str | None


class Holds(Out):
    """All holds of a case file, lifted ones too."""

    items: list[Hold]


class NewHold(In):
    """Why a case file is held back."""

    reason: Reason
    legal_basis: Words = ""
    review_on: Day | None = None


class PlacedHold(Out):
    """The receipt for a hold."""

    hold_id: UUID
    case_file_id: UUID


class Lifting(In):
    """Why a hold is lifted."""

    reason: Reason


class LiftedHold(Out):
    """The receipt for a lifted hold."""

    hold_id: UUID


def show(call: Call, case_file_id: UUID) -> DueDate:
    """Return when a case file may go, and why."""
    return DueDate.model_validate(due_dates.of_case_file(call.session, call.actor, case_file_id, call.now))


def events(call: Call, case_file_id: UUID) -> Events:
    """List the recorded events."""
    found = due_dates.events_of(call.session, call.actor, case_file_id, call.now)
    return Events.model_validate({"items": found}, from_attributes=True)


def record_event(call: Call, case_file_id: UUID, body: NewEvent) -> DueDate:
    """Record an event; the answer is the new due date."""
    record.record_event(
        call.session,
        call.actor,
        case_file_id,
        trigger=body.trigger,
        happened_on=body.happened_on,
        evidence=Evidence(body.proof, body.document_id),
        now=call.now,
    )
    return show(call, case_file_id)


def correct_event(call: Call, case_file_id: UUID, body: Correction) -> DueDate:
    """Correct an event or take it back; the answer is the new due date."""
    record.correct(
        call.session,
        call.actor,
        case_file_id,
        trigger=body.trigger,
        happened_on=body.happened_on,
        evidence=Evidence(body.proof, body.document_id),
        reason=body.reason,
        now=call.now,
    )
    return show(call, case_file_id)


def list_holds(call: Call, case_file_id: UUID) -> Holds:
    """List the holds of a case file."""
    found = due_dates.holds_of(call.session, call.actor, case_file_id, call.now)
    return Holds.model_validate({"items": found}, from_attributes=True)


def place_hold(call: Call, case_file_id: UUID, body: NewHold) -> Answer:
    """Set a hold."""
    hold_id = holds.place(
        call.session,
        call.actor,
        case_file_id,
        reason=body.reason,
        legal_basis=body.legal_basis,
        review_on=body.review_on,
        now=call.now,
    )
    return Answer(PlacedHold(hold_id=hold_id, case_file_id=case_file_id), location=f"/case-files/{case_file_id}/holds")


def lift_hold(call: Call, hold_id: UUID, body: Lifting) -> LiftedHold:
    """Lift a hold."""
    holds.lift(call.session, call.actor, hold_id, reason=body.reason, now=call.now)
    return LiftedHold(hold_id=hold_id)


OPERATIONS = (
    Operation(
        "GET", f"{_FILE}/retention", show, Permission.READ, DueDate, "Aufbewahrungsfrist mit Rechenweg",
        notes="Aus der Datenbank gerechnet, mit dem heutigen Tag und der heute gültigen Regel.",
    ),
    Operation("GET", f"{_FILE}/events", events, Permission.READ, Events, "Ereignisse, die Fristen beginnen lassen"),
    Operation(
        "POST", f"{_FILE}/events", record_event, Permission.EVENT, DueDate, "Ereignis erfassen", body=NewEvent,
        notes="Mit Nachweis: ein Dokument der Akte, ein Vermerk, oder beides.",
    ),
    Operation(
        "POST", f"{_FILE}/events/corrections", correct_event, Permission.EVENT, DueDate,
        "Ereignis berichtigen oder zurücknehmen", body=Correction, problems=(MissingReason,),
        notes="Der falsche Eintrag bleibt mit dem Grund stehen. Ohne Tag ist das Ereignis nicht eingetreten.",
    ),
    Operation("GET", f"{_FILE}/holds", list_holds, Permission.READ, Holds, "Löschsperren einer Akte"),
    Operation(
        "POST", f"{_FILE}/holds", place_hold, Permission.HOLD, PlacedHold, "Löschsperre setzen",
        status=201, body=NewHold, once=True, problems=(MissingReason,),
    ),
    Operation(
        "POST", "/holds/<uuid:hold_id>/lifting", lift_hold, Permission.HOLD, LiftedHold, "Löschsperre aufheben",
        body=Lifting, problems=(MissingReason, MoveRefused),
    ),
)  # fmt: skip
