"""Disposal runs as their participants see them: who has to act, the case files piece by piece, the run's history.

Each page takes the same few statements however many case files a run has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.audit import HistoryLine, of_run
from eakte.actions.disposal_runs import run_of, run_seen, seen
from eakte.actions.run_settling import facts_of
from eakte.records.access import Actor, Permission
from eakte.records.disposal_runs import (
    RUN_ENDED,
    RunAnswer,
    RunCounts,
    RunParty,
    RunStage,
    stage_of,
    waits_for,
)
from eakte.records.states import CaseFileState, DisposalRunState
from eakte.store.disposal_runs import DisposalRun, DisposalRunFile
from eakte.store.files import CaseFile, reached
from eakte.store.people import OrgUnit
from retention.model import DisposalAction


class RunShown(StrEnum):
    """Which case files of a run are listed."""

    MINE = "mine"
    """Those that wait for the person."""
    LEFT = "left"
    SETTLED = "settled"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list, counted as far as the actor may see its case files."""

    run: DisposalRun
    counts: RunCounts
    waits_for: frozenset[RunParty]
    mine: frozenset[RunParty]
    """The parts in which it waits for the actor."""


@dataclass(frozen=True, slots=True)
class RunFileLine:
    """A case file of a run; ``open`` tells whether the actor may open the file itself."""

    row: DisposalRunFile
    file: CaseFile
    stage: RunStage
    open: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run with a piece of its case files."""

    line: RunLine
    shown: RunShown
    offered: frozenset[RunShown]
    """What there is to show: nothing waits for the person if "mine" is missing."""
    files: Sequence[RunFileLine]
    total: int
    units: Sequence[tuple[str, str, int, int]]
    """Departments: code, name, case files, answered or settled."""
    approvers: Sequence[str]
    history: Sequence[HistoryLine]


def listing(
    session: Session, actor: Actor, *, offset: int = 0, limit: int = 50, now: datetime
) -> tuple[tuple[RunLine, ...], int]:
    """Return the runs the actor may know of, newest first, and how many there are."""
    actor.require(Permission.DISPOSAL_RUNS)
    where = run_seen(actor, now)
    newest = select(DisposalRun).where(where).order_by(DisposalRun.created_at.desc(), DisposalRun.id)
    runs = list(session.scalars(newest.offset(offset).limit(limit)))
    counts = _counts(session, actor, [run.id for run in runs], now)
    total = session.scalar(select(func.count()).select_from(DisposalRun).where(where)) or 0
    return tuple(_line(run, counts.get(run.id, RunCounts()), actor) for run in runs), total


def waiting(session: Session, actor: Actor, now: datetime) -> tuple[RunLine, ...]:
    """Return the running runs that wait for the actor, oldest first."""
    actor.require(Permission.DISPOSAL_RUNS)
    query = select(DisposalRun).where(DisposalRun.state.not_in(RUN_ENDED), run_seen(actor, now))
    runs = list(session.scalars(query.order_by(DisposalRun.created_at, DisposalRun.id)))
    counts = _counts(session, actor, [run.id for run in runs], now)
    lines = (_line(run, counts.get(run.id, RunCounts()), actor) for run in runs)
    return tuple(line for line in lines if line.mine)


def _line(run: DisposalRun, counts: RunCounts, actor: Actor) -> RunLine:
    parties = waits_for(run.state, counts)
    mine = {
        RunParty.MANAGER: actor.may(Permission.DISPOSE),
        RunParty.DEPARTMENT: actor.may(Permission.CLOSE) and counts.own_unanswered > 0,
        RunParty.ARCHIVE: actor.may(Permission.APPRAISE) and run.decides_here,
        RunParty.APPROVER: actor.may(Permission.DISPOSE)
        and actor.person_id != run.submitted_by_id
        and counts.unapproved > 0,
    }
    return RunLine(run, counts, parties, frozenset(party for party in parties if mine[party]))


def _conditions(actor: Actor) -> dict[str, ColumnElement[bool]]:
    """Return what is counted, by the names of :class:`RunCounts`."""
    row, left = DisposalRunFile, DisposalRunFile.result.is_(None)
    unanswered = and_(left, row.answer.is_(None))
    confirm = and_(row.decision == DisposalAction.ARCHIVE, CaseFile.state == CaseFileState.EVALUATED_ARCHIVE)
    return {
        "left": left,
        "unanswered": unanswered,
        "own_unanswered": and_(unanswered, CaseFile.access_key.in_(actor.keys)),
        "wished": and_(left, row.answer == RunAnswer.KEEP_LONGER),
        "undecided": and_(left, row.offered_at.is_not(None), row.decision.is_(None)),
        "to_confirm": and_(left, row.approved_at.is_not(None), confirm),
        "unapproved": and_(left, row.approved_at.is_(None)),
    }


def _rows(actor: Actor, now: datetime) -> Select[DisposalRunFile]:
    return (
        select(DisposalRunFile)
        .join(DisposalRun, DisposalRun.id == DisposalRunFile.run_id)
        .join(CaseFile, CaseFile.id == DisposalRunFile.case_file_id)
        .where(seen(actor, now))
    )


def _counts(session: Session, actor: Actor, run_ids: Sequence[UUID], now: datetime) -> Mapping[UUID, RunCounts]:
    sums = [func.sum(case((holds, 1), else_=0)).label(name) for name, holds in _conditions(actor).items()]
    query = _rows(actor, now).with_only_columns(DisposalRunFile.run_id, func.count().label("files"), *sums)
    found = session.execute(query.where(DisposalRunFile.run_id.in_(run_ids)).group_by(DisposalRunFile.run_id))
    return {
        row["run_id"]: RunCounts(**{name: row[name] for name in row if name != "run_id"}) for row in found.mappings()
    }


def show(
    session: Session,
    actor: Actor,
    run_id: UUID,
    *,
    shown: RunShown | None = None,
    offset: int = 0,
    limit: int = 50,
    now: datetime,
) -> RunPage:
    """Return a run with a piece of its case files by reference; at first those that wait for the actor, if any do."""
    run = run_of(session, actor, run_id, now)
    line = _line(run, _counts(session, actor, [run.id], now).get(run.id, RunCounts()), actor)
    conditions = _shown(actor, line)
    chosen = shown or (RunShown.MINE if RunShown.MINE in conditions else RunShown.ALL)
    wanted = and_(DisposalRunFile.run_id == run.id, conditions.get(chosen, DisposalRunFile.run_id.is_(None)))
    total = session.scalar(_rows(actor, now).with_only_columns(func.count()).where(wanted)) or 0
    return RunPage(
        line=line,
        shown=chosen,
        offered=frozenset(conditions),
        files=files(session, actor, run, wanted, offset=offset, limit=limit, now=now),
        total=total,
        units=_units(session, actor, run.id, now),
        approvers=_approvers(session, actor, run.id, now),
        history=of_run(session, run.id, _rows(actor, now).with_only_columns(DisposalRunFile.case_file_id)),
    )


def _shown(actor: Actor, line: RunLine) -> dict[RunShown, ColumnElement[bool]]:
    found, left = _conditions(actor), DisposalRunFile.result.is_(None)
    mine: list[ColumnElement[bool]] = []
    if RunParty.DEPARTMENT in line.mine:
        mine.append(found["own_unanswered"])
    if RunParty.MANAGER in line.mine and line.counts.wished:
        mine.append(found["wished"])
    if RunParty.ARCHIVE in line.mine:
        mine.append(found["undecided"] if line.run.state is DisposalRunState.APPRAISAL else found["to_confirm"])
    if RunParty.APPROVER in line.mine:
        mine.append(found["unapproved"])
    conditions: dict[RunShown, ColumnElement[bool]] = {
        RunShown.LEFT: left,
        RunShown.SETTLED: ~left,
        RunShown.ALL: DisposalRunFile.run_id.is_not(None),
    }
    return {RunShown.MINE: or_(*mine), **conditions} if mine else conditions


def files(
    session: Session,
    actor: Actor,
    run: DisposalRun,
    wanted: ColumnElement[bool],
    *,
    offset: int = 0,
    limit: int = 50,
    now: datetime,
) -> list[RunFileLine]:
    """Return case files of a run that match, by reference."""
    own = reached(actor.keys, now) & (CaseFile.state != CaseFileState.DESTROYED)
    query = (
        _rows(actor, now)
        .add_columns(own)
        .where(DisposalRunFile.run_id == run.id, wanted)
        .options(
            joinedload(DisposalRunFile.case_file).joinedload(CaseFile.org_unit),
            joinedload(DisposalRunFile.case_file).joinedload(CaseFile.plan_unit),
            joinedload(DisposalRunFile.disposal),
        )
        .order_by(CaseFile.file_reference)
    )
    return [
        RunFileLine(row, row.case_file, stage_of(run.state, facts_of(row, row.outcome)), open=bool(may_open))
        for row, may_open in session.execute(query.offset(offset).limit(limit)).all()
    ]


def _units(session: Session, actor: Actor, run_id: UUID, now: datetime) -> list[tuple[str, str, int, int]]:
    spoken = case((or_(DisposalRunFile.answer.is_not(None), DisposalRunFile.result.is_not(None)), 1), else_=0)
    query = (
        _rows(actor, now)
        .join(CaseFile.org_unit)
        .with_only_columns(OrgUnit.code, OrgUnit.name, func.count(), func.sum(spoken))
        .where(DisposalRunFile.run_id == run_id)
        .group_by(OrgUnit.code, OrgUnit.name)
        .order_by(OrgUnit.code)
    )
    return [(code, name, count, done) for code, name, count, done in session.execute(query).all()]


def _approvers(session: Session, actor: Actor, run_id: UUID, now: datetime) -> list[str]:
    query = _rows(actor, now).with_only_columns(DisposalRunFile.approved_by).distinct()
    named = DisposalRunFile.approved_by.is_not(None)
    query = query.where(DisposalRunFile.run_id == run_id, named).order_by(DisposalRunFile.approved_by)
    return [name for name in session.scalars(query) if name]
