"""The inbox: list, pages and proposal; filing with one key; faults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from eakte.actions import (
    arranging_view,
    attachments,
    case_lists,
    case_proposals,
    choices,
    documents,
    filing,
    inbox,
    metadata,
    receipts,
)
from eakte.actions.documents import DocumentView
from eakte.actions.filing import Filing
from eakte.actions.inbox import InboxPage, ItemView, ProposedFile
from eakte.actions.mention_fields import suggested
from eakte.actions.proposals import BAND_LABELS, Band
from eakte.errors import NotFound
from eakte.records.states import CaseFileState, ItemState
from eakte.web import forms, inputs, viewer
from eakte.web.context import Context
from eakte.web.files import attachment, send
from eakte.web.inputs import Input
from eakte.web.pages import blank_pages, declared, legibility

ROWS = 50
PROOFS = {"pdf": "application/pdf", "json": "application/json"}
"""Forms of the proof of receipt."""
NEW_CASE = "new"
"""What the form sends in place of a case's id."""
LOOK_AHEAD = 20
"""Rows looked through for the next item that waits for a decision."""
SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case file to choose; ``percent`` ``None`` was chosen by hand."""

    case_file_id: UUID
    reference: str
    subject: str
    percent: int | None
    reason: str = ""


def start(ctx: Context) -> ResponseReturnValue:
    """Show the inbox with its first item."""
    rows = _listing(ctx)
    first = next((row.item_id for row in rows.rows if row.state is ItemState.WAITING), None)
    return _whole(ctx, rows, _view(ctx, first))


def item(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Show one item: the work beside the list for htmx, else the whole inbox with it."""
    view = inbox.show(ctx.session, ctx.actor, item_id, ctx.now)
    if ctx.partial:
        return ctx.part("inbox/work.html", **_work(ctx, view))
    return _whole(ctx, _listing(ctx), view)


def _whole(ctx: Context, rows: InboxPage, view: ItemView | None) -> ResponseReturnValue:
    filed = _just_filed(ctx)
    return ctx.page(
        "inbox.html",
        list=rows,
        section="inbox.start",
        bands=BAND_LABELS,
        filed=filed,
        **_work(ctx, view),
    )


def _just_filed(ctx: Context) -> DocumentView | None:
    """Return the document that was filed a moment ago, for the message; taken back, it is none."""
    document_id = forms.optional_id("abgelegt")
    if document_id is None:
        return None
    view = documents.show(ctx.session, ctx.actor, document_id, ctx.now)
    return view if view.case_file_id else None


def _listing(ctx: Context) -> InboxPage:
    return inbox.listing(
        ctx.session,
        ctx.actor,
        band=forms.choice("band", Band),
        after=forms.optional_id("after"),
        limit=ROWS,
        now=ctx.now,
    )


def _view(ctx: Context, item_id: UUID | None) -> ItemView | None:
    return inbox.show(ctx.session, ctx.actor, item_id, ctx.now) if item_id else None


def _work(ctx: Context, view: ItemView | None, chosen_id: UUID | None = None) -> dict[str, Any]:
    """Return what the templates of pages and proposal need."""
    band = forms.choice("band", Band)
    if view is None:
        return {"view": None, "chosen_band": band}
    chosen = _chosen(ctx, view, chosen_id or forms.optional_id("akte"))
    selected = chosen.case_file_id if chosen else view.preselected
    proposed = [_candidate(one) for one in view.case_files]
    extra = [chosen] if chosen and chosen.percent is None else []
    pages, numbers, named = viewer.of_item(ctx, view)
    return {
        "view": view,
        "origins": arranging_view.origins(ctx.session, ctx.actor, view.row.item_id, ctx.now),
        "chosen_band": band,
        "chosen": chosen,
        "selected": selected,
        "candidates": [*extra, *proposed][:4],
        **_cases(ctx, view.row.item_id, selected),
        "pages": pages,
        **(_of_document(ctx, view.document_id) if view.document_id else {}),
        "numbers": numbers,
        "named": named,
        "has_proofs": bool(numbers or named),
        **declared.unasked(ctx),
        "asked": _asked(ctx, view),
        "document_types": choices.document_types(ctx.session, ctx.actor, ctx.now),
        "units": choices.units(ctx.session, ctx.actor),
        "other_units": choices.other_units(ctx.session, ctx.actor),
        "plan_units": choices.subject_units(ctx.session),
    }


def _of_document(ctx: Context, document_id: UUID) -> dict[str, Any]:
    return {**legibility.of_document(ctx, document_id), **blank_pages.of_document(ctx, document_id)}


def _asked(ctx: Context, view: ItemView) -> tuple[Input, ...]:
    """Return the inputs of the fields that a document of the proposed type has, with what was read for them."""
    specs = metadata.document_fields(ctx.session, view.row.document_type)
    values = {**suggested(specs, view.read.facts.mentions), **view.field_values}
    return inputs.of_fields(metadata.views(ctx.session, specs, values))


def _candidate(one: ProposedFile) -> Candidate:
    return Candidate(one.case_file_id, one.reference, one.subject, one.percent, one.reason)


def _chosen(ctx: Context, view: ItemView, case_file_id: UUID | None) -> Candidate | None:
    if case_file_id is None:
        return None
    for one in view.case_files:
        if one.case_file_id == case_file_id:
            return _candidate(one)
    row = case_lists.row(ctx.session, ctx.actor, case_file_id, ctx.now)
    return Candidate(row.case_file_id, row.reference, row.subject, None, "Von Hand gewählt.")


def cases(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Return the cases (Vorgänge) of the chosen case file."""
    inbox.show(ctx.session, ctx.actor, item_id, ctx.now)
    chosen = forms.needed_id("case_file_id", "Bitte wählen Sie eine Akte aus.")
    return ctx.part("inbox/cases.html", **_cases(ctx, item_id, chosen))


def _cases(ctx: Context, item_id: UUID, case_file_id: UUID | None) -> dict[str, Any]:
    """Return the open cases of a case file with the proposed one, for the part of the form that shows them."""
    if case_file_id is None:
        return {"cases": (), "proposed_case": None}
    return {
        "cases": choices.cases(ctx.session, ctx.actor, case_file_id, ctx.now),
        "proposed_case": case_proposals.proposed_case(ctx.session, ctx.actor, item_id, case_file_id, ctx.now),
    }


def choose(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Find another case file: options for the combobox, or a page of its own without script."""
    inbox.show(ctx.session, ctx.actor, item_id, ctx.now)
    text = forms.text("q", 200)
    files, _ = case_lists.listing(
        ctx.session, ctx.actor, text=text, state=CaseFileState.OPEN, limit=SUGGESTIONS, now=ctx.now
    )
    template = "inbox/options.html" if ctx.partial else "inbox/choose.html"
    answer = ctx.part if ctx.partial else ctx.page
    return answer(template, files=files, item_id=item_id, text=text, section="inbox.start")


def file(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """File the item, then show the next one."""
    decided = Filing(
        case_file_id=forms.needed_id("case_file_id", "Bitte wählen Sie eine Akte aus."),
        case_id=forms.optional_id("case_id"),
        new_case=forms.text("case_id") == NEW_CASE,
        document_type=forms.text("document_type", 200),
        subject=forms.text("subject"),
        sender=forms.text("sender"),
        letter_date=forms.day("letter_date"),
        foreign_reference=forms.text("foreign_reference"),
        direction=forms.text("direction", 20) or "incoming",
        revision=forms.whole("revision"),
        fields=inputs.fields(),
    )
    filed = filing.file_document(ctx.session, ctx.actor, item_id, decided, ctx.now)
    band = forms.choice("band", Band)
    following = _following(ctx, item_id, band)
    place: dict[str, Any] = {"band": band.value if band else None}
    if following:
        place["item_id"] = following
    endpoint = "inbox.item" if following else "inbox.start"
    address = url_for(endpoint, **place)
    if not ctx.partial:
        return ctx.go(endpoint, **place, abgelegt=filed.document_id)
    return ctx.part(
        "inbox/filed.html",
        headers={"HX-Push-Url": address, "HX-Trigger": json.dumps({"ea:filed": {"item": str(item_id)}})},
        list=_listing(ctx),
        bands=BAND_LABELS,
        text=f"Abgelegt in {filed.case_file_reference}{_with(filed.attachments)}",
        kind="success",
        undo=url_for("inbox.undo", document_id=filed.document_id),
        **_work(ctx, _view(ctx, following)),
    )


def _with(attached: int) -> str:
    return f" mit {attached} {'Anlage' if attached == 1 else 'Anlagen'}" if attached else ""


def _following(ctx: Context, item_id: UUID, band: Band | None) -> UUID | None:
    """Return the next waiting item after one, or from the start of the list; ``None`` when all is done."""
    for after in (item_id, None):
        rows = inbox.listing(ctx.session, ctx.actor, band=band, after=after, limit=LOOK_AHEAD, now=ctx.now).rows
        if found := next((row.item_id for row in rows if row.state is ItemState.WAITING), None):
            return found
    return None


def undo(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Take a filing back; the item is shown again."""
    return ctx.go("inbox.item", item_id=filing.undo(ctx.session, ctx.actor, document_id, ctx.now))


def drop(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Mark an item as not relevant for the records."""
    reason, revision = forms.text("reason"), forms.whole("revision")
    inbox.drop(ctx.session, ctx.actor, item_id, reason=reason, revision=revision, now=ctx.now)
    return ctx.go("inbox.faults" if forms.text("back") == "faults" else "inbox.start")


def forward(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Forward a misrouted item to another unit."""
    unit, revision = forms.text("unit"), forms.whole("revision")
    inbox.reassign(ctx.session, ctx.actor, item_id, unit_code=unit, revision=revision, now=ctx.now)
    return ctx.go("inbox.faults" if forms.text("back") == "faults" else "inbox.start")


def take_out(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Let an attachment be decided on by itself."""
    attachments.take_out(ctx.session, ctx.actor, item_id, now=ctx.now)
    return ctx.go("inbox.item", item_id=item_id)


def faults(ctx: Context) -> ResponseReturnValue:
    """Show what could not be read."""
    waiting = inbox.listing(ctx.session, ctx.actor, band=None, after=None, limit=1, now=ctx.now)
    return ctx.page(
        "inbox/faults.html",
        rows=inbox.faults(ctx.session, ctx.actor, limit=200, now=ctx.now),
        unclear=waiting.counts[Band.UNCLEAR],
        other_units=choices.other_units(ctx.session, ctx.actor),
    )


def retry(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Read a faulty item again."""
    inbox.retry(ctx.session, ctx.actor, item_id, ctx.now)
    return ctx.go("inbox.faults")


def reading(ctx: Context) -> ResponseReturnValue:
    """Answer the poll of the top bar: how much is being read, how much waits."""
    rows = inbox.listing(ctx.session, ctx.actor, band=None, after=None, limit=1, now=ctx.now)
    return ctx.watched("inbox/reading.html", list=rows)


def proof(ctx: Context, item_id: UUID, kind: str) -> ResponseReturnValue:
    """Send the proof of receipt, as a page for people or as JSON."""
    if kind not in PROOFS:
        raise NotFound
    made = receipts.proof(ctx.session, ctx.actor, item_id, ctx.now, city=ctx.services.settings.city)
    content = made.pdf if kind == "pdf" else made.json
    return attachment(content, PROOFS[kind], f"eingangsnachweis-{item_id}.{kind}")


def original(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Send the file as it came."""
    return send(ctx, documents.item_original(ctx.session, ctx.actor, item_id, ctx.now))
