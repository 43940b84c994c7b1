"""What programs send and get of disposal runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions.disposal_runs import MOST
from eakte.actions.run_reports import RunReport
from eakte.actions.run_view import RunFileLine, RunLine, RunShown
from eakte.api.models import MOST_INT, Code, Day, In, Line, Out, Query, Reason
from eakte.records.disposal_runs import RunAnswer, RunParty, RunResult, RunStage
from eakte.records.states import DisposalRunState
from retention.model import DisposalAction, Outcome

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
    waits_for_parties: list[RunParty]
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


def row_of(line: RunLine) -> DisposalRunRow:
    """Return a run as programs get it."""
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
        waits_for_parties=sorted(line.waits_for),
        waits_for_me=sorted(line.mine),
        case_files_in_run=line.counts.files,
        without_result=line.counts.left,
    )


def file_of(line: RunFileLine) -> DisposalRunFile:
    """Return a case file of a run as programs get it."""
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
