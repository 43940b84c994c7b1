"""The result of a preview as one person may see it: sums by department and year, examples, every file that moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions.rule_preview import Standing
from eakte.actions.verdicts import explained
from eakte.records.access import Actor, Permission
from eakte.records.calendar import german
from eakte.store.files import CaseFile, visible
from eakte.store.history import record
from eakte.store.people import OrgUnit
from eakte.store.rules import RuleDraft, RuleMove
from retention.change import Effect
from retention.model import Outcome, Rule

EXAMPLES = 2
"""Case files shown for each effect."""
EFFECT_LABELS: Mapping[Effect, str] = {
    Effect.NEWLY_DUE: "neu fällig",
    Effect.NO_LONGER_DUE: "nicht mehr fällig",
    Effect.EARLIER: "früher",
    Effect.LATER: "später",
    Effect.OUTCOME: "anderes Ergebnis",
}
HEADS = (
    *("Aktenzeichen", "Betreff", "Fachbereich", "Federführung", "Wirkung"),
    *("Ergebnis bisher", "Ergebnis künftig", "Aufbewahrung bisher bis", "Aufbewahrung künftig bis"),
)


@dataclass(frozen=True, slots=True)
class DepartmentSums:
    """How many case files of a department move, by effect."""

    code: str
    name: str
    counts: Mapping[Effect, int]

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class YearSums:
    """Of the case files that move: in which year keeping ends, before and after; ``None``: no end is known."""

    year: int | None
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What moves, among the case files the person may see."""

    departments: tuple[DepartmentSums, ...]
    years: tuple[YearSums, ...]
    counts: Mapping[Effect, int]

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Moved:
    """One case file before and after."""

    case_file_id: UUID
    reference: str
    subject: str
    department: str
    unit: str
    effect: Effect
    outcome_before: Outcome
    outcome_after: Outcome
    end_before: date | None
    end_after: date | None
    steps: tuple[str, ...] = ()
    """How the date comes about after the change, in German."""


def _seen(actor: Actor, draft: RuleDraft, standing: Standing, now: datetime) -> ColumnElement[bool]:
    of_run = (RuleMove.draft_id == draft.id) & (RuleMove.run == standing.run)
    return of_run & visible(actor.keys, now)


def sums(session: Session, actor: Actor, draft: RuleDraft, standing: Standing, now: datetime) -> Sums:
    """Return how many case files the actor may see move, by department and by year of the end of keeping."""
    actor.require(Permission.DISPOSE)
    years = extract("year", RuleMove.end_before), extract("year", RuleMove.end_after)
    columns = (RuleMove.department_id, RuleMove.effect, *years)
    query = (
        select(*columns, func.count())
        .join(CaseFile, CaseFile.id == RuleMove.case_file_id)
        .where(_seen(actor, draft, standing, now))
        .group_by(*columns)
    )
    by_department: dict[UUID, Counter[Effect]] = {}
    before, after, all_of_them = Counter[int | None](), Counter[int | None](), Counter[Effect]()
    for department_id, effect, then, now_year, count in session.execute(query):
        by_department.setdefault(department_id, Counter())[effect] += count
        before[then] += count
        after[now_year] += count
        all_of_them[effect] += count
    units = {unit.id: unit for unit in session.scalars(select(OrgUnit).where(OrgUnit.id.in_(by_department)))}
    departments = [DepartmentSums(units[key].code, units[key].name, one) for key, one in by_department.items()]
    return Sums(
        tuple(sorted(departments, key=lambda one: one.code)),
        tuple(
            YearSums(year, before[year], after[year])
            for year in sorted({*before, *after}, key=lambda year: (year is None, year or 0))
        ),
        all_of_them,
    )


def examples(
    session: Session,
    actor: Actor,
    draft: RuleDraft,
    standing: Standing,
    rule: Rule | None,
    effects: Collection[Effect],
    now: datetime,
) -> tuple[Moved, ...]:
    """Return some case files of each of the effects, with the steps that lead to the new date."""
    actor.require(Permission.DISPOSE)
    found = [
        pair
        for effect in effects
        for pair in _rows(session, actor, draft, standing, now, effect=effect, limit=EXAMPLES)
    ]
    told = explained(session, [file for _, file, _ in found], standing.day, rule) if found else {}
    return tuple(_moved(move, file, department, told[file.id].steps) for move, file, department in found)


def listed(
    session: Session,
    actor: Actor,
    draft: RuleDraft,
    standing: Standing,
    *,
    behind: UUID | None = None,
    limit: int = 1_000,
    now: datetime,
) -> tuple[Moved, ...]:
    """Return the next case files that move, in the order of their ids."""
    actor.require(Permission.DISPOSE)
    rows = _rows(session, actor, draft, standing, now, behind=behind, limit=limit)
    return tuple(_moved(*row) for row in rows)


def _rows(
    session: Session,
    actor: Actor,
    draft: RuleDraft,
    standing: Standing,
    now: datetime,
    *,
    effect: Effect | None = None,
    behind: UUID | None = None,
    limit: int,
) -> list[tuple[RuleMove, CaseFile, str]]:
    query = (
        select(RuleMove, CaseFile, OrgUnit.code)
        .join(CaseFile, CaseFile.id == RuleMove.case_file_id)
        .join(OrgUnit, OrgUnit.id == RuleMove.department_id)
        .where(_seen(actor, draft, standing, now))
        .options(joinedload(CaseFile.org_unit))
        .limit(limit)
    )
    query = query.where(RuleMove.case_file_id > behind) if behind else query
    if effect is not None:
        query = query.where(RuleMove.effect == effect)
    found = session.execute(query.order_by(RuleMove.case_file_id))
    return [(move, file, department) for move, file, department in found]


def _moved(move: RuleMove, file: CaseFile, department: str, steps: tuple[str, ...] = ()) -> Moved:
    return Moved(
        file.id,
        file.file_reference,
        file.subject,
        department,
        file.org_unit.current.code,
        move.effect,
        move.outcome_before,
        move.outcome_after,
        move.end_before,
        move.end_after,
        steps,
    )


def note_export(session: Session, actor: Actor, draft: RuleDraft, now: datetime) -> None:
    """Write that the list of all case files that move was handed out."""
    actor.require(Permission.DISPOSE)
    about = ("rule_draft", draft.id)
    record(session, actor, "rule_draft.exported", about=about, now=now, detail={"rule": draft.code})


def table(rows: Sequence[Moved], labels: Mapping[Outcome, str]) -> Iterator[list[str]]:
    """Yield the cells of a list for spreadsheets."""
    for row in rows:
        yield [
            *(row.reference, row.subject, row.department, row.unit, EFFECT_LABELS[row.effect]),
            *(labels[row.outcome_before], labels[row.outcome_after], german(row.end_before), german(row.end_after)),
        ]
