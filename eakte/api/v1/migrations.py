"""Migration runs: making and starting them, how far they are, what went in against what came of it, taking back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import migrating, migration_report
from eakte.actions.migrating import NewRun
from eakte.actions.migration_report import Progress, Sums
from eakte.api import uploads
from eakte.api.models import In, Nothing, Out, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1.legibility import Languages
from eakte.errors import MissingReason, MoveRefused
from eakte.records.access import Permission
from eakte.records.migration import LineState, RunState
from eakte.store.migration import MigrationRun
from eakte.store.scan_folders import ScanFolders
from ingest.languages import installed

_ONE = "/migrations/<uuid:run_id>"
Hour = Annotated[int, Field(ge=0, le=23)]


class MigrationQuery(Query):
    """What is stated beside the manifest of a new run."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
    folder: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    file_plan_code: Annotated[str, StringConstraints(max_length=40)] = ""
    document_type: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"\S")] = "Altakte"
    profile: Annotated[str, StringConstraints(max_length=80)] = ""
    closes: bool = True
    languages: Languages | None = None
    filename: Annotated[str, StringConstraints(max_length=200)] | None = None


class Start(In):
    """Hours of the city's clock in which nothing new is taken up."""

    quiet_from: Hour | None = None
    quiet_until: Hour | None = None


class Rollback(In):
    """Why a run is taken back."""

    reason: Reason


class NewMigration(Out):
    """The run that was made."""

    run_id: UUID


class MigrationRow(Out):
    """A run with its progress."""

    run_id: UUID
    title: str
    org_unit_code: str
    run_state: RunState
    fault_code: str | None
    started_at: datetime | None
    ended_at: datetime | None
    closes: bool
    languages: list[str]
    files_closed: int
    lines: int
    lines_filed: int
    lines_accepted: int
    lines_excepted: int
    lines_settled: int
    lines_per_hour: int | None
    pages_per_hour: int | None
    seconds_left: int | None


class Migrations(Out):
    """All runs of one's units."""

    items: list[MigrationRow]


class Reconciliation(Out):
    """What went in and what came of it."""

    archive_box: str
    archive_binder: str
    lines: int
    lines_filed: int
    lines_accepted: int
    lines_left: int
    lines_taken_back: int
    case_files: int
    documents: int
    pages_told: int
    pages_counted: int
    pages_explained: int
    equal: bool


class MigrationReport(Out):
    """The reconciliation of a run: the whole, each box, each binder."""

    whole: Reconciliation
    boxes: list[Reconciliation]
    binders: list[Reconciliation]


def listing(call: Call) -> Migrations:
    """Return all runs of one's units."""
    return Migrations(items=[_row(call, run) for run in migrating.runs(call.session, call.actor)])


def show(call: Call, run_id: UUID) -> Answer:
    """Return how far a run is."""
    run = migrating.run_of(call.session, call.actor, run_id)
    return Answer(_row(call, run), revision=run.revision)


def create(call: Call, query: MigrationQuery) -> Answer:
    """Make a run of a manifest; nothing is imported before it is started."""
    new = NewRun(
        title=query.title,
        org_unit_code=query.folder.split("/", maxsplit=1)[0],
        folder=query.folder,
        manifest=call.prepared.content,
        plan=query.file_plan_code,
        document_type=query.document_type,
        profile=query.profile,
        closes=query.closes,
        languages=query.languages,
    )
    folders = ScanFolders(call.services.settings.migration_folder)
    run = migrating.create(call.session, call.actor, folders, new, installed=installed(), now=call.now)
    return Answer(NewMigration(run_id=run.id), location=f"/migrations/{run.id}")


def start(call: Call, body: Start, run_id: UUID) -> Answer:
    """Order the import."""
    quiet = None
    if body.quiet_from is not None and body.quiet_until is not None:
        quiet = (body.quiet_from, body.quiet_until)
    migrating.start(call.session, call.actor, run_id, quiet=quiet, revision=call.seen, now=call.now)
    return show(call, run_id)


def stop(call: Call, body: Nothing, run_id: UUID) -> Answer:
    """Take up nothing more."""
    del body
    migrating.stop(call.session, call.actor, run_id, call.now, revision=call.seen)
    return show(call, run_id)


def resume(call: Call, body: Nothing, run_id: UUID) -> Answer:
    """Let a run go on."""
    del body
    migrating.start(call.session, call.actor, run_id, revision=call.seen, now=call.now)
    return show(call, run_id)


def rollback(call: Call, body: Rollback, run_id: UUID) -> Answer:
    """Order that a run is taken back."""
    migrating.roll_back(call.session, call.actor, run_id, reason=body.reason, revision=call.seen, now=call.now)
    return show(call, run_id)


def _row(call: Call, run: MigrationRun) -> MigrationRow:
    found: Progress = migration_report.progress(call.session, call.actor, run.id, call.now)
    return MigrationRow(
        run_id=run.id,
        title=run.title,
        org_unit_code=run.org_unit.current.code,
        run_state=run.state,
        fault_code=run.fault,
        started_at=run.started_at,
        ended_at=run.ended_at,
        closes=run.closes,
        languages=(run.languages or call.services.settings.ocr_languages).split("+"),
        files_closed=migration_report.files_closed(call.session, call.actor, run.id),
        lines=found.lines,
        lines_filed=found.counts.get(LineState.FILED, 0),
        lines_accepted=found.counts.get(LineState.ACCEPTED, 0),
        lines_excepted=found.counts.get(LineState.EXCEPTION, 0),
        lines_settled=found.settled,
        lines_per_hour=found.per_hour,
        pages_per_hour=found.pages_per_hour,
        seconds_left=found.seconds_left,
    )


def report(call: Call, run_id: UUID) -> MigrationReport:
    """Return the reconciliation of a run."""
    found = migration_report.report(call.session, call.actor, run_id)
    return MigrationReport(
        whole=_sums(found.run),
        boxes=[_sums(one) for one in found.boxes],
        binders=[_sums(one) for one in found.binders],
    )


def _sums(one: Sums) -> Reconciliation:
    return Reconciliation(
        archive_box=one.box,
        archive_binder=one.binder,
        lines=one.lines,
        lines_filed=one.filed,
        lines_accepted=one.accepted,
        lines_left=one.left,
        lines_taken_back=one.taken_back,
        case_files=one.case_files,
        documents=one.documents,
        pages_told=one.pages_told,
        pages_counted=one.pages_counted,
        pages_explained=one.explained,
        equal=one.equal,
    )


OPERATIONS = (
    Operation("GET", "/migrations", listing, Permission.MIGRATE, Migrations, "Migrationen auflisten"),
    Operation(
        "POST", "/migrations", create, Permission.MIGRATE, NewMigration, "Migration anlegen", status=201,
        query=MigrationQuery, uploads=uploads.held, once=True,
        notes="Gesendet wird die Liste (CSV oder XLSX) als Feld file eines Formulars oder als Inhalt; der Ordner der "
        "Scans liegt schon unter migration_folder und beginnt mit dem Kürzel der Einheit. "
        "Übernommen wird erst nach dem Start.",
    ),
    Operation("GET", _ONE, show, Permission.MIGRATE, MigrationRow, "Stand einer Migration", tagged=True),
    Operation("GET", f"{_ONE}/report", report, Permission.MIGRATE, MigrationReport, "Abgleich einer Migration"),
    Operation(
        "POST", f"{_ONE}/start", start, Permission.MIGRATE, MigrationRow, "Migration starten", body=Start,
        current=show, tagged=True, problems=(MoveRefused,),
        notes="Abgelegt und z.d.A. verfügt wird im Namen der Person des Zugangsschlüssels.",
    ),
    Operation(
        "POST", f"{_ONE}/stop", stop, Permission.MIGRATE, MigrationRow, "Migration anhalten", body=Nothing,
        current=show, tagged=True, problems=(MoveRefused,),
    ),
    Operation(
        "POST", f"{_ONE}/resume", resume, Permission.MIGRATE, MigrationRow, "Migration fortsetzen", body=Nothing,
        current=show, tagged=True, problems=(MoveRefused,),
        notes="Setzt eine angehaltene fort; bei einer abgeschlossenen wird noch einmal versucht, was offen blieb.",
    ),
    Operation(
        "POST", f"{_ONE}/rollback", rollback, Permission.MIGRATE, MigrationRow, "Migration zurücknehmen", body=Rollback,
        current=show, tagged=True, problems=(MoveRefused, MissingReason),
        notes="Was seither jemand geändert hat, bleibt; der Abgleich nennt es. Gelöscht wird nichts.",
    ),
)  # fmt: skip
