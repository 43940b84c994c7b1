"""Who reads a case file: to compare, before a move, who reads the place left and the place entered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions.standing import everybody
from eakte.records.access import ALL
from eakte.store.files import Access
from eakte.store.people import OrgUnit, Person

NAMED = 5
"""People named in a sentence; of the others only how many they are."""


def compare(session: Session, before: Access, after: Access, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return in German who reads the second and not the first, and the other way round: people, and by which keys.

    Blocks count: who is kept out of the first place and not of the second is among those who gain.
    """
    gained, lost = [], []
    for person in everybody(session, now):
        then, now_ = after.seen_with(person.keys), before.seen_with(person.keys)
        if then and not now_:
            gained.append(person.name)
        elif now_ and not then:
            lost.append(person.name)
    return (
        (*_people(gained), *(readers(session, after.carried - before.carried) if gained else ())),
        (*_people(lost), *(readers(session, before.carried - after.carried) if lost else ())),
    )


def _people(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" und {len(names) - NAMED} weitere" if len(names) > NAMED else ""
    head = "Eine Person" if len(names) == 1 else f"{len(names)} Personen"
    return (f"{head}: {'; '.join(names[:NAMED])}{more}",)


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
