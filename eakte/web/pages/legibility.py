"""The worklist of pages that read badly."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import legibility
from eakte.web import forms
from eakte.web.context import Context

ROWS = 50


def page(ctx: Context) -> ResponseReturnValue:
    """Show the pages to look at, worst first, of one unit or of all."""
    unit_id, offset = forms.optional_id("stelle"), forms.whole("ab", 0) or 0
    found = legibility.worklist(ctx.session, ctx.actor, unit_id=unit_id, offset=offset, limit=ROWS, now=ctx.now)
    return ctx.page("legibility.html", found=found, unit_id=unit_id, offset=offset, limit=ROWS)


def settle(ctx: Context, page_id: UUID) -> ResponseReturnValue:
    """Find the page in order as it is."""
    return _back(ctx, legibility.settle(ctx.session, ctx.actor, page_id, now=ctx.now))


def unsettle(ctx: Context, page_id: UUID) -> ResponseReturnValue:
    """Put the page back on the worklist."""
    return _back(ctx, legibility.settle(ctx.session, ctx.actor, page_id, fine=False, now=ctx.now))


def _back(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Go on where the person was: at the worklist, at the item in the inbox, or at the document."""
    if forms.text("back") == "worklist":
        return ctx.go("legibility.page", stelle=forms.optional_id("stelle"), ab=forms.whole("ab") or None)
    if (item_id := forms.optional_id("item")) is not None:
        return ctx.go("inbox.item", item_id=item_id)
    return ctx.go("documents.show", document_id=document_id)
