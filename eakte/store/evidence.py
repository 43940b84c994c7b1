"""What proves that stored bytes are unchanged: daily hash trees with their time stamps, and the rolling fixity check.

The way of an object to its root goes with the object; of a destroyed one the tree keeps nothing that tells of it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eakte.store.base import Base, UtcDateTime


class TreeKind(StrEnum):
    """What the leaves of a tree are the hashes of."""

    OBJECTS = "objects"
    STAMPS = "stamps"
    """Time stamps of other trees, which a newer stamp renews (RFC 4998, 5.2)."""


class Damage(StrEnum):
    """What is wrong with a stored object."""

    MISSING = "missing"
    CHANGED = "changed"


DAMAGE_LABELS = {Damage.MISSING: "fehlt", Damage.CHANGED: "ist verändert"}


class EvidenceTree(Base):
    """A hash tree: triggers keep its row as it is, but for the stamp it may still wait for."""

    __tablename__ = "evidence_tree"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[TreeKind]
    algorithm: Mapped[str] = mapped_column(String(20))
    root: Mapped[bytes] = mapped_column(LargeBinary)
    leaves: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    covers_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of a tree over objects: what was stored until then has been looked at."""
    response: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The answer of the time-stamp service to the root (RFC 3161, DER)."""
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the service says it was."""
    valid_until: Mapped[date | None]
    """The last day of the service's certificate: before it the stamp must be renewed."""


class EvidencePath(Base):
    """The way of one object to the root of its tree."""

    __tablename__ = "evidence_path"

    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), primary_key=True)
    tree_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_tree.id", ondelete="RESTRICT"), index=True)
    path: Mapped[bytes] = mapped_column(LargeBinary)

    tree: Mapped[EvidenceTree] = relationship()


class StampRenewal(Base):
    """The way of a tree's time stamp to the root of the tree whose stamp renews it."""

    __tablename__ = "stamp_renewal"

    tree_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_tree.id", ondelete="RESTRICT"), primary_key=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_tree.id", ondelete="RESTRICT"), index=True)
    path: Mapped[bytes] = mapped_column(LargeBinary)

    by: Mapped[EvidenceTree] = relationship(foreign_keys=[by_id])


class FixityShare(Base):
    """The last reading of one share of all objects; the shares together are one whole round."""

    __tablename__ = "fixity_share"

    share: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    objects: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes read."""
    damaged: Mapped[int]


class ObjectDamage(Base):
    """A stored object that is missing or changed, until it is found whole again (brought back from a backup)."""

    __tablename__ = "object_damage"

    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), primary_key=True)
    problem: Mapped[Damage]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
