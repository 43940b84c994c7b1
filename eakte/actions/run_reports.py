"""The reports of a disposal run: list of case files, disposal list, record of destruction, list of periods.

Each holds what the person may see. The record of destruction holds of a destroyed file what its certificate holds,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from eakte.actions.disposal_runs import MOST, run_of
from eakte.actions.manifest import facts
from eakte.actions.run_view import RunFileLine, files
from eakte.records.access import Actor, Permission
from eakte.records.calendar import BERLIN, day_of, german
from eakte.records.disposal_runs import ACTION_WORDS, ANSWER_LABELS, RESULT_LABELS, STAGE_LABELS, RunResult
from eakte.records.states import RUN_LABELS
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.history import record
from retention.model import Outcome


class RunReport(StrEnum):
    """Kind of report; its value is the name in addresses."""

    FILES = "aktenverzeichnis"
    DISPOSAL = "aussonderungsliste"
    DESTRUCTION = "vernichtungsprotokoll"
    PERIODS = "fristenliste"


REPORT_LABELS = {
    RunReport.FILES: "Aktenverzeichnis",
    RunReport.DISPOSAL: "Aussonderungsliste",
    RunReport.DESTRUCTION: "Vernichtungsprotokoll",
    RunReport.PERIODS: "Fristenliste",
}


@dataclass(frozen=True, slots=True)
class RunTable:
    """A report as texts: title, lines above the table, heads, rows, and how wide each column is beside the others."""

    title: str
    above: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    cells: Callable[[RunFileLine], tuple[str, ...]]


def report(session: Session, actor: Actor, run_id: UUID, kind: RunReport, now: datetime) -> RunTable:
    """Return a report of a run and note that it was taken; the record of destruction is for who sees certificates."""
    if kind is RunReport.DESTRUCTION:
        actor.require(Permission.DISPOSE)
    run = run_of(session, actor, run_id, now)
    made = _KINDS[kind]
    lines = files(session, actor, run, _wanted(kind), limit=2 * MOST, now=now)
    record(
        session,
        actor,
        "disposal_run.report_taken",
        about=("disposal_run", run.id),
        now=now,
        detail={"kind": kind.value, "files": len(lines)},
    )
    return RunTable(
        title=f"{REPORT_LABELS[kind]} – {run.title}",
        above=_above(run, len(lines), now),
        heads=("Nr.", *made.heads),
        rows=tuple((str(number), *made.cells(line)) for number, line in enumerate(lines, 1)),
        widths=(4, *made.widths),
    )


def _wanted(kind: RunReport) -> ColumnElement[bool]:
    return DisposalRunFile.result == RunResult.DESTROYED if kind is RunReport.DESTRUCTION else true()


def _above(run: DisposalRun, count: int, now: datetime) -> tuple[str, ...]:
    chosen = run.selection
    parts = [
        f"Aktenplan {chosen['plan']}" if chosen.get("plan") else "",
        f"Organisationseinheit {chosen['unit']}" if chosen.get("unit") else "",
        f"fällig bis {german(datetime.fromisoformat(chosen['until']).date())}" if chosen.get("until") else "",
    ]
    selection = ", ".join(part for part in parts if part) or "alle fälligen Akten"
    return (
        f"Stand {german(day_of(now))}: {RUN_LABELS[run.state]}. Auswahl: {selection}. {count} Akten.",
        f"Aufgestellt von {run.created_by} am {german(day_of(run.created_at))}.",
    )


def _day(value: date | None) -> str:
    return german(value) if value is not None else "–"


def _file_cells(line: RunFileLine) -> tuple[str, ...]:
    file = line.file
    return (
        file.file_reference,
        file.subject,
        f"{file.plan_unit.code} {file.plan_unit.title}",
        file.org_unit.current.code,
        f"{_day(file.opened_on)} – {_day(file.closed_on)}",
        _day(line.row.retention_end),
    )


def _disposal_cells(line: RunFileLine) -> tuple[str, ...]:
    row = line.row
    answer = ANSWER_LABELS[row.answer] if row.answer else "–"
    decided = (
        ACTION_WORDS[row.decision] if row.decision else ("V nach Regel" if row.outcome is Outcome.DESTROY else "–")
    )
    standing = RESULT_LABELS[row.result] if row.result else STAGE_LABELS[line.stage]
    if row.result is RunResult.HANDED_OVER and line.file.archive_reference:
        standing = f"{standing}: {line.file.archive_reference}"
    elif row.result_reason:
        standing = f"{standing}: {row.result_reason}"
    return (line.file.file_reference, line.file.subject, line.file.org_unit.current.code, answer, decided, standing)


def _destruction_cells(line: RunFileLine) -> tuple[str, ...]:
    disposal = line.row.disposal
    if disposal is None or disposal.done_at is None:
        return (line.file.file_reference, *("–",) * 8)
    told = facts(disposal, disposal.done_at)
    return (
        told.reference,
        f"{_day(told.opened_on)} – {_day(told.closed_on)}",
        _day(told.retention_end),
        f"{told.rule_id}, {told.legal_basis}",
        f"{told.decision.value}, {told.decided_by}",
        f"{len(told.document_ids)} / {told.pages}",
        f"{told.proposed_by}; {told.approved_by}",
        f"{disposal.done_at.astimezone(BERLIN):%d.%m.%Y %H:%M}",
        told.certificate_id,
    )


def _period_cells(line: RunFileLine) -> tuple[str, ...]:
    row, file = line.row, line.file
    return (
        file.file_reference,
        file.subject,
        _day(file.closed_on),
        row.rule_id or "–",
        _day(row.retention_end),
        " ".join(row.steps),
    )


_KINDS = {
    RunReport.FILES: _Kind(
        ("Aktenzeichen", "Betreff", "Aktenplan", "Zuständig", "Laufzeit", "Aufbewahrung bis"),
        (15, 31, 22, 11, 18, 14),
        _file_cells,
    ),
    RunReport.DISPOSAL: _Kind(
        ("Aktenzeichen", "Betreff", "Zuständig", "Fachamt", "Archiv", "Ergebnis"),
        (15, 35, 10, 14, 16, 24),
        _disposal_cells,
    ),
    RunReport.DESTRUCTION: _Kind(
        (
            "Aktenzeichen", "Laufzeit", "Aufbewahrung bis", "Regel", "Entscheidung", "Dokumente / Seiten",
            "Vorgeschlagen; freigegeben", "Vernichtet am", "Nachweis",
        ),
        (15, 13, 13, 17, 13, 11, 17, 11, 20),
        _destruction_cells,
    ),
    RunReport.PERIODS: _Kind(
        ("Aktenzeichen", "Betreff", "z.d.A.", "Regel", "Aufbewahrung bis", "Begründung"),
        (15, 27, 11, 10, 15, 48),
        _period_cells,
    ),
}  # fmt: skip


def report_kinds(actor: Actor) -> Sequence[RunReport]:
    """Return the reports the actor may take."""
    return [kind for kind in RunReport if kind is not RunReport.DESTRUCTION or actor.may(Permission.DISPOSE)]
