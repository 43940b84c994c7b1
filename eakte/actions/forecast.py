"""How much is to be disposed of in which year, by department: from the kept verdicts, within rights.

Case files are counted at once; pages and bytes are read of every document, which takes its time for a whole city.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, extract, func, select
from sqlalchemy.orm import Session

from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.desk import Measure
from eakte.records.organisation import UnitKind
from eakte.store.disposal import VerdictRow
from eakte.store.documents import Document, DocumentVersion, PageRow, StoredObject
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.people import OrgUnit
from eakte.store.retention_rows import Places

YEARS = 30
"""Years told one by one from this one on; what ends later stands together."""


@dataclass(frozen=True)
class Forecast:
    """Case files, pages or bytes by the year in which the period ends, and by department."""

    first: int
    """This year."""
    departments: dict[str, str]
    """Names by code, of those with files."""
    amounts: Counter[tuple[int, str]]
    """By year and code of the department; what ended before today stands in the year before the first, what ends after
    the last year in the year behind it."""
    measure: Measure = Measure.FILES

    @cached_property
    def years(self) -> tuple[int, ...]:
        """All years told, from the one before the first to the last that has files."""
        last = max((year for year, _ in self.amounts), default=self.first)
        return tuple(range(self.first - 1, max(last, self.first) + 1))

    def label(self, year: int) -> str:
        """Return how a year reads."""
        if year < self.first:
            return "abgelaufen"
        return f"ab {year}" if year == self.first + YEARS else str(year)

    def of(self, year: int) -> int:
        """Return what a year brings in all departments."""
        return sum(self.amounts[year, code] for code in self.departments)


def forecast(session: Session, actor: Actor, now: datetime, measure: Measure = Measure.FILES) -> Forecast:
    """Return the forecast for all case files the actor may see whose period has an end."""
    actor.require(Permission.DISPOSE)
    today, places = day_of(now), Places(session)
    above = set(session.scalars(select(OrgUnit.code).where(OrgUnit.kind == UnitKind.DIRECTORATE)))
    over, year = VerdictRow.retention_end < today, extract("year", VerdictRow.retention_end)
    groups: Select[*tuple[Any, ...]] = select(over, year, CaseFile.org_unit_id)
    rows = session.execute(
        _measured(groups, measure)
        .where(VerdictRow.retention_end.is_not(None), visible(actor.keys, now))
        .group_by(over, year, CaseFile.org_unit_id)
    )
    counted: Counter[tuple[int, str]] = Counter()
    for is_over, ends_in, unit_id, amount in rows:
        told = today.year - 1 if is_over else min(int(ends_in), today.year + YEARS)
        leaders = places.leaders(unit_id)
        counted[told, next((code for code in reversed(leaders) if code not in above), leaders[-1])] += int(amount)
    codes = {code for _, code in counted}
    living = select(OrgUnit.code, OrgUnit.name).where(OrgUnit.dissolved_at.is_(None), OrgUnit.code.in_(codes))
    names = dict(session.execute(living).all())
    return Forecast(today.year, {code: names.get(code, "") for code in sorted(codes)}, counted, measure)


def _measured(groups: Select[*tuple[Any, ...]], measure: Measure) -> Select[*tuple[Any, ...]]:
    """Return the query that counts each group of verdicts in one measure."""
    files = groups.join(CaseFile, CaseFile.id == VerdictRow.case_file_id)
    if measure is Measure.FILES:
        return files.add_columns(func.count())
    versions = (
        files.join(BusinessCase, BusinessCase.case_file_id == CaseFile.id)
        .join(Document, Document.case_id == BusinessCase.id)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
    )
    if measure is Measure.PAGES:
        return versions.join(PageRow, PageRow.version_id == DocumentVersion.id).add_columns(func.count())
    return versions.join(StoredObject, StoredObject.sha256 == DocumentVersion.original).add_columns(
        func.sum(StoredObject.size)
    )
