"""Rights of a case file: shares, blocks, need-to-know; who sees it and why, now and at a past moment."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from eakte.actions import explaining, rights
from eakte.actions.rights import Whom
from eakte.api.models import In, Moment, Out, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import InvalidInput, MissingReason
from eakte.records.access import Permission, RestrictionKind

_FILE = "/case-files/<uuid:case_file_id>"
_Unit = Annotated[str, StringConstraints(max_length=40, pattern=r"^\S*$")]
_Login = Annotated[str, StringConstraints(max_length=80, pattern=r"^\S*$")]


class WhyQuery(Query):
    """Whose sight of a record is explained, and at which moment."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    moment: Moment | None = None


class WhoQuery(Query):
    """At which moment."""

    moment: Moment | None = None


class Why(Out):
    """Whether a person sees a record, and the sentences that lead there."""

    visible: bool
    sentences: list[str]


class Seer(Out):
    """Somebody who sees a record."""

    login: str
    name: str
    sentences: list[str]


class Seers(Out):
    """Everybody who sees a case file."""

    items: list[Seer]


class NewShare(In):
    """With whom a case file is shared: a unit or a person."""

    org_unit_code: _Unit = ""
    login: _Login = ""
    reason: Reason
    expires_at: Moment | None = None


class NewBlock(In):
    """From whom a case file is hidden: a unit or a person."""

    org_unit_code: _Unit = ""
    login: _Login = ""
    restriction: RestrictionKind
    reason: Reason
    expires_at: Moment | None = None


class Restriction(In):
    """Whether only the lead unit and shares open a case file."""

    restricted: bool
    reason: Reason


class RightsLifting(In):
    """Why a block is lifted."""

    reason: Reason


class MadeShare(Out):
    """The receipt for a share."""

    share_id: UUID
    case_file_id: UUID


class MadeBlock(Out):
    """The receipt for a block."""

    block_id: UUID
    case_file_id: UUID


class ChangedRights(Out):
    """The receipt for changed rights."""

    case_file_id: UUID


def why(call: Call, case_file_id: UUID, query: WhyQuery) -> Why:
    """Explain whether a person sees a case file."""
    found = explaining.why(call.session, call.actor, query.login, case_file_id, at=query.moment, now=call.now)
    return Why.model_validate(found)


def why_document(call: Call, document_id: UUID, query: WhyQuery) -> Why:
    """Explain whether a person sees a document."""
    found = explaining.why_document(call.session, call.actor, query.login, document_id, at=query.moment, now=call.now)
    return Why.model_validate(found)


def who(call: Call, case_file_id: UUID, query: WhoQuery) -> Seers:
    """List everybody who sees a case file."""
    found = explaining.who(call.session, call.actor, case_file_id, at=query.moment, now=call.now)
    return Seers.model_validate({"items": found}, from_attributes=True)


def _whom(body: NewShare | NewBlock) -> Whom:
    if bool(body.org_unit_code) == bool(body.login):
        raise InvalidInput(problem="Bitte entweder eine Organisationseinheit oder eine Person nennen.", field="login")
    return Whom(body.org_unit_code, body.login)


def share(call: Call, case_file_id: UUID, body: NewShare) -> Answer:
    """Share a case file."""
    made = rights.share(
        call.session,
        call.actor,
        case_file_id,
        _whom(body),
        reason=body.reason,
        expires_at=body.expires_at,
        now=call.now,
    )
    return Answer(MadeShare(share_id=made, case_file_id=case_file_id))


def revoke(call: Call, case_file_id: UUID, share_id: UUID) -> ChangedRights:
    """End a share."""
    rights.revoke(call.session, call.actor, case_file_id, share_id, now=call.now)
    return ChangedRights(case_file_id=case_file_id)


def block(call: Call, case_file_id: UUID, body: NewBlock) -> Answer:
    """Hide a case file from somebody."""
    made = rights.block(
        call.session,
        call.actor,
        case_file_id,
        _whom(body),
        kind=body.restriction,
        reason=body.reason,
        until=body.expires_at,
        now=call.now,
    )
    return Answer(MadeBlock(block_id=made, case_file_id=case_file_id))


def lift(call: Call, case_file_id: UUID, block_id: UUID, body: RightsLifting) -> ChangedRights:
    """Lift a block."""
    rights.lift(call.session, call.actor, case_file_id, block_id, reason=body.reason, now=call.now)
    return ChangedRights(case_file_id=case_file_id)


def restrict(call: Call, case_file_id: UUID, body: Restriction) -> ChangedRights:
    """Make a case file need-to-know, or take that back."""
    rights.set_restricted(
        call.session, call.actor, case_file_id, restricted=body.restricted, reason=body.reason, now=call.now
    )
    return ChangedRights(case_file_id=case_file_id)


OPERATIONS = (
    Operation(
        "GET", f"{_FILE}/why", why, Permission.RIGHTS, Why, "Warum eine Person die Akte sieht", query=WhyQuery,
        notes="Auch für einen früheren Zeitpunkt; geprüft wird mit derselben Regel, die den Zugriff entscheidet.",
    ),
    Operation("GET", f"{_FILE}/who", who, Permission.RIGHTS, Seers, "Wer die Akte sieht", query=WhoQuery),
    Operation(
        "GET", "/documents/<uuid:document_id>/why", why_document, Permission.RIGHTS, Why,
        "Warum eine Person das Dokument sieht", query=WhyQuery,
    ),
    Operation(
        "POST", f"{_FILE}/shares", share, Permission.SHARE, MadeShare, "Akte freigeben", status=201, body=NewShare,
        once=True, problems=(MissingReason,),
    ),
    Operation(
        "DELETE", f"{_FILE}/shares/<uuid:share_id>", revoke, Permission.SHARE, ChangedRights, "Freigabe beenden",
    ),
    Operation(
        "POST", f"{_FILE}/blocks", block, Permission.RESTRICT, MadeBlock, "Sperrvermerk setzen", status=201,
        body=NewBlock, once=True, problems=(MissingReason,),
    ),
    Operation(
        "POST", f"{_FILE}/blocks/<uuid:block_id>/lifting", lift, Permission.RESTRICT, ChangedRights,
        "Sperrvermerk aufheben", body=RightsLifting, problems=(MissingReason,),
    ),
    Operation(
        "POST", f"{_FILE}/restriction", restrict, Permission.RESTRICT, ChangedRights,
        "Nur für zuständige Einheit und Freigaben öffnen", body=Restriction, problems=(MissingReason,),
    ),
)  # fmt: skip
