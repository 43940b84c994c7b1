"""The rolling fixity check: every stored object is read again and held against its hashes, one share each hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eakte.records.access import SYSTEM, Actor, Permission
from eakte.store.database import Database
from eakte.store.documents import StoredObject
from eakte.store.evidence import Damage, FixityShare, ObjectDamage
from eakte.store.history import record
from eakte.store.objects import ObjectStore, Stored, intact

SHARES = 24 * 30
"""A round of all objects takes thirty days, one share an hour."""
_NAMES = 1 << 32
"""The first eight hexadecimal digits of a SHA-256 count so far; they are spread evenly."""
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Report:
    """How the last round stands."""

    shares: int
    """Shares read at least once, of :data:`SHARES`."""
    objects: int
    size: int
    """Bytes."""
    oldest: datetime | None
    """When the share that waits longest was read."""
    damages: tuple[ObjectDamage, ...]
    """Objects that are missing or changed now, the newest first, at most :data:`MOST_SHOWN`."""
    damaged: int

    @property
    def whole(self) -> bool:
        """Whether every share has been read."""
        return self.shares == SHARES


def share_of(moment: datetime) -> int:
    """Return the share that is read in the hour of a moment."""
    return int(moment.timestamp()) // 3600 % SHARES


def listed(session: Session, share: int) -> list[Stored]:
    """Return the objects of a share: those whose names lie in its part of all names."""
    low, high = (f"{_NAMES * edge // SHARES:08x}" for edge in (share, share + 1))
    query = select(StoredObject).where(StoredObject.sha256 >= low).order_by(StoredObject.sha256)
    if share + 1 < SHARES:
        query = query.where(StoredObject.sha256 < high)
    return [Stored(row.sha256, row.sha512, row.size) for row in session.scalars(query)]


def problem_of(objects: ObjectStore, kept: Stored) -> Damage | None:
    """Read an object and tell what is wrong with it."""
    if intact(objects, kept):
        return None
    return Damage.CHANGED if objects.exists(kept.sha256) else Damage.MISSING


def note(session: Session, sha256: str, problem: Damage | None, now: datetime) -> bool:
    """Keep what reading an object showed; return whether it is damaged and still belongs to the stock.

    What is new goes into the history: that it is damaged, and that it is whole again.
    """
    if session.scalar(select(StoredObject.sha256).where(StoredObject.sha256 == sha256).with_for_update()) is None:
        return False  # destroyed in the meantime, as it should be
    known = session.get(ObjectDamage, sha256)
    if problem is None:
        if known is not None:
            session.delete(known)
            record(session, SYSTEM, "object.whole_again", about=("object", sha256), now=now)
        return False
    if known is None:
        session.add(ObjectDamage(sha256=sha256, problem=problem, found_at=now, last_seen_at=now))
        record(session, SYSTEM, "object.damaged", about=("object", sha256), now=now, detail={"problem": problem.value})
    else:
        known.problem, known.last_seen_at = problem, now
    return True


def known_damages(session: Session, hashes: Sequence[str]) -> frozenset[str]:
    """Return those of the objects that were damaged when they were read last."""
    return frozenset(session.scalars(select(ObjectDamage.sha256).where(ObjectDamage.sha256.in_(hashes))))


def settle(session: Session, share: int, read: Sequence[Stored], damaged: int, now: datetime) -> None:
    """Write down that a share has been read."""
    row = session.get(FixityShare, share, with_for_update=True)
    if row is None:
        row = FixityShare(share=share)
        session.add(row)
    row.checked_at, row.objects, row.size, row.damaged = now, len(read), sum(each.size for each in read), damaged


def read_share(database: Database, objects: ObjectStore, share: int, now: datetime) -> list[str]:
    """Read one share and write down what it showed; return the objects that are damaged.

    It opens its own transactions: none lasts as long as the reading.
    """
    with database.reading() as session:
        kept = listed(session, share)
        known = known_damages(session, [each.sha256 for each in kept])
    damaged = []
    for stored in kept:
        problem = problem_of(objects, stored)
        if problem is None and stored.sha256 not in known:
            continue
        with database.begin() as session:
            if note(session, stored.sha256, problem, now):
                damaged.append(stored.sha256)
    with database.begin() as session:
        settle(session, share, kept, len(damaged), now)
    return damaged


def report(session: Session, actor: Actor) -> Report:
    """Return how the last round stands; objects are named by their hash alone, so it tells of no record."""
    actor.require(Permission.HISTORY)
    shares, objects, size, oldest = session.execute(
        select(
            func.count(), func.sum(FixityShare.objects), func.sum(FixityShare.size), func.min(FixityShare.checked_at)
        )
    ).one()
    damages = session.scalars(select(ObjectDamage).order_by(ObjectDamage.found_at.desc()).limit(MOST_SHOWN)).all()
    damaged = session.scalar(select(func.count()).select_from(ObjectDamage)) or 0
    return Report(shares, objects or 0, size or 0, oldest, tuple(damages), damaged)
