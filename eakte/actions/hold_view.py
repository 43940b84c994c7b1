"""What people see of hold orders: their own, or all for records managers, each with its files within rights.

An order reaches the whole stock; list and count of what it holds are those of the viewer. An order over named case
files is known only to who may see one of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from eakte.actions import reads
from eakte.actions.hold_orders import order_of
from eakte.actions.hold_owners import posts_of
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.holding import ASKED, SOON, HoldScope, ReviewState, review_state, told
from eakte.records.states import CaseFileState
from eakte.store.disposal import DisposalHold
from eakte.store.files import CaseFile, visible
from eakte.store.history import record
from eakte.store.hold_orders import HoldOrder, HoldReview


class OrderList(StrEnum):
    """Which orders are listed."""

    DUE = "due"
    """In force, and to be reviewed by now or within thirty days."""
    IN_FORCE = "in_force"
    LIFTED = "lifted"


_ALL = 1_000_000
"""More case files than one table has rows."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as one person sees it."""

    order_id: UUID
    title: str
    scope: HoldScope
    reach: str
    """What it reaches, in German."""
    reason: str
    legal_basis: str
    owner: str
    placed_at: datetime
    placed_by: str
    review_on: date
    review_state: ReviewState
    asked_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None
    revision: int
    files: int
    """Case files it holds now that the person may see."""
    reviews: tuple[HoldReview, ...]


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A case file that an order holds, or would hold."""

    case_file_id: UUID
    reference: str
    subject: str
    unit_code: str
    state: CaseFileState
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """How many reviews wait for a person."""

    overdue: int
    soon: int


def listing(
    session: Session, actor: Actor, wanted: OrderList, *, offset: int = 0, limit: int, now: datetime
) -> tuple[list[OrderView], int]:
    """Return orders the actor may know of, the earliest review first, lifted ones newest first; and how many there are.

    Args:
        session: of the caller.
        actor: an owner sees their own, a records manager all.
        wanted: which.
        offset: how many are left out before.
        limit: how many are returned at most.
        now: the moment.
    """
    actor.require(Permission.READ)
    where = (_known(session, actor, now), _wanted(wanted, day_of(now)))
    order = (HoldOrder.lifted_at.desc(),) if wanted is OrderList.LIFTED else (HoldOrder.review_on, HoldOrder.placed_at)
    query = select(HoldOrder).where(*where).order_by(*order, HoldOrder.id).offset(offset).limit(limit)
    found = list(session.scalars(query.options(*_WHOLE)))
    total = session.scalar(select(func.count()).select_from(HoldOrder).where(*where)) or 0
    return _views(session, actor, found, now), total


def show(session: Session, actor: Actor, order_id: UUID, now: datetime) -> OrderView:
    """Return one order.

    Raises:
        NotFound: There is none, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    return _views(session, actor, [order_of(session, actor, order_id, now)], now)[0]


def due(session: Session, actor: Actor, now: datetime) -> Due:
    """Count the reviews that wait for the actor."""
    if not actor.may(Permission.READ):
        return Due(0, 0)
    today = day_of(now)
    where = (_known(session, actor, now), _wanted(OrderList.DUE, today))
    over = func.count().filter(HoldOrder.review_on <= today)
    overdue, both = session.execute(select(over, func.count()).select_from(HoldOrder).where(*where)).one()
    return Due(overdue, both - overdue)


def files(
    session: Session, actor: Actor, order_id: UUID, *, behind: str = "", limit: int, now: datetime
) -> list[HeldFile]:
    """Return the case files an order holds that the actor may see, by reference, from behind one on.

    Raises:
        NotFound: There is no such order, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    order_of(session, actor, order_id, now)
    query = (
        select(CaseFile, DisposalHold.placed_on)
        .join(DisposalHold, DisposalHold.case_file_id == CaseFile.id)
        .where(DisposalHold.order_id == order_id, DisposalHold.lifted_on.is_(None), visible(actor.keys, now))
        .where(CaseFile.file_reference > behind)
        .order_by(CaseFile.file_reference)
        .limit(limit)
        .options(joinedload(CaseFile.org_unit))
    )
    return [held_file(session, actor, file, since) for file, since in session.execute(query)]


def exported(session: Session, actor: Actor, order_id: UUID, now: datetime) -> list[HeldFile]:
    """Return all case files an order holds that the actor may see, for a table, and tell the history of it."""
    rows = files(session, actor, order_id, limit=_ALL, now=now)
    about = ("hold_order", order_id)
    record(session, actor, "hold_order.exported", about=about, now=now, detail={"files": len(rows)})
    return rows


def held_file(session: Session, actor: Actor, file: CaseFile, since: date | None = None) -> HeldFile:
    """Return a case file as it is listed."""
    reads.mark(session, actor, file)
    return HeldFile(file.id, file.file_reference, file.subject, file.org_unit.current.code, file.state, since)


_WHOLE = (
    joinedload(HoldOrder.owner_person),
    joinedload(HoldOrder.owner_post),
    selectinload(HoldOrder.reviews),
)


def _known(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the predicate "the actor may know of the order"."""
    seen = (
        select(DisposalHold.id)
        .join(CaseFile, CaseFile.id == DisposalHold.case_file_id)
        .where(DisposalHold.order_id == HoldOrder.id, visible(actor.keys, now))
    )
    shown = or_(HoldOrder.scope.in_(ASKED), seen.exists())
    if actor.may(Permission.HOLD):
        return shown
    own = or_(
        and_(HoldOrder.owner_person_id.is_not(None), HoldOrder.owner_person_id == actor.person_id),
        HoldOrder.owner_post_id.in_(posts_of(session, actor, now)),
    )
    return and_(own, shown)


def _wanted(wanted: OrderList, today: date) -> ColumnElement[bool]:
    if wanted is OrderList.LIFTED:
        return HoldOrder.lifted_at.is_not(None)
    if wanted is OrderList.IN_FORCE:
        return HoldOrder.lifted_at.is_(None)
    return and_(HoldOrder.lifted_at.is_(None), HoldOrder.review_on <= today + SOON)


def _views(session: Session, actor: Actor, orders: Collection[HoldOrder], now: datetime) -> list[OrderView]:
    counts = _counts(session, actor, [order.id for order in orders], now)
    return [_view(order, counts.get(order.id, 0), day_of(now)) for order in orders]


def _counts(session: Session, actor: Actor, order_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    query = (
        select(DisposalHold.order_id, func.count())
        .join(CaseFile, CaseFile.id == DisposalHold.case_file_id)
        .where(DisposalHold.order_id.in_(order_ids), DisposalHold.lifted_on.is_(None), visible(actor.keys, now))
        .group_by(DisposalHold.order_id)
    )
    return dict(session.execute(query).all())


def _view(order: HoldOrder, count: int, today: date) -> OrderView:
    return OrderView(
        order_id=order.id,
        title=order.title or "(mit den Akten vernichtet)",
        scope=order.scope,
        reach=told(order.scope, order.criteria),
        reason=order.reason,
        legal_basis=order.legal_basis,
        owner=order.owner,
        placed_at=order.placed_at,
        placed_by=order.placed_by,
        review_on=order.review_on,
        review_state=review_state(order.review_on, today),
        asked_at=order.asked_at,
        lifted_at=order.lifted_at,
        lifted_by=order.lifted_by,
        lift_reason=order.lift_reason,
        revision=order.revision,
        files=count,
        reviews=tuple(order.reviews),
    )


def in_months(today: date) -> tuple[date, ...]:
    """Return the days offered for the next review: in three, six and twelve months."""
    return tuple(today + timedelta(days=days) for days in (91, 182, 365))
