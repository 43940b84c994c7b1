"""Follow-ups (Wiedervorlagen): what is to be seen again, when and by whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import follow_up_view, follow_ups
from eakte.actions.follow_up_view import After, Asked
from eakte.actions.follow_ups import FollowUpDone, NewFollowUp
from eakte.api import paging
from eakte.api.models import Day, In, Out, Page, PageQuery
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import CaseFileClosed, MissingReason
from eakte.records.access import Permission
from eakte.records.follow_ups import Due

_FOLLOW_UP = "/follow-ups/<uuid:follow_up_id>"
Text = Annotated[str, StringConstraints(min_length=1, max_length=follow_ups.LONGEST, pattern=r"\S")]


class FollowUpsQuery(PageQuery):
    """Which follow-ups are listed."""

    due: Due | None = None
    everybody: bool = False
    case_file_id: UUID | None = None


class FollowUp(Out):
    """A follow-up."""

    follow_up_id: UUID
    follow_up_on: date
    due: Due
    occasion: str
    login: str
    org_unit_code: str
    addressee: str
    case_file_id: UUID
    case_id: UUID | None
    document_id: UUID | None
    reference: str
    subject: str
    follow_up_by: str
    follow_up_at: datetime
    postponed_because: str
    finished_on: date | None
    finished_by: str | None
    came_of_it: str
    revision: int


class FollowUps(Page[FollowUp]):
    """A piece of the list of follow-ups, the oldest day first."""

    total: int


class FollowUpOrder(In):
    """What is to be seen again: exactly one record; when, why and by whom; without an addressee by oneself."""

    follow_up_on: Day
    occasion: Text
    case_file_id: UUID | None = None
    case_id: UUID | None = None
    document_id: UUID | None = None
    login: Annotated[str, StringConstraints(max_length=80)] = ""
    org_unit_code: Annotated[str, StringConstraints(max_length=40)] = ""


class FollowUpSet(Out):
    """The receipt for a follow-up."""

    follow_up_id: UUID


class Postponement(In):
    """To which day a follow-up is put off, and why."""

    follow_up_on: Day
    postponed_because: Text


class Completion(In):
    """What came of a follow-up."""

    came_of_it: Text


class _At(paging.Place):
    day: date
    follow_up_id: UUID


def listing(call: Call, query: FollowUpsQuery) -> FollowUps:
    """List follow-ups."""
    at = paging.place(query, _At)
    rows, total = follow_up_view.listing(
        call.session,
        call.actor,
        Asked(query.due, mine=not query.everybody, case_file_id=query.case_file_id),
        offset=After(at.day, at.follow_up_id) if at else 0,
        limit=query.limit + 1,
        now=call.now,
    )
    shown = [_shown(row) for row in rows]
    found: FollowUps = paging.page(
        FollowUps, query, shown, lambda row: _At(day=row.follow_up_on, follow_up_id=row.follow_up_id), total=total
    )
    return found


def show(call: Call, follow_up_id: UUID) -> Answer:
    """Show one follow-up."""
    row = follow_up_view.show(call.session, call.actor, follow_up_id, call.now)
    return Answer(_shown(row), revision=row.revision)


def put(call: Call, body: FollowUpOrder) -> Answer:
    """Set a follow-up."""
    wanted = NewFollowUp(
        due_on=body.follow_up_on,
        note=body.occasion,
        case_file_id=body.case_file_id,
        case_id=body.case_id,
        document_id=body.document_id,
        login=body.login,
        org_unit_code=body.org_unit_code,
    )
    row = follow_ups.put(call.session, call.actor, wanted, call.now)
    return Answer(FollowUpSet(follow_up_id=row.id), location=f"/follow-ups/{row.id}")


def postpone(call: Call, follow_up_id: UUID, body: Postponement) -> Answer:
    """Put a follow-up off."""
    follow_ups.postpone(
        call.session,
        call.actor,
        follow_up_id,
        due_on=body.follow_up_on,
        reason=body.postponed_because,
        revision=call.seen,
        now=call.now,
    )
    return show(call, follow_up_id)


def finish(call: Call, follow_up_id: UUID, body: Completion) -> Answer:
    """Say that a follow-up is done."""
    follow_ups.finish(call.session, call.actor, follow_up_id, reason=body.came_of_it, revision=call.seen, now=call.now)
    return show(call, follow_up_id)


def _shown(row: follow_up_view.FollowUpRow) -> FollowUp:
    return FollowUp(
        follow_up_id=row.follow_up_id,
        follow_up_on=row.due_on,
        due=row.due,
        occasion=row.note,
        login=row.login,
        org_unit_code=row.org_unit_code,
        addressee=row.addressee,
        case_file_id=row.case_file_id,
        case_id=row.case_id,
        document_id=row.document_id,
        reference=row.reference,
        subject=row.subject,
        follow_up_by=row.set_by,
        follow_up_at=row.set_at,
        postponed_because=row.postponed_because,
        finished_on=row.done_on,
        finished_by=row.done_by,
        came_of_it=row.outcome,
        revision=row.revision,
    )


OPERATIONS = (
    Operation(
        "GET", "/follow-ups", listing, Permission.READ, FollowUps, "Wiedervorlagen auflisten", query=FollowUpsQuery,
        notes="Ohne `everybody` die für die Person, für die von ihr Vertretenen und für ihre Stellen; ohne `due` alle "
        "offenen.",
    ),
    Operation("GET", _FOLLOW_UP, show, Permission.READ, FollowUp, "Eine Wiedervorlage", tagged=True),
    Operation(
        "POST", "/follow-ups", put, Permission.FILE, FollowUpSet, "Wiedervorlage setzen", status=201,
        body=FollowUpOrder, once=True, problems=(CaseFileClosed,),
        notes="Genau eines von `case_file_id`, `case_id` und `document_id`. Eine Wiedervorlage öffnet nichts: Wer die "
        "Akte nicht sehen darf, sieht auch sie nicht.",
    ),
    Operation(
        "POST", f"{_FOLLOW_UP}/postponement", postpone, Permission.FILE, FollowUp, "Wiedervorlage verschieben",
        body=Postponement, current=show, tagged=True, problems=(FollowUpDone, MissingReason),
    ),
    Operation(
        "POST", f"{_FOLLOW_UP}/completion", finish, Permission.FILE, FollowUp, "Wiedervorlage erledigen",
        body=Completion, current=show, tagged=True, problems=(FollowUpDone, MissingReason),
    ),
)  # fmt: skip
