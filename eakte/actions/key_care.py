"""Care for the keys of encrypted objects: set up, encrypt what lies open, change master keys, and tell it all.

Keys lie in another database than the history, so what is told may come later than what was done; it is read off the
key store and told once, also where a process was killed in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import SYSTEM
from eakte.store.database import Database
from eakte.store.documents import StoredObject
from eakte.store.history import HistoryEntry, record
from eakte.store.object_keys import ObjectKeys
from eakte.store.objects import ABANDONED_AFTER
from eakte.store.objects_encrypted import EncryptedObjects, Guard, Outcome

ABOUT = "master_key"


def tell(session: Session, keys: ObjectKeys, now: datetime) -> int:
    """Write into the history what it does not tell yet of master keys; return how many entries."""
    told = 0
    for epoch in keys.epochs():
        for action, at in (("keys.rotated", epoch.used_from), ("keys.destroyed", epoch.destroyed_at)):
            if at is not None and not _is_told(session, action, epoch.name):
                record(session, SYSTEM, action, about=(ABOUT, epoch.name), now=now)
                told += 1
    return told


def _is_told(session: Session, action: str, name: str) -> bool:
    same = (HistoryEntry.about_kind == ABOUT, HistoryEntry.about_id == name, HistoryEntry.action == action)
    return session.scalar(select(HistoryEntry.sequence).where(*same).limit(1)) is not None


def rotate(keys: ObjectKeys, now: datetime) -> int:
    """Change the master key and close the keys of all objects anew; return how many that were."""
    keys.rotate(now)
    return finish_rotation(keys)


def finish_rotation(keys: ObjectKeys, progress: Callable[[int], object] = lambda _: None) -> int:
    """Close anew what a retired master key still closes, also after an interruption; return how many keys."""
    done = 0
    while count := keys.rewrap():
        done += count
        progress(count)
    if done:
        keys.wipe()
    return done


def is_due(keys: ObjectKeys, now: datetime, days: int) -> bool:
    """Whether a new master key should take the place of the present one; never by itself for no days."""
    newest = max((epoch.used_from for epoch in keys.epochs() if epoch.retired_at is None), default=now)
    return days > 0 and newest <= now - timedelta(days=days)


def useless_from(keys: ObjectKeys, today: date, *, rotation_days: int, backup_days: int) -> date | None:
    """Return the day from which backups of the key store made before *today* open nothing; None: it is not known.

    The next master key comes at the latest when the present one has been used so many days, and the present one goes
    when it has been retired for as long as backups of the key store are kept; the worker does both within a day.
    """
    if rotation_days <= 0:
        return None
    used_from = max((epoch.used_from.date() for epoch in keys.epochs() if epoch.retired_at is None), default=today)
    rotation = max(today, used_from + timedelta(days=rotation_days))
    return rotation + timedelta(days=backup_days + 2)


def tidy(objects: EncryptedObjects, now: datetime) -> int:
    """Destroy keys without an object: of writers that were killed, and those an older backup brought back."""
    lost = [name for name in objects.keys.older_than(now - ABANDONED_AFTER) if objects.shelf.size(name) is None]
    for name in lost:
        objects.keys.destroy(name)
    return len(lost)


def encrypt_stock(
    database: Database, objects: EncryptedObjects, today: date, progress: Callable[[Outcome], object]
) -> Counter[Outcome]:
    """Encrypt all objects where they lie; return what became of each. Killed and called again it goes on.

    When a whole pass finds nothing open any more, what lies open from then on is taken for foreign.
    """
    guard = _guard(database)
    result: Counter[Outcome] = Counter()
    for sha256 in objects.each():
        outcome = objects.encrypt_in_place(sha256, today, guard)
        result[outcome] += 1
        progress(outcome)
    if not result[Outcome.DAMAGED] and not any(objects.lies_open(sha256) for sha256 in objects.each()):
        objects.keys.none_open()
    return result


def tell_encrypted(session: Session, result: Counter[Outcome], now: datetime) -> None:
    """Write into the history that the stock was encrypted."""
    detail = {"objects": result[Outcome.ENCRYPTED] + result[Outcome.LOCKED], "damaged": result[Outcome.DAMAGED]}
    record(session, SYSTEM, "keys.stock_encrypted", about=(ABOUT, "stock"), now=now, detail=detail)


def _guard(database: Database) -> Guard:
    """Meet the row lock of whoever deletes an object (:func:`eakte.store.stored.forget`)."""

    @contextmanager
    def guard(sha256: str) -> Iterator[None]:
        with database.begin() as session:
            session.scalar(select(StoredObject.sha256).where(StoredObject.sha256 == sha256).with_for_update())
            yield

    return guard
