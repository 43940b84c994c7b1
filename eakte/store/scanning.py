"""The scanning desk: batches with their scans, the pages of these, what was cut out of them, inspections and notes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from eakte.records.scanning import BatchState, PageRole, Protection
from eakte.store.base import Base, UtcDateTime
from eakte.store.people import OrgUnit


class ScanBatch(Base):
    """A batch of paper (Stapel) that one person scans in one go."""

    __tablename__ = "scan_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    """What people call it; written on the paper's box."""
    label: Mapped[str] = mapped_column(String(200), default="")
    org_unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_unit.id", ondelete="RESTRICT"))
    access_key: Mapped[str] = mapped_column(String(80), index=True)
    """Key of the unit whose inbox its documents go to."""
    state: Mapped[BatchState] = mapped_column(default=BatchState.OPEN, index=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    operator: Mapped[str] = mapped_column(String(200))
    device: Mapped[str] = mapped_column(String(200))
    profile: Mapped[str] = mapped_column(String(200), default="")
    """Resolution, colour and file format as set at the device."""
    post_processing: Mapped[str] = mapped_column(String(400), default="")
    """What the device did to the images, such as deskewing or removing blank pages."""
    protection: Mapped[Protection] = mapped_column(default=Protection.NORMAL)
    procedure: Mapped[str] = mapped_column(String(200), default="")
    """Version of the procedural instruction (Verfahrensanweisung) it was scanned by."""
    software: Mapped[str] = mapped_column(String(200), default="")
    """Our release."""
    languages: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Languages of the text recognition for all its documents; empty: as set for all."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the operator said that everything is scanned."""
    expected_documents: Mapped[int]
    expected_pages: Mapped[int | None]
    found_documents: Mapped[int | None]
    found_separators: Mapped[int | None]
    found_pages: Mapped[int | None]
    differences: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What stopped it, in German."""
    decision: Mapped[str] = mapped_column(String(40), default="")
    """How a stop was decided: ``accepted`` or ``split_by_hand``; empty where the counts agreed."""
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    paper_place: Mapped[str] = mapped_column(String(200), default="")
    paper_until: Mapped[date | None]
    """Last day on which the paper has to be kept."""
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by: Mapped[str] = mapped_column(String(200), default="")
    destroyed_on: Mapped[date | None]
    destroyed_by: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form

    org_unit: Mapped[OrgUnit] = relationship()
    scans: Mapped[list[BatchScan]] = relationship(order_by="BatchScan.position")
    inspections: Mapped[list[BatchInspection]] = relationship(order_by="BatchInspection.begun_at")


class BatchScan(Base):
    """A file as the scanner made it. It is kept as it came, whatever is cut out of it."""

    __tablename__ = "batch_scan"
    __table_args__ = (UniqueConstraint("batch_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("scan_batch.id", ondelete="RESTRICT"))
    position: Mapped[int]
    filename: Mapped[str] = mapped_column(String(500))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_by: Mapped[str] = mapped_column(String(200))
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault_code: Mapped[str | None] = mapped_column(String(60))
    set_aside: Mapped[bool] = mapped_column(default=False)
    """Scanned again: it counts no more, and its bytes stay."""

    pages: Mapped[list[ScanPage]] = relationship(order_by="ScanPage.number", cascade="all")


class ScanPage(Base):
    """A page of a scan: what separates on it, and how it is shown while somebody decides."""

    __tablename__ = "scan_page"
    __table_args__ = (UniqueConstraint("scan_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    scan_id: Mapped[UUID] = mapped_column(ForeignKey("batch_scan.id", ondelete="CASCADE"))
    number: Mapped[int]
    blank: Mapped[bool] = mapped_column(default=False)
    separator: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """``kind`` is ``sheet`` (one of ours, with ``reference``, ``case``, ``type``, ``protection``), ``patch_t`` or
    ``code128`` (with ``text``)."""
    role: Mapped[PageRole] = mapped_column(default=PageRole.PAGE, server_default=PageRole.PAGE.value)
    """As it was found, or as somebody decided by hand."""
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    """Clockwise turn by hand in degrees."""
    image: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)
    thumbnail: Mapped[str] = mapped_column(ForeignKey("stored_object.sha256", ondelete="RESTRICT"), index=True)


class ScannedPart(Base):
    """Which pages of which scan became an item."""

    __tablename__ = "scanned_part"
    __table_args__ = (UniqueConstraint("batch_id", "position"),)

    item_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="CASCADE"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("scan_batch.id", ondelete="RESTRICT"))
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("batch_scan.id", ondelete="SET NULL"), index=True)
    position: Mapped[int]
    """Its number in the batch, from 1 on."""
    pages: Mapped[list[list[int]]] = mapped_column(JSON)
    """Number in the scan and clockwise turn of each page."""
    separator: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the sheet before it said, as in :class:`ScanPage`."""


class BatchInspection(Base):
    """A visual inspection (Sichtprüfung) of a batch, of all documents or of a sample anybody can draw again."""

    __tablename__ = "batch_inspection"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("scan_batch.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``full`` or ``sample``."""
    percent: Mapped[int]
    seed: Mapped[str] = mapped_column(String(80), default="")
    drawn: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the items to look at."""
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    inspector: Mapped[str] = mapped_column(String(200))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed: Mapped[bool | None]
    faults: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """``item`` and ``fault`` of each fault found."""


def scans_behind(session: Session, item_ids: Collection[UUID]) -> list[BatchScan]:
    """Return the scans that show pages of these items: those they were cut out of, and those set aside before."""
    parts = session.execute(
        select(ScannedPart.batch_id, ScannedPart.scan_id).where(ScannedPart.item_id.in_(item_ids))
    ).all()
    query = select(BatchScan).where(
        BatchScan.batch_id.in_({batch_id for batch_id, _ in parts}),
        or_(BatchScan.set_aside, BatchScan.id.in_({scan_id for _, scan_id in parts})),
    )
    return list(session.scalars(query.order_by(BatchScan.id)))


class TransferNoteRow(Base):
    """The transfer note (Transfervermerk) of one scan product, bound to it by hash. It goes with its item."""

    __tablename__ = "transfer_note"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_item.id", ondelete="CASCADE"), primary_key=True)
    product_sha256: Mapped[str] = mapped_column(String(64))
    note_sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    """Canonical JSON, whose SHA-256 stands in the history."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
