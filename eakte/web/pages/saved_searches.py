"""Saved searches: keep, share, change and follow them."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import alerts, saved_searches
from eakte.web import asked, forms
from eakte.web.context import Context


def listing(ctx: Context) -> ResponseReturnValue:
    """Show the person's own searches and those shared with them."""
    return ctx.page(
        "find/saved.html",
        section="find.page",
        saved=saved_searches.listing(ctx.session, ctx.actor),
        news=alerts.counts(ctx.session, ctx.actor, ctx.now),
        units=saved_searches.units_to_share_with(ctx.session, ctx.actor),
        asked=asked,
    )


def keep(ctx: Context) -> ResponseReturnValue:
    """Keep the question of this form under a name."""
    name, unit = forms.text("name", 200), forms.text("shared_with", 40)
    made = saved_searches.save(ctx.session, ctx.actor, name, asked.read(1), shared_with=unit, now=ctx.now)
    if forms.text("follow"):
        alerts.follow(ctx.session, ctx.actor, made.id, ctx.now)
    return ctx.go("saved_searches.listing")


def change(ctx: Context, search_id: UUID) -> ResponseReturnValue:
    """Give an own search another name or unit."""
    saved_searches.change(
        ctx.session,
        ctx.actor,
        search_id,
        name=forms.text("name", 200),
        shared_with=forms.text("shared_with", 40),
        revision=forms.whole("revision"),
        now=ctx.now,
    )
    return ctx.go("saved_searches.listing")


def remove(ctx: Context, search_id: UUID) -> ResponseReturnValue:
    """Forget an own search."""
    saved_searches.remove(ctx.session, ctx.actor, search_id, now=ctx.now)
    return ctx.go("saved_searches.listing")


def follow(ctx: Context, search_id: UUID) -> ResponseReturnValue:
    """Tell the person of new hits."""
    alerts.follow(ctx.session, ctx.actor, search_id, ctx.now)
    return ctx.go("saved_searches.listing")


def unfollow(ctx: Context, search_id: UUID) -> ResponseReturnValue:
    """Tell the person no more."""
    alerts.unfollow(ctx.session, ctx.actor, search_id)
    return ctx.go("saved_searches.listing")


def seen(ctx: Context, search_id: UUID) -> ResponseReturnValue:
    """Note that the person has looked at the new hits."""
    alerts.mark_seen(ctx.session, ctx.actor, search_id, ctx.now)
    return ctx.go("saved_searches.listing")
