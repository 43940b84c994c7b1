"""The records manager's desk: lists of case files by what is to be done about them, from the kept verdicts.

Every list is a walk through one index (``outcome``, ``waits_for``, ``retention_end``, ``reference``): what a list shows
of each outcome is taken in that order, and the first of these are shown. So it costs the same with a million files, and
goes on behind its last row to the end, whatever comes and goes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, joinedload

from eakte.actions.case_lists import CaseFileRow, in_branch, row_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.desk import Pile
from eakte.records.states import CaseFileState, DisposalState
from eakte.store.disposal import Disposal, VerdictRow
from eakte.store.files import CaseFile, visible
from eakte.store.plan import RetentionRule
from eakte.store.retention_rows import Places
from retention.model import CASE_CLOSED, Outcome

ENDLESS = frozenset({Outcome.OPEN, Outcome.NO_RULE, Outcome.WAITING_FOR_EVENT, Outcome.KEEP_PERMANENTLY})
"""Outcomes without a last day; all others have one."""
AT_ARCHIVE = frozenset(
    {CaseFileState.OFFERED, CaseFileState.EVALUATED_ARCHIVE, CaseFileState.TRANSFERRED, CaseFileState.ARCHIVED}
)
"""States in which the archive has been offered a file or holds it."""
OPEN_DISPOSALS = frozenset({DisposalState.PROPOSED, DisposalState.APPROVED, DisposalState.EXECUTING})
NO_ID = UUID(int=0)


OUTCOMES = {
    Pile.OVERDUE: (Outcome.OFFER, Outcome.DESTROY),
    Pile.THIS_YEAR: (Outcome.KEEP,),
    Pile.NO_RULE: (Outcome.NO_RULE,),
    Pile.WAITING: (Outcome.WAITING_FOR_EVENT,),
    Pile.CONFLICT: (Outcome.CONFLICT,),
    Pile.ON_HOLD: (Outcome.ON_HOLD,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the desk is narrowed to; nothing: everything with a verdict."""

    pile: Pile | None = None
    outcome: Outcome | None = None
    department: str = ""
    """Code of a unit: what it leads today, with all units below."""
    plan_code: str = ""
    """Code of a branch of the file plan."""
    year: int | None = None
    """In which the period ends; where it has no end, in which the file was closed."""
    trigger: str = ""
    """Code of the event that is waited for."""


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A case file on the desk."""

    file: CaseFileRow
    plan_code: str
    outcome: Outcome
    retention_end: date | None
    rule_id: str | None
    waits_for: str | None
    """Code of the event that is waited for."""
    disposal: Disposal | None
    """The open destruction of this file, if there is one."""

    @property
    def place(self) -> Behind:
        """Where the list goes on behind this row."""
        return Behind(self.retention_end, self.file.reference)


@dataclass(frozen=True, slots=True)
class Behind:
    """The last row seen: the list goes on behind it, by end, those without one last, then by reference."""

    retention_end: date | None
    reference: str

    def rest(self, *, endless: bool | None) -> ColumnElement[bool] | None:
        """Return the condition of what comes later among rows with or without an end; ``None``: nothing does."""
        later = VerdictRow.reference > self.reference
        if endless is None:
            none = VerdictRow.retention_end.is_(None)
            if self.retention_end is None:
                return and_(none, later)
            return or_(none, self._dated())
        if endless:
            return VerdictRow.reference > ("" if self.retention_end else self.reference)
        return None if self.retention_end is None else self._dated()

    def _dated(self) -> ColumnElement[bool]:
        seen = tuple_(self.retention_end, self.reference)
        return tuple_(VerdictRow.retention_end, VerdictRow.reference) > seen


@dataclass(frozen=True, slots=True)
class _Strand:
    """Rows of a list that stand together in the index."""

    where: tuple[ColumnElement[bool], ...]
    endless: bool | None = None
    """Whether none of them has an end; ``None``: some may."""


def _strands(session: Session, wanted: Wanted, today: date) -> Iterator[_Strand]:
    if wanted.pile is Pile.AT_ARCHIVE:
        # Only files in a process with the archive have one, so that few rows are looked at.
        there = func.coalesce(VerdictRow.retention_end, CaseFile.closed_on)
        yield _Strand((CaseFile.process_id > NO_ID, CaseFile.state.in_(AT_ARCHIVE), *_within(there, wanted.year)))
        return
    outcomes = (wanted.outcome,) if wanted.outcome else tuple(Outcome)
    for outcome in OUTCOMES[wanted.pile] if wanted.pile else outcomes:
        here = [VerdictRow.outcome == outcome]
        if wanted.pile is Pile.OVERDUE:
            here.append(CaseFile.state.not_in(AT_ARCHIVE))
        if wanted.pile is Pile.THIS_YEAR:
            here.append(VerdictRow.retention_end.between(today, date(today.year, 12, 31)))
        endless = outcome in ENDLESS
        here += _within(CaseFile.closed_on if endless else VerdictRow.retention_end, wanted.year)
        if outcome is not Outcome.WAITING_FOR_EVENT:
            yield _Strand((*here, VerdictRow.waits_for.is_(None)), endless)
            continue
        for trigger in [wanted.trigger] if wanted.trigger else triggers(session):
            yield _Strand((*here, VerdictRow.waits_for == trigger), endless)


def _within(day: SQLColumnExpression[Any], year: int | None) -> list[ColumnElement[bool]]:
    return [] if year is None else [day.between(date(year, 1, 1), date(year, 12, 31))]


def triggers(session: Session) -> dict[str, str]:
    """Return the events that rules wait for, with their German names."""
    rules = select(RetentionRule.trigger, RetentionRule.trigger_label).order_by(RetentionRule.valid_from)
    found = {code: label for code, label in session.execute(rules) if code != CASE_CLOSED}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _narrowed(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.department:
        where.append(CaseFile.org_unit_id.in_(Places(session).led_by(wanted.department)))
    if wanted.plan_code:
        where.append(in_branch(wanted.plan_code))
    return where


def _require(actor: Actor, wanted: Wanted) -> None:
    """Missing events are everybody's list who records them, all others the records manager's."""
    mine = wanted.pile is Pile.WAITING and actor.may(Permission.EVENT)
    actor.require(Permission.EVENT if mine else Permission.DISPOSE)


def page(
    session: Session, actor: Actor, wanted: Wanted, *, behind: Behind | None = None, limit: int = 50, now: datetime
) -> tuple[DeskRow, ...]:
    """Return a piece of a list, soonest end first, within the actor's rights."""
    _require(actor, wanted)
    ids = _first(session, actor, wanted, behind, limit, now)
    found = session.execute(
        select(VerdictRow, CaseFile)
        .join(CaseFile, CaseFile.id == VerdictRow.case_file_id)
        .where(VerdictRow.case_file_id.in_(ids))
        .options(joinedload(CaseFile.org_unit), joinedload(CaseFile.plan_unit))
        .order_by(*_ORDER)
    ).all()
    running = open_disposals(session, [file.id for _, file in found])
    return tuple(
        DeskRow(
            row_of(file),
            file.plan_unit.code,
            kept.outcome,
            kept.retention_end,
            kept.rule_id,
            kept.waits_for,
            running.get(file.id),
        )
        for kept, file in found
    )


_ORDER = (VerdictRow.retention_end.is_(None), VerdictRow.retention_end, VerdictRow.reference)


def _first(
    session: Session, actor: Actor, wanted: Wanted, behind: Behind | None, limit: int, now: datetime
) -> list[UUID]:
    """Return the ids of the first rows of a list: the first of each strand, and of these the first."""
    narrowed = [visible(actor.keys, now), *_narrowed(session, wanted)]
    branches = []
    for strand in _strands(session, wanted, day_of(now)):
        where = [*strand.where, *narrowed]
        if behind is not None:
            rest = behind.rest(endless=strand.endless)
            if rest is None:
                continue
            where.append(rest)
        branches.append(_ordered(_rows(*where), strand).limit(limit).subquery())
    if not branches:
        return []
    together = union_all(*(select(branch) for branch in branches)).subquery()
    order = (together.c.retention_end.is_(None), together.c.retention_end, together.c.reference)
    return list(session.scalars(select(together.c.case_file_id).order_by(*order).limit(limit)))


def _rows(*where: ColumnElement[bool]) -> Select[UUID, date | None, str]:
    columns = (VerdictRow.case_file_id, VerdictRow.retention_end, VerdictRow.reference)
    return select(*columns).join(CaseFile, CaseFile.id == VerdictRow.case_file_id).where(*where)


def _ordered(rows: Select[UUID, date | None, str], strand: _Strand) -> Select[UUID, date | None, str]:
    if strand.endless is None:
        return rows.order_by(*_ORDER)
    return rows.order_by(VerdictRow.retention_end, VerdictRow.reference)


def count(session: Session, actor: Actor, wanted: Wanted, now: datetime, *, most: int | None = None) -> int:
    """Return how many case files a list has; counting may end once there are more than *most*."""
    _require(actor, wanted)
    narrowed = [visible(actor.keys, now), *_narrowed(session, wanted)]
    found = 0
    for strand in _strands(session, wanted, day_of(now)):
        rows = _rows(*strand.where, *narrowed).limit(None if most is None else most + 1 - found)
        found += session.scalar(select(func.count()).select_from(rows.subquery())) or 0
        if most is not None and found > most:
            break
    return found


def open_disposals(session: Session, case_file_ids: Sequence[UUID]) -> dict[UUID, Disposal]:
    """Return the open destructions of some case files."""
    query = select(Disposal).where(Disposal.case_file_id.in_(case_file_ids), Disposal.state.in_(OPEN_DISPOSALS))
    return {row.case_file_id: row for row in session.scalars(query)}


def counts(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> dict[Pile, int]:
    """Return how many case files each list has, narrowed alike."""
    return {pile: count(session, actor, replace(wanted, pile=pile), now) for pile in Pile}


def awaited(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> dict[str, int]:
    """Return how many case files wait for each event, by its code; events nobody waits for are left out."""
    counted = {
        code: count(session, actor, replace(wanted, pile=Pile.WAITING, trigger=code), now) for code in triggers(session)
    }
    return {code: number for code, number in counted.items() if number}


def by_outcome(session: Session, actor: Actor, now: datetime) -> dict[Outcome, int]:
    """Return how many case files have which outcome."""
    actor.require(Permission.DISPOSE)
    rows = session.execute(
        select(VerdictRow.outcome, func.count())
        .join(CaseFile, CaseFile.id == VerdictRow.case_file_id)
        .where(visible(actor.keys, now))
        .group_by(VerdictRow.outcome)
    )
    return dict(rows.all())
