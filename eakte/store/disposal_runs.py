"""Disposal runs (Aussonderung): one row each, and one for each case file in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, and_, exists, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, foreign, mapped_column, relationship

from eakte.records.disposal_runs import RunAnswer, RunResult
from eakte.records.states import DisposalRunState
from eakte.store.base import Base, UtcDateTime
from eakte.store.disposal import Disposal
from eakte.store.exchange import DisposalProcess
from eakte.store.files import CaseFile
from retention.model import DisposalAction, Outcome
from retention.procedure import Procedure


class DisposalRun(Base):
    """A disposal run. ``revision`` grows with every change of the run itself."""

    __tablename__ = "disposal_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[DisposalRunState] = mapped_column(default=DisposalRunState.DRAFT, index=True)
    selection: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was selected: code of the file plan, code of the department, last day of the end (ISO)."""
    by_hand: Mapped[bool] = mapped_column(default=False)
    """The archivist decides here, because no exchange is set up."""
    process_id: Mapped[UUID | None] = mapped_column(index=True)
    """The disposal process with the archive; of several, the first."""
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    """Who laid it before the second person: the first of the four eyes."""
    submitted_by: Mapped[str | None] = mapped_column(String(200))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_before: Mapped[date | None]
    """End of the cooling-off time."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    process: Mapped[DisposalProcess | None] = relationship(
        primaryjoin=lambda: foreign(DisposalRun.process_id) == DisposalProcess.id, viewonly=True
    )

    @property
    def decides_here(self) -> bool:
        """Whether the archivist decides here about what no rule decides: without an exchange, and in two steps."""
        return self.by_hand or (self.process is not None and self.process.procedure is Procedure.TWO_STEP)


class DisposalRunFile(Base):
    """A case file in a run: why it is in it, what was said about it, and how it left. It leaves once."""

    __tablename__ = "disposal_run_file"
    __table_args__ = (
        # A case file is in one running run at most.
        Index(
            "uq_disposal_run_file_unsettled",
            "case_file_id",
            unique=True,
            sqlite_where=text("result IS NULL"),
            postgresql_where=text("result IS NULL"),
        ),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_run.id", ondelete="RESTRICT"), primary_key=True)
    case_file_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_file.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    added_by: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_because: Mapped[str] = mapped_column(Text, default="")
    """Reason of who put it in by hand; empty: the selection found it."""
    outcome: Mapped[Outcome]
    retention_end: Mapped[date | None]
    rule_id: Mapped[str | None] = mapped_column(String(60))
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The verdict's explanation on the day it was put in."""
    answer: Mapped[RunAnswer | None]
    answered_by: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_reason: Mapped[str] = mapped_column(Text, default="")
    keep_until: Mapped[date | None]
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[DisposalAction | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(200))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("disposal.id", ondelete="RESTRICT"), index=True)
    result: Mapped[RunResult | None]
    result_reason: Mapped[str] = mapped_column(Text, default="")
    result_by: Mapped[str | None] = mapped_column(String(200))
    result_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    run: Mapped[DisposalRun] = relationship()
    case_file: Mapped[CaseFile] = relationship()
    disposal: Mapped[Disposal | None] = relationship()


def processes_by_hand(session: Session) -> frozenset[UUID]:
    """Return the processes in which no message is exchanged, because the archivist decides here."""
    query = select(DisposalRun.process_id).where(DisposalRun.by_hand, DisposalRun.process_id.is_not(None))
    return frozenset(found for found in session.scalars(query) if found is not None)


def decided_by_hand(session: Session, case_file_id: UUID, process_id: UUID) -> DisposalRunFile | None:
    """Return who decided here about a case file of a process, and when: without an exchange, or in two steps."""
    two_step = exists().where(DisposalProcess.id == process_id, DisposalProcess.procedure == Procedure.TWO_STEP)
    return session.scalar(
        select(DisposalRunFile)
        .join(DisposalRun, DisposalRun.id == DisposalRunFile.run_id)
        .where(
            or_(and_(DisposalRun.by_hand, DisposalRun.process_id == process_id), two_step),
            DisposalRunFile.case_file_id == case_file_id,
            DisposalRunFile.decision.is_not(None),
        )
        .order_by(DisposalRunFile.decided_at.desc())
        .limit(1)
    )


def forget_words_of_runs(session: Session, case_file_id: UUID) -> None:
    """Empty what people wrote about a case file in runs; what was decided when and by whom stays."""
    emptied = update(DisposalRunFile).where(DisposalRunFile.case_file_id == case_file_id)
    words = {"added_because": "", "answer_reason": "", "result_reason": ""}
    session.execute(emptied.values(words), execution_options={"synchronize_session": False})
