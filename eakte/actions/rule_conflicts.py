"""The worklist of contradictions between rules: both rules named, with the case files they meet on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.case_lists import CaseFileRow, row_of
from eakte.actions.verdicts import explained
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.store.disposal import VerdictRow
from eakte.store.files import CaseFile, visible
from retention.model import GRAVEST_FIRST, ConflictKind, Outcome

CONFLICT_LABELS = {
    ConflictKind.BEYOND_MAXIMUM: "Mindestfrist über der Höchstfrist",
    ConflictKind.EARLIER_MAXIMUM: "Zwei Höchstfristen",
    ConflictKind.SAME_RANK: "Gleich genaue Regeln",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rules that contradict each other, and on how many case files the actor may see."""

    kind: ConflictKind
    leading_rule_id: str
    other_rule_id: str
    files: int
    stopped: int
    """Of these, how many cannot leave because of it."""


@dataclass(frozen=True, slots=True)
class ConflictFile:
    """A case file on which rules contradict each other, with every contradiction in German."""

    file: CaseFileRow
    outcome: Outcome
    retention_end: date | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The case files of one pair, or of all."""

    rows: tuple[ConflictFile, ...]
    total: int


def pairs(session: Session, actor: Actor, now: datetime) -> tuple[Pair, ...]:
    """Return the pairs of rules that contradict each other, the gravest first, those with most files first."""
    actor.require(Permission.DISPOSE)
    stopped = func.count(case((VerdictRow.outcome == Outcome.CONFLICT, 1)))
    columns = (VerdictRow.conflict, VerdictRow.rule_id, VerdictRow.conflict_rule_id)
    query = (
        select(*columns, func.count(), stopped)
        .join(CaseFile, CaseFile.id == VerdictRow.case_file_id)
        .where(VerdictRow.conflict.is_not(None), visible(actor.keys, now))
        .group_by(*columns)
    )
    found = [
        Pair(kind, leading or "", other or "", count, held)
        for kind, leading, other, count, held in session.execute(query)
        if kind is not None
    ]
    return tuple(sorted(found, key=lambda one: (GRAVEST_FIRST.index(one.kind), -one.files, one.leading_rule_id)))


def files_of(
    session: Session,
    actor: Actor,
    *,
    leading_rule_id: str = "",
    other_rule_id: str = "",
    offset: int = 0,
    limit: int = 50,
    now: datetime,
) -> Meeting:
    """Return visible case files on which rules contradict each other, by the end of keeping; of one pair if named."""
    actor.require(Permission.DISPOSE)
    where: list[ColumnElement[bool]] = [VerdictRow.conflict.is_not(None), visible(actor.keys, now)]
    where += [VerdictRow.rule_id == leading_rule_id] if leading_rule_id else []
    where += [VerdictRow.conflict_rule_id == other_rule_id] if other_rule_id else []
    base = select(VerdictRow, CaseFile).join(CaseFile, CaseFile.id == VerdictRow.case_file_id).where(*where)
    total = session.scalar(base.with_only_columns(func.count())) or 0
    found = session.execute(
        base.options(joinedload(CaseFile.org_unit))
        .order_by(VerdictRow.retention_end, CaseFile.file_reference)
        .offset(offset)
        .limit(limit)
    ).all()
    reasons = explained(session, [file for _, file in found], day_of(now))
    rows = tuple(
        ConflictFile(
            row_of(file),
            kept.outcome,
            kept.retention_end,
            tuple(one.text for one in reasons[file.id].conflicts if one.must_decide),
        )
        for kept, file in found
    )
    return Meeting(rows, total)
