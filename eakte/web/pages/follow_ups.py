"""Follow-ups (Wiedervorlagen): what is due for a person, and those of one case file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import choices, documents, follow_up_view, follow_ups
from eakte.actions.follow_up_view import Asked
from eakte.actions.follow_ups import NewFollowUp
from eakte.actions.guard import case_file_of
from eakte.records.follow_ups import DUE_LABELS, Due
from eakte.records.states import CaseFileState
from eakte.web import forms
from eakte.web.context import Context

ROWS = 50


def listing(ctx: Context) -> ResponseReturnValue:
    """Show what is due for the person, at first all that is not done."""
    due, everybody, offset = forms.choice("wann", Due), forms.text("alle") == "1", forms.whole("ab", 0) or 0
    rows, total = follow_up_view.listing(
        ctx.session, ctx.actor, Asked(due, mine=not everybody), offset=offset, limit=ROWS, now=ctx.now
    )
    return ctx.page(
        "follow_ups/listing.html",
        rows=rows,
        total=total,
        due=due,
        everybody=everybody,
        offset=offset,
        limit=ROWS,
        due_labels=DUE_LABELS,
        back="list",
    )


def of_case_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show the follow-ups of a case file that are not done, and the form for another one."""
    case_file = case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    return ctx.page(
        "follow_ups/of_file.html",
        file=case_file,
        is_open=case_file.state is CaseFileState.OPEN,
        rows=follow_up_view.of_case_file(ctx.session, ctx.actor, case_file_id, ctx.now),
        cases=choices.cases(ctx.session, ctx.actor, case_file_id, ctx.now),
        units=choices.all_units(ctx.session),
        due_labels=DUE_LABELS,
        back="file",
        section="case_files.listing",
        **_document(ctx, case_file_id),
    )


def _document(ctx: Context, case_file_id: UUID) -> dict[str, Any]:
    """Return the document of this file that a follow-up is wanted for, if one was named."""
    document_id = forms.optional_id("dokument")
    view = documents.show(ctx.session, ctx.actor, document_id, ctx.now) if document_id else None
    return {"wanted": view if view and view.case_file_id == case_file_id else None}


def put(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Set a follow-up."""
    about, _, written = forms.text("about", 60).partition(":")
    chosen = forms.read_id(written)
    wanted = NewFollowUp(
        due_on=forms.needed_day("due_on", "Bitte einen Tag angeben."),
        note=forms.text("note"),
        case_file_id=case_file_id if chosen is None else None,
        case_id=chosen if about == "case" else None,
        document_id=chosen if about == "document" else None,
        login=forms.text("login", 80),
        org_unit_code=forms.text("org_unit_code", 40),
    )
    follow_ups.put(ctx.session, ctx.actor, wanted, ctx.now)
    return ctx.go("follow_ups.of_case_file", case_file_id=case_file_id)


def postpone(ctx: Context, follow_up_id: UUID) -> ResponseReturnValue:
    """Put a follow-up off."""
    row = follow_up_view.show(ctx.session, ctx.actor, follow_up_id, ctx.now)
    follow_ups.postpone(
        ctx.session,
        ctx.actor,
        follow_up_id,
        due_on=forms.needed_day("due_on", "Bitte einen Tag angeben."),
        reason=forms.text("reason"),
        revision=forms.whole("revision"),
        now=ctx.now,
    )
    return _back(ctx, row.case_file_id)


def finish(ctx: Context, follow_up_id: UUID) -> ResponseReturnValue:
    """Say that a follow-up is done."""
    row = follow_up_view.show(ctx.session, ctx.actor, follow_up_id, ctx.now)
    follow_ups.finish(
        ctx.session, ctx.actor, follow_up_id, reason=forms.text("reason"), revision=forms.whole("revision"), now=ctx.now
    )
    return _back(ctx, row.case_file_id)


def _back(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    if forms.text("back") == "list":
        return ctx.go("follow_ups.listing")
    return ctx.go("follow_ups.of_case_file", case_file_id=case_file_id)
