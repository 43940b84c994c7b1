"""Deputyships: of one's own post, and of the posts one arranges them for."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import deputies
from eakte.errors import InvalidInput
from eakte.records.calendar import end_of, start_of
from eakte.web import forms
from eakte.web.context import Context


def page(ctx: Context) -> ResponseReturnValue:
    """Show running and coming deputyships, with the form for a new one."""
    return ctx.page(
        "deputies.html",
        rows=deputies.listing(ctx.session, ctx.actor, ctx.now),
        posts=deputies.posts(ctx.session, ctx.actor, ctx.now),
    )


def arrange(ctx: Context) -> ResponseReturnValue:
    """Arrange a deputyship."""
    first, last = forms.day("since"), forms.day("until")
    if last is None:
        raise InvalidInput(problem="Bitte angeben, bis wann die Vertretung dauert.", field="until")
    deputies.arrange(
        ctx.session,
        ctx.actor,
        forms.needed_id("post_id", "Bitte eine Stelle auswählen."),
        deputy=forms.text("deputy", 80),
        since=start_of(first) if first else ctx.now,
        until=end_of(last),
        reason=forms.text("reason", 300),
        now=ctx.now,
    )
    return ctx.go("deputies.page")


def end(ctx: Context, deputation_id: UUID) -> ResponseReturnValue:
    """End a deputyship at once."""
    deputies.end(ctx.session, ctx.actor, deputation_id, now=ctx.now)
    return ctx.go("deputies.page")
