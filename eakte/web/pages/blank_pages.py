"""Blank pages that are left out of the viewer, and the one step that brings them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import blank_pages, inbox
from eakte.web import forms, viewer
from eakte.web.context import Context


def of_document(ctx: Context, document_id: UUID, *, version: int | None = None) -> dict[str, Any]:
    """Return what the viewer needs to leave blank pages out."""
    return {"blanks": blank_pages.of_document(ctx.session, ctx.actor, document_id, ctx.now, version=version)}


def decide(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show the blank pages of a document, or leave them out; htmx gets the viewer alone, so that nothing typed goes."""
    shown = forms.text("shown") == "1"
    blank_pages.show(ctx.session, ctx.actor, document_id, shown=shown, now=ctx.now)
    item_id, query, version = forms.optional_id("item"), forms.text("q", 300), forms.whole("fassung")
    if not ctx.partial:
        if item_id is not None:
            return ctx.go("inbox.item", item_id=item_id)
        return ctx.go("documents.show", document_id=document_id, q=query or None, fassung=version)
    shown_now = _shown(ctx, document_id, item_id, query, version)
    return ctx.part("parts/viewer.html", document_id=document_id, item_id=item_id, **shown_now)


def _shown(ctx: Context, document_id: UUID, item_id: UUID | None, query: str, version: int | None) -> dict[str, Any]:
    told = of_document(ctx, document_id, version=version)
    if item_id is None:
        pages = viewer.of_document(ctx, document_id, query, version=version)
        return {"pages": pages, "version": version, "query_text": query, **told}
    view = inbox.show(ctx.session, ctx.actor, item_id, ctx.now)
    pages, numbers, named = viewer.of_item(ctx, view)
    return {"pages": pages, "has_proofs": bool(numbers or named), **told}
