"""The reconciliation of a migration run: boxes in = files filed = pages counted, as a page, a table and a PDF."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from eakte.actions import migrating, migration_report
from eakte.records.migration import RUN_LABELS
from eakte.web.context import Context
from eakte.web.files import attachment
from eakte.web.report_pdf import table_pdf
from eakte.web.spreadsheet import CSV, to_csv


def page(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Show the reconciliation per binder, box and run."""
    run = migrating.run_of(ctx.session, ctx.actor, run_id)
    found = migration_report.report(ctx.session, ctx.actor, run_id)
    return ctx.page(
        "migration/report.html",
        run=run,
        report=found,
        heads=migration_report.HEADS,
        rows=migration_report.table(found),
        run_labels=RUN_LABELS,
        section="migration.listing",
    )


def as_csv(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Deliver the reconciliation for spreadsheets."""
    rows = migration_report.table(migration_report.report(ctx.session, ctx.actor, run_id))
    return attachment(to_csv([migration_report.HEADS, *rows]), CSV, "abgleich.csv")


def as_pdf(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Deliver the reconciliation as a PDF."""
    run = migrating.run_of(ctx.session, ctx.actor, run_id)
    found = migration_report.report(ctx.session, ctx.actor, run_id)
    outcome = "Der Abgleich geht auf." if found.run.equal else f"{found.run.left} Zeilen sind noch offen."
    below = [f"Stand: {RUN_LABELS[run.state]}, {ctx.today:%d.%m.%Y}. {outcome}"]
    data = table_pdf(
        f"Abgleich der Migration „{run.title}“", below, migration_report.HEADS, migration_report.table(found)
    )
    return attachment(data, "application/pdf", "abgleich.pdf")
