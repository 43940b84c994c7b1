"""The key store: one key for each stored object, in a database of its own, apart from the objects and their backups.

An object's key is closed by a *closing key*, that by a master key (:mod:`eakte.store.master_keys`). Both change
together: a new pair closes what is stored from then on, the keys of all living objects are closed anew, and when the
backups of the key store are old enough the former master key is destroyed. From then on an older copy of the key store
opens nothing, also not the keys that were destroyed since.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session

from eakte.store.base import NAMES, UtcDateTime
from eakte.store.database import Database
from eakte.store.master_keys import KEY, KeysUnusable, MasterKeyMissing, MasterKeys, unwrap_with, wrap_with
from eakte.store.objects import ObjectDamagedError

METADATA = MetaData(naming_convention=NAMES)
STORE = Table(
    "key_store", METADATA,
    Column("id", String(36), primary_key=True),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("open_left", Boolean, nullable=False),
)  # fmt: skip
EPOCH = Table(
    "closing_key", METADATA,
    Column("name", String(64), primary_key=True),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("wrapped", LargeBinary),
    Column("used_from", UtcDateTime),
    Column("retired_at", UtcDateTime),
    Column("destroyed_at", UtcDateTime),
)  # fmt: skip
OBJECT_KEY = Table(
    "object_key", METADATA,
    Column("key_id", LargeBinary(16), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("closed_by", ForeignKey(EPOCH.c.name), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, server_default=func.now()),
    Column("open_until", Date),
)  # fmt: skip
CURRENT = EPOCH.c.wrapped.is_not(None) & EPOCH.c.retired_at.is_(None)
RETIRED = EPOCH.c.retired_at.is_not(None) & EPOCH.c.destroyed_at.is_(None)
ORDERED = EPOCH.c.wrapped.is_(None) & EPOCH.c.destroyed_at.is_(None)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Epoch:
    """The time of one master key."""

    name: str
    used_from: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None
    keys: int
    """Keys of objects that it closes now."""


@dataclass(frozen=True, slots=True)
class Past:
    """How objects lay before: how many have a key, and the last day on which one of them still lay open."""

    keys: int
    open_until: date | None


class ObjectKeys:
    """The keys of all objects; nothing is remembered but closing keys, so that a destroyed key is gone at once."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self.database, self._masters = database, masters
        self._closing: dict[str, bytes] = {}

    # Beginning

    def begin(self, now: datetime, *, open_left: bool) -> str:
        """Set the key store up with its first master key, and return its id; twice is once."""
        METADATA.create_all(self.database.engine)
        with self.database.begin() as session:
            known = session.scalar(select(STORE.c.id))
            if known is None:
                session.execute(insert(STORE).values(id=str(uuid4()), begun_at=now, open_left=open_left))
        if known is None or self._current() is None:
            self.rotate(now)
        return self.id()

    def id(self) -> str:
        """Return what names this key store, for the object store to carry; empty where it is not set up."""
        if not inspect(self.database.engine).has_table(STORE.name):
            return ""
        with self.database.reading() as session:
            return session.scalar(select(STORE.c.id)) or ""

    def check(self) -> None:
        """Open every closing key that is needed.

        Raises:
            MasterKeyMissing, MasterKeyWrong: A master key is not there, or another one.
        """
        with self.database.reading() as session:
            used = select(OBJECT_KEY.c.closed_by).distinct()
            needed = session.scalars(select(EPOCH.c.name).where(CURRENT | EPOCH.c.name.in_(used))).all()
            for name in needed:
                self._closing_key(session, name)

    # Keys of objects

    def keep(self, key_id: bytes, sha256: str, key: bytes, *, open_until: date | None = None) -> None:
        """Keep the key of an object, durably; *open_until* is the day on which the object still lay open."""
        with self.database.begin() as session:
            name = self._held_current(session)
            wrapped = wrap_with(self._closing_key(session, name), key, _about(key_id, sha256))
            row = {"key_id": key_id, "sha256": sha256, "closed_by": name, "wrapped": wrapped, "open_until": open_until}
            session.execute(insert(OBJECT_KEY).values(row))

    def key(self, key_id: bytes, sha256: str) -> bytes | None:
        """Return the key with an id if it is one of this object, None where there is none (any more).

        Raises:
            ObjectDamagedError: The key itself was changed.
        """
        with self.database.reading() as session:
            query = select(OBJECT_KEY.c.closed_by, OBJECT_KEY.c.wrapped)
            found = session.execute(query.where(OBJECT_KEY.c.key_id == key_id, OBJECT_KEY.c.sha256 == sha256)).first()
            if found is None:
                return None
            key = unwrap_with(self._closing_key(session, found.closed_by), found.wrapped, _about(key_id, sha256))
        if key is None:
            raise ObjectDamagedError(f"the key of {sha256} was changed")
        return key

    def knows(self, sha256: str, key_id: bytes | None = None) -> bool:
        """Whether there is a key of this object, or the one with an id."""
        query = select(OBJECT_KEY.c.key_id).where(OBJECT_KEY.c.sha256 == sha256)
        with self.database.reading() as session:
            ids = set(session.scalars(query))
        return key_id in ids if key_id is not None else bool(ids)

    def destroy(self, sha256: str) -> None:
        """Destroy all keys of an object; what is left of them on the disk opens nothing after the next rotation."""
        with self.database.begin() as session:
            session.execute(delete(OBJECT_KEY).where(OBJECT_KEY.c.sha256 == sha256))
        if self.database.is_sqlite:
            self.database.wipe()

    def past(self, hashes: Sequence[str]) -> Past:
        """Return how the objects with these names lay before."""
        keys, last = 0, None
        with self.database.reading() as session:
            for start in range(0, len(hashes), BATCH):
                theirs = OBJECT_KEY.c.sha256.in_(hashes[start : start + BATCH])
                query = select(func.count(OBJECT_KEY.c.sha256.distinct()), func.max(OBJECT_KEY.c.open_until))
                count, day = session.execute(query.where(theirs)).one()
                keys, last = keys + count, max(filter(None, (last, day)), default=None)
        return Past(keys, last)

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the objects that have a key since before *moment*, in no order."""
        known = ""
        while True:
            query = select(OBJECT_KEY.c.sha256).where(OBJECT_KEY.c.sha256 > known, OBJECT_KEY.c.made_at < moment)
            with self.database.reading() as session:
                found = session.scalars(query.distinct().order_by(OBJECT_KEY.c.sha256).limit(BATCH)).all()
            yield from found
            if len(found) < BATCH:
                return
            known = found[-1]

    # What lies open

    def open_left(self) -> bool:
        """Whether objects may lie open that were there before encryption was set up."""
        with self.database.reading() as session:
            return bool(session.scalar(select(STORE.c.open_left)))

    def none_open(self) -> None:
        """Note that no object lies open any more: from now on one that does is foreign."""
        with self.database.begin() as session:
            session.execute(update(STORE).values(open_left=False))

    # Master keys

    def rotate(self, now: datetime) -> str:
        """Let a new master key take the place of the present one, and return its name; :meth:`rewrap` comes next.

        What an interrupted call began is gone on with, so that no master key is left over.
        """
        name = self._order(now)
        self._masters.make(name)
        key = secrets.token_bytes(KEY)
        wrapped = self._masters.wrap(name, key, name.encode())
        with self.database.begin() as session:
            self._alone(session)
            if session.scalar(select(EPOCH.c.name).where(EPOCH.c.name == name, ORDERED)) is not None:
                session.execute(update(EPOCH).where(CURRENT).values(retired_at=now))
                session.execute(update(EPOCH).where(EPOCH.c.name == name).values(wrapped=wrapped, used_from=now))
        return name

    def rewrap(self) -> int:
        """Close some keys anew that a retired master key closes; return how many, none when all are."""
        with self.database.begin() as session:
            name = self._held_current(session)
            new = self._closing_key(session, name)
            retired = session.scalars(select(EPOCH.c.name).where(RETIRED)).all()
            query = select(OBJECT_KEY).where(OBJECT_KEY.c.closed_by.in_(retired)).limit(BATCH).with_for_update()
            rows = session.execute(query).all()
            for row in rows:
                about = _about(row.key_id, row.sha256)
                key = unwrap_with(self._closing_key(session, row.closed_by), row.wrapped, about)
                # What does not open stays as it is and is told as damaged; its object is lost either way.
                wrapped = wrap_with(new, key, about) if key else row.wrapped
                changed = update(OBJECT_KEY).where(OBJECT_KEY.c.key_id == row.key_id)
                session.execute(changed.values(closed_by=name, wrapped=wrapped))
        return len(rows)

    def expire(self, before: datetime, now: datetime) -> list[str]:
        """Destroy the master keys that were retired before a moment and close nothing; return their names."""
        closes = select(OBJECT_KEY.c.key_id).where(OBJECT_KEY.c.closed_by == EPOCH.c.name).exists()
        with self.database.reading() as session:
            due = session.scalars(select(EPOCH.c.name).where(RETIRED, EPOCH.c.retired_at <= before, ~closes)).all()
        for name in due:
            # Nothing can be closed by it any more: who closes something holds the current one meanwhile.
            self._masters.destroy(name)
            self._closing.pop(name, None)
            with self.database.begin() as session:
                session.execute(update(EPOCH).where(EPOCH.c.name == name).values(wrapped=None, destroyed_at=now))
        return list(due)

    def epochs(self) -> tuple[Epoch, ...]:
        """Return all master keys there were, the oldest first."""
        count = select(func.count()).where(OBJECT_KEY.c.closed_by == EPOCH.c.name).scalar_subquery()
        query = select(
            EPOCH.c.name, EPOCH.c.used_from, EPOCH.c.retired_at, EPOCH.c.destroyed_at, count.label("keys")
        ).where(EPOCH.c.used_from.is_not(None))
        with self.database.reading() as session:
            return tuple(Epoch(*row) for row in session.execute(query.order_by(EPOCH.c.used_from, EPOCH.c.ordered_at)))

    def wipe(self) -> bool:
        """Overwrite what deleted keys left in the files of the key store; return whether that could be done."""
        return self.database.wipe()

    def close(self) -> None:
        """Give back all connections."""
        self.database.close()

    def _order(self, now: datetime) -> str:
        with self.database.begin() as session:
            self._alone(session)
            begun: str | None = session.scalar(select(EPOCH.c.name).where(ORDERED))
            name = begun or f"{now:%Y-%m-%d}-{secrets.token_hex(4)}"
            if begun is None:
                session.execute(insert(EPOCH).values(name=name, ordered_at=now))
        return str(name)

    def _alone(self, session: Session) -> None:
        session.execute(select(STORE.c.id).with_for_update())

    def _current(self) -> str | None:
        with self.database.reading() as session:
            return session.scalar(select(EPOCH.c.name).where(CURRENT))

    def _held_current(self, session: Session) -> str:
        """Return the current closing key, which nobody retires until this transaction ends."""
        query = select(EPOCH.c.name).where(CURRENT).with_for_update(read=True)
        # Where it was retired just now the row no longer fits, and its successor is seen by the next statement.
        name = session.scalar(query) or session.scalar(query)
        if name is None:
            problem = "Der Schlüsselspeicher ist nicht fertig eingerichtet: „python -m eakte keys init“."
            raise KeysUnusable(problem=problem)
        return str(name)

    def _closing_key(self, session: Session, name: str) -> bytes:
        if name not in self._closing:
            wrapped = session.scalar(select(EPOCH.c.wrapped).where(EPOCH.c.name == name))
            if wrapped is None:
                raise MasterKeyMissing(name=name)
            self._closing[name] = self._masters.unwrap(name, wrapped, name.encode())
        return self._closing[name]


def _about(key_id: bytes, sha256: str) -> bytes:
    """Bind a key to its object, so that no row can be put in the place of another."""
    return key_id + sha256.encode()
