"""Case files (Akte), cases (Vorgang), explicit shares, and the one SQL predicate for rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, relationship

from eakte.records.access import ALL, RestrictionKind, meets, record_keys, unit_key
from eakte.records.states import CaseFileState, CaseState, Medium, SubFileState
from eakte.store.base import Base, UtcDateTime
from eakte.store.organisation import during
from eakte.store.people import OrgUnit
from eakte.store.plan import FilePlanUnit
from eakte.store.processing import closed_file, opened_for, running_on


class CaseFile(Base):
    """A case file. ``revision`` grows with every change that the index or another person must notice."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index("ix_case_file_org_unit_id_state", "org_unit_id", "state"),
        Index("ix_case_file_newest_of_key", "access_key", "opened_on", "file_reference"),
        Index("ix_case_file_newest", "opened_on", "file_reference"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    file_reference: Mapped[str] = mapped_column(String(80), unique=True)
    subject: Mapped[str] = mapped_column(String(500))
    file_plan_unit_id: Mapped[UUID] = mapped_column(ForeignKey("file_plan_unit.id", ondelete="RESTRICT"), index=True)
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    access_key: Mapped[str] = mapped_column(String(80))
    """Key of the lead unit (see ``records.access``)."""
    restricted: Mapped[bool] = mapped_column(default=False)
    """Need-to-know: only the lead unit and explicit shares, no role that reads everything."""
    state: Mapped[CaseFileState] = mapped_column(default=CaseFileState.OPEN)
    opened_on: Mapped[date]
    opened_by: Mapped[str] = mapped_column(String(200))
    closed_on: Mapped[date | None]
    closed_by_run_id: Mapped[UUID | None]
    """The migration that closed it as of the end its manifest gives; empty: it was closed on that day itself."""
    file_type: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Kind of case file where one was chosen; empty: as its place in the file plan says (``records.metadata``)."""
    medium: Mapped[Medium] = mapped_column(default=Medium.ELECTRONIC, server_default=Medium.ELECTRONIC.value)
    field_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """Typed metadata in stored form; never changed in place, always replaced."""
    archive_reference: Mapped[str | None] = mapped_column(String(200))
    process_id: Mapped[UUID | None] = mapped_column(index=True)
    """The disposal process with the archive that the file is in."""
    last_case: Mapped[int] = mapped_column(default=0)
    """The last case number given; numbers are never given twice, also not that of a case that has moved away."""
    last_sub_file: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    org_unit: Mapped[OrgUnit] = relationship()
    plan_unit: Mapped[FilePlanUnit] = relationship()
    cases: Mapped[list[BusinessCase]] = relationship(order_by="BusinessCase.number", back_populates="case_file")
    sub_files: Mapped[list[SubFile]] = relationship(order_by="SubFile.number", back_populates="case_file")

    @property
    def index_revision(self) -> int:
        """What the file and its lead unit add to the versions of its documents in the index.

        The index ignores versions older than its own, so whatever leaves this file or unit must rise by it.
        """
        return self.revision + self.org_unit.revision


class SubFile(Base):
    """A sub-file (Teilakte): structure inside one case file. Rights, retention and disposal are the case file's."""

    __tablename__ = "sub_file"
    __table_args__ = (UniqueConstraint("case_file_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("sub_file.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(500))
    state: Mapped[SubFileState] = mapped_column(default=SubFileState.OPEN)
    opened_on: Mapped[date]
    opened_by: Mapped[str] = mapped_column(String(200), default="")
    closed_on: Mapped[date | None]
    closed_with_file: Mapped[bool] = mapped_column(default=False)
    """Closed by the directive on the whole case file, so that taking that back opens it again."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    case_file: Mapped[CaseFile] = relationship(back_populates="sub_files")


class BusinessCase(Base):
    """A case (Vorgang) in a case file, in one of its sub-files, or in another case (Teilvorgang)."""

    __tablename__ = "business_case"
    __table_args__ = (UniqueConstraint("case_file_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(500))
    opened_on: Mapped[date]
    last_position: Mapped[int] = mapped_column(default=0)
    """The last document position given; positions are never given twice."""
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("business_case.id", ondelete="RESTRICT"), index=True)
    """The case this one is a part of (Teilvorgang)."""
    sub_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("sub_file.id", ondelete="RESTRICT"), index=True)
    """The sub-file it lies in; empty for a part of another case, which lies where that does."""
    state: Mapped[CaseState] = mapped_column(default=CaseState.OPEN)
    closed_on: Mapped[date | None]
    closed_with_file: Mapped[bool] = mapped_column(default=False)
    """Closed by the directive on the whole case file, so that taking that back opens it again."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    case_file: Mapped[CaseFile] = relationship(back_populates="cases")


class Share(Base):
    """An explicit share of one case file with a key (a unit or a person) for a time."""

    __tablename__ = "share"
    __table_args__ = (Index("ix_share_key_case_file_id", "key", "case_file_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The end, agreed or by revocation; ``None``: until revoked."""
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    granted_by: Mapped[str] = mapped_column(String(80), default="", server_default="")


class AccessRestriction(Base):
    """A block (Sperrvermerk, conflict of interest): whoever holds its key does not know of the case file."""

    __tablename__ = "access_restriction"
    __table_args__ = (Index("ix_access_restriction_case_file_id_key", "case_file_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(80), index=True)
    """``person:…``, or ``member:63`` for everybody who works in a unit or below it."""
    kind: Mapped[RestrictionKind]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The end, agreed or because it was lifted."""
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(String(80))


class FormerAccess(Base):
    """What a case file's lead unit and need-to-know flag were until a moment: only past values stand here."""

    __tablename__ = "former_access"

    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    access_key: Mapped[str] = mapped_column(String(80))
    restricted: Mapped[bool]


def visible(keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the predicate "this case file is there and meets one of the keys now"."""
    return and_(reached(keys, now), CaseFile.state != CaseFileState.DESTROYED)


def reached(keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the rights predicate alone, tombstones included: the only one in the product."""
    return and_(ordinarily(keys, now), not_(closed_file(CaseFile.id, keys, now)))


def ordinarily(keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the rights predicate as if no processing were restricted: for what must be told of restrictions alone."""
    return and_(or_(*_ways(keys, [CaseFile.access_key.in_(_units(keys))], now)), unlocked(keys, now))


def unblocked(keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the predicate "nothing stands against the person here": half of the rights predicate, never used alone."""
    return and_(unlocked(keys, now), not_(closed_file(CaseFile.id, keys, now)))


def unlocked(keys: frozenset[str], now: datetime) -> ColumnElement[bool]:
    """Return the predicate "no key of the person is blocked here", as if no processing were restricted."""
    blocked = (
        select(AccessRestriction.id)
        .where(
            AccessRestriction.case_file_id == CaseFile.id,
            AccessRestriction.key.in_(keys),
            during(AccessRestriction.since, AccessRestriction.until, now),
        )
        .exists()
    )
    return not_(blocked)


def opening(keys: frozenset[str], now: datetime) -> list[ColumnElement[bool]]:
    """Return the ways in which keys open case files; with :func:`unblocked` the rights predicate in pieces."""
    return _ways(keys, [CaseFile.access_key == key for key in sorted(_units(keys))], now)


def _ways(keys: frozenset[str], by_unit: list[ColumnElement[bool]], now: datetime) -> list[ColumnElement[bool]]:
    shared = select(Share.case_file_id).where(Share.key.in_(keys), during(Share.since, Share.expires_at, now))
    everything = [CaseFile.restricted.is_(False)] if ALL in keys else []
    return [*by_unit, CaseFile.id.in_(shared), *everything]


def _units(keys: frozenset[str]) -> frozenset[str]:
    """Return the keys that may lead a case file: others only cost the database time."""
    return frozenset(key for key in keys if key.startswith(unit_key("")))


@dataclass(frozen=True, slots=True)
class Access:
    """What a case file's rights are at a moment: the keys that open it and those it is blocked for."""

    carried: frozenset[str]
    blocked: frozenset[str]
    only: frozenset[str] | None = None
    """Where its processing is restricted: the keys of those who have it open."""

    def seen_with(self, keys: frozenset[str]) -> bool:
        """Whether who holds these keys sees the case file."""
        return meets(keys, self.carried, self.blocked, self.only)


def access_of(session: Session, case_file: CaseFile, moment: datetime) -> Access:
    """Return the rights of a case file at a moment, now or past."""
    access_key, restricted = access_key_of(session, case_file, moment)
    shares = session.scalars(
        select(Share.key).where(Share.case_file_id == case_file.id, during(Share.since, Share.expires_at, moment))
    )
    blocks = session.scalars(
        select(AccessRestriction.key).where(
            AccessRestriction.case_file_id == case_file.id,
            during(AccessRestriction.since, AccessRestriction.until, moment),
        )
    )
    opened = [opened_for(session, one.id, moment) for one in running_on(session, case_file.id, moment)]
    only = frozenset.intersection(*opened) if opened else None
    return Access(record_keys(access_key, restricted=restricted, shares=shares), frozenset(blocks), only)


def access_key_of(session: Session, case_file: CaseFile, moment: datetime) -> tuple[str, bool]:
    """Return the key of the lead unit and the need-to-know flag of a case file at a moment."""
    former = session.scalar(
        select(FormerAccess)
        .where(FormerAccess.case_file_id == case_file.id, FormerAccess.until > moment)
        .order_by(FormerAccess.until)
        .limit(1)
    )
    return (former or case_file).access_key, (former or case_file).restricted


def change_access(
    session: Session, case_file: CaseFile, *, unit: OrgUnit | None = None, restricted: bool | None = None, now: datetime
) -> None:
    """Give a case file another lead unit or need-to-know flag, and keep what they were until now."""
    # What held for no time at all, between two changes at the same moment, was never true.
    if session.get(FormerAccess, (case_file.id, now)) is None:
        former = {"access_key": case_file.access_key, "restricted": case_file.restricted}
        session.add(FormerAccess(case_file_id=case_file.id, until=now, **former))
    if unit is not None:
        case_file.org_unit_id, case_file.access_key = unit.id, unit_key(unit.key)
    if restricted is not None:
        case_file.restricted = restricted


def next_position(session: Session, case_id: UUID) -> int:
    """Give the next document position in a case."""
    given: int = session.scalars(
        update(BusinessCase)
        .where(BusinessCase.id == case_id)
        .values(last_position=BusinessCase.last_position + 1)
        .returning(BusinessCase.last_position)
    ).one()
    return given


def next_case_number(session: Session, case_file_id: UUID) -> int:
    """Give the next case number in a case file."""
    return _next(session, case_file_id, CaseFile.last_case)


def next_sub_file_number(session: Session, case_file_id: UUID) -> int:
    """Give the next sub-file number in a case file."""
    return _next(session, case_file_id, CaseFile.last_sub_file)


def _next(session: Session, case_file_id: UUID, counter: InstrumentedAttribute[int]) -> int:
    given: int = session.scalars(
        update(CaseFile).where(CaseFile.id == case_file_id).values({counter: counter + 1}).returning(counter)
    ).one()
    return given
