"""What the archive sent and nobody could read, and decisions about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import archive_arrivals
from eakte.actions.archive_arrivals import ArrivalLine
from eakte.api.models import MOST_INT, In, Out, Query
from eakte.api.operation import Call, Operation
from eakte.errors import MissingReason, MoveRefused
from eakte.records.access import Permission
from eakte.records.archive_arrivals import ArrivalDecision


class ArrivalsQuery(Query):
    """Which arrivals are listed."""

    arrival_decided: bool = False
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MOST_INT)


class ArrivalFinding(Out):
    """One thing that stands against an arrival."""

    finding_code: str
    text: str


class ArchiveArrival(Out):
    """Something the archive sent that could not be taken in."""

    arrival_id: UUID
    file_name: str
    sha256: str
    size_bytes: int
    arrived_at: datetime
    arrival_process_id: UUID | None
    arrival_kind: str | None
    xdomea_version: str | None
    label: str
    arrival_findings: list[ArrivalFinding]
    tried_at: datetime | None
    possible_arrival_decisions: list[ArrivalDecision]
    arrival_decision: ArrivalDecision | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None


class ArchiveArrivals(Out):
    """Arrivals, a piece of the list."""

    items: list[ArchiveArrival]
    total: int


class ArrivalDecisions(In):
    """What a person decides about some arrivals."""

    arrival_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    arrival_decision: ArrivalDecision
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""


def listing(call: Call, query: ArrivalsQuery) -> ArchiveArrivals:
    """List arrivals that wait for a decision, or those decided."""
    lines, total = archive_arrivals.listing(
        call.session, call.actor, decided=query.arrival_decided, offset=query.offset, limit=query.limit, now=call.now
    )
    return ArchiveArrivals(items=[_arrival(line) for line in lines], total=total)


def _arrival(line: ArrivalLine) -> ArchiveArrival:
    row = line.row
    return ArchiveArrival(
        arrival_id=row.id,
        file_name=row.name,
        sha256=row.sha256,
        size_bytes=row.size,
        arrived_at=row.arrived_at,
        arrival_process_id=row.process_id,
        arrival_kind=row.kind,
        xdomea_version=row.version,
        label=line.label,
        arrival_findings=[ArrivalFinding(finding_code=each["code"], text=each["text"]) for each in row.findings],
        tried_at=row.tried_at,
        possible_arrival_decisions=list(line.decisions),
        arrival_decision=row.decision,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def decide(call: Call, body: ArrivalDecisions) -> ArchiveArrivals:
    """Decide about arrivals, all or none; return what still waits."""
    archive_arrivals.decide(
        call.session,
        call.actor,
        call.services.objects,
        call.services.settings,
        list(dict.fromkeys(body.arrival_ids)),
        body.arrival_decision,
        reason=body.reason,
        now=call.now,
    )
    call.session.flush()
    return listing(call, ArrivalsQuery())


OPERATIONS = (
    Operation(
        "GET", "/archive-arrivals", listing, Permission.EXCHANGE, ArchiveArrivals,
        "Nicht lesbare Sendungen des Archivs", query=ArrivalsQuery,
    ),
    Operation(
        "POST", "/archive-arrivals/decisions", decide, Permission.EXCHANGE, ArchiveArrivals,
        "Über nicht lesbare Sendungen entscheiden", body=ArrivalDecisions, problems=(MissingReason, MoveRefused),
        notes="Was sich auch jetzt nicht einlesen lässt, bleibt mit seinem neuen Grund in der Liste.",
    ),
)  # fmt: skip
