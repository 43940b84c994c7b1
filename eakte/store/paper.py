"""The paper part of hybrid and paper case files: where it stands, and who has borrowed it."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.store.base import Base
from eakte.store.files import CaseFile


class PaperPart(Base):
    """One piece of paper records of a case file, such as a volume with plans: what it is and where it stands."""

    __tablename__ = "paper_part"
    __table_args__ = (UniqueConstraint("case_file_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_file_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"))
    number: Mapped[int]
    """Counts from 1 in the case file; it is written on the paper, so it is never given twice."""
    content: Mapped[str] = mapped_column(String(300))
    volume: Mapped[str] = mapped_column(String(60), default="")
    box: Mapped[str] = mapped_column(String(60), default="")
    shelf: Mapped[str] = mapped_column(String(60), default="")
    location: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    case_file: Mapped[CaseFile] = relationship()
    loans: Mapped[list[PaperLoan]] = relationship(order_by="PaperLoan.lent_on", back_populates="part", cascade="all")


class PaperLoan(Base):
    """One loan of a paper part; without ``returned_on`` it is out."""

    __tablename__ = "paper_loan"
    __table_args__ = (Index("ix_paper_loan_returned_on_due_on", "returned_on", "due_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    part_id: Mapped[UUID] = mapped_column(ForeignKey("paper_part.id", ondelete="RESTRICT"), index=True)
    borrower: Mapped[str] = mapped_column(String(200))
    lent_on: Mapped[date]
    lent_by: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    returned_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    part: Mapped[PaperPart] = relationship(back_populates="loans")


def on_loan(session: Session, case_file_id: UUID) -> list[tuple[int, str, date]]:
    """Return number, borrower and due day of every paper part of a case file that is out."""
    rows = session.execute(
        select(PaperPart.number, PaperLoan.borrower, PaperLoan.due_on)
        .join(PaperLoan, PaperLoan.part_id == PaperPart.id)
        .where(PaperPart.case_file_id == case_file_id, PaperLoan.returned_on.is_(None))
        .order_by(PaperPart.number)
    ).all()
    return [(number, borrower, due_on) for number, borrower, due_on in rows]
