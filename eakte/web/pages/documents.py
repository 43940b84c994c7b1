"""One document: its viewer, page images, words and files."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue

from eakte.actions import documents
from eakte.web import forms, viewer
from eakte.web.context import Context
from eakte.web.files import image as send_image
from eakte.web.files import send


def show(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show a document; ``q`` marks the words that were searched for."""
    query = forms.text("q", 300)
    pages = viewer.of_document(ctx, document_id, query)
    return ctx.page(
        "document.html",
        document=documents.show(ctx.session, ctx.actor, document_id, ctx.now),
        document_id=document_id,
        pages=pages,
        query_text=query,
        hits=sum(len(sheet.found) for sheet in pages),
        section="case_files.listing",
    )


def image(ctx: Context, document_id: UUID, number: int) -> ResponseReturnValue:
    """Send a page image."""
    return send_image(ctx, documents.page(ctx.session, ctx.actor, document_id, number, ctx.now).image)


def thumbnail(ctx: Context, document_id: UUID, number: int) -> ResponseReturnValue:
    """Send a small page image."""
    return send_image(ctx, documents.page(ctx.session, ctx.actor, document_id, number, ctx.now).thumbnail)


def words(ctx: Context, document_id: UUID, number: int) -> ResponseReturnValue:
    """Return the words of a page with their boxes, for the selectable layer over its image."""
    page = documents.page(ctx.session, ctx.actor, document_id, number, ctx.now)
    return jsonify([word[:5] for word in page.words])


def text(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Return the text of all pages."""
    sizes = documents.outline(ctx.session, ctx.actor, document_id, ctx.now)
    pages = [documents.page(ctx.session, ctx.actor, document_id, size.number, ctx.now) for size in sizes]
    return ctx.part("parts/fulltext.html", pages=pages)


def original(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Send the original; the history tells who took it."""
    return send(ctx, documents.original(ctx.session, ctx.actor, document_id, ctx.now))


def pdf(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Send the searchable PDF; the history tells who took it."""
    return send(ctx, documents.rendition(ctx.session, ctx.actor, document_id, "searchable_pdf", ctx.now))
