"""What becomes of a document: checked out and in, further versions, signed off, voided."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import document_life, documents, versions
from eakte.actions.versions import NewVersion
from eakte.errors import InvalidInput
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import send
from eakte.web.pages.upload import Arrived


def check_out(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Check the document out, until a day if one is given."""
    document_life.check_out(ctx.session, ctx.actor, document_id, until=forms.day("until"), now=ctx.now)
    return _back(ctx, document_id)


def check_in(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Give the document back."""
    document_life.check_in(ctx.session, ctx.actor, document_id, ctx.now)
    return _back(ctx, document_id)


def break_lock(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Take the document back from who has it, with a reason."""
    document_life.break_lock(ctx.session, ctx.actor, document_id, reason=forms.text("reason"), now=ctx.now)
    return _back(ctx, document_id)


def finalise(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Sign the document off."""
    revision = forms.whole("revision")
    document_life.finalise(ctx.session, ctx.actor, document_id, revision=revision, now=ctx.now)
    return _back(ctx, document_id)


def void(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Void the document, with a reason."""
    document_life.void(ctx.session, ctx.actor, document_id, reason=forms.text("reason"), now=ctx.now)
    return _back(ctx, document_id)


def add_version(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Take a further version; its bytes were stored before the transaction began."""
    arrived: list[Arrived] = ctx.prepared
    if not arrived or arrived[0].stored is None:
        refused = arrived[0].refused if arrived else ""
        raise InvalidInput(problem=f"Bitte wählen Sie eine Datei aus. {refused}".strip(), field="files")
    new = NewVersion(
        stored=arrived[0].stored,
        filename=arrived[0].filename,
        remark=forms.text("remark", 500),
        based_on=forms.whole("based_on"),
        check_in=forms.text("check_in") == "on",
    )
    versions.receive(ctx.session, ctx.services.objects, ctx.actor, document_id, new, ctx.now)
    return _back(ctx, document_id)


def retry_version(ctx: Context, upload_id: UUID) -> ResponseReturnValue:
    """Read a version again that could not be read."""
    return _back(ctx, versions.retry(ctx.session, ctx.actor, upload_id, ctx.now))


def discard_version(ctx: Context, upload_id: UUID) -> ResponseReturnValue:
    """Give a version up that could not be read."""
    return _back(ctx, versions.discard(ctx.session, ctx.actor, upload_id, ctx.now))


def original(ctx: Context, document_id: UUID, number: int) -> ResponseReturnValue:
    """Send the original of a version; the history tells who took it."""
    return send(ctx, documents.original(ctx.session, ctx.actor, document_id, ctx.now, version=number))


def rendition(ctx: Context, document_id: UUID, number: int, kind: str) -> ResponseReturnValue:
    """Send a derived file of a version; the history tells who took it."""
    return send(ctx, documents.rendition(ctx.session, ctx.actor, document_id, kind, ctx.now, version=number))


def _back(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    return ctx.go("documents.show", document_id=document_id)
