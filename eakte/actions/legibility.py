"""Pages that read badly: how well each page of a document was read, and the worklist of those to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import reads
from eakte.actions.document_life import reference_of
from eakte.actions.guard import document_of, item_seen
from eakte.errors import NotFound
from eakte.records.access import Actor, Permission
from eakte.records.legibility import RereadingState
from eakte.records.states import FROZEN, CaseFileState, CaseState, ItemState
from eakte.store.document_life import Rereading
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow, PoorPage, is_newest, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.history import noted, record, since
from eakte.store.people import OrgUnit


@dataclass(frozen=True, slots=True)
class PoorView:
    """A page of a document that reads badly, in per cent of certainty, and who found it in order all the same."""

    page_id: UUID
    number: int
    percent: int
    settled_by: str
    settled_at: datetime | None


def of_document(
    session: Session, actor: Actor, document_id: UUID, now: datetime, *, version: int | None = None
) -> tuple[PoorView, ...]:
    """Return the badly read pages of a document the actor may see: of its newest version, or of the one named."""
    document = document_of(session, actor, document_id, now)
    wanted = is_newest() if version is None else DocumentVersion.number == version
    rows = session.execute(
        select(PageRow.id, PageRow.number, PageRow.confidence, PoorPage.settled_by, PoorPage.settled_at)
        .join(PoorPage, PoorPage.page_id == PageRow.id)
        .join(DocumentVersion, DocumentVersion.id == PageRow.version_id)
        .where(DocumentVersion.document_id == document.id, wanted)
        .order_by(PageRow.number)
    )
    return tuple(PoorView(key, number, percent or 0, by or "", at) for key, number, percent, by, at in rows)


def settle(session: Session, actor: Actor, page_id: UUID, *, fine: bool = True, now: datetime) -> UUID:
    """Take a badly read page off the worklist because it is in order as it is, or put it back; return its document.

    What the page says stays as it was read. Twice is once.

    Raises:
        NotFound: There is no such page, or the actor may not know of it.
    """
    actor.require(Permission.FILE)
    found = session.execute(
        select(DocumentVersion.document_id, PageRow.number, PageRow.confidence)
        .join(PageRow, PageRow.version_id == DocumentVersion.id)
        .where(PageRow.id == page_id)
    ).first()
    if found is None:
        raise NotFound
    document_id, number, percent = found
    document = document_of(session, actor, document_id, now)
    poor = session.get(PoorPage, page_id, with_for_update=True, populate_existing=True)
    if poor is None:
        raise NotFound
    if fine is (poor.settled_at is not None):
        return document.id
    before = noted(poor, "settled_by")
    poor.settled_at, poor.settled_by = (now, actor.name) if fine else (None, None)
    record(
        session,
        actor,
        "page.settled" if fine else "page.unsettled",
        about=("document", document.id),
        now=now,
        case_file_id=document.case.case_file_id if document.case else None,
        detail={"page": number, "percent": percent},
        changes=since(before, poor),
    )
    return document.id


@dataclass(frozen=True, slots=True)
class PoorRow:
    """A line of the worklist."""

    page_id: UUID
    document_id: UUID
    item_id: UUID
    number: int
    percent: int
    subject: str
    filename: str
    reference: str
    """Of the document; empty while it waits in an inbox."""
    unit_code: str
    received_at: datetime
    reread: RereadingState | None
    """What became of the last order to read this page again."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many badly read pages lie at a unit."""

    unit_id: UUID
    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Worklist:
    """A piece of the worklist, worst pages first, with the counts of the whole."""

    rows: tuple[PoorRow, ...]
    total: int
    """Of the unit asked for, or of all."""
    units: tuple[UnitCount, ...]


_UNIT = func.coalesce(CaseFile.org_unit_id, IncomingItem.org_unit_id)
"""The unit that answers: of the case file, or of the inbox while nothing is filed."""


def worklist(
    session: Session,
    actor: Actor,
    *,
    unit_id: UUID | None = None,
    offset: int = 0,
    after: tuple[int, UUID] | None = None,
    limit: int = 50,
    now: datetime,
) -> Worklist:
    """Return the badly read pages that a person has not looked at, of what the actor may see and could have read again.

    What is signed off, voided or closed is left out: nothing about it may change any more. The list begins behind
    ``offset`` rows, or ``after`` the page with this certainty and id.
    """
    actor.require(Permission.FILE)
    units = tuple(
        UnitCount(*row)
        for row in session.execute(
            _open(actor, now, OrgUnit.id, OrgUnit.code, OrgUnit.name, func.count())
            .group_by(OrgUnit.id, OrgUnit.code, OrgUnit.name)
            .order_by(OrgUnit.code)
        )
    )
    query = (
        _open(actor, now, PageRow, Document, OrgUnit, Rereading)
        .join(Rereading, _about(Document.id, DocumentVersion.number), isouter=True)
        .options(joinedload(Document.item), joinedload(Document.case).joinedload(BusinessCase.case_file))
    )
    if after is not None:
        percent, page_id = after
        worse = and_(PageRow.confidence == percent, PageRow.id > page_id)
        query = query.where(or_(PageRow.confidence > percent, worse))
    if unit_id is not None:
        query = query.where(OrgUnit.id == unit_id)
    rows = session.execute(query.order_by(PageRow.confidence, PageRow.id).offset(offset).limit(limit)).all()
    for _, document, _, _ in rows:
        if document.case is not None:
            reads.mark(session, actor, document.case.case_file, document.id)
    return Worklist(
        rows=tuple(_row(*row) for row in rows),
        total=sum(unit.count for unit in units if unit_id in (None, unit.unit_id)),
        units=units,
    )


def _about(document_id: Any, version: Any) -> ColumnElement[bool]:
    return and_(Rereading.document_id == document_id, Rereading.version == version)


def _open(actor: Actor, now: datetime, *shown: Any) -> Select[Any]:
    return (
        select(*shown)
        .select_from(PoorPage)
        .join(PageRow, PageRow.id == PoorPage.page_id)
        .join(DocumentVersion, DocumentVersion.id == PageRow.version_id)
        .join(Document, Document.id == DocumentVersion.document_id)
        .join(IncomingItem, IncomingItem.id == Document.item_id)
        .join(BusinessCase, BusinessCase.id == Document.case_id, isouter=True)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id, isouter=True)
        .join(OrgUnit, OrgUnit.id == _UNIT)
        .where(PoorPage.settled_at.is_(None), is_newest(), or_(*_ways(actor, now)))
    )


def _ways(actor: Actor, now: datetime) -> Sequence[ColumnElement[bool]]:
    filed = and_(
        visible(actor.keys, now),
        unrestricted(actor.keys, now),
        CaseFile.state == CaseFileState.OPEN,
        BusinessCase.state == CaseState.OPEN,
        Document.state.not_in(FROZEN),
    )
    waits = and_(Document.case_id.is_(None), IncomingItem.state == ItemState.WAITING, item_seen(actor, now))
    return filed, waits


def _row(page: PageRow, document: Document, unit: OrgUnit, order: Rereading | None) -> PoorRow:
    asked = order is not None and (not order.pages or page.number in order.pages)
    return PoorRow(
        page_id=page.id,
        document_id=document.id,
        item_id=document.item_id,
        number=page.number,
        percent=page.confidence or 0,
        subject=document.subject,
        filename=document.item.filename,
        reference=reference_of(document),
        unit_code=unit.current.code,
        received_at=document.item.received_at,
        reread=order.state if order and asked else None,
    )
