"""Rights of a case file: who sees it and why, shares, blocks, need-to-know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import choices, rights, rights_view
from eakte.actions.guard import case_file_of
from eakte.actions.rights import Whom
from eakte.actions.sight import SightChange
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import RESTRICTION_LABELS, RestrictionKind
from eakte.records.calendar import end_of
from eakte.web import forms
from eakte.web.context import Context


def page(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show who sees a case file, with the forms for those who may change it."""
    return _page(ctx, case_file_id)


def _page(ctx: Context, case_file_id: UUID, told: SightChange | None = None, asked: str = "") -> ResponseReturnValue:
    return ctx.page(
        "case_file/rights.html",
        view=rights_view.show(ctx.session, ctx.actor, case_file_id, ctx.now),
        units=choices.all_units(ctx.session),
        kinds=[(kind.value, label) for kind, label in RESTRICTION_LABELS.items()],
        told=told,
        asked=asked,
        typed={name: forms.text(name) for name in ("unit", "person", "until", "reason", "kind")},
        section="case_files.listing",
    )


def preview(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show the page with who would gain and lose sight by what was typed; nothing is changed."""
    asked = forms.text("asked", 20)
    told = rights.preview(
        ctx.session,
        ctx.actor,
        case_file_id,
        shared=_whom() if asked == "share" else None,
        blocked=_whom() if asked == "block" else None,
        restricted=forms.text("restricted") == "on" if asked == "restrict" else None,
        now=ctx.now,
    )
    return _page(ctx, case_file_id, told, asked)


def share(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Share the case file."""
    rights.share(
        ctx.session, ctx.actor, case_file_id, _whom(), reason=forms.text("reason"), expires_at=_until(), now=ctx.now
    )
    return ctx.go("rights.page", case_file_id=case_file_id)


def revoke(ctx: Context, case_file_id: UUID, share_id: UUID) -> ResponseReturnValue:
    """End a share."""
    rights.revoke(ctx.session, ctx.actor, case_file_id, share_id, now=ctx.now)
    return ctx.go("rights.page", case_file_id=case_file_id)


def block(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Block the case file for somebody; who blocked themselves goes on to the list."""
    rights.block(
        ctx.session,
        ctx.actor,
        case_file_id,
        _whom(),
        kind=forms.choice("kind", RestrictionKind) or RestrictionKind.LOCK,
        reason=forms.text("reason"),
        until=_until(),
        now=ctx.now,
    )
    return _back(ctx, case_file_id)


def lift(ctx: Context, case_file_id: UUID, block_id: UUID) -> ResponseReturnValue:
    """Lift a block."""
    rights.lift(ctx.session, ctx.actor, case_file_id, block_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("rights.page", case_file_id=case_file_id)


def restrict(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Make the case file need-to-know, or take that back."""
    restricted = forms.text("restricted") == "on"
    rights.set_restricted(
        ctx.session, ctx.actor, case_file_id, restricted=restricted, reason=forms.text("reason"), now=ctx.now
    )
    return _back(ctx, case_file_id)


def _back(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Go back to the page, or to the list if the person took the sight of the file from themselves."""
    try:
        case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    except NotFound:
        return ctx.go("case_files.listing")
    return ctx.go("rights.page", case_file_id=case_file_id)


def _whom() -> Whom:
    unit, person = forms.text("unit", 200).split(" ", 1)[0], forms.text("person", 80)
    if bool(unit) == bool(person):
        raise InvalidInput(problem="Bitte entweder eine Einheit oder eine Person angeben.", field="unit")
    return Whom(unit, person)


def _until() -> datetime | None:
    day = forms.day("until")
    return end_of(day) if day else None
