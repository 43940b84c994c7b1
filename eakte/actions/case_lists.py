"""Lists of case files: what a person may see, newest first, counted exactly, quick for an ordinary clerk too.

A clerk's files lie in a few units, a records manager's everywhere. One ordered walk through an index would pass
millions of files of others for the clerk, one sort of all of their files would be slow for both: so the newest of
each key are taken in the order of an index, and the newest of these are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import Session, joinedload

from eakte.actions.guard import case_file_of
from eakte.records.access import Actor, Permission
from eakte.records.states import CaseFileState
from eakte.store.files import CaseFile, opening, unblocked, visible
from eakte.store.plan import FilePlanUnit
from eakte.store.references import CASE_FILE, ReferenceAlias

MOST_BRANCHES = 100
"""With more keys than this one query over all of them is quicker than one for each."""


@dataclass(frozen=True, slots=True)
class CaseFileRow:
    """A case file as lists and the combobox show it."""

    case_file_id: UUID
    reference: str
    subject: str
    state: CaseFileState
    unit_code: str
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A place in the list: behind the file opened on that day with that reference, whatever was opened since."""

    opened_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; ``text`` matches reference (also a former one) or subject."""

    text: str = ""
    state: CaseFileState | None = None
    plan_code: str = ""


def listing(
    session: Session,
    actor: Actor,
    *,
    text: str = "",
    state: CaseFileState | None = None,
    plan_code: str = "",
    offset: int | Behind = 0,
    limit: int = 50,
    now: datetime,
) -> tuple[tuple[CaseFileRow, ...], int]:
    """Return visible case files, newest first, and how many there are in all."""
    wanted = Wanted(text, state, plan_code)
    return page(session, actor, wanted, offset=offset, limit=limit, now=now), count(session, actor, wanted, now)


def count(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> int:
    """Return how many visible case files there are."""
    actor.require(Permission.READ)
    query = select(func.count()).select_from(CaseFile).where(visible(actor.keys, now), *_narrowed(wanted))
    return session.scalar(query) or 0


def page(
    session: Session, actor: Actor, wanted: Wanted, *, offset: int | Behind = 0, limit: int = 50, now: datetime
) -> tuple[CaseFileRow, ...]:
    """Return a piece of the visible case files, newest first."""
    actor.require(Permission.READ)
    if limit <= 0:
        return ()
    narrowed = _narrowed(wanted)
    skipped = offset if isinstance(offset, int) else 0
    if isinstance(offset, Behind):
        older = and_(CaseFile.opened_on == offset.opened_on, CaseFile.file_reference < offset.reference)
        narrowed.append(CaseFile.opened_on <= offset.opened_on)
        narrowed.append(or_(CaseFile.opened_on < offset.opened_on, older))
    ids = _newest(actor.keys, narrowed, skipped + limit, now)
    files = session.scalars(
        select(CaseFile)
        .where(CaseFile.id.in_(ids))
        .options(joinedload(CaseFile.org_unit))
        .order_by(*_NEWEST)
        .offset(skipped)
        .limit(limit)
    )
    return tuple(row_of(file) for file in files)


_NEWEST = (CaseFile.opened_on.desc(), CaseFile.file_reference.desc())


def _newest(keys: frozenset[str], narrowed: list[ColumnElement[bool]], most: int, now: datetime) -> Select[UUID]:
    """Return the ids of the newest visible files, *most* of them or a few more."""
    ordered = (CaseFile.id, CaseFile.opened_on, CaseFile.file_reference)
    ways = opening(keys, now)
    if len(ways) > MOST_BRANCHES:
        ways = [or_(*ways)]
    there = and_(unblocked(keys, now), CaseFile.state != CaseFileState.DESTROYED)
    branches = [select(*ordered).where(way, there, *narrowed).order_by(*_NEWEST).limit(most).subquery() for way in ways]
    if not branches:
        return select(CaseFile.id).where(CaseFile.id.is_(None))
    together = union(*(select(branch) for branch in branches)).subquery()
    newest = (together.c.opened_on.desc(), together.c.file_reference.desc())
    return select(together.c.id).order_by(*newest).limit(most)


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for word in wanted.text.split():
        like = f"%{_escape(word)}%"
        former = select(ReferenceAlias.record_id).where(
            ReferenceAlias.kind == CASE_FILE, ReferenceAlias.reference.ilike(like, escape="\\")
        )
        where.append(
            or_(
                CaseFile.file_reference.ilike(like, escape="\\"),
                CaseFile.subject.ilike(like, escape="\\"),
                CaseFile.id.in_(former),
            )
        )
    if wanted.state is not None:
        where.append(CaseFile.state == wanted.state)
    if wanted.plan_code:
        where.append(in_branch(wanted.plan_code))
    return where


def in_branch(plan_code: str) -> ColumnElement[bool]:
    """Return the condition that a case file lies at or below a unit of the file plan, of any version."""
    below = FilePlanUnit.code.like(f"{_escape(plan_code)}.%", escape="\\")
    return CaseFile.file_plan_unit_id.in_(select(FilePlanUnit.id).where(or_(FilePlanUnit.code == plan_code, below)))


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def row_of(file: CaseFile) -> CaseFileRow:
    """Return the list line of a case file."""
    return CaseFileRow(
        file.id,
        file.file_reference,
        file.subject,
        file.state,
        file.org_unit.current.code,
        file.opened_on,
        file.closed_on,
    )


def row(session: Session, actor: Actor, case_file_id: UUID, now: datetime) -> CaseFileRow:
    """Return the list line of one case file the actor may see."""
    return row_of(case_file_of(session, actor, case_file_id, now))
