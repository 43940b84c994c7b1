"""Exporting the history: entries of a period or case file with what proves them, for whoever checks without us."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from eakte.actions.audit import not_told
from eakte.errors import NotFound
from eakte.records import export
from eakte.records.access import SYSTEM, Actor, Permission
from eakte.records.calendar import start_of
from eakte.records.chain import Link
from eakte.records.export import ExportedValue
from eakte.store.files import CaseFile, reached
from eakte.store.history import HistoryEntry, HistoryValue, record

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which entries are exported, days included; ``values`` adds old and new values with their salts."""

    first_day: date | None = None
    last_day: date | None = None
    reference: str = ""
    values: bool = False


def lines(session: Session, actor: Actor, chosen: Chosen, sign: Callable[[bytes], str], now: datetime) -> Iterator[str]:
    """Yield the lines of an export; entries of files the actor may not know of are left out.

    Raises:
        NotFound: There is no such case file, or the actor may not know of it.
    """
    actor.require(Permission.HISTORY)
    query = _query(session, actor, chosen, now)
    about = {
        "made_at": now.isoformat(timespec="seconds"),
        "first_day": chosen.first_day.isoformat() if chosen.first_day else None,
        "last_day": chosen.last_day.isoformat() if chosen.last_day else None,
        "reference": chosen.reference or None,
        "whole": actor is SYSTEM and not (chosen.first_day or chosen.last_day or chosen.reference),
        "values": chosen.values,
    }
    return export.lines(_entries(session, actor, query, now, values=chosen.values), about, sign)


def count(session: Session, actor: Actor, chosen: Chosen, now: datetime) -> int:
    """Return how many entries an export would hold.

    Raises:
        NotFound: There is no such case file, or the actor may not know of it.
    """
    actor.require(Permission.HISTORY)
    found = _query(session, actor, chosen, now).order_by(None)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def record_export(session: Session, actor: Actor, chosen: Chosen, entries: int, now: datetime) -> None:
    """Write that the history was exported, by whom and how much of it."""
    detail = {
        "entries": entries,
        "from": chosen.first_day.isoformat() if chosen.first_day else None,
        "to": chosen.last_day.isoformat() if chosen.last_day else None,
        "reference": chosen.reference,
        "values": chosen.values,
    }
    record(session, actor, "history.exported", about=("history", "1"), now=now, detail=detail)


def _query(session: Session, actor: Actor, chosen: Chosen, now: datetime) -> Select[HistoryEntry]:
    query = select(HistoryEntry).order_by(HistoryEntry.sequence)
    mine = reached(actor.keys, now)
    if actor is not SYSTEM:
        seen = select(CaseFile.id).where(mine)
        query = query.where(or_(HistoryEntry.case_file_id.is_(None), HistoryEntry.case_file_id.in_(seen)))
    if chosen.reference:
        file = select(CaseFile.id).where(CaseFile.file_reference == chosen.reference)
        file_id = session.scalar(file if actor is SYSTEM else file.where(mine))
        if file_id is None:
            raise NotFound
        query = query.where(HistoryEntry.case_file_id == file_id)
    if chosen.first_day:
        query = query.where(HistoryEntry.at >= start_of(chosen.first_day))
    if chosen.last_day:
        query = query.where(HistoryEntry.at < start_of(chosen.last_day + timedelta(days=1)))
    return query


def _entries(
    session: Session, actor: Actor, query: Select[HistoryEntry], now: datetime, *, values: bool
) -> Iterator[tuple[Link, Sequence[ExportedValue]]]:
    """Yield entries with their values, with flat memory."""
    found = session.scalars(query, execution_options={"yield_per": _AT_ONCE})
    for some in found.partitions(_AT_ONCE):
        secret = not_told(session, actor, [(one.about_kind, one.about_id) for one in some], now)
        told = [entry for entry in some if entry.changes and entry.about_id not in secret]
        numbers = [entry.sequence for entry in told] if values else []
        kept: dict[int, list[ExportedValue]] = {}
        rows = select(HistoryValue).where(HistoryValue.sequence.in_(numbers)).order_by(HistoryValue.field)
        for row in session.scalars(rows) if numbers else ():
            kept.setdefault(row.sequence, []).append(ExportedValue(row.field, row.salt, row.old, row.new))
        for entry in some:
            yield entry.link(), kept.get(entry.sequence, ())
        session.expunge_all()
