"""Migration runs: what was asked for, the lines of the manifest, their scans, and the case files they went to.

Rows outlive the records they tell of; what they say of a destroyed case file is emptied with it (:func:`forget_words`).
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, cast, false, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.migration import Entry, LineState, RunState, ScanState
from eakte.store.base import Base, UtcDateTime
from eakte.store.people import OrgUnit


class MigrationRun(Base):
    """One run: a manifest, its folder of scans, and the unit whose files they become."""

    __tablename__ = "migration_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    access_key: Mapped[str] = mapped_column(String(80), index=True)
    """Key of the unit: who holds it sees the run."""
    title: Mapped[str] = mapped_column(String(200))
    folder: Mapped[str] = mapped_column(String(500))
    """Relative to the folder of all migrations; begins with the unit's code."""
    heads: Mapped[list[str]] = mapped_column(JSON)
    columns: Mapped[dict[str, int]] = mapped_column(JSON)
    """Column of each field; never changed in place, always replaced."""
    plan: Mapped[str] = mapped_column(String(40))
    document_type: Mapped[str] = mapped_column(String(80))
    state: Mapped[RunState] = mapped_column(default=RunState.DRAFT)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    """Hours of the city's clock between which nothing new is taken up."""
    closes: Mapped[bool] = mapped_column(default=True, server_default=false())
    """Whether files it opens are closed as of the end the manifest gives."""
    languages: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Languages of the text recognition for all its scans; empty: as set for all."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ordered_by: Mapped[str | None] = mapped_column(String(80))
    """Login of the person for whom the job files."""
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was taken back."""
    fault: Mapped[str | None] = mapped_column(String(60))
    """Code of what stopped the job, if something did; it can be resumed."""
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    org_unit: Mapped[OrgUnit] = relationship()


class MigrationLine(Base):
    """One line of the manifest: its cells as they came, corrections of people, and what became of it."""

    __tablename__ = "migration_line"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        Index("ix_migration_line_run_id_state", "run_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("migration_run.id", ondelete="RESTRICT"))
    number: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JSON)
    corrected: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    box: Mapped[str] = mapped_column(String(80), default="")
    binder: Mapped[str] = mapped_column(String(80), default="")
    reference: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(500), default="")
    begin: Mapped[date | None]
    end: Mapped[date | None]
    pages: Mapped[int | None]
    path: Mapped[str] = mapped_column(String(500), default="")
    plan: Mapped[str] = mapped_column(String(40), default="")
    document_type: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[LineState] = mapped_column(default=LineState.NEW)
    faults: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """What is wrong, as ``[code, sentence]``; never changed in place."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why an exception is accepted."""
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    case_file_id: Mapped[UUID | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scans: Mapped[list[MigrationScan]] = relationship(order_by="MigrationScan.number", cascade="all, delete-orphan")

    def entry(self) -> Entry:
        """Return what the line says, as it was judged before its import."""
        return Entry(
            number=self.number,
            box=self.box,
            binder=self.binder,
            reference=self.reference,
            title=self.title,
            begin=self.begin,
            end=self.end,
            pages=self.pages,
            path=self.path,
            plan=self.plan,
            document_type=self.document_type,
        )


class MigrationScan(Base):
    """One file of a line and the item and document it became."""

    __tablename__ = "migration_scan"
    __table_args__ = (
        UniqueConstraint("line_id", "path"),
        Index("ix_migration_scan_run_id_state", "run_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("migration_run.id", ondelete="RESTRICT"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("migration_line.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    path: Mapped[str] = mapped_column(String(700))
    """Relative to the folder of the run."""
    state: Mapped[ScanState] = mapped_column(default=ScanState.PLANNED)
    item_id: Mapped[UUID | None] = mapped_column(unique=True)
    document_id: Mapped[UUID | None]
    document_revision: Mapped[int | None]
    """As the run left it: whatever differs was changed by people."""
    pages: Mapped[int | None]
    kept: Mapped[str] = mapped_column(String(200), default="")
    """Why a rollback left it."""


class MigrationFile(Base):
    """A case file that lines of a run went to."""

    __tablename__ = "migration_file"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("migration_run.id", ondelete="RESTRICT"), primary_key=True)
    file_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """What its lines have in common (:func:`key_of`)."""
    case_file_id: Mapped[UUID] = mapped_column(index=True)
    opened: Mapped[bool]
    """Whether the run opened it, and does not only add to it."""
    revision: Mapped[int]
    """Of the case file, as the run left it."""
    closed_as_of: Mapped[date | None]
    """The day as of which the run closed it."""
    left_open: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Why it could not be closed."""
    taken_back: Mapped[bool] = mapped_column(default=False)
    kept: Mapped[str] = mapped_column(String(200), default="")
    """Why a rollback left it."""


class MigrationProfile(Base):
    """A mapping of columns that a unit keeps for its next manifests."""

    __tablename__ = "migration_profile"
    __table_args__ = (UniqueConstraint("access_key", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    access_key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    heads: Mapped[dict[str, str]] = mapped_column(JSON)
    """Head of the column of each field."""
    created_by: Mapped[str] = mapped_column(String(80))


def counts_by_state(session: Session, run_id: UUID) -> dict[LineState, int]:
    """Return how many lines of a run are in each state; states without lines are left out."""
    rows = session.execute(
        select(MigrationLine.state, func.count()).where(MigrationLine.run_id == run_id).group_by(MigrationLine.state)
    ).all()
    return dict(rows)


def forget_words(session: Session, case_file_id: UUID) -> None:
    """Empty what lines say of a case file that is being destroyed; counts, states and dates stay."""
    loose = {"synchronize_session": False}
    lines = select(MigrationLine.id).where(MigrationLine.case_file_id == case_file_id)
    unnamed = update(MigrationScan).where(MigrationScan.line_id.in_(lines))
    session.execute(unnamed.values(path=cast(MigrationScan.number, String)), execution_options=loose)
    emptied: dict[str, Any] = {"cells": [], "corrected": {}, "faults": []}
    emptied |= dict.fromkeys(("title", "reference", "path", "reason"), "")
    about = update(MigrationLine).where(MigrationLine.case_file_id == case_file_id)
    session.execute(about.values(**emptied), execution_options=loose)
    file = update(MigrationFile).where(MigrationFile.case_file_id == case_file_id)
    session.execute(file.values(left_open=""), execution_options=loose)


def key_of(entry: Entry) -> str:
    """Return what lines of one case file have in common, as it is kept: it says nothing of the file."""
    return sha256(entry.file_key.encode()).hexdigest()
