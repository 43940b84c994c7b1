"""What retention is evaluated from, for many case files at once: rows streamed in the order of their ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from eakte.records.states import CaseFileState
from eakte.store.disposal import DisposalHold, RetentionEvent, VerdictRow
from eakte.store.files import CaseFile
from eakte.store.people import OrgUnit
from eakte.store.plan import FilePlanUnit, RetentionRule
from retention.model import Place, Rule
from retention.rules import unit_code

AT_ONCE = 2_000
"""Rows fetched at a time; memory does not grow with the stock."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Rows by case file, each stream ordered by its id."""

    files: Iterator[Row[*tuple[Any, ...]]]
    """Id, file plan unit, lead unit, type, day of closing, reference; then the kept verdict: outcome, last day, rule,
    awaited event, reference, kind of contradiction and contradicting rule."""
    holds: Iterator[Row[*tuple[Any, ...]]]
    """The case file, once for each hold that is active on the day."""
    events: Iterator[Row[*tuple[Any, ...]]]
    """The case file, trigger and day of each event that counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the stock: the case files behind one id, up to and with another."""

    behind: UUID | None
    upto: UUID
    files: int

    def holds(self, column: InstrumentedAttribute[UUID]) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of an id in the piece."""
        first = () if self.behind is None else (column > self.behind,)
        return (*first, column <= self.upto)


def next_span(session: Session, behind: UUID | None, size: int) -> Span | None:
    """Return the next piece of the stock behind an id, with at most *size* case files; ``None`` at its end."""
    living = select(CaseFile.id).where(CaseFile.state != CaseFileState.DESTROYED).order_by(CaseFile.id).limit(size)
    piece = (living if behind is None else living.where(CaseFile.id > behind)).subquery()
    last = session.scalar(select(piece.c.id).order_by(piece.c.id.desc()).limit(1))
    count = session.scalar(select(func.count()).select_from(piece)) or 0
    return None if last is None else Span(behind, last, count)


def streams(session: Session, today: date, part: Collection[UUID] | Span | None = None) -> Streams:
    """Return the rows of all case files that are not destroyed, or of some of them."""

    def among(column: InstrumentedAttribute[UUID]) -> tuple[ColumnElement[bool], ...]:
        if isinstance(part, Span):
            return part.holds(column)
        return () if part is None else (column.in_(part),)

    def stream(query: Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
        return iter(session.execute(query, execution_options={"yield_per": AT_ONCE}))

    files = (
        select(
            *(CaseFile.id, CaseFile.file_plan_unit_id, CaseFile.org_unit_id, CaseFile.file_type, CaseFile.closed_on),
            CaseFile.file_reference,
            *(VerdictRow.outcome, VerdictRow.retention_end, VerdictRow.rule_id),
            *(VerdictRow.waits_for, VerdictRow.reference, VerdictRow.conflict, VerdictRow.conflict_rule_id),
        )
        .outerjoin(VerdictRow, VerdictRow.case_file_id == CaseFile.id)
        .where(CaseFile.state != CaseFileState.DESTROYED, *among(CaseFile.id))
        .order_by(CaseFile.id)
    )
    holds = (
        select(DisposalHold.case_file_id)
        .where(DisposalHold.placed_on <= today, *among(DisposalHold.case_file_id))
        .where(or_(DisposalHold.lifted_on.is_(None), DisposalHold.lifted_on > today))
        .order_by(DisposalHold.case_file_id)
    )
    events = (
        select(RetentionEvent.case_file_id, RetentionEvent.trigger, RetentionEvent.happened_on)
        .where(RetentionEvent.replaced_at.is_(None), *among(RetentionEvent.case_file_id))
        .order_by(RetentionEvent.case_file_id)
    )
    return Streams(stream(files), stream(holds), stream(events))


class Places:
    """Where case files stand, by their units; plan and organisation are read once."""

    def __init__(self, session: Session) -> None:
        units = select(FilePlanUnit.id, FilePlanUnit.parent_id, FilePlanUnit.code, FilePlanUnit.plan_id)
        self._plan: dict[UUID, tuple[UUID | None, str]] = {}
        self.plan_of: dict[UUID, UUID] = {}
        """The version of the file plan each unit belongs to."""
        for unit_id, above, code, plan_id in session.execute(units):
            self._plan[unit_id], self.plan_of[unit_id] = (above, code), plan_id
        organisation = select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.code, OrgUnit.dissolved_at, OrgUnit.successor_id)
        self._living: dict[UUID, tuple[UUID | None, str]] = {}
        self._successors: dict[UUID, UUID] = {}
        for unit_id, above, code, dissolved_at, successor in session.execute(organisation):
            self._living[unit_id] = (above, code)
            if dissolved_at is not None and successor is not None:
                self._successors[unit_id] = successor

    def path(self, plan_unit_id: UUID) -> tuple[str, ...]:
        """Return the codes of a unit of the file plan and of all above it."""
        return _upwards(self._plan, plan_unit_id)

    def led_by(self, code: str) -> list[UUID]:
        """Return the units whose case files a unit leads today: its own, those below, and what they took over."""
        return [unit_id for unit_id in self._living if code in self.leaders(unit_id)]

    def leaders(self, org_unit_id: UUID) -> tuple[str, ...]:
        """Return the codes of the unit that leads a unit's case files today, and of all above it."""
        while org_unit_id in self._successors:
            org_unit_id = self._successors[org_unit_id]
        return _upwards(self._living, org_unit_id)

    def place(self, plan_unit_id: UUID, org_unit_id: UUID, file_type: str) -> Place:
        """Return where a case file with these units and this type stands."""
        return Place(_upwards(self._plan, plan_unit_id), self.leaders(org_unit_id), file_type)


def _upwards(tree: dict[UUID, tuple[UUID | None, str]], start: UUID) -> tuple[str, ...]:
    codes, at = [], start  # type: tuple[list[str], UUID | None]
    while at is not None:
        at, code = tree[at]
        codes.append(code)
    return tuple(codes)


def rules_of_plan(session: Session, plan_id: UUID, added: Rule | None = None) -> list[Rule]:
    """Return all versions of the rules that a version of the file plan names, bound to the branch that names them.

    Rules that state a branch of their own count in every version. *added* is one more version than there are.
    """
    rules: dict[str, list[Rule]] = {}
    for rule in (*(row.rule() for row in session.scalars(select(RetentionRule))), *((added,) if added else ())):
        rules.setdefault(unit_code(rule), []).append(rule)
    found = [rule for versions in rules.values() for rule in versions if rule.branch]
    named = select(FilePlanUnit.code, FilePlanUnit.rule_code)
    for code, rule_code in session.execute(named.where(FilePlanUnit.plan_id == plan_id)):
        found += [replace(rule, branch=code) for rule in rules.get(rule_code or "", ())]
    return found
