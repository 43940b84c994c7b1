"""Disposal runs: the list, one run with its steps, and what each participant decides in it."""

from __future__ import annotations

import re
from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import choices, disposal_runs, run_appraisal, run_approval, run_reports, run_review, run_view
from eakte.actions.archive_terms import terms_of
from eakte.actions.disposal_runs import Selection
from eakte.actions.run_reports import REPORT_LABELS, RunReport
from eakte.actions.run_view import RunPage, RunShown
from eakte.errors import InvalidInput, NotFound
from eakte.records.access import Permission
from eakte.records.disposal_runs import (
    ACTION_WORDS,
    ANSWER_LABELS,
    PARTY_LABELS,
    RESULT_LABELS,
    STAGE_LABELS,
    RunAnswer,
    RunParty,
)
from eakte.records.states import DisposalRunState
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.report_pdf import table_pdf
from eakte.web.spreadsheet import CSV, to_csv
from retention.model import DisposalAction

ROWS = 50
SHOWN_LABELS = {
    RunShown.MINE: "Wartet auf mich",
    RunShown.LEFT: "Ohne Ergebnis",
    RunShown.SETTLED: "Mit Ergebnis",
    RunShown.ALL: "Alle",
}
WAY = (
    (DisposalRunState.DRAFT, "Aufstellung"),
    (DisposalRunState.REVIEW, "Fachamt"),
    (DisposalRunState.APPRAISAL, "Archiv"),
    (DisposalRunState.APPROVAL, "Freigabe"),
    (DisposalRunState.COOLING_OFF, "Bedenkzeit"),
    (DisposalRunState.EXECUTION, "Ausführung"),
    (DisposalRunState.CLOSED, "Abschluss"),
)
GO_ON = {
    DisposalRunState.DRAFT: "An die Fachämter geben",
    DisposalRunState.REVIEW: "Weiter: Archiv oder Freigabe",
    DisposalRunState.APPRAISAL: "Zur Freigabe vorlegen",
}
DECISIONS = (DisposalAction.ARCHIVE, DisposalAction.DESTROY, DisposalAction.REVIEW)


def listing(ctx: Context) -> ResponseReturnValue:
    """Show the runs, first those that wait for the person."""
    offset = forms.whole("ab", 0) or 0
    lines, total = run_view.listing(ctx.session, ctx.actor, offset=offset, limit=ROWS, now=ctx.now)
    draws_up = ctx.actor.may(Permission.DISPOSE)
    return ctx.page(
        "disposal_runs/list.html",
        waiting=run_view.waiting(ctx.session, ctx.actor, ctx.now),
        lines=lines,
        total=total,
        offset=offset,
        limit=ROWS,
        parties=PARTY_LABELS,
        draws_up=draws_up,
        units=choices.all_units(ctx.session) if draws_up else (),
        plans=choices.subject_units(ctx.session) if draws_up else (),
    )


def create(ctx: Context) -> ResponseReturnValue:
    """Draw up a run."""
    selection = Selection(forms.text("plan", 40), forms.text("unit", 40), forms.day("until"))
    made = disposal_runs.create(ctx.session, ctx.actor, forms.text("title", 200), selection, ctx.now)
    return ctx.go("disposal_runs.page", disposal_run_id=made.id)


def page(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Show one run: its steps, who takes part, its case files, and what the person may do."""
    offset, shown = forms.whole("ab", 0) or 0, forms.choice("zeige", RunShown)
    found = run_view.show(ctx.session, ctx.actor, disposal_run_id, shown=shown, offset=offset, limit=ROWS, now=ctx.now)
    return ctx.page(
        "disposal_runs/run.html",
        found=found,
        run=found.line.run,
        way=_way(found),
        acts=_acts(ctx, found),
        offset=offset,
        limit=ROWS,
        shown_labels={kind: label for kind, label in SHOWN_LABELS.items() if kind in found.offered},
        parties=PARTY_LABELS,
        until=forms.read_day(found.line.run.selection.get("until", ""), "until"),
        go_on=GO_ON.get(found.line.run.state),
        decisions=[(one.value, ACTION_WORDS[one]) for one in DECISIONS],
        actions=ACTION_WORDS,
        answers=ANSWER_LABELS,
        stages=STAGE_LABELS,
        results=RESULT_LABELS,
        reports=[(kind.value, REPORT_LABELS[kind]) for kind in run_reports.report_kinds(ctx.actor)],
        cooling_off_days=ctx.services.settings.cooling_off_days,
        section="disposal_runs.listing",
    )


def _way(found: RunPage) -> list[tuple[str, str, str]]:
    """Return the steps: name, what it says below, and whether it is done, now or to come."""
    state = found.line.run.state
    names = [one for one, _ in WAY]
    place = names.index(state) if state in names else -1
    waits = ", ".join(PARTY_LABELS[party] for party in sorted(found.line.waits_for))
    steps = []
    for number, (_, label) in enumerate(WAY):
        ended = state is DisposalRunState.CLOSED
        status = "done" if number < place or ended else "now" if number == place else ""
        steps.append((label, f"wartet: {waits}" if status == "now" and waits else "", status))
    return steps


def _acts(ctx: Context, found: RunPage) -> str:
    """Return which decision about the listed case files the person makes here."""
    mine, counts, state = found.line.mine, found.line.counts, found.line.run.state
    if found.shown is not RunShown.MINE:
        return "take_out" if ctx.actor.may(Permission.DISPOSE) and state not in _OVER else ""
    if RunParty.DEPARTMENT in mine:
        return "answer"
    if RunParty.ARCHIVE in mine:
        return "appraise" if state is DisposalRunState.APPRAISAL else "take_over"
    if RunParty.MANAGER in mine and counts.wished and state is DisposalRunState.REVIEW:
        return "wish"
    return "approve" if RunParty.APPROVER in mine else ""


_OVER = frozenset({DisposalRunState.CLOSED, DisposalRunState.CANCELLED})


def add(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Put case files in by their references."""
    references = [one.strip() for one in re.split(r"[\n;,]", forms.text("references", 4_000)) if one.strip()]
    ids = disposal_runs.ids_of(ctx.session, ctx.actor, references, ctx.now)
    reason = forms.text("reason")
    disposal_runs.add(ctx.session, ctx.actor, disposal_run_id, ids, reason=reason, now=ctx.now)
    return ctx.go("disposal_runs.page", disposal_run_id=disposal_run_id)


def take_out(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Take the chosen case files out."""
    ids, reason = forms.ids("case_file_id"), forms.text("reason")
    disposal_runs.take_out(ctx.session, ctx.actor, disposal_run_id, ids, reason=reason, now=ctx.now)
    return ctx.go("disposal_runs.page", disposal_run_id=disposal_run_id)


def go_on(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Move the run on."""
    terms = terms_of(ctx.services.settings)
    run_approval.go_on(ctx.session, ctx.actor, disposal_run_id, ctx.services.archive, ctx.now, terms=terms)
    return ctx.go("disposal_runs.page", disposal_run_id=disposal_run_id)


def answer(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Answer for the department about the chosen case files."""
    given = forms.choice("answer", RunAnswer)
    if given is None:
        raise InvalidInput(problem="Bitte wählen Sie eine Antwort.", field="answer")
    run_review.answer(
        ctx.session,
        ctx.actor,
        disposal_run_id,
        forms.ids("case_file_id"),
        given,
        reason=forms.text("reason"),
        keep_until=forms.day("until"),
        now=ctx.now,
    )
    return _next(ctx, disposal_run_id)


def decide_wish(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Grant or decline the wish to keep the chosen case files longer."""
    ids = forms.ids("case_file_id")
    if forms.text("wish", 10) == "grant":
        run_review.grant(ctx.session, ctx.actor, disposal_run_id, ids, ctx.now)
    else:
        reason = forms.text("reason")
        run_review.decline(ctx.session, ctx.actor, disposal_run_id, ids, reason=reason, now=ctx.now)
    return _next(ctx, disposal_run_id)


def appraise(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Decide for the archive about the chosen case files."""
    decision = forms.choice("decision", DisposalAction)
    if decision is None:
        raise InvalidInput(problem="Bitte wählen Sie eine Entscheidung.", field="decision")
    ids = forms.ids("case_file_id")
    run_appraisal.decide(ctx.session, ctx.actor, disposal_run_id, ids, decision, ctx.now)
    return _next(ctx, disposal_run_id)


def take_over(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Confirm that the archive has the chosen case files."""
    ids, reference = forms.ids("case_file_id"), forms.text("reference", 200)
    run_appraisal.take_over(ctx.session, ctx.actor, disposal_run_id, ids, reference=reference, now=ctx.now)
    return _next(ctx, disposal_run_id)


def approve(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Approve everything that waits for the person, with its number typed."""
    run_approval.approve(
        ctx.session,
        ctx.actor,
        disposal_run_id,
        typed_count=forms.whole("count"),
        cooling_off_days=ctx.services.settings.cooling_off_days,
        gateway=ctx.services.archive,
        now=ctx.now,
    )
    return _next(ctx, disposal_run_id)


def cancel(ctx: Context, disposal_run_id: UUID) -> ResponseReturnValue:
    """Cancel the run."""
    disposal_runs.cancel(ctx.session, ctx.actor, disposal_run_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("disposal_runs.page", disposal_run_id=disposal_run_id)


def _next(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Go on with what still waits for the person: in this run, in the next one, or back to the list."""
    ctx.session.flush()
    left = [line.run.id for line in run_view.waiting(ctx.session, ctx.actor, ctx.now)]
    if left:
        return ctx.go("disposal_runs.page", disposal_run_id=run_id if run_id in left else left[0])
    return ctx.go("disposal_runs.listing")


def _report(ctx: Context, run_id: UUID, kind: str) -> run_reports.RunTable:
    try:
        wanted = RunReport(kind)
    except ValueError as error:
        raise NotFound from error
    return run_reports.report(ctx.session, ctx.actor, run_id, wanted, ctx.now)


def report_pdf(ctx: Context, disposal_run_id: UUID, kind: str) -> ResponseReturnValue:
    """Send a report as PDF."""
    made = _report(ctx, disposal_run_id, kind)
    data = table_pdf(made.title, made.above, made.heads, made.rows, made.widths)
    return attachment(data, "application/pdf", f"{kind}.pdf")


def report_csv(ctx: Context, disposal_run_id: UUID, kind: str) -> ResponseReturnValue:
    """Send a report as a table for spreadsheets."""
    made = _report(ctx, disposal_run_id, kind)
    return attachment(to_csv([made.heads, *made.rows]), CSV, f"{kind}.csv")
