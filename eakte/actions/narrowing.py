"""Narrowing a search by what the index does not hold: branches of the file plan, and the state of retention.

Both become filters the index knows. Due dates come from the database and never from the index, so a question
is first asked for its case files, and those are looked up there; with too many of them nothing is guessed, but told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.store.disposal import VerdictRow
from eakte.store.plan import FilePlanUnit
from retention.model import Outcome
from search.engine import SearchEngine
from search.model import MaySee, Query

BRANCH, RETENTION = "plan_branch", "retention"
MOST_FILES = 5_000
"""Case files whose retention is looked up for one question."""
TOO_MANY = (
    f"Nach der Aufbewahrung lässt sich erst bei höchstens {MOST_FILES:,} Akten eingrenzen. "
    "Bitte wählen Sie zuerst weitere Filter."
).replace(",", ".")
AT_ONCE = 500
NOBODY = frozenset({""})
"""A value that no entry holds."""


@dataclass(frozen=True, slots=True)
class Branches:
    """The file plans, all versions, by code."""

    titles: Mapping[str, str]
    above: Mapping[str, str]
    """The code above each code, empty at the top."""

    def path(self, code: str) -> list[str]:
        """Return a code and those above it."""
        found = [code]
        while (code := self.above.get(code, "")) and code not in found:
            found.append(code)
        return found

    def below(self, codes: Iterable[str]) -> frozenset[str]:
        """Return the codes with all below them."""
        wanted = frozenset(codes)
        return wanted | frozenset(code for code in self.above if not wanted.isdisjoint(self.path(code)))

    def counts(self, leaves: Mapping[str, int]) -> dict[str, int]:
        """Return the counts of all branches, from those of the units that files lie in."""
        counted: Counter[str] = Counter()
        for code, count in leaves.items():
            for each in self.path(code):
                counted[each] += count
        return dict(counted)


def branches(session: Session) -> Branches:
    """Return the file plans."""
    rows = session.execute(select(FilePlanUnit.id, FilePlanUnit.parent_id, FilePlanUnit.code, FilePlanUnit.title)).all()
    codes = {row.id: row.code for row in rows}
    return Branches(
        titles={row.code: row.title for row in rows},
        above={row.code: codes.get(row.parent_id, "") for row in rows},
    )


def narrowed(session: Session, index: SearchEngine, query: Query, may_see: MaySee) -> tuple[Query, tuple[str, ...]]:
    """Return the question with filters that the index knows, and German notes about what could not be asked."""
    filters = dict(query.filters)
    chosen, outcomes = filters.pop(BRANCH, frozenset()), filters.pop(RETENTION, frozenset())
    if chosen:
        codes = branches(session).below(chosen)
        filters["file_plan_code"] = codes & filters.get("file_plan_code", codes) or NOBODY
    query = replace(query, filters=filters)
    if not outcomes:
        return query, ()
    counts = index.find(replace(query, limit=0, facets=("case_file_id",)), may_see).facets["case_file_id"]
    if len(counts) > MOST_FILES:
        return replace(query, filters={**filters, "case_file_id": NOBODY}), (TOO_MANY,)
    kept = outcomes_of(session, counts)
    ids = frozenset(name for name, outcome in kept.items() if outcome.value in outcomes)
    return replace(query, filters={**filters, "case_file_id": ids or NOBODY}), ()


def outcomes_of(session: Session, case_file_ids: Iterable[str]) -> dict[str, Outcome]:
    """Return the last verdict of each case file."""
    ids = [UUID(each) for each in case_file_ids]
    found: dict[str, Outcome] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = session.execute(
            select(VerdictRow.case_file_id, VerdictRow.outcome).where(
                VerdictRow.case_file_id.in_(ids[start : start + AT_ONCE])
            )
        )
        found.update({str(case_file_id): outcome for case_file_id, outcome in rows})
    return found


def retention_counts(session: Session, case_files: Mapping[str, int]) -> dict[str, int]:
    """Return how many documents lie in files of each outcome; nothing where there are too many files to look up."""
    if len(case_files) > MOST_FILES:
        return {}
    counted: Counter[str] = Counter()
    for name, outcome in outcomes_of(session, case_files).items():
        counted[outcome.value] += case_files[name]
    return dict(counted)
