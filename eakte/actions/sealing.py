"""Sealing what was stored: a hash tree over each day's records, its root stamped, and the stamp renewed in time.

Like the anchors of the history this opens its own transactions: a time-stamp service is never asked inside of one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from rfc3161_client import TimeStampResponse
from sqlalchemy import exists, func, insert, or_, select
from sqlalchemy.orm import Session

from eakte.errors import TimestampFailed
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.records.evidence import ALGORITHM, HashTree, digest, tree
from eakte.store.database import Database
from eakte.store.documents import DocumentVersion, IncomingItem, RenditionRow, StoredObject
from eakte.store.evidence import EvidencePath, EvidenceTree, StampRenewal, TreeKind
from eakte.store.exchange import ArchiveArrival, DisposalMessage
from eakte.store.history import record
from eakte.store.scanning import BatchScan
from eakte.store.timestamps import last_day, token_of

SETTLED = timedelta(hours=1)
"""Objects younger than this may belong to a transaction that has not ended."""
LEAVES = 1 << 17
"""The most leaves of one tree, so that memory stays flat when a whole stock is sealed for the first time."""
RENEWED_BEFORE = timedelta(days=180)
"""How long before its certificate ends a stamp is renewed."""
_AT_ONCE = 500

Ask = Callable[[bytes], TimeStampResponse]
"""Has a SHA-512 stamped."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one call did."""

    objects: int = 0
    trees: int = 0
    stamped: int = 0
    renewed: int = 0


def is_due(session: Session, now: datetime) -> bool:
    """Whether nothing was sealed today."""
    newest = session.scalar(select(func.max(EvidenceTree.made_at)).where(EvidenceTree.kind == TreeKind.OBJECTS))
    return newest is None or day_of(newest) < day_of(now)


def seal(database: Database, ask: Ask | None, now: datetime, *, whole: bool = False) -> Sealed:
    """Seal the records stored since the last time; *whole*: look at the whole stock for what has no proof yet.

    Without a service, or when it does not answer, the trees wait for their stamps (:func:`stamp_waiting`).
    """
    objects = trees = stamped = 0
    while True:
        with database.reading() as session:
            since = None if whole else session.scalar(select(func.max(EvidenceTree.covers_until)))
            found = _unsealed(session, since, now - SETTLED)
        if not found:
            return Sealed(objects, trees, stamped)
        full = len(found) == LEAVES
        # A full tree covers only what is older than the first object that found no place in it.
        until = found[-1][2] - timedelta(microseconds=1) if full else now - SETTLED
        built = tree([leaf for _, leaf, _ in found])
        response = _answer(ask, built.root)
        with database.begin() as session:
            count = _write(session, [sha256 for sha256, _, _ in found], built, until, response, now)
        objects, trees, stamped = objects + count, trees + bool(count), stamped + (response is not None)
        # What others have in hand all the time would be found again and again.
        if not full or (whole and not count):
            return Sealed(objects, trees, stamped)


def _unsealed(session: Session, since: datetime | None, until: datetime) -> list[tuple[str, bytes, datetime]]:
    """Return SHA-256, leaf and moment of stored records without a proof, oldest first.

    Records are originals and what is made of them to be kept, not the images of pages, which can be drawn again.
    """
    kept = or_(
        *(
            exists().where(column == StoredObject.sha256)
            for column in (
                IncomingItem.sha256,
                DocumentVersion.original,
                RenditionRow.sha256,
                BatchScan.sha256,
                DisposalMessage.sha256,
                ArchiveArrival.sha256,
            )
        )
    )
    query = (
        select(StoredObject.sha256, StoredObject.sha512, StoredObject.created_at)
        .where(StoredObject.created_at <= until, kept, ~exists().where(EvidencePath.sha256 == StoredObject.sha256))
        .order_by(StoredObject.created_at, StoredObject.sha256)
        .limit(LEAVES)
    )
    if since is not None:
        query = query.where(StoredObject.created_at > since)
    return [(sha256, bytes.fromhex(sha512), at.astimezone(UTC)) for sha256, sha512, at in session.execute(query)]


def _write(
    session: Session,
    hashes: Sequence[str],
    built: HashTree,
    until: datetime,
    response: TimeStampResponse | None,
    now: datetime,
) -> int:
    """Keep the tree with the ways of those objects that are still there; destroyed ones keep their place in it only."""
    row = EvidenceTree(
        id=uuid4(),
        kind=TreeKind.OBJECTS,
        algorithm=ALGORITHM,
        root=built.root,
        leaves=len(hashes),
        made_at=now,
        covers_until=until,
    )
    _stamp(row, response)
    session.add(row)
    session.flush()
    count = 0
    for batch in _batches(list(zip(hashes, built.paths(), strict=True))):
        there = _locked(session, [sha256 for sha256, _ in batch])
        ways = [{"sha256": sha256, "tree_id": row.id, "path": path} for sha256, path in batch if sha256 in there]
        if ways:
            session.execute(insert(EvidencePath), ways)
        count += len(ways)
    _log(session, "evidence.sealed", row, now)
    return count


def _log(session: Session, action: str, row: EvidenceTree, now: datetime) -> None:
    """Write the root into the history, whose head is anchored outside of the database."""
    detail = {"leaves": row.leaves, "root": row.root.hex()}
    record(session, SYSTEM, action, about=("evidence_tree", row.id), now=now, detail=detail)


def _locked(session: Session, hashes: Collection[str]) -> set[str]:
    """Return which objects are there and unproven, and keep them so until the transaction ends.

    One that somebody else has in hand is passed over, so that nobody waits for anybody in a circle; the next look at
    the whole stock finds it.
    """
    query = select(StoredObject.sha256).where(StoredObject.sha256.in_(hashes))
    there = set(session.scalars(query.with_for_update(skip_locked=True)))
    return there - set(session.scalars(select(EvidencePath.sha256).where(EvidencePath.sha256.in_(hashes))))


def _batches(found: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    for start in range(0, len(found), _AT_ONCE):
        yield found[start : start + _AT_ONCE]


def _answer(ask: Ask | None, root: bytes) -> TimeStampResponse | None:
    try:
        return ask(root) if ask else None
    except TimestampFailed:
        return None


def _stamp(row: EvidenceTree, response: TimeStampResponse | None) -> None:
    if response is not None:
        row.response = response.as_bytes()
        row.stamped_at = response.tst_info.gen_time.astimezone(UTC)
        row.valid_until = last_day(response)


def stamp_waiting(database: Database, ask: Ask) -> Sealed:
    """Have those trees stamped that were built while the service was not there.

    Raises:
        TimestampFailed: It still is not.
    """
    with database.reading() as session:
        waiting = session.execute(
            select(EvidenceTree.id, EvidenceTree.root).where(EvidenceTree.response.is_(None))
        ).all()
    for tree_id, root in waiting:
        response = ask(root)
        with database.begin() as session:
            row = session.get_one(EvidenceTree, tree_id, with_for_update=True)
            if row.response is None:
                _stamp(row, response)
    return Sealed(stamped=len(waiting))


def renew(database: Database, ask: Ask, now: datetime, *, everything: bool = False) -> Sealed:
    """Renew stamps whose certificate ends soon, all by one new stamp (RFC 4998, 5.2); *everything*: all newest ones.

    A stamp is renewed once; the newer one is renewed in its turn.

    Raises:
        TimestampFailed: The service gave no stamp; nothing was renewed.
    """
    with database.reading() as session:
        due = _ending(session, None if everything else now)
    if not due:
        return Sealed()
    built = tree([digest(token_of(response)) for _, response in due])
    response = ask(built.root)
    with database.begin() as session:
        row = EvidenceTree(
            id=uuid4(), kind=TreeKind.STAMPS, algorithm=ALGORITHM, root=built.root, leaves=len(due), made_at=now
        )
        _stamp(row, response)
        session.add(row)
        session.flush()
        ways = zip((tree_id for tree_id, _ in due), built.paths(), strict=True)
        session.add_all(StampRenewal(tree_id=tree_id, by_id=row.id, path=path) for tree_id, path in ways)
        _log(session, "evidence.renewed", row, now)
    return Sealed(trees=1, stamped=1, renewed=len(due))


def _ending(session: Session, now: datetime | None) -> list[tuple[UUID, bytes]]:
    query = select(EvidenceTree.id, EvidenceTree.response).where(
        EvidenceTree.response.is_not(None), ~exists().where(StampRenewal.tree_id == EvidenceTree.id)
    )
    if now is not None:
        query = query.where(EvidenceTree.valid_until <= day_of(now + RENEWED_BEFORE))
    return [
        (tree_id, response) for tree_id, response in session.execute(query.order_by(EvidenceTree.made_at)) if response
    ]
