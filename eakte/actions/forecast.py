"""How many case files are to be disposed of in which year, by department: from the kept verdicts, within rights."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.organisation import UnitKind
from eakte.store.disposal import VerdictRow
from eakte.store.files import CaseFile, visible
from eakte.store.people import OrgUnit
from eakte.store.retention_rows import Places

YEARS = 30
"""Years told one by one from this one on; what ends later stands together."""


@dataclass(frozen=True)
class Forecast:
    """Case files by the year in which their period ends, and by department."""

    first: int
    """This year."""
    departments: dict[str, str]
    """Names by code, of those with files."""
    files: Counter[tuple[int, str]]
    """By year and code of the department; what ended before today stands in the year before the first, what ends after
    the last year in the year behind it."""

    @cached_property
    def years(self) -> tuple[int, ...]:
        """All years told, from the one before the first to the last that has files."""
        last = max((year for year, _ in self.files), default=self.first)
        return tuple(range(self.first - 1, max(last, self.first) + 1))

    def label(self, year: int) -> str:
        """Return how a year reads."""
        if year < self.first:
            return "abgelaufen"
        return f"ab {year}" if year == self.first + YEARS else str(year)

    def of(self, year: int) -> int:
        """Return the case files of a year in all departments."""
        return sum(self.files[year, code] for code in self.departments)


def forecast(session: Session, actor: Actor, now: datetime) -> Forecast:
    """Return the forecast for all case files the actor may see whose period has an end."""
    actor.require(Permission.DISPOSE)
    today, places = day_of(now), Places(session)
    above = set(session.scalars(select(OrgUnit.code).where(OrgUnit.kind == UnitKind.DIRECTORATE)))
    over, year = VerdictRow.retention_end < today, extract("year", VerdictRow.retention_end)
    rows = session.execute(
        select(over, year, CaseFile.org_unit_id, func.count())
        .join(CaseFile, CaseFile.id == VerdictRow.case_file_id)
        .where(VerdictRow.retention_end.is_not(None), visible(actor.keys, now))
        .group_by(over, year, CaseFile.org_unit_id)
    )
    counted: Counter[tuple[int, str]] = Counter()
    for is_over, ends_in, unit_id, count in rows:
        told = today.year - 1 if is_over else min(int(ends_in), today.year + YEARS)
        leaders = places.leaders(unit_id)
        counted[told, next((code for code in reversed(leaders) if code not in above), leaders[-1])] += count
    codes = {code for _, code in counted}
    living = select(OrgUnit.code, OrgUnit.name).where(OrgUnit.dissolved_at.is_(None), OrgUnit.code.in_(codes))
    names = dict(session.execute(living).all())
    return Forecast(today.year, {code: names.get(code, "") for code in sorted(codes)}, counted)
