"""Back-pressure for what comes in: whoever is over a limit is asked to wait, and nothing that was taken is lost.

Days are counted as the throttle counts (:mod:`eakte.records.throttle`), in the database and over all processes: a limit
is spent at once or evenly, and comes back evenly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.actions import limits
from eakte.errors import EakteError, TooManyRequests
from eakte.records.access import Actor
from eakte.records.quotas import NEAR, WAIT_FOR_ROOM, Limit, Quotas, cost_of
from eakte.records.states import ItemState
from eakte.records.throttle import spent
from eakte.store.documents import IncomingItem
from eakte.store.sign_in import Throttle

_PREFIX = "quota"
_WAITS = (ItemState.RECEIVED, ItemState.READING, ItemState.WAITING)


class IntakeFull(EakteError):
    """A limit of what may come in is reached; ``seconds`` says how long to wait, ``problem`` which limit it is."""

    code, status = "intake-full", 429

    @property
    def wait(self) -> timedelta:
        """How long a source leaves what it has where it lies."""
        return timedelta(seconds=int(self.detail["seconds"]))


_OF_PERSON = "Sie haben heute schon so viel eingeliefert, wie eine Person am Tag darf ({}).".format
_OF_UNIT = "Für diese Organisationseinheit kam heute schon so viel an, wie sie am Tag annimmt ({}).".format
WORDS = {
    Limit.PERSON_BYTES: _OF_PERSON("Datenmenge"),
    Limit.PERSON_DOCUMENTS: _OF_PERSON("Dokumente"),
    Limit.UNIT_BYTES: _OF_UNIT("Datenmenge"),
    Limit.UNIT_DOCUMENTS: _OF_UNIT("Dokumente"),
    Limit.SOURCE_WAITING: "Im Posteingang dieser Organisationseinheit ist für diese Quelle kein Platz mehr.",
}


def take(
    session: Session, quotas: Quotas, actor: Actor, *, source: str, access_key: str, size: int, now: datetime
) -> None:
    """Take one document from what may come in.

    Args:
        session: a write transaction; rolled back, nothing was taken.
        quotas: the limits.
        actor: who sends; a machine that acts as the installation has no limit of a person.
        source: how it comes in.
        access_key: of the department's inbox.
        size: in bytes.
        now: the moment.

    Raises:
        IntakeFull: A limit is reached.
    """
    if quotas.source_waiting and _waiting(session, source, access_key, quotas.source_waiting) >= quotas.source_waiting:
        raise _refusal(Limit.SOURCE_WAITING, str(int(WAIT_FOR_ROOM.total_seconds())))
    for limit, allowance in quotas.allowances().items():
        whose = access_key if limit in {Limit.UNIT_BYTES, Limit.UNIT_DOCUMENTS} else actor.person_id
        if whose is None:
            continue
        try:
            limits.spend(session, f"{_PREFIX}:{limit}:{whose}", allowance, now, cost_of(limit, size))
        except TooManyRequests as error:
            raise _refusal(limit, error.detail["seconds"]) from error


def _refusal(limit: Limit, seconds: str) -> IntakeFull:
    minutes = str(max(1, -(-int(seconds) // 60)))
    return IntakeFull(problem=WORDS[limit], seconds=seconds, minutes=minutes)


def _waiting(session: Session, source: str, access_key: str, most: int) -> int:
    found = (
        select(IncomingItem.id)
        .where(IncomingItem.access_key == access_key, IncomingItem.state.in_(_WAITS), IncomingItem.source == source)
        .limit(most)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


@dataclass(frozen=True, slots=True)
class Use:
    """How far a limit is used."""

    limit: Limit
    percent: int
    """Of whoever used most."""
    near: int
    """How many people, departments or sources have used four fifths of it or more."""


def uses(session: Session, quotas: Quotas, now: datetime) -> list[Use]:
    """Return how far each limit is used, without telling by whom."""
    found = [_use(limit, _spent(session, quotas, limit, now)) for limit in quotas.allowances()]
    if quotas.source_waiting:
        count = func.count()
        query = select(count).where(IncomingItem.state.in_(_WAITS))
        counts = session.scalars(query.group_by(IncomingItem.access_key, IncomingItem.source)).all()
        found.append(_use(Limit.SOURCE_WAITING, [100 * one // quotas.source_waiting for one in counts]))
    return found


def _spent(session: Session, quotas: Quotas, limit: Limit, now: datetime) -> Iterator[int]:
    allowance = quotas.allowances()[limit]
    rows = session.scalars(
        select(Throttle.arrival).where(Throttle.key.startswith(f"{_PREFIX}:{limit}:"), Throttle.arrival > now)
    )
    return (spent(arrival, now, allowance) for arrival in rows)


def _use(limit: Limit, percents: Iterator[int] | list[int]) -> Use:
    all_of_them = list(percents)
    return Use(limit, max(all_of_them, default=0), sum(one >= NEAR for one in all_of_them))
