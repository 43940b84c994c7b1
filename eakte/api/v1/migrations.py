"""Migration runs: how far they are, and what went in against what came of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from eakte.actions import migrating, migration_report
from eakte.actions.migration_report import Progress, Sums
from eakte.api.models import Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission
from eakte.records.migration import LineState, RunState
from eakte.store.migration import MigrationRun

_ONE = "/migrations/<uuid:run_id>"


class MigrationRow(Out):
    """A run with its progress."""

    run_id: UUID
    title: str
    org_unit_code: str
    run_state: RunState
    fault_code: str | None
    started_at: datetime | None
    ended_at: datetime | None
    lines: int
    lines_filed: int
    lines_accepted: int
    lines_excepted: int
    lines_settled: int
    lines_per_hour: int | None
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


def show(call: Call, run_id: UUID) -> MigrationRow:
    """Return how far a run is."""
    return _row(call, migrating.run_of(call.session, call.actor, run_id))


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
        lines=found.lines,
        lines_filed=found.counts.get(LineState.FILED, 0),
        lines_accepted=found.counts.get(LineState.ACCEPTED, 0),
        lines_excepted=found.counts.get(LineState.EXCEPTION, 0),
        lines_settled=found.settled,
        lines_per_hour=found.per_hour,
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
    Operation("GET", _ONE, show, Permission.MIGRATE, MigrationRow, "Stand einer Migration"),
    Operation("GET", f"{_ONE}/report", report, Permission.MIGRATE, MigrationReport, "Abgleich einer Migration"),
)
