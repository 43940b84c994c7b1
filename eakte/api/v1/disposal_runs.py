"""Disposal runs: drawing up, review, appraisal, approval by a second person, results and reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import disposal_runs as actions
from eakte.actions import run_appraisal, run_approval, run_reports, run_review, run_view
from eakte.actions.disposal_runs import MOST, Selection
from eakte.actions.run_reports import RunReport
from eakte.actions.run_view import RunFileLine, RunLine, RunShown
from eakte.api.models import MOST_INT, Code, Day, In, Line, Nothing, Out, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import (
    ArchiveNotConfigured,
    CountNotConfirmed,
    MissingReason,
    MoveRefused,
    NotDue,
    SamePerson,
)
from eakte.records.access import Permission
from eakte.records.disposal_runs import RunAnswer, RunParty, RunResult, RunStage
from eakte.records.states import DisposalRunState
from retention.model import DisposalAction, Outcome

_ONE = "/disposal-runs/<uuid:disposal_run_id>"
Chosen = Annotated[list[UUID], Field(min_length=1, max_length=MOST)]
Said = Annotated[str, StringConstraints(max_length=2_000)]


class RunsQuery(Query):
    """Which runs are listed."""

    waiting: bool = False
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MOST_INT)


class RunFilesQuery(Query):
    """Which case files of a run are listed."""

    shown: RunShown = RunShown.ALL
    limit: int = Field(default=50, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=MOST_INT)


class RunReportQuery(Query):
    """Which report is wanted."""

    report_kind: RunReport


class NewDisposalRun(In):
    """A run to draw up."""

    title: Annotated[Line, StringConstraints(max_length=200)]
    file_plan_code: Code | None = None
    org_unit_code: Code | None = None
    due_until: Day | None = None


class RunFilesBecause(In):
    """Case files, with a reason."""

    case_file_ids: Chosen
    reason: Reason


class RunAnswers(In):
    """What the department says about case files."""

    case_file_ids: Chosen
    department_answer: RunAnswer
    reason: Said = ""
    keep_until: Day | None = None


class RunWishes(In):
    """What is decided about the wish to keep case files longer."""

    case_file_ids: Chosen
    granted: bool
    reason: Said = ""


class RunAppraisals(In):
    """What the archive decides about case files."""

    case_file_ids: Chosen
    appraisal: DisposalAction


class RunTakeover(In):
    """Under which reference the archive has case files."""

    case_file_ids: Chosen
    archive_reference: Annotated[Line, StringConstraints(max_length=200)]


class RunApproval(In):
    """The approval, with the number of case files typed by the person."""

    confirmed_count: Annotated[int, Field(ge=0, le=MOST_INT)]


class RunReasonOnly(In):
    """A step that needs a reason."""

    reason: Reason


class DisposalRunRow(Out):
    """A run, counted as far as its case files may be seen."""

    disposal_run_id: UUID
    title: str
    disposal_run_state: DisposalRunState
    decided_by_hand: bool
    process_id: UUID | None
    drawn_up_by: str
    drawn_up_at: datetime
    laid_before_by: str | None
    not_before: date | None
    waits_for: list[RunParty]
    waits_for_me: list[RunParty]
    case_files_in_run: int
    without_result: int


class DisposalRuns(Out):
    """A piece of the runs."""

    items: list[DisposalRunRow]
    total: int


class DrawnUpRun(Out):
    """The receipt for a new run."""

    disposal_run_id: UUID


class DisposalRunFile(Out):
    """A case file of a run."""

    case_file_id: UUID
    reference: str
    subject: str
    org_unit_code: str
    retention_end: date | None
    rule_id: str | None
    outcome: Outcome
    steps: list[str]
    run_stage: RunStage
    department_answer: RunAnswer | None
    answer_reason: str
    keep_until: date | None
    appraisal: DisposalAction | None
    archive_reference: str | None
    disposal_id: UUID | None
    run_result: RunResult | None
    result_reason: str


class DisposalRunFiles(Out):
    """A piece of the case files of a run."""

    items: list[DisposalRunFile]
    total: int


class DisposalRunReport(Out):
    """A report as a table of texts."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def _row(line: RunLine) -> DisposalRunRow:
    run = line.run
    return DisposalRunRow(
        disposal_run_id=run.id,
        title=run.title,
        disposal_run_state=run.state,
        decided_by_hand=run.by_hand,
        process_id=run.process_id,
        drawn_up_by=run.created_by,
        drawn_up_at=run.created_at,
        laid_before_by=run.submitted_by,
        not_before=run.not_before,
        waits_for=sorted(line.waits_for),
        waits_for_me=sorted(line.mine),
        case_files_in_run=line.counts.files,
        without_result=line.counts.left,
    )


def listing(call: Call, query: RunsQuery) -> DisposalRuns:
    """List runs, newest first, or those that wait for the person."""
    if query.waiting:
        waiting = run_view.waiting(call.session, call.actor, call.now)
        chosen = waiting[query.offset : query.offset + query.limit]
        return DisposalRuns(items=[_row(line) for line in chosen], total=len(waiting))
    lines, total = run_view.listing(call.session, call.actor, offset=query.offset, limit=query.limit, now=call.now)
    return DisposalRuns(items=[_row(line) for line in lines], total=total)


def create(call: Call, body: NewDisposalRun) -> Answer:
    """Draw up a run."""
    selection = Selection(body.file_plan_code or "", body.org_unit_code or "", body.due_until)
    made = actions.create(call.session, call.actor, body.title, selection, call.now)
    return Answer(DrawnUpRun(disposal_run_id=made.id), location=f"/disposal-runs/{made.id}")


def show(call: Call, disposal_run_id: UUID) -> DisposalRunRow:
    """Return one run."""
    found = run_view.show(call.session, call.actor, disposal_run_id, limit=1, now=call.now)
    return _row(found.line)


def files(call: Call, query: RunFilesQuery, disposal_run_id: UUID) -> DisposalRunFiles:
    """List case files of a run by reference."""
    found = run_view.show(
        call.session,
        call.actor,
        disposal_run_id,
        shown=query.shown,
        offset=query.offset,
        limit=query.limit,
        now=call.now,
    )
    return DisposalRunFiles(items=[_file(line) for line in found.files], total=found.total)


def _file(line: RunFileLine) -> DisposalRunFile:
    row, file = line.row, line.file
    return DisposalRunFile(
        case_file_id=file.id,
        reference=file.file_reference,
        subject=file.subject,
        org_unit_code=file.org_unit.current.code,
        retention_end=row.retention_end,
        rule_id=row.rule_id,
        outcome=row.outcome,
        steps=list(row.steps),
        run_stage=line.stage,
        department_answer=row.answer,
        answer_reason=row.answer_reason,
        keep_until=row.keep_until,
        appraisal=row.decision,
        archive_reference=file.archive_reference,
        disposal_id=row.disposal_id,
        run_result=row.result,
        result_reason=row.result_reason,
    )


def add(call: Call, body: RunFilesBecause, disposal_run_id: UUID) -> DisposalRunRow:
    """Put case files in."""
    actions.add(call.session, call.actor, disposal_run_id, body.case_file_ids, reason=body.reason, now=call.now)
    return show(call, disposal_run_id)


def take_out(call: Call, body: RunFilesBecause, disposal_run_id: UUID) -> DisposalRunRow:
    """Take case files out."""
    actions.take_out(call.session, call.actor, disposal_run_id, body.case_file_ids, reason=body.reason, now=call.now)
    return show(call, disposal_run_id)


def go_on(call: Call, disposal_run_id: UUID, body: Nothing) -> DisposalRunRow:
    """Move the run on."""
    del body
    run_approval.go_on(call.session, call.actor, disposal_run_id, call.services.archive, call.now)
    return show(call, disposal_run_id)


def answer(call: Call, body: RunAnswers, disposal_run_id: UUID) -> DisposalRunRow:
    """Answer for the department."""
    run_review.answer(
        call.session,
        call.actor,
        disposal_run_id,
        body.case_file_ids,
        body.department_answer,
        reason=body.reason,
        keep_until=body.keep_until,
        now=call.now,
    )
    return show(call, disposal_run_id)


def decide_wish(call: Call, body: RunWishes, disposal_run_id: UUID) -> DisposalRunRow:
    """Decide about wishes to keep longer."""
    if body.granted:
        run_review.grant(call.session, call.actor, disposal_run_id, body.case_file_ids, call.now)
    else:
        run_review.decline(
            call.session, call.actor, disposal_run_id, body.case_file_ids, reason=body.reason, now=call.now
        )
    return show(call, disposal_run_id)


def appraise(call: Call, body: RunAppraisals, disposal_run_id: UUID) -> DisposalRunRow:
    """Decide for the archive."""
    run_appraisal.decide(call.session, call.actor, disposal_run_id, body.case_file_ids, body.appraisal, call.now)
    return show(call, disposal_run_id)


def take_over(call: Call, body: RunTakeover, disposal_run_id: UUID) -> DisposalRunRow:
    """Confirm that the archive has case files."""
    run_appraisal.take_over(
        call.session,
        call.actor,
        disposal_run_id,
        body.case_file_ids,
        reference=body.archive_reference,
        now=call.now,
    )
    return show(call, disposal_run_id)


def approve(call: Call, body: RunApproval, disposal_run_id: UUID) -> DisposalRunRow:
    """Approve as the second person."""
    run_approval.approve(
        call.session,
        call.actor,
        disposal_run_id,
        typed_count=body.confirmed_count,
        cooling_off_days=call.services.settings.cooling_off_days,
        gateway=call.services.archive,
        now=call.now,
    )
    return show(call, disposal_run_id)


def cancel(call: Call, body: RunReasonOnly, disposal_run_id: UUID) -> DisposalRunRow:
    """Cancel the run."""
    actions.cancel(call.session, call.actor, disposal_run_id, reason=body.reason, now=call.now)
    return show(call, disposal_run_id)


def report(call: Call, query: RunReportQuery, disposal_run_id: UUID) -> DisposalRunReport:
    """Return a report."""
    found = run_reports.report(call.session, call.actor, disposal_run_id, query.report_kind, call.now)
    return DisposalRunReport(title=found.title, heads=found.heads, rows=found.rows)


_RUNS = Permission.DISPOSAL_RUNS
OPERATIONS = (
    Operation(
        "GET", "/disposal-runs", listing, _RUNS, DisposalRuns, "Aussonderungsläufe auflisten", query=RunsQuery,
        notes="Mit waiting=true nur Läufe, die auf die fragende Person warten.",
    ),
    Operation(
        "POST", "/disposal-runs", create, _RUNS, DrawnUpRun, "Aussonderungslauf aufstellen", status=201,
        body=NewDisposalRun, once=True,
        notes="Der Lauf nimmt alle fälligen Akten der Auswahl auf, die in keinem anderen Lauf sind.",
    ),
    Operation("GET", _ONE, show, _RUNS, DisposalRunRow, "Aussonderungslauf"),
    Operation("GET", f"{_ONE}/files", files, _RUNS, DisposalRunFiles, "Akten eines Laufs", query=RunFilesQuery),
    Operation(
        "POST", f"{_ONE}/files", add, _RUNS, DisposalRunRow, "Akten in einen Lauf aufnehmen", body=RunFilesBecause,
        problems=(MissingReason, MoveRefused, NotDue),
    ),
    Operation(
        "POST", f"{_ONE}/removals", take_out, _RUNS, DisposalRunRow, "Akten aus einem Lauf herausnehmen",
        body=RunFilesBecause, problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_ONE}/next-step", go_on, _RUNS, DisposalRunRow, "Lauf weitergeben", body=Nothing,
        problems=(MoveRefused, NotDue),
        notes="An die Fachämter, dann an das Archiv, wo es zu entscheiden hat, dann zur Freigabe.",
    ),
    Operation(
        "POST", f"{_ONE}/answers", answer, _RUNS, DisposalRunRow, "Für das Fachamt antworten", body=RunAnswers,
        problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_ONE}/wishes", decide_wish, _RUNS, DisposalRunRow,
        "Über den Wunsch entscheiden, Akten länger aufzubewahren", body=RunWishes,
        problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_ONE}/appraisals", appraise, _RUNS, DisposalRunRow, "Für das Archiv bewerten", body=RunAppraisals,
        problems=(MoveRefused,),
        notes="Nur ohne eingerichteten Austausch; sonst entscheidet die Nachricht des Archivs.",
    ),
    Operation(
        "POST", f"{_ONE}/takeovers", take_over, _RUNS, DisposalRunRow, "Übernahme durch das Archiv bestätigen",
        body=RunTakeover, problems=(MoveRefused,),
    ),
    Operation(
        "POST", f"{_ONE}/approval", approve, _RUNS, DisposalRunRow, "Lauf als zweite Person freigeben",
        body=RunApproval, problems=(SamePerson, CountNotConfirmed, MoveRefused, ArchiveNotConfigured),
        notes="confirmed_count ist die Zahl der Akten, die auf die Freigabe der Person warten.",
    ),
    Operation(
        "POST", f"{_ONE}/cancellation", cancel, _RUNS, DisposalRunRow, "Lauf abbrechen", body=RunReasonOnly,
        problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "GET", f"{_ONE}/report", report, _RUNS, DisposalRunReport, "Bericht eines Laufs", query=RunReportQuery,
        writes=True, notes="Dass der Bericht ausgegeben wurde, steht im Protokoll.",
    ),
)  # fmt: skip
