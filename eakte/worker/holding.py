"""Hold records for orders over people and searches: what is there, what comes, and let go what was lifted."""

import logging
from collections.abc import Collection
from itertools import islice
from uuid import UUID

from sqlalchemy import select

from eakte.actions import catching, hold_orders, holding
from eakte.actions.entries import entry_of_empty
from eakte.actions.holding import Asking, Caught
from eakte.records.access import SYSTEM
from eakte.records.calendar import day_of
from eakte.services import Services
from eakte.store.disposal import DisposalHold
from eakte.store.hold_orders import HoldOrder
from eakte.store.holding import asking_orders
from eakte.store.jobs import enqueue
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow
from search.model import Entry

LOG = logging.getLogger(__name__)

AT_ONCE = 100
"""Case files held in one transaction: the history is locked as long."""


def ask_stock(services: Services, *ids: str) -> None:
    """Hold all of the stock that an order finds; of a lifted one, let go what is left."""
    order_id = UUID(ids[-1])
    if _let_go(services, order_id):
        return
    with services.database.reading() as session:
        found = iter(list(holding.in_stock(session, services.index, order_id)))
    while batch := list(islice(found, AT_ONCE)):
        _catch(services, frozenset((order_id, file_id) for file_id in batch))
    _ask_empty_files(services, order_id)
    with services.database.begin() as session:
        holding.note_asked(session, order_id, now())


def _let_go(services: Services, order_id: UUID) -> bool:
    """Let go what a lifted order still holds, and tell whether it is lifted."""
    with services.database.reading() as session:
        if session.get_one(HoldOrder, order_id).lifted_at is None:
            return False
    more = True
    while more:
        with services.database.begin() as session:
            more = hold_orders.let_go(session, SYSTEM, order_id, now()) > 0
    return True


def _ask_empty_files(services: Services, order_id: UUID) -> None:
    """Ask the order of case files that hold no document, which the index does not know."""
    behind: UUID | None = None
    while True:
        with services.database.reading() as session:
            asking, files = Asking(session, order_id), holding.empty_files(session, behind)
            pairs = asking.caught(entry_of_empty(session, file) for file in files)
        _catch(services, pairs)
        if len(files) < holding.AT_ONCE:
            return
        behind = files[-1].id


def catch_in(services: Services, entries: Collection[Entry]) -> None:
    """Hold the case files of records that come or change, for every order that finds one of them."""
    with services.database.reading() as session:
        asking = Asking(session)
        if not asking.ids:
            return
        pairs = asking.caught(entries)
        new = pairs - holding.held(session, {file_id for _, file_id in pairs})
    # One case file at a time: beside one that the same order holds, its lifting could be waited for in a circle.
    for file_id in sorted({file_id for _, file_id in new}):
        _catch(services, frozenset(pair for pair in new if pair[1] == file_id))


def _catch(services: Services, pairs: Caught) -> None:
    if pairs:
        with services.database.begin() as session:
            catching.catch(session, pairs, now())


def order_all(services: Services) -> None:
    """Order the daily look of every order at the whole stock, and of lifted ones at what they still hold."""
    today = day_of(now())
    with services.database.begin() as session:
        left = select(HoldOrder.id).where(
            HoldOrder.lifted_at.is_not(None),
            select(DisposalHold.id)
            .where(DisposalHold.order_id == HoldOrder.id, DisposalHold.lifted_on.is_(None))
            .exists(),
        )
        for order_id in [*(order.id for order in asking_orders(session)), *session.scalars(left)]:
            enqueue(session, "holding", f"{order_id}:{today}", str(order_id))


def on_fault(services: Services, code: str, *ids: str) -> None:
    """Leave it to the daily look; a destruction asks every order itself."""
    del services
    LOG.error("the order %s could not be asked of the stock (%s)", ids[-1], code)


HOLDING = Workflow("holding", (ask_stock,), on_fault)
