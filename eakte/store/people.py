"""Organisation units, posts and people."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.access import PostFacts, Role
from eakte.store.base import Base, UtcDateTime


class OrgUnit(Base):
    """An organisation unit (OE) in its tree; ``kind`` is the German word, e.g. ``Fachbereich``."""

    __tablename__ = "org_unit"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))


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
    """Who holds a post from when to when, both days included."""

    __tablename__ = "post_holder"
    __table_args__ = (Index("ix_post_holder_person_id_valid_from", "person_id", "valid_from"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(20))
    """Where the assignment comes from: ``oidc`` or ``ldap`` for groups, which keep it in step; else by hand."""

    post: Mapped[Post] = relationship()


def unit_by_code(session: Session, code: str) -> OrgUnit | None:
    """Return the organisation unit with the code."""
    return session.scalar(select(OrgUnit).where(OrgUnit.code == code))


def person_by_login(session: Session, login: str) -> Person | None:
    """Return the person with the login."""
    return session.scalar(select(Person).where(Person.login == login))


def branch_codes(session: Session, unit_id: UUID) -> frozenset[str]:
    """Return the codes of a unit and of all units below it."""
    branch = select(OrgUnit.id, OrgUnit.code).where(OrgUnit.id == unit_id).cte(recursive=True)
    below = select(OrgUnit.id, OrgUnit.code).join(branch, OrgUnit.parent_id == branch.c.id)
    return frozenset(session.scalars(select(branch.union_all(below).c.code)))


def posts_of(session: Session, person_id: UUID, today: date) -> list[tuple[Post, PostFacts]]:
    """Return the posts a person holds today, oldest first, with what they mean for rights."""
    held = session.scalars(
        select(Post)
        .join(PostHolder, PostHolder.post_id == Post.id)
        .where(
            PostHolder.person_id == person_id,
            PostHolder.valid_from <= today,
            (PostHolder.valid_to.is_(None)) | (PostHolder.valid_to >= today),
        )
        .order_by(PostHolder.valid_from, Post.title)
    ).all()
    return [(post, PostFacts(post.role, branch_codes(session, post.org_unit_id))) for post in held]
