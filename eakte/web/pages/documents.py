"""One document: its viewer, page images, words and files."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue

from eakte.actions import arranging_view, attachments, documents, pictures, places, sharing, versions
from eakte.actions.documents import PageView
from eakte.web import forms, viewer
from eakte.web.context import Context, Later
from eakte.web.files import image as send_image
from eakte.web.files import send
from eakte.web.pages import blank_pages, legibility


def show(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show a document; ``q`` marks the words that were searched for, ``fassung`` asks for an older version."""
    query = forms.text("q", 300)
    version = forms.whole("fassung")
    pages = viewer.of_document(ctx, document_id, query, version=version)
    return ctx.page(
        "document.html",
        document=documents.show(ctx.session, ctx.actor, document_id, ctx.now),
        document_id=document_id,
        shared=sharing.shared(ctx.session, ctx.actor, document_id, ctx.now),
        former=places.former(ctx.session, ctx.actor, document_id, ctx.now),
        family=attachments.of_document(ctx.session, ctx.actor, document_id, ctx.now),
        origins=arranging_view.origins_of_document(ctx.session, ctx.actor, document_id, ctx.now),
        life=versions.life(ctx.session, ctx.actor, document_id, ctx.now),
        version=version,
        **legibility.of_document(ctx, document_id, version=version),
        **blank_pages.of_document(ctx, document_id, version=version),
        pages=pages,
        query_text=query,
        hits=sum(len(sheet.found) for sheet in pages),
        section="case_files.listing",
    )


def image(ctx: Context, document_id: UUID, number: int) -> Later:
    """Send a page image."""
    return _image(ctx, document_id, number)


def thumbnail(ctx: Context, document_id: UUID, number: int) -> Later:
    """Send a small page image."""
    return _image(ctx, document_id, number, small=True)


def _image(ctx: Context, document_id: UUID, number: int, *, small: bool = False) -> Later:
    version = forms.whole("fassung")
    found = pictures.picture(ctx.session, ctx.actor, document_id, number, ctx.now, version=version, small=small)
    return send_image(ctx, found)


def words(ctx: Context, document_id: UUID, number: int) -> ResponseReturnValue:
    """Return the words of a page with their boxes, for the selectable layer over its image."""
    return jsonify([word[:5] for word in _page(ctx, document_id, number).words])


def _page(ctx: Context, document_id: UUID, number: int) -> PageView:
    version = forms.whole("fassung")
    return documents.page(ctx.session, ctx.actor, document_id, number, ctx.now, version=version)


def text(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Return the text of all pages."""
    version = forms.whole("fassung")
    sizes = documents.outline(ctx.session, ctx.actor, document_id, ctx.now, version=version)
    return ctx.part("parts/fulltext.html", pages=[_page(ctx, document_id, size.number) for size in sizes])


def original(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Send the original; the history tells who took it."""
    return send(ctx, documents.original(ctx.session, ctx.actor, document_id, ctx.now))


def pdf(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Send the searchable PDF; the history tells who took it."""
    return send(ctx, documents.rendition(ctx.session, ctx.actor, document_id, "searchable_pdf", ctx.now))
