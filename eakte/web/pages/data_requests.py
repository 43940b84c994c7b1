"""Requests of data subjects: the worklist with deadlines, one request, its case files, decisions and answer."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from eakte.actions import data_answer, data_decisions, data_request_view, data_requests
from eakte.actions.data_requests import NewRequest
from eakte.errors import EakteError, InvalidInput
from eakte.records.calendar import day_of, german
from eakte.records.data_requests import (
    CHANNEL_LABELS,
    DECISION_LABELS,
    KEPT_YEARS,
    KIND_LABELS,
    REQUEST_LABELS,
    Channel,
    RecordDecision,
    RequestKind,
)
from eakte.records.holding import written
from eakte.records.processing import GROUND_LABELS, Ground
from eakte.texts import sentence
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.report_pdf import letter_pdf, table_pdf
from eakte.web.spreadsheet import CSV, to_csv

ROWS = 50
LONGEST = 20_000
"""Characters of an answer."""
SECTION = "data_requests.listing"
HEADS = ("Aktenzeichen", "Entscheidung", "Begründung", "Entschieden von", "am")


def listing(ctx: Context) -> ResponseReturnValue:
    """Show open requests by deadline, or those answered."""
    answered, offset = forms.text("zeige", 20) == "beantwortet", forms.whole("ab", 0) or 0
    rows, total = data_request_view.listing(
        ctx.session, ctx.actor, answered=answered, offset=offset, limit=ROWS, now=ctx.now
    )
    return ctx.page(
        "data_protection/requests.html",
        rows=rows,
        total=total,
        offset=offset,
        limit=ROWS,
        answered=answered,
        kinds=KIND_LABELS,
        section=SECTION,
    )


def new(ctx: Context) -> ResponseReturnValue:
    """Show the form of a new request."""
    return _form(ctx)


def _form(ctx: Context, *, problem: str = "", status: int = 200) -> Response:
    return ctx.page(
        "data_protection/new_request.html",
        status=status,
        problem=problem,
        typed=request.form,
        kinds=KIND_LABELS,
        channels=CHANNEL_LABELS,
        years=KEPT_YEARS,
        section=SECTION,
    )


def enter(ctx: Context) -> ResponseReturnValue:
    """Enter a request; where something is missing, show the form again with all that was typed."""
    try:
        with ctx.session.begin_nested():
            made = data_requests.enter(ctx.session, ctx.actor, _typed(), now=ctx.now)
    except InvalidInput as refused:
        return _form(ctx, problem=sentence(refused.code, refused.detail), status=refused.status)
    return ctx.go("data_requests.choose", request_id=made)


def _typed() -> NewRequest:
    kind = forms.choice("kind", RequestKind)
    if kind is None:
        raise InvalidInput(problem="Bitte wählen, was beantragt wird.", field="kind")
    return NewRequest(
        kind=kind,
        received_on=forms.needed_day("received_on", "Bitte angeben, wann der Antrag einging."),
        applicant=forms.text("applicant", 300),
        channel=forms.choice("channel", Channel) or Channel.LETTER,
        wish=forms.text("wish"),
        letter=forms.text("letter", 120),
        owner=forms.text("owner", 80),
    )


def page(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Show one request: its case files with what stands against it, the decisions, the answer."""
    return _page(ctx, request_id)


def _page(ctx: Context, request_id: UUID, *, problem: str = "", typed: str = "", status: int = 200) -> Response:
    view = data_request_view.show(ctx.session, ctx.actor, request_id, ctx.now)
    suggested = data_answer.draft(ctx.session, ctx.actor, request_id, ctx.now) if view.works else ""
    return ctx.page(
        "data_protection/request.html",
        status=status,
        problem=problem,
        view=view,
        row=view.row,
        kinds=KIND_LABELS,
        channels=CHANNEL_LABELS,
        states=REQUEST_LABELS,
        decisions=DECISION_LABELS,
        grounds=[(one.value, GROUND_LABELS[one]) for one in Ground if one is not Ground.RETENTION],
        suggested=suggested,
        typed=typed or view.answer or suggested,
        longest=LONGEST,
        section=SECTION,
    )


def choose(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Show where the names of the person stand, to choose the case files from."""
    view = data_request_view.show(ctx.session, ctx.actor, request_id, ctx.now)
    found, unsearched = data_request_view.hits(ctx.session, ctx.services.index, ctx.actor, request_id, ctx.now)
    return ctx.page(
        "data_protection/request_files.html",
        view=view,
        row=view.row,
        found=found,
        unsearched=unsearched,
        chosen={one.case_file_id for one in view.records},
        shown=data_request_view.HITS,
        section=SECTION,
    )


def look_for(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Look for the person in the records."""
    names, marks = written(forms.text("names", 4_000)), written(forms.text("marks", 4_000))
    data_requests.look_for(ctx.session, ctx.actor, request_id, names, marks, now=ctx.now)
    return ctx.go("data_requests.choose", request_id=request_id)


def add(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Add the case files that were chosen or are named by their reference."""
    ids = forms.ids("case_file")
    named = written(forms.text("references", 8_000))
    ids += [data_requests.file_named(ctx.session, ctx.actor, reference, ctx.now) for reference in named]
    data_requests.add_records(ctx.session, ctx.actor, request_id, tuple(ids), now=ctx.now)
    return _back(ctx, request_id)


def remove(ctx: Context, record_id: UUID) -> ResponseReturnValue:
    """Take a case file out."""
    return _back(ctx, data_requests.remove_record(ctx.session, ctx.actor, record_id, now=ctx.now))


def decide(ctx: Context, record_id: UUID) -> ResponseReturnValue:
    """Decide about a case file."""
    decision = forms.choice("decision", RecordDecision)
    if decision is None:
        raise InvalidInput(problem="Bitte eine Entscheidung wählen.", field="decision")
    ground = forms.choice("ground", Ground) or Ground.RETENTION
    done = data_decisions.decide(
        ctx.session, ctx.actor, record_id, decision, reason=forms.text("reason", 2_000), ground=ground, now=ctx.now
    )
    return _back(ctx, done)


def reconsider(ctx: Context, record_id: UUID) -> ResponseReturnValue:
    """Take a decision back."""
    return _back(ctx, data_decisions.reconsider(ctx.session, ctx.actor, record_id, now=ctx.now))


def extend(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Extend the deadline."""
    data_requests.extend(ctx.session, ctx.actor, request_id, reason=forms.text("reason"), now=ctx.now)
    return _back(ctx, request_id)


def assign(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Hand the request on, or take it over."""
    data_requests.assign(ctx.session, ctx.actor, request_id, forms.text("owner", 80), now=ctx.now)
    # Who hands it on may know of it no more.
    return ctx.go("data_requests.listing")


def answer(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Keep the answer: as a draft, or as it goes to the person. What is refused comes back with all that was typed."""
    text, revision = "\n".join(forms.text("answer", LONGEST).splitlines()), forms.whole("revision")
    act = data_decisions.keep_draft if forms.text("keep", 10) == "draft" else data_decisions.answer
    try:
        with ctx.session.begin_nested():
            act(ctx.session, ctx.actor, request_id, text, revision=revision, now=ctx.now)
    except EakteError as refused:
        if refused.status in {403, 404}:
            raise
        problem = sentence(refused.code, refused.detail)
        return _page(ctx, request_id, problem=problem, typed=text, status=refused.status)
    return _back(ctx, request_id)


def _back(ctx: Context, request_id: UUID) -> Response:
    return ctx.go("data_requests.page", request_id=request_id)


def inventory(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Send what is there about the person as a table."""
    rows = [data_answer.HEADS, *data_answer.inventory(ctx.session, ctx.actor, request_id, ctx.now)]
    return attachment(to_csv(rows), CSV, "Bestandsliste.csv")


def letter(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Send the answer as it was kept, or as it follows from the decisions so far."""
    view = data_request_view.show(ctx.session, ctx.actor, request_id, ctx.now)
    text = view.answer or data_answer.draft(ctx.session, ctx.actor, request_id, ctx.now)
    return attachment(letter_pdf("Antwort auf Ihren Antrag", text), "application/pdf", "Antwort.pdf")


def report(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Send the record of the decisions as a PDF, without the name of the person."""
    view = data_request_view.show(ctx.session, ctx.actor, request_id, ctx.now)
    row = view.row
    below = [
        f"Eingegangen am {german(row.received_on)}, Frist {german(row.due_on)} (Art. 12 Abs. 3 DSGVO).",
        f"Stand: {REQUEST_LABELS[row.state]}, bearbeitet von {row.owner}.",
        *([f"Frist verlängert: {view.extended_because}"] if view.extended_because else []),
        *([f"Beantwortet am {german(row.answered_on)} von {view.answered_by}."] if row.answered_on else []),
        f"Stand {german(ctx.today)}, erstellt von {ctx.actor.signature}.",
    ]
    lines = [
        (
            one.reference,
            DECISION_LABELS[one.decision] if one.decision else "offen",
            one.reason or " ".join(one.reasons),
            one.decided_by or "",
            german(day_of(one.decided_at)) if one.decided_at else "",
        )
        for one in view.records
    ]
    title = f"Entscheidung über einen Betroffenenantrag: {KIND_LABELS[row.kind]}"
    return attachment(
        table_pdf(title, below, HEADS, lines, (30, 35, 100, 30, 20)), "application/pdf", "Betroffenenantrag.pdf"
    )
