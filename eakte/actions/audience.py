"""Who reads a record by the keys it carries, told in German: to compare its place before and after a move."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import ALL
from eakte.store.files import CaseFile, access_of
from eakte.store.people import OrgUnit, Person


def keys_of_file(session: Session, case_file: CaseFile, now: datetime) -> frozenset[str]:
    """Return the keys that open a case file now."""
    return access_of(session, case_file, now).carried


def readers(session: Session, keys: Collection[str]) -> tuple[str, ...]:
    """Return who holds these keys, in German: units, people, and those who read the whole stock."""
    return tuple(sorted(_reader(session, key) for key in keys))


def _reader(session: Session, key: str) -> str:
    kind, _, name = key.partition(":")
    if key == ALL:
        return "Stellen, die den ganzen Bestand lesen"
    if kind == "person":
        person = session.get(Person, UUID(name))
        return person.name if person else "eine Person"
    found = session.scalar(select(OrgUnit).where(OrgUnit.key == name))
    unit = found.current if found else None
    return f"OE {unit.code} {unit.name} und die Stellen darüber" if unit else f"OE {name}"
