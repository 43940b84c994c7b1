"""Case files: lists, the file plan, one case file with its retention, closing and holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from eakte.actions import (
    case_lists,
    case_view,
    cases,
    choices,
    closing,
    desk,
    events,
    follow_up_view,
    holds,
    places,
)
from eakte.actions.case_view import CaseFileView, CaseView, SubFileView
from eakte.actions.cases import NewCaseFile
from eakte.errors import InvalidInput
from eakte.records.access import Permission
from eakte.records.closing import reopening_sentences
from eakte.records.states import CaseFileState
from eakte.web import forms, inputs, retention_steps
from eakte.web.context import Context
from eakte.web.pages import declared

ROWS = 50
Part = TypeVar("Part", CaseView, SubFileView)
SHOWN_DOCUMENTS = 50
MOST_PROOFS = 300
"""Documents offered as evidence of an event; more are named in its note."""


def listing(ctx: Context) -> ResponseReturnValue:
    """Show case files, newest first, by text, state and file plan."""
    text, plan_code, offset = forms.text("q", 200), forms.text("plan", 40), forms.whole("ab", 0) or 0
    state = forms.choice("status", CaseFileState)
    rows, total = case_lists.listing(
        ctx.session, ctx.actor, text=text, state=state, plan_code=plan_code, offset=offset, limit=ROWS, now=ctx.now
    )
    return ctx.page(
        "case_files.html",
        rows=rows,
        total=total,
        text=text,
        state=state,
        plan_code=plan_code,
        offset=offset,
        limit=ROWS,
        all_states=[one for one in CaseFileState if one is not CaseFileState.DESTROYED],
    )


def new(ctx: Context) -> ResponseReturnValue:
    """Show the form for a new case file."""
    return _new(ctx)


def _new(ctx: Context, *, status: int = 200, problem: str = "") -> Response:
    return ctx.page(
        "case_file/new.html",
        status=status,
        problem=problem,
        plan_units=choices.subject_units(ctx.session),
        units=choices.units(ctx.session, ctx.actor),
        item=forms.optional_id("item"),
        subject=forms.text("subject"),
        plan_typed=forms.text("file_plan_code", 200),
        section="case_files.listing",
        **declared.for_new(ctx),
    )


def create(ctx: Context) -> ResponseReturnValue:
    """Open a case file; from the inbox, go back to the item with the new file chosen."""
    stated = NewCaseFile(
        file_plan_code=forms.text("file_plan_code", 200).split(" ", 1)[0],
        subject=forms.text("subject"),
        org_unit_code=forms.text("org_unit_code", 40),
        first_case=forms.text("first_case", 200) or "Allgemeines",
        restricted=forms.text("restricted") == "on",
        file_type=forms.text("file_type", 60),
        fields=inputs.fields(),
        template=forms.text("template", 60),
        derivation=forms.text("derivation", 80),
    )
    try:
        with ctx.session.begin_nested():
            opened = cases.open_case_file(ctx.session, ctx.actor, stated, ctx.now)
    except InvalidInput as refused:
        if ctx.partial:
            raise
        return _new(ctx, status=refused.status, problem=refused.detail["problem"])
    if item := forms.optional_id("item"):
        return ctx.go("inbox.item", item_id=item, akte=opened.id)
    return ctx.go("case_files.show", case_file_id=opened.id)


def show(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show one case file with one of its cases or sub-files."""
    view = case_view.show(ctx.session, ctx.actor, case_file_id, ctx.now)
    if gone := _moved_away(ctx, view, forms.whole("vorgang")):
        return ctx.go("case_files.show", case_file_id=gone.case_file_id, vorgang=gone.number)
    folder = _chosen(view.sub_files, forms.whole("teilakte"))
    chosen = None if folder else _chosen(view.cases, forms.whole("vorgang")) or next(iter(view.cases), None)
    offset = forms.whole("ab", 0) or 0
    shown = chosen.documents[offset : offset + SHOWN_DOCUMENTS] if chosen else ()
    return ctx.page(
        "case_file.html",
        view=view,
        chosen=chosen,
        folder=folder,
        part=folder or chosen,
        documents=shown,
        offset=offset,
        limit=SHOWN_DOCUMENTS,
        steps=retention_steps.steps(view.verdict, view.opened_on, view.closed_on, view.state),
        badge_text=retention_steps.summary(view.verdict, view.state),
        triggers=desk.triggers(ctx.session),
        proofs=[row for case in view.cases for row in (*case.documents, *case.linked)][:MOST_PROOFS],
        active_holds=[hold for hold in view.holds if hold.hold().active(ctx.today)],
        reopening=_reopening(ctx, view),
        follow_ups=follow_up_view.of_case_file(ctx.session, ctx.actor, case_file_id, ctx.now),
        section="case_files.listing",
    )


def _moved_away(ctx: Context, view: CaseFileView, number: int | None) -> places.Place | None:
    """Return where a case is now that this address once showed here."""
    if number is None or any(case.number == number for case in view.cases):
        return None
    return places.former_case(ctx.session, ctx.actor, view.case_file_id, number, ctx.now)


def _chosen(parts: Sequence[Part], number: int | None) -> Part | None:
    return next((part for part in parts if part.number == number), None)


def _reopening(ctx: Context, view: CaseFileView) -> tuple[str, ...]:
    """Return what reopening would do, for those who may."""
    if not ctx.actor.may(Permission.REOPEN) or view.state is CaseFileState.OPEN:
        return ()
    return reopening_sentences(closing.reopening(ctx.session, ctx.actor, view.case_file_id, ctx.now))


def close(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Close a case file (z.d.A.)."""
    cases.close(ctx.session, ctx.actor, case_file_id, revision=forms.whole("revision"), now=ctx.now)
    return ctx.go("case_files.show", case_file_id=case_file_id)


def reopen(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Take the closing directive back, with a reason."""
    cases.reopen(ctx.session, ctx.actor, case_file_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("case_files.show", case_file_id=case_file_id)


def place_hold(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Set a disposal hold."""
    holds.place(
        ctx.session,
        ctx.actor,
        case_file_id,
        reason=forms.text("reason"),
        legal_basis=forms.text("legal_basis", 300),
        review_on=forms.day("review_on"),
        now=ctx.now,
    )
    return ctx.go("case_files.show", case_file_id=case_file_id)


def lift_hold(ctx: Context, case_file_id: UUID, hold_id: UUID) -> ResponseReturnValue:
    """Lift a disposal hold, with a reason."""
    holds.lift(ctx.session, ctx.actor, hold_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("case_files.show", case_file_id=case_file_id)


def record_event(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Record the event a retention period starts from."""
    events.record_event(
        ctx.session,
        ctx.actor,
        case_file_id,
        trigger=forms.text("trigger", 60),
        happened_on=forms.needed_day("happened_on", "Bitte das Datum des Ereignisses angeben."),
        evidence=_evidence(),
        now=ctx.now,
    )
    return ctx.go("case_files.show", case_file_id=case_file_id)


def correct_event(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Correct a wrong event, or take it back if no day is given."""
    events.correct(
        ctx.session,
        ctx.actor,
        case_file_id,
        trigger=forms.text("trigger", 60),
        happened_on=forms.day("happened_on"),
        evidence=_evidence(),
        reason=forms.text("reason"),
        now=ctx.now,
    )
    return ctx.go("case_files.show", case_file_id=case_file_id)


def _evidence() -> events.Evidence:
    return events.Evidence(forms.text("evidence"), forms.optional_id("document_id"))
