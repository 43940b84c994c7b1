"""Restrictions of processing (Art. 18 GDPR): set, opened for a purpose, lifted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import restricted_access, restricting
from eakte.actions.restricted_access import RestrictionRow, RestrictionView
from eakte.actions.restricting import AlreadyRestricted, PersonNotInformed, RestrictionLifted, Terms
from eakte.api.models import Day, In, Nothing, Out, Query, Reason, Words
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import MissingReason
from eakte.records.access import Permission
from eakte.records.processing import Ground, Purpose

_RESTRICTION = "/restrictions/<uuid:restriction_id>"
_Login = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S*$")]


class RestrictionsQuery(Query):
    """Which restrictions are listed."""

    lifted: bool = False
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class ProcessingRestriction(Out):
    """A restriction in the list."""

    restriction_id: UUID
    case_file_id: UUID
    document_id: UUID | None
    reference: str
    ground: Ground
    legal_basis: str
    responsible: str
    review_on: date | None
    restricted_at: datetime
    restricted_by: str
    lifted_at: datetime | None
    open_until: datetime | None


class ProcessingRestrictions(Out):
    """A piece of the list."""

    total: int
    items: list[ProcessingRestriction]


class RestrictionOpening(Out):
    """Who opened it when and for what."""

    name: str
    purpose: Purpose
    reason: str
    opened_at: datetime
    open_until: datetime


class WholeRestriction(ProcessingRestriction):
    """One restriction with what was done about it."""

    reason: str
    informed_on: date | None
    informed_how: str
    lifted_by: str | None
    lift_reason: str | None
    holds_disposal: bool
    purposes: list[Purpose]
    openings: list[RestrictionOpening]


class NewRestriction(In):
    """Why something is restricted."""

    ground: Ground
    reason: Reason
    responsible: _Login
    review_on: Day | None = None
    legal_basis: Words = ""


class Opening(In):
    """For what it is opened."""

    purpose: Purpose
    reason: Reason


class Informing(In):
    """When and how the person was told."""

    informed_on: Day
    informed_how: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]


class RestrictionLifting(In):
    """Why a restriction is lifted."""

    reason: Reason


class MadeRestriction(Out):
    """The receipt for a restriction."""

    restriction_id: UUID


class Opened(Out):
    """Until when it is open."""

    open_until: datetime


def listing(call: Call, query: RestrictionsQuery) -> ProcessingRestrictions:
    """List restrictions."""
    rows, total = restricted_access.listing(
        call.session, call.actor, lifted=query.lifted, offset=query.offset, limit=query.limit, now=call.now
    )
    return ProcessingRestrictions(total=total, items=[ProcessingRestriction(**_row(row)) for row in rows])


def show(call: Call, restriction_id: UUID) -> WholeRestriction:
    """Show one restriction."""
    return _whole(restricted_access.show(call.session, call.actor, restriction_id, call.now))


def _row(row: RestrictionRow) -> dict[str, Any]:
    return {
        "restriction_id": row.restriction_id,
        "case_file_id": row.case_file_id,
        "document_id": row.document_id,
        "reference": row.reference,
        "ground": row.ground,
        "legal_basis": row.legal_basis,
        "responsible": row.owner,
        "review_on": row.review_on,
        "restricted_at": row.since,
        "restricted_by": row.set_by,
        "lifted_at": row.until,
        "open_until": row.open_until,
    }


def _whole(view: RestrictionView) -> WholeRestriction:
    return WholeRestriction(
        **_row(view.row),
        reason=view.reason,
        informed_on=view.informed_on,
        informed_how=view.informed_how,
        lifted_by=view.lifted_by,
        lift_reason=view.lift_reason,
        holds_disposal=view.holds,
        purposes=list(view.purposes),
        openings=[
            RestrictionOpening(
                name=one.name, purpose=one.purpose, reason=one.reason, opened_at=one.since, open_until=one.until
            )
            for one in view.openings
        ],
    )


def restrict_file(call: Call, case_file_id: UUID, body: NewRestriction) -> Answer:
    """Restrict a case file."""
    made = restricting.restrict_file(call.session, call.actor, case_file_id, _terms(body), now=call.now)
    return Answer(MadeRestriction(restriction_id=made), location=f"/restrictions/{made}")


def restrict_document(call: Call, document_id: UUID, body: NewRestriction) -> Answer:
    """Restrict a document."""
    made = restricting.restrict_document(call.session, call.actor, document_id, _terms(body), now=call.now)
    return Answer(MadeRestriction(restriction_id=made), location=f"/restrictions/{made}")


def _terms(body: NewRestriction) -> Terms:
    return Terms(body.ground, body.reason, body.responsible, body.review_on, body.legal_basis)


def open_for(call: Call, restriction_id: UUID, body: Opening) -> Opened:
    """Open what is restricted."""
    until = restricted_access.open_for(
        call.session, call.actor, restriction_id, purpose=body.purpose, reason=body.reason, now=call.now
    )
    return Opened(open_until=until)


def close(call: Call, restriction_id: UUID, body: Nothing) -> MadeRestriction:
    """End an opening before its time."""
    del body
    restricted_access.close(call.session, call.actor, restriction_id, now=call.now)
    return MadeRestriction(restriction_id=restriction_id)


def inform(call: Call, restriction_id: UUID, body: Informing) -> MadeRestriction:
    """Note that the person was told."""
    restricting.inform(
        call.session, call.actor, restriction_id, on=body.informed_on, how=body.informed_how, now=call.now
    )
    return MadeRestriction(restriction_id=restriction_id)


def lift(call: Call, restriction_id: UUID, body: RestrictionLifting) -> MadeRestriction:
    """Lift a restriction."""
    restricting.lift(call.session, call.actor, restriction_id, reason=body.reason, now=call.now)
    return MadeRestriction(restriction_id=restriction_id)


_SEES, _DECIDES = Permission.DATA_PROTECTION, Permission.DATA_SUBJECTS
_HOLDS = (MissingReason, RestrictionLifted)
OPERATIONS = (
    Operation(
        "GET", "/restrictions", listing, _SEES, ProcessingRestrictions, "Einschränkungen der Verarbeitung",
        query=RestrictionsQuery,
        notes="Bestehende, oder mit lifted=true die aufgehobenen; was als Nächstes zu prüfen ist, steht vorn.",
    ),
    Operation("GET", _RESTRICTION, show, _SEES, WholeRestriction, "Eine Einschränkung der Verarbeitung"),
    Operation(
        "POST", "/case-files/<uuid:case_file_id>/processing-restriction", restrict_file, _DECIDES, MadeRestriction,
        "Verarbeitung einer Akte einschränken", status=201, body=NewRestriction, once=True,
        problems=(MissingReason, AlreadyRestricted),
        notes="Sofort sieht niemand mehr die Akte; auch für die Person selbst gibt es sie erst nach dem Öffnen wieder.",
    ),
    Operation(
        "POST", "/documents/<uuid:document_id>/processing-restriction", restrict_document, _DECIDES, MadeRestriction,
        "Verarbeitung eines Dokuments einschränken", status=201, body=NewRestriction, once=True,
        problems=(MissingReason, AlreadyRestricted),
    ),
    Operation(
        "POST", f"{_RESTRICTION}/opening", open_for, _SEES, Opened, "Eingeschränktes für einen Zweck öffnen",
        body=Opening, problems=_HOLDS, notes="Für eine halbe Stunde und nur für die Person selbst.",
    ),
    Operation(
        "POST", f"{_RESTRICTION}/closing", close, _SEES, MadeRestriction, "Öffnung beenden", body=Nothing,
        problems=(RestrictionLifted,),
    ),
    Operation(
        "POST", f"{_RESTRICTION}/informing", inform, _DECIDES, MadeRestriction,
        "Unterrichtung der betroffenen Person festhalten", body=Informing, problems=(RestrictionLifted,),
    ),
    Operation(
        "POST", f"{_RESTRICTION}/lifting", lift, _DECIDES, MadeRestriction, "Einschränkung aufheben",
        body=RestrictionLifting, problems=(*_HOLDS, PersonNotInformed),
    ),
)  # fmt: skip
