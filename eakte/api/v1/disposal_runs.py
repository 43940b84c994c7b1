"""Disposal runs: drawing up, review, appraisal, approval by a second person, results and reports."""

from __future__ import annotations

from uuid import UUID

from eakte.actions import disposal_runs as actions
from eakte.actions import run_appraisal, run_approval, run_reports, run_review, run_view
from eakte.actions.archive_terms import terms_of
from eakte.actions.disposal_runs import Selection
from eakte.api.models import Nothing
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1.disposal_run_models import (
    DisposalRunFiles,
    DisposalRunReport,
    DisposalRunRow,
    DisposalRuns,
    DrawnUpRun,
    NewDisposalRun,
    RunAnswers,
    RunAppraisals,
    RunApproval,
    RunFilesBecause,
    RunFilesQuery,
    RunReasonOnly,
    RunReportQuery,
    RunsQuery,
    RunTakeover,
    RunWishes,
    file_of,
    row_of,
)
from eakte.errors import (
    ArchiveNotConfigured,
    CountNotConfirmed,
    MissingReason,
    MoveRefused,
    NotDue,
    SamePerson,
)
from eakte.records.access import Permission
from eakte.records.differences import DifferencesOpen

_ONE = "/disposal-runs/<uuid:disposal_run_id>"


def listing(call: Call, query: RunsQuery) -> DisposalRuns:
    """List runs, newest first, or those that wait for the person."""
    if query.waiting:
        waiting = run_view.waiting(call.session, call.actor, call.now)
        chosen = waiting[query.offset : query.offset + query.limit]
        return DisposalRuns(items=[row_of(line) for line in chosen], total=len(waiting))
    lines, total = run_view.listing(call.session, call.actor, offset=query.offset, limit=query.limit, now=call.now)
    return DisposalRuns(items=[row_of(line) for line in lines], total=total)


def create(call: Call, body: NewDisposalRun) -> Answer:
    """Draw up a run."""
    selection = Selection(body.file_plan_code or "", body.org_unit_code or "", body.due_until)
    made = actions.create(call.session, call.actor, body.title, selection, call.now)
    return Answer(DrawnUpRun(disposal_run_id=made.id), location=f"/disposal-runs/{made.id}")


def show(call: Call, disposal_run_id: UUID) -> DisposalRunRow:
    """Return one run."""
    found = run_view.show(call.session, call.actor, disposal_run_id, limit=1, now=call.now)
    return row_of(found.line)


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
    return DisposalRunFiles(items=[file_of(line) for line in found.files], total=found.total)


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
    terms = terms_of(call.services.settings)
    run_approval.go_on(call.session, call.actor, disposal_run_id, call.services.archive, call.now, terms=terms)
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
        problems=(MoveRefused, NotDue, DifferencesOpen),
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
        body=RunApproval,
        problems=(SamePerson, CountNotConfirmed, MoveRefused, ArchiveNotConfigured, DifferencesOpen),
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
