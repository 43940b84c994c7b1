"""The tour for the beginning: shown to each person until they have seen enough of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from eakte.records.access import Actor, Permission
from eakte.store.people import Person


def wanted(session: Session, actor: Actor) -> bool:
    """Tell whether a person is still shown the tour."""
    person = session.get(Person, actor.person_id) if actor.person_id else None
    return person is not None and not person.tour_over


def end(session: Session, actor: Actor) -> None:
    """Show a person the tour no more, on no device."""
    actor.require(Permission.SIGNED_IN)
    if actor.person_id is not None:
        session.get_one(Person, actor.person_id).tour_over = True
