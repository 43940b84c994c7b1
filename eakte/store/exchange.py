"""The exchange with the archive beside its messages: processes, what a hand-over held, and differences."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.archive_arrivals import ArrivalDecision
from eakte.records.differences import DifferenceDecision
from eakte.store.base import Base, UtcDateTime
from eakte.store.files import CaseFile
from retention.procedure import Procedure


class DisposalProcess(Base):
    """A process with the archive: all its messages share the id."""

    __tablename__ = "disposal_process"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    procedure: Mapped[Procedure] = mapped_column(default=Procedure.FOUR_STEP)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by: Mapped[str] = mapped_column(String(200))


class DisposalMessage(Base):
    """A message exchanged with the archive, kept unchanged until its last case file is destroyed.

    ``sha256`` names the object; it stays as proof when the object itself is gone.
    """

    __tablename__ = "disposal_message"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(4))
    direction: Mapped[str] = mapped_column(String(3))
    name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    message_id: Mapped[str | None] = mapped_column(String(60))
    """UUID of the message itself; only from 4.0.0 on."""
    answers: Mapped[str | None] = mapped_column(String(60))
    """UUID of the message that it answers; only from 4.0.0 on."""
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    """Which one of ``total`` messages of its kind in the process."""
    total: Mapped[int] = mapped_column(default=1, server_default="1")
    acted_on: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether what it says was applied as far as it fits; a test or an answer to nothing is kept, and that is all."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was delivered; ``None``: it came in, or waits for delivery."""
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the archive was last reminded that an answer is due."""

    differences: Mapped[list[ExchangeDifference]] = relationship(
        back_populates="message", order_by="ExchangeDifference.noticed_at"
    )

    @property
    def findings(self) -> tuple[str, ...]:
        """What does not fit about it, one sentence each."""
        return tuple(each.found for each in self.differences if each.found)


class TransferredFile(Base):
    """A case file that a hand-over (0503) held; of what was sent before this was kept there are no rows."""

    __tablename__ = "transferred_file"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_message.id", ondelete="RESTRICT"), primary_key=True)
    case_file_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_file.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class ExchangeDifference(Base):
    """Where a message of the archive does not fit what was sent, until a person has decided what follows.

    What was found is emptied when the case file is destroyed: an archive's own words may tell of it.
    """

    __tablename__ = "exchange_difference"
    __table_args__ = (
        Index(
            "ix_exchange_difference_open",
            "process_id",
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_message.id", ondelete="RESTRICT"), index=True)
    process_id: Mapped[UUID]
    case_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id", ondelete="RESTRICT"), index=True)
    """The case file that the object belongs to; ``None``: it is about the message."""
    code: Mapped[str] = mapped_column(String(30))
    object_id: Mapped[str | None] = mapped_column(String(60))
    found: Mapped[str] = mapped_column(Text)
    """German, one sentence."""
    blocks: Mapped[bool]
    """Whether nothing it is about may be handed over or destroyed while it is open."""
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[DifferenceDecision | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    message: Mapped[DisposalMessage] = relationship(back_populates="differences")
    case_file: Mapped[CaseFile | None] = relationship()


class ArchiveArrival(Base):
    """Something the archive sent that could not be taken in, kept unchanged until a person decides about it.

    The same bytes under the same name are one arrival, however often they come. ``sha256`` names the object; it stays
    as proof when the object goes with the last case file of the process.
    """

    __tablename__ = "archive_arrival"
    __table_args__ = (
        UniqueConstraint("sha256", "name"),
        Index(
            "ix_archive_arrival_open",
            "arrived_at",
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    process_id: Mapped[UUID | None] = mapped_column(index=True)
    """Of the process that it names, in its head or in the name of its file."""
    kind: Mapped[str | None] = mapped_column(String(4))
    """Which message it says it is; ``None`` where even that cannot be read."""
    version: Mapped[str | None] = mapped_column(String(10))
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """What stands against it, each with ``code`` and ``text``, a German sentence; the first one is the reason."""
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a person last tried to have it taken in, in vain."""
    decision: Mapped[ArrivalDecision | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def blocking() -> ColumnElement[bool]:
    """Return the predicate "an open difference stands against this case file", of its process or of itself."""
    return exists().where(
        ExchangeDifference.process_id == CaseFile.process_id,
        ExchangeDifference.decision.is_(None),
        ExchangeDifference.blocks,
        or_(ExchangeDifference.case_file_id.is_(None), ExchangeDifference.case_file_id == CaseFile.id),
    )


def blocked(session: Session, case_file_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the case files against which an open difference stands."""
    return frozenset(session.scalars(select(CaseFile.id).where(CaseFile.id.in_(case_file_ids), blocking())))


def settle_differences(
    session: Session, process_id: UUID, *, case_file_id: UUID | None, codes: Collection[str] = (), now: datetime
) -> None:
    """Close open differences that have come to nothing: of a file that went on or left, or of the *codes* named."""
    where = [ExchangeDifference.process_id == process_id, ExchangeDifference.decision.is_(None)]
    where.append(
        ExchangeDifference.case_file_id.is_(None)
        if case_file_id is None
        else ExchangeDifference.case_file_id == case_file_id
    )
    if codes:
        where.append(ExchangeDifference.code.in_(codes))
    closed = {"decision": DifferenceDecision.SETTLED, "decided_at": now}
    session.execute(update(ExchangeDifference).where(and_(*where)).values(closed))


def forget_words_of_exchange(session: Session, case_file_id: UUID) -> None:
    """Empty what the archive and people wrote about a case file in differences; what was decided when stays."""
    emptied = update(ExchangeDifference).where(ExchangeDifference.case_file_id == case_file_id)
    session.execute(emptied.values({"found": "", "reason": ""}), execution_options={"synchronize_session": False})
