"""The exchange with the archive: differences, decisions about them, and what the archive owes an answer to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import archive_waiting, differences
from eakte.actions.archive_waiting import Awaited
from eakte.actions.differences import DifferenceLine
from eakte.api.models import MOST_INT, In, Nothing, Out, Query, Reason
from eakte.api.operation import Call, Operation
from eakte.errors import ArchiveNotConfigured, MissingReason, MoveRefused
from eakte.records.access import Permission
from eakte.records.differences import DifferenceDecision


class DifferencesQuery(Query):
    """Which differences are listed."""

    difference_decided: bool = False
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MOST_INT)


class ArchiveDifference(Out):
    """Where a message of the archive does not fit what was sent."""

    difference_id: UUID
    difference_code: str
    label: str
    process_id: UUID
    message_kind: str
    reference: str | None
    case_file_id: UUID | None
    object_id: str | None
    expected: str
    found: str
    blocks: bool
    noticed_at: datetime
    possible_decisions: list[DifferenceDecision]
    difference_decision: DifferenceDecision | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None


class ArchiveDifferences(Out):
    """Differences, a piece of the list."""

    items: list[ArchiveDifference]
    total: int


class DifferenceDecisions(In):
    """What a person decides about some differences."""

    difference_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    difference_decision: DifferenceDecision
    reason: Reason


class AwaitedMessage(Out):
    """A message whose answer is missing."""

    message_row_id: UUID
    process_id: UUID
    message_kind: str
    number: int
    references_waiting: list[str]
    message_at: datetime
    delivered_at: datetime | None
    reminded_at: datetime | None
    answer_due: date
    answer_overdue: bool


class AwaitedMessages(Out):
    """What the archive owes an answer to, soonest due first."""

    items: list[AwaitedMessage]


class Reminder(In):
    """How the archive was reminded."""

    remark: Annotated[str, StringConstraints(max_length=300)] = ""


def listing(call: Call, query: DifferencesQuery) -> ArchiveDifferences:
    """List differences, open ones or those decided."""
    lines, total = differences.listing(
        call.session,
        call.actor,
        decided=query.difference_decided,
        offset=query.offset,
        limit=query.limit,
        now=call.now,
    )
    return ArchiveDifferences(items=[_difference(line) for line in lines], total=total)


def _difference(line: DifferenceLine) -> ArchiveDifference:
    row = line.row
    return ArchiveDifference(
        difference_id=row.id,
        difference_code=row.code,
        label=line.label,
        process_id=row.process_id,
        message_kind=row.message.kind,
        reference=line.file.file_reference if line.file else None,
        case_file_id=row.case_file_id,
        object_id=row.object_id,
        expected=line.expected,
        found=row.found,
        blocks=row.blocks,
        noticed_at=row.noticed_at,
        possible_decisions=list(line.decisions),
        difference_decision=row.decision,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def decide(call: Call, body: DifferenceDecisions) -> ArchiveDifferences:
    """Decide about differences, all or none; return what is still open."""
    differences.decide(
        call.session,
        call.actor,
        call.services.objects,
        list(dict.fromkeys(body.difference_ids)),
        body.difference_decision,
        reason=body.reason,
        gateway=call.services.archive,
        now=call.now,
    )
    call.session.flush()
    return listing(call, DifferencesQuery())


def waiting(call: Call) -> AwaitedMessages:
    """List what waits for an answer."""
    found = archive_waiting.awaited(call.session, call.actor, call.services.settings, call.now)
    return AwaitedMessages(items=[_awaited(one) for one in found])


def _awaited(one: Awaited) -> AwaitedMessage:
    row = one.row
    return AwaitedMessage(
        message_row_id=row.id,
        process_id=row.process_id,
        message_kind=row.kind,
        number=row.number,
        references_waiting=list(one.references),
        message_at=row.at,
        delivered_at=row.sent_at,
        reminded_at=row.reminded_at,
        answer_due=one.due,
        answer_overdue=one.overdue,
    )


def remind(call: Call, body: Reminder, message_row_id: UUID) -> AwaitedMessages:
    """Note a reminder."""
    archive_waiting.remind(
        call.session, call.actor, call.services.settings, message_row_id, note=body.remark, now=call.now
    )
    return waiting(call)


def send_again(call: Call, message_row_id: UUID, body: Nothing) -> AwaitedMessages:
    """Have a message delivered once more."""
    del body
    archive_waiting.send_again(
        call.session, call.actor, call.services.settings, message_row_id, call.services.archive, call.now
    )
    return waiting(call)


_ONE = "/archive-messages/<uuid:message_row_id>"
OPERATIONS = (
    Operation(
        "GET", "/archive-differences", listing, Permission.EXCHANGE, ArchiveDifferences,
        "Abweichungen im Austausch mit dem Archiv", query=DifferencesQuery,
    ),
    Operation(
        "POST", "/archive-differences/decisions", decide, Permission.EXCHANGE, ArchiveDifferences,
        "Über Abweichungen entscheiden", body=DifferenceDecisions,
        problems=(MissingReason, MoveRefused, ArchiveNotConfigured), notes="Alle oder keine.",
    ),
    Operation(
        "GET", "/archive-messages/waiting", waiting, Permission.EXCHANGE, AwaitedMessages,
        "Nachrichten, auf deren Antwort gewartet wird",
    ),
    Operation(
        "POST", f"{_ONE}/reminders", remind, Permission.EXCHANGE, AwaitedMessages,
        "Erinnerung an das Archiv festhalten", body=Reminder,
    ),
    Operation(
        "POST", f"{_ONE}/delivery", send_again, Permission.DISPOSE, AwaitedMessages, "Nachricht noch einmal senden",
        body=Nothing, problems=(ArchiveNotConfigured,),
    ),
)  # fmt: skip
