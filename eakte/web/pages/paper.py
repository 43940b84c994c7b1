"""The paper part of a case file, and what is on loan."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import paper, paper_view
from eakte.actions.guard import case_file_of
from eakte.actions.paper import Place
from eakte.errors import InvalidInput
from eakte.records.states import LABELS, Medium
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.spreadsheet import CSV, to_csv

ROWS = 100
MOST_ROWS = 100_000
"""Lines of an exported list."""


def page(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show the paper part of a case file."""
    return ctx.page(
        "case_file/paper.html",
        file=case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now),
        parts=paper_view.parts_of(ctx.session, ctx.actor, case_file_id, ctx.now),
        media=[(medium.value, LABELS[medium]) for medium in Medium],
        texts=paper.TEXTS,
        section="case_files.listing",
    )


def add(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Add a paper part."""
    paper.add_part(ctx.session, ctx.actor, case_file_id, _place(), ctx.now)
    return ctx.go("paper.page", case_file_id=case_file_id)


def medium(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Say what the case file consists of."""
    chosen = forms.choice("medium", Medium)
    if chosen is None:
        raise InvalidInput(problem="Bitte wählen Sie, woraus die Akte besteht.", field="medium")
    paper.set_medium(ctx.session, ctx.actor, case_file_id, chosen, ctx.now)
    return ctx.go("paper.page", case_file_id=case_file_id)


def change(ctx: Context, part_id: UUID) -> ResponseReturnValue:
    """Change what is told of a paper part."""
    part = paper.change_part(ctx.session, ctx.actor, part_id, _place(), revision=forms.whole("revision"), now=ctx.now)
    return ctx.go("paper.page", case_file_id=part.case_file_id)


def lend(ctx: Context, part_id: UUID) -> ResponseReturnValue:
    """Lend a paper part."""
    loan = paper.lend(
        ctx.session,
        ctx.actor,
        part_id,
        borrower=forms.text("borrower"),
        due_on=forms.day("due_on"),
        note=forms.text("note"),
        now=ctx.now,
    )
    return ctx.go("paper.page", case_file_id=loan.part.case_file_id)


def give_back(ctx: Context, part_id: UUID) -> ResponseReturnValue:
    """Note that a paper part is back; from the list of loans, go back there."""
    loan = paper.give_back(ctx.session, ctx.actor, part_id, ctx.now)
    if forms.text("back") == "loans":
        return ctx.go("paper.loans")
    return ctx.go("paper.page", case_file_id=loan.part.case_file_id)


def _place() -> Place:
    return Place(**{name: forms.text(name, 400) for name in paper.TEXTS})


def loans(ctx: Context) -> ResponseReturnValue:
    """Show what is on loan, longest due first; at first only what is overdue."""
    everything, offset = forms.text("alle") == "1", forms.whole("ab", 0) or 0
    rows, total = paper_view.loans(
        ctx.session, ctx.actor, overdue=not everything, offset=offset, limit=ROWS, now=ctx.now
    )
    return ctx.page("loans.html", rows=rows, total=total, everything=everything, offset=offset, limit=ROWS)


def loans_csv(ctx: Context) -> ResponseReturnValue:
    """Send the list as a table for spreadsheets."""
    everything = forms.text("alle") == "1"
    rows, _ = paper_view.loans(ctx.session, ctx.actor, overdue=not everything, limit=MOST_ROWS, now=ctx.now)
    content = to_csv([paper_view.HEADS, *map(paper_view.cells, rows)])
    return attachment(content, CSV, f"ausleihen-{ctx.today.isoformat()}.csv")
