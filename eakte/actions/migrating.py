"""The migration desk: runs from the manifest to the order, stopping and resuming; who sees which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import false, func, select, update
from sqlalchemy.orm import Session

from eakte.actions.guard import check_revision
from eakte.actions.manifests import read_manifest
from eakte.errors import InvalidInput, MissingReason, MoveRefused, NotFound
from eakte.records.access import SYSTEM, Actor, Permission, unit_key
from eakte.records.languages import joined
from eakte.records.migration import RUN_LABELS, LineState, RunState, move_run
from eakte.records.migration_cells import FIELDS, NEEDED, columns_by_name, guess, names_of
from eakte.store.history import Changes, noted, record, set_to, since
from eakte.store.jobs import enqueue
from eakte.store.migration import MigrationFile, MigrationLine, MigrationProfile, MigrationRun, counts_by_state
from eakte.store.people import unit_by_code
from eakte.store.scan_folders import ScanFolders

POWERS = (Permission.MIGRATE, Permission.UPLOAD, Permission.OPEN_FILE, Permission.FILE)
"""A run does what its person could do by hand, so they need the powers for each of it."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """What the person states."""

    title: str
    org_unit_code: str
    folder: str
    manifest: bytes
    plan: str
    document_type: str
    profile: str = ""
    """Name of a kept mapping; empty: guessed from the heads."""
    closes: bool = True
    """Whether files are closed as of the end the manifest gives, when the run is through."""
    languages: Collection[str] | None = None
    """With which its scans are read; ``None``: as the installation is set."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is which field (``None``: none), and what the run says where a line does not."""

    places: Mapping[str, int | None]
    keep_as: str = ""
    """Name of the profile to keep it by."""
    plan: str | None = None
    document_type: str | None = None
    languages: Collection[str] | None = None
    """With which the scans are read; ``None`` leaves them as they are."""


def create(
    session: Session, actor: Actor, folders: ScanFolders, new: NewRun, *, installed: Sequence[str], now: datetime
) -> MigrationRun:
    """Take a manifest over; nothing is imported before it is ordered. ``installed`` are the languages there are.

    Raises:
        InvalidInput: The unit is not one of the actor's, the folder is not one of the unit's, the manifest
            cannot be read, or a language is not installed.
    """
    for power in POWERS:
        actor.require(power)
    unit = unit_by_code(session, new.org_unit_code)
    if unit is None or new.org_unit_code not in actor.unit_codes:
        raise InvalidInput(problem="Diese Organisationseinheit steht Ihnen nicht offen.", field="unit")
    if new.folder not in folders.of_unit(unit.code):
        raise InvalidInput(problem="Bitte einen Ordner mit Scans dieser Einheit wählen.", field="folder")
    for field, text, most in (("title", new.title, 200), ("document_type", new.document_type, 80)):
        if not text.strip() or len(text.strip()) > most:
            problem = "Bitte Bezeichnung (höchstens 200 Zeichen) und Dokumenttyp (höchstens 80) angeben."
            raise InvalidInput(problem=problem, field=field)
    languages = "" if new.languages is None else joined(new.languages, installed)
    table, key = read_manifest(new.manifest), unit_key(unit.key)
    run = MigrationRun(
        org_unit_id=unit.id,
        access_key=key,
        title=new.title.strip(),
        folder=new.folder,
        heads=list(table.heads),
        columns=_columns(session, key, new.profile, table.heads),
        plan=new.plan.strip()[:40],
        document_type=new.document_type.strip(),
        closes=new.closes,
        languages=languages,
        created_by=actor.login,
        created_at=now,
    )
    session.add(run)
    session.flush()
    session.add_all(MigrationLine(run_id=run.id, number=number, cells=list(cells)) for number, cells in table.lines)
    session.flush()
    log(session, actor, run, "migration.created", now, changes=set_to(languages=languages))
    return run


def _columns(session: Session, key: str, profile: str, heads: Sequence[str]) -> dict[str, int]:
    if not profile:
        return guess(heads)
    found = session.scalar(
        select(MigrationProfile).where(MigrationProfile.access_key == key, MigrationProfile.name == profile)
    )
    if found is None:
        raise InvalidInput(problem="Diese Zuordnung gibt es nicht.", field="profile")
    return columns_by_name(found.heads, heads)


def runs(session: Session, actor: Actor) -> list[MigrationRun]:
    """Return the runs of the actor's units, newest first."""
    actor.require(Permission.MIGRATE)
    query = select(MigrationRun).where(MigrationRun.access_key.in_(actor.keys) if actor is not SYSTEM else ~false())
    return list(session.scalars(query.order_by(MigrationRun.created_at.desc(), MigrationRun.id)))


def run_of(session: Session, actor: Actor, run_id: UUID, *, lock: bool = False) -> MigrationRun:
    """Return a run of one of the actor's units; ``lock`` keeps its row.

    Raises:
        NotFound: There is none, or it is another unit's.
    """
    actor.require(Permission.MIGRATE)
    query = select(MigrationRun).where(MigrationRun.id == run_id)
    if actor is not SYSTEM:
        query = query.where(MigrationRun.access_key.in_(actor.keys))
    if lock:
        query = query.with_for_update(of=MigrationRun).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def profiles(session: Session, actor: Actor) -> list[MigrationProfile]:
    """Return the kept mappings of the actor's units, by name."""
    actor.require(Permission.MIGRATE)
    mine = select(MigrationProfile).where(MigrationProfile.access_key.in_(actor.keys))
    return list(session.scalars(mine.order_by(MigrationProfile.name)))


def map_columns(
    session: Session,
    actor: Actor,
    run_id: UUID,
    mapping: Columns,
    *,
    installed: Sequence[str],
    revision: int | None = None,
    now: datetime,
) -> MigrationRun:
    """Say which column is which field, before the run starts. ``installed`` are the languages there are.

    Raises:
        InvalidInput: A field or column does not exist, or a language is not installed.
        StaleRevision: Somebody else has changed it since *revision*.
        MoveRefused: The run has started.
    """
    run = run_of(session, actor, run_id, lock=True)
    check_revision(run.revision, revision)
    if run.state is not RunState.DRAFT:
        raise MoveRefused(state=RUN_LABELS[run.state])
    chosen = {field: place for field, place in mapping.places.items() if place is not None}
    if not set(chosen) <= set(FIELDS) or any(not 0 <= place < len(run.heads) for place in chosen.values()):
        raise InvalidInput(problem="Diese Spalte gibt es nicht.", field="columns")
    before = noted(run, "languages")
    if mapping.languages is not None:
        run.languages = joined(mapping.languages, installed)
    run.columns = chosen
    run.plan = run.plan if mapping.plan is None else mapping.plan.strip()[:40]
    run.document_type = (mapping.document_type or "").strip()[:80] or run.document_type
    run.revision += 1
    if mapping.keep_as.strip():
        _keep_profile(session, actor, run, mapping.keep_as.strip()[:80])
    log(session, actor, run, "migration.mapped", now, changes=since(before, run))
    return run


def _keep_profile(session: Session, actor: Actor, run: MigrationRun, name: str) -> None:
    found = session.scalar(
        select(MigrationProfile).where(MigrationProfile.access_key == run.access_key, MigrationProfile.name == name)
    )
    kept = found or MigrationProfile(access_key=run.access_key, name=name)
    kept.heads, kept.created_by = names_of(run.columns, run.heads), actor.login
    session.add(kept)


def start(
    session: Session,
    actor: Actor,
    run_id: UUID,
    *,
    quiet: tuple[int, int] | None = None,
    revision: int | None = None,
    now: datetime,
) -> MigrationRun:
    """Order the import of a draft, or let a stopped one go on, as the actor.

    Args:
        session: of the caller.
        actor: the person for whom everything is opened and filed from now on.
        run_id: of the run.
        quiet: hours of the city's clock between which nothing new is taken up; ``None`` leaves them as they are.
        revision: the run as the person saw it.
        now: the moment.

    Raises:
        InvalidInput: Needed columns are not mapped, or the unit is not one of the actor's.
        StaleRevision: Somebody else has changed it since *revision*.
        MoveRefused: It runs, or is over.
    """
    for power in POWERS:
        actor.require(power)
    run = run_of(session, actor, run_id, lock=True)
    check_revision(run.revision, revision)
    if run.closes:
        actor.require(Permission.CLOSE)
    if run.org_unit.current.code not in actor.unit_codes:
        raise InvalidInput(problem="Diese Organisationseinheit steht Ihnen nicht offen.", field="unit")
    if missing := [FIELDS[field] for field in NEEDED if field not in run.columns]:
        raise InvalidInput(problem=f"Bitte zuordnen: {', '.join(missing)}.", field="columns")
    if quiet is not None:
        if not all(0 <= hour <= 23 for hour in quiet):
            raise InvalidInput(problem="Ruhezeiten sind Stunden von 0 bis 23.", field="quiet")
        run.quiet_from, run.quiet_until = quiet
    first = run.state is RunState.DRAFT
    go_on(session, run, actor, now)
    log(session, actor, run, "migration.started" if first else "migration.resumed", now)
    return run


def go_on(session: Session, run: MigrationRun, actor: Actor, now: datetime) -> None:
    """Set a run to running and order its job; nothing happens to one that runs."""
    if run.state is RunState.RUNNING:
        return
    run.state = move_run(run.state, RunState.RUNNING)
    run.ordered_by, run.started_at, run.ended_at, run.fault = actor.login, run.started_at or now, None, None
    run.revision += 1
    again = update(MigrationFile).where(MigrationFile.run_id == run.id, MigrationFile.left_open != "")
    session.execute(again.values(left_open=""))
    order(session, run)


def order(session: Session, run: MigrationRun) -> None:
    """Order the first round of a run's job."""
    enqueue(session, "migration", f"{run.id}:{run.revision}:1", str(run.id), f"{run.revision}:1")


def stop(
    session: Session, actor: Actor, run_id: UUID, now: datetime, *, revision: int | None = None
) -> MigrationRun:  # fmt: skip
    """Take up nothing more; what is being read is filed when the run goes on.

    Raises:
        StaleRevision: Somebody else has changed it since *revision*.
        MoveRefused: It does not run.
    """
    run = run_of(session, actor, run_id, lock=True)
    check_revision(run.revision, revision)
    run.state = move_run(run.state, RunState.STOPPED)
    run.revision += 1
    log(session, actor, run, "migration.stopped", now)
    return run


def roll_back(
    session: Session, actor: Actor, run_id: UUID, *, reason: str, revision: int | None = None, now: datetime
) -> MigrationRun:
    """Order that everything the run made is taken back, but for what people have changed since.

    Raises:
        StaleRevision: Somebody else has changed it since *revision*.
        MissingReason: No reason was given.
        MoveRefused: It runs, has not begun, or was taken back already.
    """
    for power in POWERS:
        actor.require(power)
    run = run_of(session, actor, run_id, lock=True)
    check_revision(run.revision, revision)
    if not reason.strip():
        raise MissingReason
    if run.state is not RunState.ROLLING_BACK or run.fault is None:
        run.state = move_run(run.state, RunState.ROLLING_BACK)
    run.ordered_by, run.reason, run.ended_at, run.fault = actor.login, reason.strip(), None, None
    run.revision += 1
    log(session, actor, run, "migration.rollback_ordered", now, reason=run.reason)
    order(session, run)
    return run


def log(
    session: Session,
    actor: Actor,
    run: MigrationRun,
    action: str,
    now: datetime,
    *,
    reason: str = "",
    changes: Changes | None = None,
) -> None:
    """Write to the history, with counts alone: it outlives what the run made."""
    counts = counts_by_state(session, run.id)
    closed = select(func.count()).where(MigrationFile.run_id == run.id, MigrationFile.closed_as_of.is_not(None))
    detail = {
        "lines": sum(counts.values()),
        "filed": counts.get(LineState.FILED, 0),
        "exceptions": counts.get(LineState.EXCEPTION, 0),
        "accepted": counts.get(LineState.ACCEPTED, 0),
        "taken_back": counts.get(LineState.TAKEN_BACK, 0),
        "kept": counts.get(LineState.KEPT, 0),
        "files_closed": session.scalar(closed) or 0,
    }
    about = ("migration", run.id)
    record(session, actor, action, about=about, now=now, detail=detail, reason=reason, changes=changes)
