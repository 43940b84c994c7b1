"""The worklist of pages that read badly."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import legibility, rereading
from eakte.actions.rereading import Order
from eakte.records.languages import Language, offered
from eakte.web import forms
from eakte.web.context import Context
from ingest.languages import installed

ROWS = 50
EVERY, POOR = "alle", "schlechte"
"""What the form sends in place of a page's number."""


def languages(ctx: Context) -> tuple[Language, ...]:
    """Return the languages that can be read here, by their German names."""
    return offered(installed(), ctx.services.settings.ocr_languages)


def of_document(ctx: Context, document_id: UUID, *, version: int | None = None) -> dict[str, Any]:
    """Return what the templates need to tell how well a document was read and to order it anew."""
    return {
        "poor": legibility.of_document(ctx.session, ctx.actor, document_id, ctx.now, version=version),
        "reread": rereading.last_order(ctx.session, ctx.actor, document_id, ctx.now),
        "languages": languages(ctx),
    }


def page(ctx: Context) -> ResponseReturnValue:
    """Show the pages to look at, worst first, of one unit or of all."""
    unit_id, offset = forms.optional_id("stelle"), forms.whole("ab", 0) or 0
    found = legibility.worklist(ctx.session, ctx.actor, unit_id=unit_id, offset=offset, limit=ROWS, now=ctx.now)
    return ctx.page(
        "legibility.html", found=found, unit_id=unit_id, offset=offset, limit=ROWS, languages=languages(ctx)
    )


def settle(ctx: Context, page_id: UUID) -> ResponseReturnValue:
    """Find the page in order as it is."""
    return _back(ctx, legibility.settle(ctx.session, ctx.actor, page_id, now=ctx.now))


def unsettle(ctx: Context, page_id: UUID) -> ResponseReturnValue:
    """Put the page back on the worklist."""
    return _back(ctx, legibility.settle(ctx.session, ctx.actor, page_id, fine=False, now=ctx.now))


def read_again(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Order the document to be read again: all pages, the badly read ones, or one by its number."""
    asked, pages = forms.text("pages", 20), []
    if asked == POOR:
        poor = legibility.of_document(ctx.session, ctx.actor, document_id, ctx.now)
        pages = [page.number for page in poor if not page.settled_by]
    elif asked != EVERY and (number := forms.whole("pages")) is not None:
        pages = [number]
    wanted = Order(request.form.getlist("languages"), pages, insists=forms.text("insists") == "on")
    rereading.order(ctx.session, ctx.actor, document_id, wanted, installed=installed(), now=ctx.now)
    return _back(ctx, document_id)


def _back(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Go on where the person was: at the worklist, at the item in the inbox, or at the document."""
    if forms.text("back") == "worklist":
        return ctx.go("legibility.page", stelle=forms.optional_id("stelle"), ab=forms.whole("ab") or None)
    if (item_id := forms.optional_id("item")) is not None:
        return ctx.go("inbox.item", item_id=item_id)
    return ctx.go("documents.show", document_id=document_id)
