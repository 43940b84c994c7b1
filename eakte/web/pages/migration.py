"""The migration desk: runs, mapping, dry run, progress, exceptions, rollback."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import choices, migrating, migration_lines, migration_report
from eakte.actions.migrating import Columns, NewRun
from eakte.actions.migration_check import dry_run
from eakte.actions.migration_days import days_done
from eakte.errors import InvalidInput
from eakte.records.languages import language_names, offered
from eakte.records.migration import LINE_LABELS, RUN_LABELS, WORKING, LineState
from eakte.records.migration_cells import FIELDS, NEEDED
from eakte.store.scan_folders import ScanFolders
from eakte.web import forms
from eakte.web.context import Context
from eakte.web.day_chart import HEIGHT, WIDTH, chart
from eakte.web.pages.legibility import languages
from ingest.languages import installed
from ingest.page_counts import count_pages

COUNTING_SECONDS = 20.0
MANIFEST_BYTES = 20_000_001
SAMPLES = 3
EXPLAINED = (LineState.ACCEPTED, LineState.KEPT)


def _folders(ctx: Context) -> ScanFolders:
    return ScanFolders(ctx.services.settings.migration_folder)


def listing(ctx: Context) -> ResponseReturnValue:
    """Show all runs of one's units and how far each unit is."""
    return ctx.page(
        "migration/list.html",
        runs=[
            (run, migration_report.progress(ctx.session, ctx.actor, run.id, ctx.now))
            for run in migrating.runs(ctx.session, ctx.actor)
        ],
        departments=migration_report.departments(ctx.session, ctx.actor),
        days=[(unit, chart(unit.days)) for unit in days_done(ctx.session, ctx.actor, ctx.now)],
        chart_size=(WIDTH, HEIGHT),
        run_labels=RUN_LABELS,
    )


def new(ctx: Context) -> ResponseReturnValue:
    """Show the form for a new run."""
    folders = _folders(ctx)
    units = choices.units(ctx.session, ctx.actor)
    return ctx.page(
        "migration/new.html",
        folders=[(unit, folder) for unit in units for folder in folders.of_unit(unit.code)],
        plans=choices.subject_units(ctx.session),
        profiles=migrating.profiles(ctx.session, ctx.actor),
        languages=languages(ctx),
        section="migration.listing",
    )


def create(ctx: Context) -> ResponseReturnValue:
    """Take a manifest over."""
    sent = request.files.get("manifest")
    if sent is None or not sent.filename:
        raise InvalidInput(problem="Bitte wählen Sie die Liste (CSV oder XLSX).", field="manifest")
    folder = forms.text("folder", 500)
    wanted = NewRun(
        title=forms.text("title", 201),
        org_unit_code=folder.split("/")[0],
        folder=folder,
        manifest=sent.read(MANIFEST_BYTES),
        plan=forms.text("plan", 40),
        document_type=forms.text("document_type", 81),
        profile=forms.text("profile", 80),
        closes="closes" in request.form,
        languages=request.form.getlist("languages"),
    )
    made = migrating.create(ctx.session, ctx.actor, _folders(ctx), wanted, installed=installed(), now=ctx.now)
    return ctx.go("migration.page", run_id=made.id)


def page(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Show one run: what is to be decided before it starts, or how far it is."""
    run = migrating.run_of(ctx.session, ctx.actor, run_id)
    read_with = run.languages or ctx.services.settings.ocr_languages
    return ctx.page(
        "migration/run.html",
        run=run,
        read_with=language_names(read_with),
        languages=offered(installed(), read_with),
        samples=migration_report.first_cells(ctx.session, ctx.actor, run_id, SAMPLES),
        plans=choices.subject_units(ctx.session),
        fields=FIELDS,
        needed=NEEDED,
        explained=migration_report.worklist(ctx.session, ctx.actor, run_id, EXPLAINED, ctx.now),
        kept_files=migration_report.kept_files(ctx.session, ctx.actor, run, ctx.now),
        left_open=migration_report.files_left_open(ctx.session, ctx.actor, run, ctx.now),
        **_standing(ctx, run_id),
    )


def _standing(ctx: Context, run_id: UUID) -> dict[str, Any]:
    return {
        "progress": migration_report.progress(ctx.session, ctx.actor, run_id, ctx.now),
        "exceptions": migration_report.worklist(ctx.session, ctx.actor, run_id, (LineState.EXCEPTION,), ctx.now),
        "files_closed": migration_report.files_closed(ctx.session, ctx.actor, run_id),
        "sums": migration_report.report(ctx.session, ctx.actor, run_id).run,
        "run_labels": RUN_LABELS,
        "line_labels": LINE_LABELS,
        "working": WORKING,
        "section": "migration.listing",
    }


def standing(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Answer the poll of a run: bar, count, pace and time left."""
    return ctx.watched("migration/progress.html", **_standing(ctx, run_id))


def check(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Do the dry run and show what it finds."""
    return ctx.page(
        "migration/check.html",
        run=migrating.run_of(ctx.session, ctx.actor, run_id),
        check=dry_run(ctx.session, ctx.actor, run_id, _folders(ctx), count_pages, COUNTING_SECONDS, ctx.now),
        section="migration.listing",
    )


def map_columns(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Keep the mapping of the form and go on to the dry run."""
    columns = Columns(
        {field: forms.whole(f"column:{field}") for field in FIELDS},
        keep_as=forms.text("keep_as", 80),
        plan=forms.text("plan", 40),
        document_type=forms.text("document_type", 80),
        languages=request.form.getlist("languages"),
    )
    seen = forms.whole("revision")
    migrating.map_columns(ctx.session, ctx.actor, run_id, columns, installed=installed(), revision=seen, now=ctx.now)
    return ctx.go("migration.check", run_id=run_id)


def start(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Order the import, or let it go on."""
    begin, end = forms.whole("quiet_from"), forms.whole("quiet_until")
    quiet = (begin, end) if begin is not None and end is not None else None
    migrating.start(ctx.session, ctx.actor, run_id, quiet=quiet, now=ctx.now)
    return ctx.go("migration.page", run_id=run_id)


def stop(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Stop the import."""
    migrating.stop(ctx.session, ctx.actor, run_id, ctx.now)
    return ctx.go("migration.page", run_id=run_id)


def roll_back(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """Order that the run is taken back."""
    migrating.roll_back(ctx.session, ctx.actor, run_id, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("migration.page", run_id=run_id)


def retry(ctx: Context, run_id: UUID, number: int) -> ResponseReturnValue:
    """Try an exception again."""
    migration_lines.retry(ctx.session, ctx.actor, run_id, number, ctx.now)
    return ctx.go("migration.page", run_id=run_id)


def correct(ctx: Context, run_id: UUID, number: int) -> ResponseReturnValue:
    """Correct what the manifest says of an exception and try it again."""
    wanted = {field: forms.text(field, 500) for field in FIELDS if field in request.form}
    migration_lines.correct(ctx.session, ctx.actor, run_id, number, wanted, ctx.now)
    return ctx.go("migration.page", run_id=run_id)


def accept(ctx: Context, run_id: UUID, number: int) -> ResponseReturnValue:
    """Accept an exception with a reason."""
    migration_lines.accept(ctx.session, ctx.actor, run_id, number, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("migration.page", run_id=run_id)
