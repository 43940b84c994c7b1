"""What orders hold, as queries: orders that are asked of every case file, rows to lift, words to forget."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from eakte.records.holding import ASKED
from eakte.store.disposal import DisposalHold
from eakte.store.hold_orders import HoldOrder, HoldReview


def asking_orders(session: Session) -> list[HoldOrder]:
    """Return the orders in force that are asked of every case file, oldest first."""
    query = select(HoldOrder).where(HoldOrder.lifted_at.is_(None), HoldOrder.scope.in_(ASKED))
    return list(session.scalars(query.order_by(HoldOrder.placed_at, HoldOrder.id)))


def orders_over(session: Session, case_file_id: UUID) -> list[UUID]:
    """Return the orders that hold a case file or held it."""
    query = select(DisposalHold.order_id).where(DisposalHold.case_file_id == case_file_id)
    return list(session.scalars(query))


def forget_words_of_orders(session: Session, order_ids: Collection[UUID]) -> None:
    """Empty what people wrote in lifted orders that hold nothing any more; that there were any stays."""
    holding = select(DisposalHold.order_id).where(DisposalHold.order_id.in_(order_ids))
    over = HoldOrder.id.in_(order_ids) & HoldOrder.lifted_at.is_not(None) & HoldOrder.id.not_in(holding)
    ids = list(session.scalars(select(HoldOrder.id).where(over)))
    loose = {"synchronize_session": False}
    session.execute(delete(HoldReview).where(HoldReview.order_id.in_(ids)), execution_options=loose)
    words = {"title": "", "reason": "", "legal_basis": "", "lift_reason": "", "criteria": {}}
    session.execute(update(HoldOrder).where(HoldOrder.id.in_(ids)).values(words), execution_options=loose)
