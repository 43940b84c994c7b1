"""Deputyships: who acts in a post for a time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import deputies
from eakte.api.models import In, Moment, Out
from eakte.api.operation import Answer, Call, Operation
from eakte.records.access import Permission


class Deputy(Out):
    """A running or coming deputyship."""

    deputation_id: UUID
    post_id: UUID
    title: str
    role_name: str
    unit_code: str
    deputy: str
    since: datetime
    ends_at: datetime
    arranged_by: str
    mine: bool


class PostChoice(Out):
    """A post for which a deputyship may be arranged."""

    post_id: UUID
    text: str


class Deputies(Out):
    """Deputyships and the posts for which one may be arranged."""

    items: list[Deputy]
    posts_to_fill: list[PostChoice]


class NewDeputy(In):
    """Who acts in which post for what time."""

    post_id: UUID
    deputy: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    since: Moment
    ends_at: Moment
    remark: Annotated[str, StringConstraints(max_length=500)] = ""


class ArrangedDeputy(Out):
    """The receipt for a deputyship."""

    deputation_id: UUID


def listing(call: Call) -> Deputies:
    """List deputyships."""
    rows = deputies.listing(call.session, call.actor, call.now)
    posts = deputies.posts(call.session, call.actor, call.now)
    return Deputies(items=[_told(row) for row in rows], posts_to_fill=[PostChoice.model_validate(one) for one in posts])


def _told(row: deputies.DeputyRow) -> Deputy:
    same = {name: getattr(row, name) for name in Deputy.model_fields if hasattr(row, name)}
    return Deputy(**same, role_name=row.role, unit_code=row.unit, ends_at=row.until)


def arrange(call: Call, body: NewDeputy) -> Answer:
    """Let somebody act in a post for a time."""
    made = deputies.arrange(
        call.session,
        call.actor,
        body.post_id,
        deputy=body.deputy,
        since=body.since,
        until=body.ends_at,
        reason=body.remark,
        now=call.now,
    )
    return Answer(ArrangedDeputy(deputation_id=made))


def end(call: Call, deputation_id: UUID) -> ArrangedDeputy:
    """End a deputyship at once."""
    deputies.end(call.session, call.actor, deputation_id, now=call.now)
    return ArrangedDeputy(deputation_id=deputation_id)


OPERATIONS = (
    Operation("GET", "/deputies", listing, Permission.DEPUTE, Deputies, "Vertretungen"),
    Operation(
        "POST", "/deputies", arrange, Permission.DEPUTE, ArrangedDeputy, "Vertretung einrichten", status=201,
        body=NewDeputy, once=True,
    ),
    Operation(
        "DELETE", "/deputies/<uuid:deputation_id>", end, Permission.DEPUTE, ArrangedDeputy, "Vertretung beenden"
    ),
)  # fmt: skip
