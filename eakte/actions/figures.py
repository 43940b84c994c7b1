"""Figures on the state of the work, each within the rights of who asks: for a picture, a table and programs alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session

from eakte.actions import forecast, migration_report
from eakte.actions.balance import everywhere
from eakte.actions.inbox import WAITING
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of, start_of
from eakte.records.figures import (
    AGES,
    JUDGED_DAYS,
    Figure,
    Row,
    Subject,
    age_starts,
    growth,
    longest_first,
    month_label,
    month_starts,
)
from eakte.records.scanning import BatchState
from eakte.store.arrivals import is_lead
from eakte.store.documents import Document, IncomingItem, StoredObject, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.people import OrgUnit
from eakte.store.scanning import ScanBatch

TYPES_SHOWN = 20
_SCANNED = (
    frozenset({BatchState.OPEN, BatchState.CHECKING, BatchState.SPLITTING}),
    frozenset({BatchState.STOPPED, BatchState.REJECTED}),
    frozenset({BatchState.INSPECTION}),
    frozenset({BatchState.INSPECTED, BatchState.PAPER_RELEASED, BatchState.PAPER_DESTROYED}),
)
_Make = Callable[[Session, Actor, datetime], Figure]


def figures(session: Session, actor: Actor, now: datetime) -> tuple[Figure, ...]:
    """Return the figures that the actor's powers reach, in the order of :class:`Subject`."""
    return tuple(make(session, actor, now) for powers, make in _FIGURES.values() if _reach(actor, powers))


def figure(session: Session, actor: Actor, subject: Subject, now: datetime) -> Figure:
    """Return one figure.

    Raises:
        NotFound: The actor's powers do not reach it.
    """
    powers, make = _FIGURES[subject]
    if not _reach(actor, powers):
        raise NotFound
    return make(session, actor, now)


def _reach(actor: Actor, powers: frozenset[Permission]) -> bool:
    return not powers.isdisjoint(actor.permissions)


def _inbox_age(session: Session, actor: Actor, now: datetime) -> Figure:
    starts = age_starts(day_of(now))
    age = _place(IncomingItem.received_at, starts)
    query = (
        select(age, IncomingItem.org_unit_id, func.count())
        .where(IncomingItem.access_key.in_(everywhere(session, actor).keys), IncomingItem.state.in_(WAITING), is_lead())
        .group_by(age, IncomingItem.org_unit_id)
    )
    counted: dict[tuple[int, str], int] = defaultdict(int)
    units = _Units(session)
    for place, unit_id, count in session.execute(query):
        counted[place, units.code(unit_id)] += count
    codes = sorted({code for _, code in counted})
    rows = tuple(Row(label, tuple(counted[place, code] for code in codes)) for place, label in enumerate(AGES))
    return Figure(Subject.INBOX_AGE, "Alter", tuple(codes), rows if codes else (), tuple(range(len(codes))))


def _scanning(session: Session, actor: Actor, now: datetime) -> Figure:
    del now
    pages = func.sum(func.coalesce(ScanBatch.found_pages, ScanBatch.expected_pages, 0))
    mine = ScanBatch.access_key.in_(everywhere(session, actor).keys)
    query = select(ScanBatch.org_unit_id, ScanBatch.state, pages).where(mine)
    units = _Units(session)
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * len(_SCANNED))
    for unit_id, state, count in session.execute(query.group_by(ScanBatch.org_unit_id, ScanBatch.state)):
        place = next(at for at, states in enumerate(_SCANNED) if state in states)
        counted[units.name(unit_id)][place] += count or 0
    heads = ("in Arbeit", "angehalten", "wartet auf Sichtprüfung", "geprüft")
    rows = tuple(Row(label, tuple(values)) for label, values in sorted(counted.items()))
    return Figure(Subject.SCANNING, "Stelle", heads, rows, (3, 2, 1, 0))


def _migration(session: Session, actor: Actor, now: datetime) -> Figure:
    del now
    rows = tuple(
        Row(f"{one.code} {one.name}", (one.done, one.exceptions, one.lines - one.done - one.exceptions))
        for one in migration_report.departments(session, actor)
    )
    return Figure(Subject.MIGRATION, "Stelle", ("abgelegt", "Ausnahmen", "offen"), rows, (0, 1, 2))


def _classifier(session: Session, actor: Actor, now: datetime) -> Figure:
    """Compare the type that was proposed with the one a person chose, of documents the actor may see today."""
    proposed = IncomingItem.proposals[("document_type", "value")].as_string()
    accepted = func.count(case((proposed == Document.document_type, 1)))
    abstained = func.count(case((proposed.is_(None), 1)))
    query = (
        select(Document.document_type, accepted, abstained, func.count())
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.filed_at >= now - timedelta(days=JUDGED_DAYS), IncomingItem.source != "migration")
        .where(visible(actor.keys, now), unrestricted(actor.keys, now))
        .group_by(Document.document_type)
    )
    rows = [Row(kind, (right, all_ - right - none, none)) for kind, right, none, all_ in session.execute(query)]
    heads = ("angenommen", "geändert", "kein Vorschlag")
    return Figure(Subject.CLASSIFIER, "Dokumenttyp", heads, longest_first(rows, TYPES_SHOWN), (0, 1, 2))


def _retention(session: Session, actor: Actor, now: datetime) -> Figure:
    found = forecast.forecast(session, actor, now)
    codes = tuple(found.departments)
    rows = tuple(Row(found.label(year), tuple(found.amounts[year, code] for code in codes)) for year in found.years)
    return Figure(
        Subject.RETENTION, "Fristende", codes, rows if codes else (), tuple(range(len(codes))), over_time=True
    )


def _storage(session: Session, actor: Actor, now: datetime) -> Figure:
    del actor
    months = month_starts(day_of(now))
    place = _place(StoredObject.created_at, months[::-1])
    stored = dict(session.execute(select(place, func.sum(StoredObject.size)).group_by(place)).all())
    added = [int(stored.get(at) or 0) for at in reversed(range(len(months)))]
    sums = growth(int(stored.get(len(months)) or 0), added)
    rows = tuple(
        Row(month_label(first), (new, all_)) for first, new, all_ in zip(months, added, sums, strict=True) if all_
    )
    heads = ("neu", "zusammen")
    return Figure(Subject.STORAGE, "Monat", heads, rows, (1,), over_time=True, in_bytes=True)


def _place(moment: SQLColumnExpression[datetime], starts: Sequence[date]) -> ColumnElement[int]:
    """Return the place of a moment among spans, the youngest first: databases do not know the city's midnight."""
    return case(*((moment >= start_of(first), at) for at, first in enumerate(starts)), else_=len(starts))


class _Units:
    """Today's codes and names of units that were reorganised since."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[UUID, OrgUnit] = {}

    def code(self, unit_id: UUID) -> str:
        return self._of(unit_id).code

    def name(self, unit_id: UUID) -> str:
        unit = self._of(unit_id)
        return f"{unit.code} {unit.name}"

    def _of(self, unit_id: UUID) -> OrgUnit:
        if unit_id not in self._known:
            self._known[unit_id] = self._session.get_one(OrgUnit, unit_id).current
        return self._known[unit_id]


_FIGURES: Mapping[Subject, tuple[frozenset[Permission], _Make]] = {
    Subject.INBOX_AGE: (frozenset({Permission.FILE}), _inbox_age),
    Subject.SCANNING: (frozenset({Permission.FILE}), _scanning),
    Subject.MIGRATION: (frozenset({Permission.MIGRATE}), _migration),
    Subject.CLASSIFIER: (frozenset({Permission.FILE, Permission.HISTORY}), _classifier),
    Subject.RETENTION: (frozenset({Permission.DISPOSE}), _retention),
    Subject.STORAGE: (frozenset({Permission.HISTORY, Permission.USERS}), _storage),
}
"""Who may have each figure, by powers of which one is enough, and what makes it."""
