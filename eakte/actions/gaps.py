"""Gaps in numbers, explained from aliases and the history: numbers of a unit in a year, positions of a case.

What a person may not see and what was never used look the same: there is nothing recorded for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.guard import case_of
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of, german
from eakte.records.reference import Pattern, case_reference, document_reference, parse_pattern, width_of
from eakte.records.states import CaseFileState
from eakte.store.documents import Document, unrestricted
from eakte.store.files import BusinessCase, CaseFile, reached
from eakte.store.history import HistoryEntry
from eakte.store.plan import FilePlan, FilePlanUnit, pattern_of, plan_path
from eakte.store.references import DOCUMENT, GivenReference, ReferenceAlias, ReferenceCounter

NOTHING = "Dazu ist für Sie nichts verzeichnet."


@dataclass(frozen=True, slots=True)
class Gap:
    """A number that no record carries that the person may see now."""

    number: int
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Series:
    """One count of numbers and its gaps."""

    name: str
    """The reference with ``…`` for the number."""
    last: int
    """The last number given."""
    gaps: tuple[Gap, ...]


def of_unit(session: Session, actor: Actor, code: str, year: int, now: datetime) -> tuple[Series, ...]:
    """Return every series of numbers given at units with this code in a year.

    Raises:
        NotFound: No version of the plan has such a unit.
    """
    actor.require(Permission.PLAN)
    query = select(FilePlanUnit).join(FilePlan).where(FilePlanUnit.code == code)
    units = session.scalars(query.order_by(FilePlan.version)).all()
    if not units:
        raise NotFound
    patterns = {pattern_of(plan_path(session, unit.id)).value for unit in units}
    counters = session.execute(select(ReferenceCounter.scope, ReferenceCounter.last_number).order_by("scope")).all()
    found: dict[str, Series] = {}
    for pattern in map(parse_pattern, sorted(patterns)):
        shape = _shape(pattern, code, year)
        for scope, last in counters:
            if shape.fullmatch(scope):
                found[scope] = _series(session, actor, scope, last, width_of(pattern), now)
    return tuple(found[scope] for scope in sorted(found))


def _shape(pattern: Pattern, code: str, year: int) -> re.Pattern[str]:
    """Return what the scopes of a pattern look like; organisation unit and derivation may be any."""
    values = {"plan": code, "year": f"{year}", "yy": f"{year % 100:02}", "number": "{}"}
    pieces = (
        re.escape(piece.text or values[piece.slot]) if piece.text or piece.slot in values else ".+"
        for piece in pattern.pieces
    )
    return re.compile("".join(pieces))


def _series(session: Session, actor: Actor, scope: str, last: int, width: int, now: datetime) -> Series:
    head, _, tail = scope.partition("{}")
    given = _given(session, head, tail)
    files = _files(session, actor, list(given.values()), now)
    references = {number: f"{head}{number:0{width}d}{tail}" for number in range(1, last + 1)}
    gaps = (
        Gap(number, reference, reason)
        for number, reference in references.items()
        if (reason := _reason(session, files.get(given.get(reference, _NOBODY)), reference))
    )
    return Series(scope.replace("{}", "…"), last, tuple(gaps))


_NOBODY = UUID(int=0)


def _given(session: Session, head: str, tail: str) -> dict[str, UUID]:
    query = select(GivenReference.reference, GivenReference.record_id).where(
        GivenReference.reference.startswith(head, autoescape=True),
        GivenReference.reference.endswith(tail, autoescape=True),
    )
    return dict(session.execute(query).all())


def _files(session: Session, actor: Actor, ids: Sequence[UUID], now: datetime) -> dict[UUID, CaseFile]:
    """Return those of these case files that the actor may see, tombstones included."""
    found: dict[UUID, CaseFile] = {}
    for start in range(0, len(ids), 500):
        query = select(CaseFile).where(CaseFile.id.in_(ids[start : start + 500]), reached(actor.keys, now))
        found.update((file.id, file) for file in session.scalars(query))
    return found


def _reason(session: Session, file: CaseFile | None, reference: str) -> str:
    """Return why a reference is carried by no file one may see; empty if one does."""
    if file is None:
        return NOTHING
    if file.state is CaseFileState.DESTROYED:
        return f"Die Akte ist vernichtet{_since(session, file.id, 'disposal.done')}."
    if file.file_reference == reference:
        return ""
    until = session.scalar(select(ReferenceAlias.until).where(ReferenceAlias.reference == reference))
    since = f" seit {german(day_of(until))}" if until else ""
    return f"Die Akte heißt{since} {file.file_reference}."


def _since(session: Session, file_id: UUID, action: str) -> str:
    query = select(HistoryEntry.at).where(HistoryEntry.case_file_id == file_id, HistoryEntry.action == action)
    at = session.scalar(query.order_by(HistoryEntry.sequence.desc()).limit(1))
    return f" ({german(day_of(at))})" if at else ""


def of_case(session: Session, actor: Actor, case_id: UUID, now: datetime) -> Series:
    """Return the positions of a case that no document in it carries.

    Raises:
        NotFound: There is no such case, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    case = case_of(session, actor, case_id, now)
    name = case_reference(case.case_file.file_reference, case.number)
    taken = set(session.scalars(select(Document.position).where(Document.case_id == case.id)))
    told = dict(_told(session, case))
    gaps = (
        Gap(
            number,
            document_reference(name, number),
            _moved(session, actor, case, number, now) or told.get(number, NOTHING),
        )
        for number in range(1, case.last_position + 1)
        if number not in taken
    )
    return Series(f"{name}#…", case.last_position, tuple(gaps))


def _moved(session: Session, actor: Actor, case: BusinessCase, position: int, now: datetime) -> str:
    query = select(ReferenceAlias).where(
        ReferenceAlias.kind == DOCUMENT, ReferenceAlias.within_id == case.id, ReferenceAlias.number == position
    )
    alias = session.scalar(query)
    if alias is None:
        return ""
    moved = f"Am {german(day_of(alias.until))} umprotokolliert"
    there = (
        select(Document.position, BusinessCase.number, CaseFile.file_reference)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.id == alias.record_id, reached(actor.keys, now), unrestricted(actor.keys, now))
    )
    row = session.execute(there).first()
    place = document_reference(case_reference(row.file_reference, row.number), row.position) if row else ""
    return f"{moved} nach {place}." if place else f"{moved}."


def _told(session: Session, case: BusinessCase) -> Iterator[tuple[int, str]]:
    """Yield the positions whose document was filed and taken out again, with the day."""
    actions = ("document.filed", "document.filing_undone")
    query = select(HistoryEntry).where(HistoryEntry.case_file_id == case.case_file_id, HistoryEntry.action.in_(actions))
    filed: dict[str, int] = {}
    for entry in session.scalars(query.order_by(HistoryEntry.sequence)):
        if entry.action == "document.filed":
            container, _, position = str(entry.detail.get("reference", "")).rpartition("#")
            number = container.rpartition("-")[2]
            if number.isdecimal() and int(number) == case.number and position.isdecimal():
                filed[entry.about_id] = int(position)
        elif entry.about_id in filed:
            day = german(day_of(entry.at))
            yield filed.pop(entry.about_id), f"Die Ablage wurde am {day} zurückgenommen."
