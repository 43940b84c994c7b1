"""What became of a run: progress with pace, exceptions, and boxes in = files filed = pages counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from eakte.actions.migrating import run_of, runs
from eakte.records.access import Actor
from eakte.records.migration import LineState, RunState, ScanState, seconds_left
from eakte.store.files import CaseFile, visible
from eakte.store.migration import MigrationFile, MigrationLine, MigrationRun, MigrationScan, counts_by_state
from eakte.store.people import OrgUnit

PACE = timedelta(minutes=10)
"""Of which the pace is taken."""
DONE = frozenset({LineState.FILED, LineState.ACCEPTED})
ENDED = frozenset({LineState.TAKEN_BACK, LineState.KEPT})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; counts are of lines."""

    run_id: UUID
    state: RunState
    fault: str | None
    counts: Mapping[LineState, int]
    per_hour: int | None
    pages_per_hour: int | None
    seconds_left: int | None

    @property
    def lines(self) -> int:
        """How many lines the manifest has."""
        return sum(self.counts.values())

    @property
    def settled(self) -> int:
        """How many lines need nothing more from the job."""
        rolling = self.state in {RunState.ROLLING_BACK, RunState.ROLLED_BACK}
        states = ENDED if rolling else {*DONE, LineState.EXCEPTION}
        return sum(self.counts.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as its worklist shows it; without words where its case file is not the actor's to see."""

    number: int
    box: str
    binder: str
    reference: str
    title: str
    path: str
    plan: str
    pages: int | None
    pages_counted: int
    state: LineState
    problems: tuple[str, ...]
    reason: str
    decided_by: str
    case_file_id: UUID | None
    case_file_reference: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What went in and what came of it, of a binder, a box or a whole run."""

    box: str
    binder: str
    lines: int
    filed: int
    accepted: int
    left: int
    """Lines that are neither filed nor explained."""
    taken_back: int
    case_files: int
    documents: int
    pages_told: int
    """Pages the manifest names; for lines without a number, those counted."""
    pages_counted: int
    explained: int
    """Pages by which accepted lines differ."""

    @property
    def equal(self) -> bool:
        """Whether everything that went in is filed or explained, to the page."""
        return self.left == 0 and self.lines == self.filed + self.accepted + self.taken_back and self.pages_equal

    @property
    def pages_equal(self) -> bool:
        """Whether the pages are as many as the manifest says, but for explained differences."""
        return self.pages_told + self.explained == self.pages_counted


@dataclass(frozen=True, slots=True)
class Report:
    """The reconciliation of a run."""

    run: Sums
    boxes: tuple[Sums, ...]
    binders: tuple[Sums, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """How far the migration of one unit is."""

    code: str
    name: str
    lines: int
    done: int
    exceptions: int


def progress(session: Session, actor: Actor, run_id: UUID, now: datetime) -> Progress:
    """Return how far a run is, its pace in lines and pages an hour and the time left in seconds, where known."""
    run = run_of(session, actor, run_id)
    counts = counts_by_state(session, run.id)
    left = sum(counts.get(state, 0) for state in (LineState.NEW, LineState.PLANNED, LineState.UNDER_WAY))
    began = max(run.started_at or now, now - PACE)
    recent = (MigrationLine.run_id == run.id) & (MigrationLine.done_at > began)
    done = session.scalar(select(func.count()).select_from(MigrationLine).where(recent)) or 0
    seconds = (now - began).total_seconds()
    working = run.state is RunState.RUNNING
    of_recent = select(func.sum(MigrationScan.pages)).join(MigrationLine, MigrationLine.id == MigrationScan.line_id)
    pages = session.scalar(of_recent.where(recent)) or 0 if working and done else 0
    return Progress(
        run_id=run.id,
        state=run.state,
        fault=run.fault,
        counts=counts,
        per_hour=round(done * 3_600 / seconds) if working and seconds > 0 and done else None,
        pages_per_hour=round(pages * 3_600 / seconds) if pages and seconds > 0 else None,
        seconds_left=seconds_left(left, done, seconds) if working else None,
    )


def worklist(
    session: Session, actor: Actor, run_id: UUID, states: Iterable[LineState], now: datetime, *, limit: int = 200
) -> list[Line]:
    """Return lines of a run in some states, in order."""
    run = run_of(session, actor, run_id)
    query = (
        select(MigrationLine)
        .where(MigrationLine.run_id == run.id, MigrationLine.state.in_(tuple(states)))
        .order_by(MigrationLine.number)
        .options(selectinload(MigrationLine.scans))
    )
    lines = session.scalars(query.limit(limit)).all()
    ids = {line.case_file_id for line in lines if line.case_file_id}
    seen = select(CaseFile.id, CaseFile.file_reference).where(CaseFile.id.in_(ids), visible(actor.keys, now))
    files: dict[UUID, str] = dict(session.execute(seen).all())
    return [_shown(line, files) for line in lines]


def _shown(line: MigrationLine, files: Mapping[UUID, str]) -> Line:
    hidden = line.case_file_id is not None and line.case_file_id not in files
    told = line.cells if line.state is LineState.NEW else []
    return Line(
        number=line.number,
        box=line.box,
        binder=line.binder,
        reference="" if hidden else line.reference,
        title="" if hidden else line.title or " · ".join(told),
        path="" if hidden else line.path,
        plan=line.plan,
        pages=line.pages,
        pages_counted=_counted(line),
        state=line.state,
        problems=() if hidden else (*(text for _, text in line.faults), *(one.kept for one in line.scans if one.kept)),
        reason="" if hidden else line.reason,
        decided_by=line.decided_by,
        case_file_id=None if hidden else line.case_file_id,
        case_file_reference="" if hidden or line.case_file_id is None else files[line.case_file_id],
    )


def _counted(line: MigrationLine) -> int:
    there = {ScanState.FILED, ScanState.KEPT}
    return sum(scan.pages or 0 for scan in line.scans if scan.state in there)


def first_cells(session: Session, actor: Actor, run_id: UUID, count: int) -> list[list[str]]:
    """Return the cells of the first lines of a manifest that is not imported yet, to map its columns by."""
    run = run_of(session, actor, run_id)
    if run.state is not RunState.DRAFT:
        return []
    query = select(MigrationLine.cells).where(MigrationLine.run_id == run.id).order_by(MigrationLine.number)
    return list(session.scalars(query.limit(count)))


def report(session: Session, actor: Actor, run_id: UUID) -> Report:
    """Return what went in and what came of it, per binder, per box and of the whole run."""
    run = run_of(session, actor, run_id)
    query = select(MigrationLine).where(MigrationLine.run_id == run.id).order_by(MigrationLine.number)
    lines = session.scalars(query.options(selectinload(MigrationLine.scans))).all()
    binders: dict[tuple[str, str], list[MigrationLine]] = defaultdict(list)
    boxes: dict[str, list[MigrationLine]] = defaultdict(list)
    for line in lines:
        binders[line.box, line.binder].append(line)
        boxes[line.box].append(line)
    return Report(
        run=_sums("", "", lines),
        boxes=tuple(_sums(box, "", some) for box, some in sorted(boxes.items())),
        binders=tuple(_sums(box, binder, some) for (box, binder), some in sorted(binders.items())),
    )


def _sums(box: str, binder: str, lines: Iterable[MigrationLine]) -> Sums:
    lines = list(lines)
    counted = {line.number: _counted(line) for line in lines}
    back = {line.number for line in lines if line.state in ENDED}
    told = {
        line.number: counted[line.number] if line.pages is None or line.number in back else line.pages for line in lines
    }
    accepted = [line for line in lines if line.state is LineState.ACCEPTED]
    filed = [line for line in lines if line.state is LineState.FILED]
    here = {ScanState.FILED, ScanState.KEPT}
    return Sums(
        box=box,
        binder=binder,
        lines=len(lines),
        filed=len(filed),
        accepted=len(accepted),
        left=len(lines) - len(filed) - len(accepted) - len(back),
        taken_back=len(back),
        case_files=len({line.case_file_id for line in lines if line.case_file_id and counted[line.number]}),
        documents=sum(scan.state in here for line in lines for scan in line.scans),
        pages_told=sum(told.values()),
        pages_counted=sum(counted.values()),
        explained=sum(counted[line.number] - told[line.number] for line in accepted),
    )


HEADS = (
    "Karton", "Ordner", "Zeilen", "abgelegt", "angenommen", "offen", "zurückgenommen", "Akten", "Dokumente",
    "Seiten laut Liste", "Seiten gezählt", "davon begründet", "geht auf",
)  # fmt: skip


def table(found: Report) -> list[tuple[str, ...]]:
    """Return the report as texts under HEADS: binders, boxes, the run."""
    kinds = [*((one, one.binder or "(ohne)") for one in found.binders), *((one, "alle") for one in found.boxes)]
    rows = [_row(one, one.box or "(ohne)", binder) for one, binder in kinds]
    return [*rows, _row(found.run, "alle", "alle")]


def _row(one: Sums, box: str, binder: str) -> tuple[str, ...]:
    numbers = (
        one.lines, one.filed, one.accepted, one.left, one.taken_back, one.case_files, one.documents, one.pages_told,
        one.pages_counted, one.explained,
    )  # fmt: skip
    return (box, binder, *(str(number) for number in numbers), "ja" if one.equal else "nein")


def departments(session: Session, actor: Actor) -> list[Department]:
    """Return how far each of the actor's units is, over all its runs that are not taken back or drafts."""
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for run in runs(session, actor):
        if run.state in {RunState.DRAFT, RunState.ROLLING_BACK, RunState.ROLLED_BACK}:
            continue
        counts = counts_by_state(session, run.id)
        one = sums[run.org_unit_id]
        one[0] += sum(counts.values())
        one[1] += sum(counts.get(state, 0) for state in DONE)
        one[2] += counts.get(LineState.EXCEPTION, 0)
    units = [(session.get_one(OrgUnit, unit_id).current, numbers) for unit_id, numbers in sums.items()]
    return [Department(unit.code, unit.name, *numbers) for unit, numbers in sorted(units, key=lambda one: one[0].code)]


def files_closed(session: Session, actor: Actor, run_id: UUID) -> int:
    """Return how many case files a run has closed as of the end its manifest gives."""
    run = run_of(session, actor, run_id)
    closed = (MigrationFile.run_id == run.id) & MigrationFile.closed_as_of.is_not(None)
    return session.scalar(select(func.count()).select_from(MigrationFile).where(closed)) or 0


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A case file that a rollback left, or that could not be closed."""

    case_file_id: UUID
    reference: str
    subject: str
    reason: str


def kept_files(session: Session, actor: Actor, run: MigrationRun, now: datetime) -> list[KeptFile]:
    """Return the visible case files that a rollback left as they were, with the reason."""
    return _files(session, actor, run, MigrationFile.kept, now)


def files_left_open(session: Session, actor: Actor, run: MigrationRun, now: datetime) -> list[KeptFile]:
    """Return the visible case files that could not be closed as of the end the manifest gives, with the reason."""
    return _files(session, actor, run, MigrationFile.left_open, now)


def _files(
    session: Session, actor: Actor, run: MigrationRun, why: InstrumentedAttribute[str], now: datetime
) -> list[KeptFile]:
    query = (
        select(CaseFile, why)
        .join(MigrationFile, MigrationFile.case_file_id == CaseFile.id)
        .where(MigrationFile.run_id == run.id, why != "", visible(actor.keys, now))
        .order_by(CaseFile.file_reference)
    )
    return [KeptFile(file.id, file.file_reference, file.subject, reason) for file, reason in session.execute(query)]
