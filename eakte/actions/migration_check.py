"""Judging the lines of a manifest: what each says, which scans it means, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.choices import subject_units
from eakte.actions.migrating import run_of
from eakte.records.access import Actor
from eakte.records.migration import Entry, Fault, ends_of
from eakte.records.migration_cells import Defaults, against_each_other, read_line
from eakte.records.states import LABELS, CaseFileState
from eakte.store.files import CaseFile, visible
from eakte.store.migration import MigrationLine, MigrationRun
from eakte.store.references import CASE_FILE, ReferenceAlias
from eakte.store.scan_folders import ScanFolders

SHOWN = 500
"""Lines with faults that are shown at most."""
_AT_ONCE = 500
USABLE = frozenset({CaseFileState.OPEN, CaseFileState.VOIDED})
"""States of a case file that a run may add to; a voided one it opens again."""

CountPages = Callable[[Sequence[Path], float], Mapping[Path, int | None]]
"""Counts pages of files within so many seconds, as ``ingest.page_counts`` does."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, its scans, and what is wrong with it."""

    entry: Entry
    scans: tuple[str, ...]
    faults: tuple[Fault, ...]
    reference: str = ""
    """Reference of the case file that is there already and takes its documents."""


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a dry run."""

    faulty: tuple[Judged, ...]
    faults: int
    """How many lines have faults; ``faulty`` shows the first of them."""
    lines: int
    boxes: int
    files: int
    new_files: int
    closing: int
    """Of the new ones, those that are closed as of the end their lines give."""
    scans: int
    pages_told: int
    pages_counted: int
    uncounted: int
    """Scans whose pages were not counted, for want of time or because only reading can tell."""
    unused: tuple[str, ...]
    """Files in the folder that no line names."""


def judge(
    session: Session,
    actor: Actor,
    run: MigrationRun,
    lines: Iterable[MigrationLine],
    folders: ScanFolders,
    now: datetime,
) -> dict[int, Judged]:
    """Return every line judged, by number; nothing is written."""
    defaults = Defaults(run.plan, run.document_type)
    read = [read_line(line.number, line.cells, run.columns, line.corrected, defaults) for line in lines]
    between = against_each_other(entry for entry, _ in read)
    plans = {choice.code for choice in subject_units(session)}
    there = _there_already(session, actor, {entry.reference for entry, _ in read if entry.reference}, now)
    judged = {}
    for entry, own in read:
        scans = folders.scans(run.folder, entry.path)
        file = there.get(entry.reference)
        faults = [*own, *between.get(entry.number, ()), *_of_place(entry, scans, plans), *_of_file(run, file)]
        judged[entry.number] = Judged(entry, scans, tuple(faults), file.file_reference if file else "")
    return judged


def _of_place(entry: Entry, scans: Collection[str], plans: Collection[str]) -> Iterable[Fault]:
    if entry.path and not scans:
        yield Fault("missing-scan", f"Im Ordner des Laufs liegt nichts unter „{entry.path}“.")
    if not entry.plan:
        yield Fault("unknown-plan", "Die Aktenplaneinheit fehlt, in der Zeile und als Vorgabe des Laufs.")
    elif entry.plan not in plans:
        text = f"Die Betreffseinheit {entry.plan} gibt es im geltenden Aktenplan nicht, oder sie ist stillgelegt."
        yield Fault("unknown-plan", text)


def _of_file(run: MigrationRun, file: CaseFile | None) -> Iterable[Fault]:
    if file is None:
        return
    if file.access_key != run.access_key:
        yield Fault("other-unit", f"Die Akte {file.file_reference} führt eine andere Organisationseinheit.")
    elif file.state not in USABLE:
        yield Fault("case-file-closed", f"Die Akte {file.file_reference} ist im Zustand „{LABELS[file.state]}“.")


def _there_already(session: Session, actor: Actor, wanted: set[str], now: datetime) -> dict[str, CaseFile]:
    """Return the case files the actor may see that bear one of the references now or once did."""
    found: dict[str, CaseFile] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        seen = visible(actor.keys, now)
        former = (
            select(ReferenceAlias.reference, CaseFile)
            .join(CaseFile, CaseFile.id == ReferenceAlias.record_id)
            .where(ReferenceAlias.kind == CASE_FILE, ReferenceAlias.reference.in_(some), seen)
        )
        found |= dict(session.execute(former).all())
        present = select(CaseFile).where(CaseFile.file_reference.in_(some), seen)
        found |= {file.file_reference: file for file in session.scalars(present)}
    return found


def dry_run(
    session: Session, actor: Actor, run_id: UUID, folders: ScanFolders, count_pages: CountPages, seconds: float,
    now: datetime,
) -> Check:  # fmt: skip
    """Say what an import would do and everything that would stop it, line by line. Nothing is written.

    Args:
        session: of a reading transaction.
        actor: who asks.
        run_id: of the run.
        folders: where the scans lie.
        count_pages: counts the pages of the scans.
        seconds: how long it may count; what it does not reach is counted when it is read.
        now: the moment.
    """
    run = run_of(session, actor, run_id)
    lines = session.scalars(
        select(MigrationLine).where(MigrationLine.run_id == run.id).order_by(MigrationLine.number)
    ).all()
    judged = list(judge(session, actor, run, lines, folders, now).values())
    paths = {scan: folders.file(run.folder, scan) for one in judged for scan in one.scans}
    counts = count_pages(list(paths.values()), seconds) if paths else {}
    pages = {scan: count for scan, path in paths.items() if (count := counts.get(path)) is not None}
    judged = [_with_pages(one, pages) for one in judged]
    faulty = tuple(one for one in judged if one.faults)
    keys = {one.entry.file_key: one.reference for one in judged}
    named = set(paths)
    ends = ends_of(one.entry for one in judged) if run.closes else {}
    return Check(
        faulty=faulty[:SHOWN],
        faults=len(faulty),
        lines=len(judged),
        boxes=len({one.entry.box for one in judged if one.entry.box}),
        files=len(keys),
        new_files=sum(not reference for reference in keys.values()),
        closing=sum(not keys[key] for key in ends),
        scans=len(paths),
        pages_told=sum(one.entry.pages or 0 for one in judged),
        pages_counted=sum(pages.values()),
        uncounted=len(paths) - len(pages),
        unused=tuple(scan for scan in folders.scans(run.folder, ".") if scan not in named)[:SHOWN],
    )


def _with_pages(one: Judged, pages: Mapping[str, int]) -> Judged:
    told, counted = one.entry.pages, [pages.get(scan) for scan in one.scans]
    known = [count for count in counted if count is not None]
    if told is None or not counted or len(known) != len(counted) or sum(known) == told:
        return one
    return Judged(one.entry, one.scans, (*one.faults, pages_differ(told, sum(known))), one.reference)


def pages_differ(told: int, counted: int) -> Fault:
    """Return the fault of a line whose scans have another number of pages than the manifest says."""
    return Fault("pages-differ", f"Die Liste nennt {told} Seiten, die Scans haben {counted}.")
