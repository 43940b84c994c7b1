"""Evaluating retention: facts from the database, the rule from the file plan, the verdict kept for lists.

Whatever asks, one case file or the daily run over all of them, decides by the same function, ``retention.decision``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.orm import Session

from eakte.records.metadata import Catalogue
from eakte.store.database import catalogue_of
from eakte.store.disposal import DisposalHold, RetentionEvent, VerdictRow
from eakte.store.files import CaseFile
from eakte.store.people import OrgUnit
from eakte.store.plan import plan_codes, rules_on_path
from eakte.store.retention_rows import Places, rules_of_plan, streams
from retention import evaluate, schedule
from retention.decision import Decision, decide
from retention.model import CaseFacts, ConflictKind, Filing, Hold, Place, Rule, Verdict
from retention.rules import Rulebook

BATCH = 500
"""Verdicts written in one transaction."""
FROM_MANIFEST = (
    "Der Tag ist das Ende der Laufzeit, das die Liste der Migration nennt; die Frist läuft von dort und nicht vom Tag "
    "der Übernahme."
)


def facts_of(session: Session, case_file: CaseFile) -> CaseFacts:
    """Return what retention needs to know of a case file."""
    events = session.scalars(_counting([case_file.id]))
    happened = {event.trigger: event.happened_on for event in events}
    return _facts(case_file, happened, place_of(session, case_file, case_file.file_plan_unit_id))


def _counting(case_file_ids: Collection[UUID]) -> Select[RetentionEvent]:
    """Return the events of case files that were not corrected or taken back."""
    return select(RetentionEvent).where(
        RetentionEvent.case_file_id.in_(case_file_ids), RetentionEvent.replaced_at.is_(None)
    )


def _facts(case_file: CaseFile, events: dict[str, date], place: Place) -> CaseFacts:
    return CaseFacts(
        reference=case_file.file_reference,
        opened_on=case_file.opened_on,
        closed_on=case_file.closed_on,
        events=events,
        closing_basis=FROM_MANIFEST if case_file.closed_by_run_id else "",
        place=place,
    )


def place_of(session: Session, case_file: CaseFile, plan_unit_id: UUID) -> Place:
    """Return where a case file stands, or would stand under another file plan unit."""
    lead = case_file.org_unit.current
    units = [lead.code]
    while lead.parent_id is not None:
        lead = session.get_one(OrgUnit, lead.parent_id)
        units.append(lead.code)
    return _typed(catalogue_of(session), Place(plan_codes(session, plan_unit_id), tuple(units), case_file.file_type))


def _typed(catalogue: Catalogue, place: Place) -> Place:
    """Put in the type of case file that the place in the file plan implies where none was chosen."""
    kind = None if place.file_type else catalogue.kind_of("", place.file_plan)
    return replace(place, file_type=kind.name) if kind else place


def verdict_of(session: Session, case_file: CaseFile, today: date) -> Verdict:
    """Evaluate one case file now, from the database and never from the kept verdict."""
    holds = session.scalars(select(DisposalHold).where(DisposalHold.case_file_id == case_file.id))
    return evaluate(
        facts_of(session, case_file),
        rules_on_path(session, case_file.file_plan_unit_id),
        [row.hold() for row in holds],
        today,
    )


def keep_verdict(session: Session, case_file: CaseFile, today: date) -> Verdict:
    """Evaluate one case file and keep the verdict for lists and counts."""
    verdict = verdict_of(session, case_file, today)
    row = session.get(VerdictRow, case_file.id) or VerdictRow(case_file_id=case_file.id)
    row.outcome, row.retention_end, row.rule_id = verdict.outcome, verdict.retention_end, verdict.rule_id
    found = verdict.conflict
    row.conflict, row.conflict_rule_id = (found.kind, found.other_rule_id) if found else (None, None)
    row.waits_for, row.reference, row.evaluated_on = verdict.waits_for, case_file.file_reference, today
    session.add(row)
    return verdict


def explained(
    session: Session, case_files: Sequence[CaseFile], today: date, added: Rule | None = None
) -> dict[UUID, Verdict]:
    """Evaluate some case files now, such as those of one page, with every step in German; *added* as in ``Ground``."""
    made = _filings(session, case_files, today, added)
    return {file.id: schedule.of_record([filing]) for file, filing in zip(case_files, made, strict=True)}


def explained_by_id(session: Session, case_file_ids: Collection[UUID], today: date) -> dict[UUID, Verdict]:
    """Do the same for case files given by their ids."""
    return explained(session, session.scalars(select(CaseFile).where(CaseFile.id.in_(case_file_ids))).all(), today)


def of_record(session: Session, case_files: Sequence[CaseFile], today: date) -> Verdict:
    """Evaluate a record that lies in all these case files by reference: the one that binds longest decides."""
    return schedule.of_record(_filings(session, case_files, today))


def _filings(
    session: Session, case_files: Sequence[CaseFile], today: date, added: Rule | None = None
) -> list[tuple[Filing, Rulebook]]:
    """Return what some case files are evaluated from, each with the rules of its version of the file plan."""
    ground, ids = Ground(session, today, added), [case_file.id for case_file in case_files]
    holds: dict[UUID, list[Hold]] = {}
    for row in session.scalars(select(DisposalHold).where(DisposalHold.case_file_id.in_(ids))):
        holds.setdefault(row.case_file_id, []).append(row.hold())
    events: dict[UUID, dict[str, date]] = {}
    for event in session.scalars(_counting(ids)):
        events.setdefault(event.case_file_id, {})[event.trigger] = event.happened_on
    found = []
    for file in case_files:
        book, place = ground.at(file.file_plan_unit_id, file.org_unit_id, file.file_type)
        facts = _facts(file, events.get(file.id, {}), place)
        found.append((Filing(facts, tuple(holds.get(file.id, ()))), book))
    return found


class Ground:
    """What all case files stand on: file plan, organisation and rules on one day, read once.

    *added* is one more version of a rule than there are: what if it counted?
    """

    _MOST = 50_000
    """Places kept; memory must not grow with the stock."""

    def __init__(self, session: Session, today: date, added: Rule | None = None) -> None:
        self.today, self._added = today, added
        self._session, self._places, self._catalogue = session, Places(session), catalogue_of(session)
        self._books: dict[UUID, Rulebook] = {}
        self._kept: dict[tuple[UUID, UUID, str], tuple[Rulebook, Place]] = {}

    def of(self, plan_unit_id: UUID, org_unit_id: UUID | None, file_type: str) -> tuple[Rulebook, Place]:
        """Return the same for a place without a lead unit too, as a question may name it."""
        if org_unit_id is not None:
            return self.at(plan_unit_id, org_unit_id, file_type)
        place = _typed(self._catalogue, Place(self._places.path(plan_unit_id), (), file_type))
        return self._book(self._places.plan_of[plan_unit_id]), place

    def at(self, plan_unit_id: UUID, org_unit_id: UUID, file_type: str) -> tuple[Rulebook, Place]:
        """Return the rules of the version of the file plan a case file lies in, and where it stands."""
        key = (plan_unit_id, org_unit_id, file_type)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._MOST:
                self._kept.clear()
            place = _typed(self._catalogue, self._places.place(plan_unit_id, org_unit_id, file_type))
            found = self._kept[key] = (self._book(self._places.plan_of[plan_unit_id]), place)
        return found

    def _book(self, plan_id: UUID) -> Rulebook:
        if plan_id not in self._books:
            self._books[plan_id] = Rulebook(rules_of_plan(self._session, plan_id, self._added), self.today)
        return self._books[plan_id]


def decisions(
    session: Session, today: date, ids: Collection[UUID] | None = None
) -> Iterator[tuple[Row[*tuple[Any, ...]], Decision]]:
    """Decide about all case files that are not destroyed, or about some of them, without words.

    Yields each with its row (see ``store.retention_rows``), in the order of their ids; memory stays flat.
    """
    ground, rows = Ground(session, today), streams(session, today, ids)
    holds, events = Following(rows.holds), Following(rows.events)
    for row in rows.files:
        file_id, plan_unit_id, org_unit_id, file_type, closed_on, *_ = row
        held, happened = holds.of(file_id), events.of(file_id)
        book, place = ground.at(plan_unit_id, org_unit_id, file_type)
        ruling = book.ruling(place, closed_on)
        days = {trigger: day for _, trigger, day in happened} if happened else {}
        yield row, decide(closed_on, days, ruling, today, on_hold=bool(held))


class Following:
    """Rows of another table in the same order as the case files, taken along with them."""

    def __init__(self, rows: Iterator[Row[*tuple[Any, ...]]]) -> None:
        self._rows = rows
        self._ahead = next(rows, None)

    def of(self, file_id: UUID) -> list[Row[*tuple[Any, ...]]]:
        """Return the rows of the case file; those before it are passed over, for their file is not asked about."""
        found: list[Row[*tuple[Any, ...]]] = []
        ahead = self._ahead
        while ahead is not None and ahead[0] <= file_id:
            if ahead[0] == file_id:
                found.append(ahead)
            ahead = self._ahead = next(self._rows, None)
        return found

    def finish(self) -> None:
        """Fetch what is left, so that the database has nothing open any more."""
        deque(self._rows, maxlen=0)


def _differs(row: Row[*tuple[Any, ...]], made: Decision) -> bool:
    *_, own, outcome, end, rule_id, waits_for, reference, conflict, other = row
    if made.outcome is not outcome or made.retention_end != end or made.rule_id != rule_id:
        return True
    if own != reference or made.waits_for != waits_for:
        return True
    return bool(made.clashes or conflict) and _conflict(made) != (conflict, other)


def _conflict(made: Decision) -> tuple[ConflictKind | None, str | None]:
    """Return the kind of contradiction that is open and the rule that contradicts, as they are kept."""
    clash = made.clash
    return (clash.kind, clash.rule.rule_id) if clash else (None, None)


@dataclass(frozen=True, slots=True)
class Changed:
    """Case files whose kept verdict differs, and how many were evaluated to find them."""

    ids: tuple[UUID, ...]
    evaluated: int


def changed(session: Session, today: date) -> Iterator[Changed]:
    """Evaluate all case files and yield those whose kept verdict differs, as many at a time as fit one transaction.

    The session only reads; whoever writes the verdicts with :func:`review` does so in another one.
    """
    ids: list[UUID] = []
    evaluated = 0
    for row, made in decisions(session, today):
        evaluated += 1
        if _differs(row, made):
            ids.append(row.id)
        if len(ids) == BATCH:
            yield Changed(tuple(ids), evaluated)
            ids, evaluated = [], 0
    yield Changed(tuple(ids), evaluated)


def review(session: Session, case_file_ids: Collection[UUID], today: date) -> int:
    """Evaluate the given case files, keep what has changed, and return how many verdicts that were."""
    new, known = list[dict[str, Any]](), list[dict[str, Any]]()
    for row, made in decisions(session, today, case_file_ids):
        if _differs(row, made):
            values: dict[str, Any] = {"outcome": made.outcome, "retention_end": made.retention_end}
            values |= {"rule_id": made.rule_id, "waits_for": made.waits_for, "reference": row.file_reference}
            conflict, other = _conflict(made)
            values |= {"conflict": conflict, "conflict_rule_id": other}
            kept = {"case_file_id": row.id, **values, "evaluated_on": today}
            (new if row.outcome is None else known).append(kept)
    if new:
        session.execute(insert(VerdictRow), new)
    if known:
        session.execute(update(VerdictRow), known)
    return len(new) + len(known)
