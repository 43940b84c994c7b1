"""Who would see a record if its rights were others: asked before they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from eakte.actions.standing import Standing, everybody
from eakte.store.files import Access


@dataclass(frozen=True, slots=True)
class SightChange:
    """Who would gain and who would lose sight of a record, by name."""

    gained: tuple[Standing, ...]
    lost: tuple[Standing, ...]

    @property
    def warns(self) -> bool:
        """Whether more people would see it."""
        return bool(self.gained)


def seen_by(session: Session, access: Access, moment: datetime) -> list[Standing]:
    """Return everybody who sees a record with these rights at a moment, by name."""
    return [one for one in everybody(session, moment) if access.seen_with(one.keys)]


def change_of_sight(session: Session, before: Access, after: Access, now: datetime) -> SightChange:
    """Return who would gain and lose sight if the rights of a record changed."""
    gained, lost = [], []
    for one in everybody(session, now):
        keys = one.keys
        sees, would_see = before.seen_with(keys), after.seen_with(keys)
        if sees and not would_see:
            lost.append(one)
        elif would_see and not sees:
            gained.append(one)
    return SightChange(tuple(gained), tuple(lost))
