"""Disposal holds (Löschsperre) on one case file: an order of their own, or one of the holds of an order over files."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.actions import hold_orders
from eakte.actions.cases import changed
from eakte.actions.guard import case_file_of
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.verdicts import keep_verdict
from eakte.errors import EakteError, MissingReason, MoveRefused, NotFound
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.holding import ASKED, HoldScope
from eakte.store.disposal import DisposalHold
from eakte.store.history import noted, since
from eakte.store.hold_orders import HoldOrder
from eakte.store.processing import restricts_by_hold


class HeldByOrder(EakteError):
    """An order over a person or a search holds the case file; ``order`` names it."""

    code, status = "held-by-order", 409


def place(
    session: Session,
    actor: Actor,
    case_file_id: UUID,
    *,
    reason: str,
    legal_basis: str = "",
    review_on: date | None = None,
    now: datetime,
) -> UUID:
    """Protect a case file from disposal until the hold is lifted; return the hold's id.

    Raises:
        MissingReason: No reason was given.
    """
    reach = Reach(HoldScope.FILES, (case_file_id,))
    new = NewOrder(reach, reason, legal_basis=legal_basis, review_on=review_on)
    order = hold_orders.place(session, actor, new, now)
    return session.scalars(select(DisposalHold.id).where(DisposalHold.order_id == order.id)).one()


def lift(session: Session, actor: Actor, hold_id: UUID, *, reason: str, now: datetime) -> None:
    """Lift the hold on one case file, with a reason; an order over files that holds no other file is lifted with it.

    Raises:
        MissingReason: No reason was given.
        MoveRefused: The hold is lifted already, or is part of a restriction of processing and goes with that.
        HeldByOrder: It belongs to an order over a person or a search, which would hold the file again at once.
    """
    actor.require(Permission.HOLD)
    if not reason.strip():
        raise MissingReason
    found = session.get(DisposalHold, hold_id)
    if found is None:
        raise NotFound
    order = session.get_one(HoldOrder, found.order_id, with_for_update={"of": HoldOrder})
    case_file = case_file_of(session, actor, found.case_file_id, now, lock=True)
    hold = session.get_one(DisposalHold, hold_id, with_for_update={"of": DisposalHold}, populate_existing=True)
    if hold.lifted_on is not None:
        raise MoveRefused(state="aufgehoben")
    if order.scope in ASKED:
        raise HeldByOrder(order=order.title)
    if restricts_by_hold(session, select(DisposalHold.id).where(DisposalHold.id == hold.id)):
        raise MoveRefused(state="Teil einer Einschränkung der Verarbeitung")
    before = noted(hold, "lifted_on", "lift_reason")
    hold.lifted_on, hold.lifted_by, hold.lift_reason = day_of(now), actor.name, reason.strip()
    _end_empty(session, actor, order, reason.strip(), now)
    session.flush()
    keep_verdict(session, case_file, day_of(now))
    case_file.revision += 1
    changes, detail = since(before, hold), {"hold": str(hold.id), "order": str(order.id)}
    changed(session, actor, case_file, "hold.lifted", now=now, detail=detail, changes=changes)


def _end_empty(session: Session, actor: Actor, order: HoldOrder, reason: str, now: datetime) -> None:
    """Lift an order whose last hold was lifted."""
    session.flush()
    left = select(DisposalHold.id).where(DisposalHold.order_id == order.id, DisposalHold.lifted_on.is_(None))
    if session.scalar(left.limit(1)) is not None:
        return
    order.lifted_at, order.lifted_by, order.lift_reason = now, actor.name, reason
    order.revision += 1
    hold_orders.tell(session, actor, order, "hold_order.lifted", now, {"scope": order.scope.value})
