"""What is printed of a case file: its cover, the list of what lies in it, and a note for it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import case_view
from eakte.actions.case_view import CaseFileView
from eakte.actions.guard import case_file_of
from eakte.errors import InvalidInput
from eakte.records.calendar import german
from eakte.records.states import LABELS
from eakte.web import forms, retention_steps
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.report_pdf import cover_pdf, letter_pdf, table_pdf

PDF = "application/pdf"
HEADS = ("Zeichen", "Datum", "Betreff", "Typ", "Absender", "Seiten")
WIDTHS = (26, 12, 50, 18, 30, 8)
LONGEST = 20_000
"""Letters of a note."""


def page(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show what can be printed."""
    case_file = case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    return ctx.page("case_file/printing.html", file=case_file, longest=LONGEST, section="case_files.listing")


def cover(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Send the cover (Aktendeckel)."""
    view = case_view.show(ctx.session, ctx.actor, case_file_id, ctx.now)
    content = cover_pdf(ctx.services.settings.city, view.reference, view.subject, tuple(_facts(view)))
    return attachment(content, PDF, f"aktendeckel-{_named(view)}.pdf")


def contents(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Send the list of contents (Inhaltsverzeichnis), case by case in the order of filing."""
    view = case_view.show(ctx.session, ctx.actor, case_file_id, ctx.now)
    below = [f"{view.reference} {view.subject}", f"Stand {german(ctx.today)}, was Sie sehen dürfen"]
    rows = list(_lines(view))
    content = table_pdf("Inhaltsverzeichnis", below, HEADS, rows or [("–",) * len(HEADS)], WIDTHS)
    return attachment(content, PDF, f"inhaltsverzeichnis-{_named(view)}.pdf")


def note(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Send a note (Vermerk) with what was typed; nothing of it is kept here."""
    case_file = case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now)
    about, text = forms.text("about", 200), forms.text("text", LONGEST)
    if not text:
        raise InvalidInput(problem="Bitte ausfüllen: Text des Vermerks.", field="text")
    lines = (
        f"{ctx.services.settings.city}, {german(ctx.today)}", f"{ctx.actor.name}", "",
        f"Aktenzeichen: {case_file.file_reference}", f"Akte: {case_file.subject}", "",
        f"Vermerk{': ' + about if about else ''}", "", *text.splitlines(), "", "", "",
        "_" * 40, ctx.actor.name,
    )  # fmt: skip
    content = letter_pdf(f"Vermerk {case_file.file_reference}", "\n".join(lines))
    return attachment(content, PDF, f"vermerk-{case_file.file_reference.replace('/', '-')}.pdf")


def _facts(view: CaseFileView) -> Iterator[tuple[str, str]]:
    for number, unit in enumerate(view.plan):
        yield ("Aktenplan" if number == 0 else "", f"{unit.code} {unit.title}")
    yield ("Zuständig", f"{view.unit_code} {view.unit_name}")
    yield ("Angelegt", f"{german(view.opened_on)} von {view.opened_by}")
    yield ("Zustand", LABELS[view.state] + (f" seit {german(view.closed_on)}" if view.closed_on else ""))
    yield ("Aufbewahrung", retention_steps.summary(view.verdict, view.state)[1])
    if view.restricted:
        yield ("Zugriff", "nur die zuständige Einheit")
    yield ("Vorgänge", "; ".join(f"{case.number:02d} {case.subject}" for case in view.cases) or "keine")


def _lines(view: CaseFileView) -> Iterator[tuple[str, ...]]:
    for case in view.cases:
        yield (case.reference, "", f"Vorgang {case.subject}", "", "", "")
        for row in (*reversed(case.documents), *case.linked):
            subject = f"{row.subject or 'ohne Betreff'}{f' (liegt in {row.home})' if row.home else ''}"
            day = german(row.document_date) or ""
            yield (row.reference, day, subject, row.document_type, row.sender, str(row.pages))


def _named(view: CaseFileView) -> str:
    return view.reference.replace("/", "-")
