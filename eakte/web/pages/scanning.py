"""The scanning desk: batches, what stopped them, their inspection and their paper."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import request, send_file
from flask.typing import ResponseReturnValue

from eakte.actions import blank_pages, choices, inspection, scan_view, scanning, transfer_notes
from eakte.actions.pictures import Picture
from eakte.actions.scanning import Decision, NewBatch
from eakte.errors import InvalidInput
from eakte.records.languages import language_names
from eakte.records.scanning import BATCH_LABELS, PROTECTION_LABELS, ROLE_LABELS, PageRole, Protection
from eakte.settings import release
from eakte.web import forms
from eakte.web.context import Context, Later
from eakte.web.files import attachment
from eakte.web.files import image as send_image
from eakte.web.pages.legibility import languages
from eakte.web.pages.upload import Arrived
from ingest.languages import installed
from retention import certificate_page
from retention.certificate import FONTS

ROWS = 50
TURNS = ((0, "wie gescannt"), (90, "nach rechts drehen"), (180, "auf den Kopf drehen"), (270, "nach links drehen"))
_NAMES: dict[str, Any] = {
    "states": BATCH_LABELS,
    "protections": PROTECTION_LABELS,
    "roles": ROLE_LABELS,
    "turns": TURNS,
    "section": "scanning.listing",
}


def listing(ctx: Context) -> ResponseReturnValue:
    """Show the batches and a form for a new one."""
    offset = forms.whole("ab", 0) or 0
    found = scan_view.listing(ctx.session, ctx.actor, limit=ROWS + 1, offset=offset)
    units = choices.units(ctx.session, ctx.actor)
    return ctx.page(
        "scanning/listing.html", rows=found[:ROWS], more=len(found) > ROWS, offset=offset, limit=ROWS, units=units,
        languages=languages(ctx), **_NAMES,
    )  # fmt: skip


def open_batch(ctx: Context) -> ResponseReturnValue:
    """Open a batch."""
    new = NewBatch(
        unit_code=forms.text("unit", 40),
        device=forms.text("device", 200),
        documents=forms.whole("documents", 0) or 0,
        pages=forms.whole("pages"),
        label=forms.text("label", 200),
        profile=forms.text("profile", 200),
        post_processing=forms.text("post_processing", 400),
        procedure=forms.text("procedure", 200),
        protection=forms.choice("protection", Protection) or Protection.NORMAL,
        paper_place=forms.text("paper_place", 200),
        paper_until=forms.day("paper_until"),
        software=release(),
        languages=request.form.getlist("languages"),
    )
    return _to(ctx, scanning.open_batch(ctx.session, ctx.actor, new, installed=installed(), now=ctx.now).id)


def _to(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    return ctx.go("scanning.show", batch_id=batch_id)


def show(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Show one batch with what is to be done next."""
    view = scan_view.show(ctx.session, ctx.actor, batch_id, _must_stay(ctx), ctx.now)
    read_with = language_names(view.batch.languages or ctx.services.settings.ocr_languages)
    return ctx.page("scanning/batch.html", view=view, batch=view.batch, read_with=read_with, **_NAMES)


def _must_stay(ctx: Context) -> list[str]:
    return [kind.strip() for kind in ctx.services.settings.paper_must_stay.split(",") if kind.strip()]


def add(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Add files from the scanner."""
    arrived: list[Arrived] = ctx.prepared
    if not arrived:
        raise InvalidInput(problem="Bitte wählen Sie mindestens eine Datei aus.", field="files")
    for file in arrived:
        if file.stored is None:
            raise InvalidInput(problem=f"{file.filename}: {file.refused}.", field="files")
        scanning.add_scan(ctx.session, ctx.services.objects, ctx.actor, batch_id, file.stored, file.filename, ctx.now)
    return _to(ctx, batch_id)


def finish(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Say that everything is scanned."""
    scanning.finish(ctx.session, ctx.actor, batch_id, ctx.now)
    return _to(ctx, batch_id)


def decide(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Decide about a stopped batch."""
    decision = forms.choice("decision", Decision)
    if decision is None:
        raise InvalidInput(problem="Bitte wählen Sie, wie es weitergeht.", field="decision")
    scanning.decide(
        ctx.session, ctx.actor, batch_id, decision, reason=forms.text("reason"), pages=_pages(), now=ctx.now
    )
    return _to(ctx, batch_id)


def _pages() -> dict[UUID, tuple[PageRole, int]]:
    found = {}
    for name, role in request.form.items():
        kind, _, page_id = name.partition(".")
        if kind == "role" and role in set(PageRole):
            turn = forms.whole(f"turn.{page_id}", 0) or 0
            found[UUID(page_id)] = (PageRole(role), turn if turn in dict(TURNS) else 0)
    return found


def decide_blanks(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Show the blank pages of all documents of a batch, or leave them out."""
    shown = forms.text("shown") == "1"
    blank_pages.show_batch(ctx.session, ctx.actor, batch_id, shown=shown, now=ctx.now)
    return _to(ctx, batch_id)


def thumbnail(ctx: Context, batch_id: UUID, page_id: UUID) -> Later:
    """Send a small image of a scanned page that is not filed yet."""
    return send_image(ctx, Picture(scan_view.page_of(ctx.session, ctx.actor, batch_id, page_id, ctx.now).thumbnail))


def image(ctx: Context, batch_id: UUID, page_id: UUID) -> Later:
    """Send the image of a scanned page that is not filed yet."""
    return send_image(ctx, Picture(scan_view.page_of(ctx.session, ctx.actor, batch_id, page_id, ctx.now).image))


def inspect(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Begin the visual inspection."""
    settings = ctx.services.settings
    rule = inspection.Rule(settings.inspection_percent, settings.inspection_least)
    full = forms.text("kind") == inspection.FULL
    inspection.begin(ctx.session, ctx.actor, batch_id, rule, full=full, now=ctx.now)
    return _to(ctx, batch_id)


def inspected(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Take the result of the visual inspection."""
    told: dict[str, dict[UUID, str]] = {"seen": {}, "fault": {}}
    for name, text in request.form.items():
        kind, _, item_id = name.partition(".")
        if kind in told and text.strip():
            told[kind][UUID(item_id)] = text.strip()[:1_000]
    inspection.finish(ctx.session, ctx.actor, batch_id, seen=told["seen"], faults=told["fault"], now=ctx.now)
    return _to(ctx, batch_id)


def release_paper(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Release the paper for destruction."""
    inspection.release_paper(ctx.session, ctx.actor, batch_id, _must_stay(ctx), ctx.now)
    return _to(ctx, batch_id)


def destroyed(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Note that the paper was destroyed."""
    inspection.paper_destroyed(ctx.session, ctx.actor, batch_id, forms.day("on"), ctx.now)
    return _to(ctx, batch_id)


def note_json(ctx: Context, batch_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Send a transfer note for programs, byte for byte as its hash stands in the history."""
    del batch_id
    row = transfer_notes.note_of(ctx.session, ctx.actor, item_id, ctx.now)
    return attachment(row.note, "application/json; charset=utf-8", f"transfervermerk-{item_id}.json")


def note_pdf(ctx: Context, batch_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Send a transfer note for people."""
    del batch_id
    row = transfer_notes.note_of(ctx.session, ctx.actor, item_id, ctx.now)
    sections = tuple((title, tuple(lines)) for title, lines in transfer_notes.lines_of(json.loads(row.note)))
    page = certificate_page.Page(
        "Transfervermerk", ctx.services.settings.city, sections, row.note_sha256, row.created_at
    )
    pdf = BytesIO(certificate_page.render(page, FONTS))
    return send_file(pdf, "application/pdf", as_attachment=True, download_name=f"transfervermerk-{item_id}.pdf")
