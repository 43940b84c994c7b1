"""The history: who did what, when; filtered, never changed."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import audit, case_parts, verification
from eakte.actions.audit import Wanted
from eakte.actions.guard import case_file_of
from eakte.actions.history_export import Chosen, record_export
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.detail import told
from eakte.web.files import attachment
from eakte.web.spreadsheet import CSV, to_csv
from eakte.web.text import moment

ROWS = 100
MOST_ROWS = 50_000
"""Lines of a table for spreadsheets."""
FILTERS = ("person", "aktion", "akte", "von", "bis")
HEADS = ["Nr.", "Zeit", "Person", "in Vertretung für", "Aktion", "Akte", "Angaben", "Alt → neu", "Grund"]


def listing(ctx: Context) -> ResponseReturnValue:
    """Show entries, newest first."""
    wanted = _wanted()
    rows = audit.history(ctx.session, ctx.actor, wanted, before=forms.whole("vor"), limit=ROWS, now=ctx.now)
    return ctx.page(
        "history.html",
        rows=rows,
        wanted=wanted,
        asked={name: value for name in FILTERS if (value := forms.text(name, 80))},
        actions=sorted(audit.ACTION_LABELS.items(), key=lambda pair: pair[1]),
        older=rows[-1].sequence if len(rows) == ROWS else None,
    )


def _wanted() -> Wanted:
    login, action, reference, first, last = FILTERS
    return Wanted(
        forms.text(login, 80), forms.text(action, 60), forms.text(reference, 80), forms.day(first), forms.day(last)
    )


def table(ctx: Context) -> ResponseReturnValue:
    """Send the chosen entries as a table for spreadsheets, newest first."""
    wanted = _wanted()
    rows = audit.history(ctx.session, ctx.actor, wanted, limit=MOST_ROWS, now=ctx.now)
    chosen = Chosen(wanted.first_day, wanted.last_day, wanted.reference, values=True)
    record_export(ctx.session, ctx.actor, chosen, len(rows), ctx.now)
    content = to_csv([HEADS, *(_cells(row) for row in rows)])
    return attachment(content, CSV, f"protokoll-{ctx.today.isoformat()}.csv")


def _cells(line: audit.HistoryLine) -> list[str]:
    changes = "; ".join(change.text for change in line.changes)
    return [
        str(line.sequence), moment(line.at, None), line.actor, line.on_behalf_of or "", line.label, line.reference,
        told(line.detail), changes, line.reason,
    ]  # fmt: skip


def of_case_file(ctx: Context, case_file_id: UUID) -> ResponseReturnValue:
    """Show the history of one case file, newest first."""
    rows = case_parts.history_of(
        ctx.session, ctx.actor, case_file_id, before=forms.whole("vor"), limit=ROWS, now=ctx.now
    )
    return ctx.page(
        "case_file/history.html",
        file=case_file_of(ctx.session, ctx.actor, case_file_id, ctx.now),
        rows=rows,
        older=rows[-1].sequence if len(rows) == ROWS else None,
        section="case_files.listing",
    )


def verify(ctx: Context) -> ResponseReturnValue:
    """Walk the whole hash chain and tell whether it is unbroken."""
    return ctx.part("parts/verified.html", result=verification.of_installation(ctx.session, ctx.services.settings))
