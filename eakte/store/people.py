"""Organisation units, posts and people."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.access import Role
from eakte.records.organisation import UnitKind
from eakte.store.base import Base, UtcDateTime


class OrgUnit(Base):
    """An organisation unit (OE) in its tree. Merged, split and dissolved units stay as history."""

    __tablename__ = "org_unit"
    __table_args__ = (
        Index(
            "uq_org_unit_code_living",
            "code",
            unique=True,
            sqlite_where=text("dissolved_at IS NULL"),
            postgresql_where=text("dissolved_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"), index=True)
    """The unit above now; rights read the edges (``store.organisation``), which also know the past."""
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """What access keys are made of: given once, never changed, never given again."""
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[UnitKind]
    dissolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"), index=True)
    """The unit that took over; after a split, the first of them."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Grows with every change of what the index shows of the unit's records."""

    successor: Mapped[OrgUnit | None] = relationship(remote_side="OrgUnit.id", foreign_keys=[successor_id])

    @property
    def current(self) -> OrgUnit:
        """The living unit that answers for this one's records: itself, or the last in the line of successors."""
        unit = self
        while unit.dissolved_at is not None and unit.successor is not None:
            unit = unit.successor
        return unit


class Person(Base):
    """Somebody who signs in. Rights come from posts alone."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    """The password was set by somebody else: until it is changed the person may do nothing else."""
    password_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when a one-time password opens the account; ``None``: the password is the person's own."""
    tour_over: Mapped[bool] = mapped_column(default=False, server_default=false())
    """They have seen enough of the tour for the beginning."""
    technical: Mapped[bool] = mapped_column(default=False)
    """The account of a business application (Fachverfahren): it has tokens and never signs in."""


class Post(Base):
    """A post (Stelle): rights belong to it, people hold it for a time."""

    __tablename__ = "post"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role]

    org_unit: Mapped[OrgUnit] = relationship()


class PostHolder(Base):
    """Who holds a post from when to when, both days included; never before it was written down."""

    __tablename__ = "post_holder"
    __table_args__ = (Index("ix_post_holder_person_id_valid_from", "person_id", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was written down: nobody had the rights before, whatever day was written; unknown: always."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was ended within a day."""
    source: Mapped[str | None] = mapped_column(String(20))
    """Where the assignment comes from: ``oidc`` or ``ldap`` for groups, which keep it in step; else by hand."""

    post: Mapped[Post] = relationship()
    person: Mapped[Person] = relationship()


def unit_by_code(session: Session, code: str) -> OrgUnit | None:
    """Return the living organisation unit with the code."""
    return session.scalar(select(OrgUnit).where(OrgUnit.code == code, OrgUnit.dissolved_at.is_(None)))


def code_of_key(session: Session, key: str) -> str:
    """Return the code of the living unit that a key of a unit stands for today."""
    name = key.partition(":")[2]
    unit = session.scalar(select(OrgUnit).where(OrgUnit.key == name))
    return unit.current.code if unit else name


def person_by_login(session: Session, login: str) -> Person | None:
    """Return the person with the login."""
    return session.scalar(select(Person).where(Person.login == login))
