"""Hold orders: what holds records back, who answers for it, and when it is looked at again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import hold_orders, hold_owners, hold_preview, hold_view
from eakte.actions.hold_orders import NewOrder, Reach
from eakte.actions.hold_view import OrderList
from eakte.actions.lagging import IndexBehind
from eakte.api.models import Day, In, Out, Query, Reason
from eakte.api.operation import Answer, Call, Operation
from eakte.errors import MissingReason, MoveRefused, SearchUnavailable
from eakte.records.access import Permission
from eakte.records.holding import MOST_WORDS, HoldScope, ReviewState

_ORDER = "/hold-orders/<uuid:order_id>"
SHOWN = 100
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class HoldOrder(Out):
    """An order as its reader sees it: counted are the case files they may see."""

    order_id: UUID
    title: str
    hold_scope: HoldScope = Field(validation_alias="scope")
    reach: str
    reason: str
    legal_basis: str
    order_owner: str = Field(validation_alias="owner")
    ordered_at: datetime = Field(validation_alias="placed_at")
    ordered_by: str = Field(validation_alias="placed_by")
    review_on: date
    review_state: ReviewState
    asked_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None
    revision: int
    held_files: int = Field(validation_alias="files")


class HoldOrders(Out):
    """A piece of the list, the earliest review first."""

    items: list[HoldOrder]
    total: int


class OrdersQuery(Query):
    """Which orders are listed."""

    order_list: OrderList = OrderList.DUE
    limit: int = Field(default=SHOWN, ge=1, le=SHOWN)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class OrderReach(In):
    """What an order is to hold: by its scope, case files, names and marks of a person, or a search."""

    hold_scope: HoldScope
    case_file_ids: Annotated[list[UUID], Field(max_length=hold_orders.MOST_FILES, default_factory=list)]
    person_names: Annotated[list[Word], Field(max_length=MOST_WORDS, default_factory=list)]
    person_marks: Annotated[list[Word], Field(max_length=MOST_WORDS, default_factory=list)]
    order_text: Annotated[str, StringConstraints(max_length=1_000)] = ""

    def reach(self) -> Reach:
        """Return the value the actions work with."""
        ids, names, marks = tuple(self.case_file_ids), tuple(self.person_names), tuple(self.person_marks)
        return Reach(self.hold_scope, ids, names, marks, self.order_text)


class NewHoldOrder(OrderReach):
    """An order to place."""

    reason: Reason
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    legal_basis: Annotated[str, StringConstraints(max_length=300)] = ""
    owner_login: Annotated[str, StringConstraints(max_length=80)] = ""
    review_on: Day | None = None


class WouldHold(Out):
    """What an order would hold now, as far as the reader may see it: the count, and the first hundred."""

    total: int
    case_file_ids: list[UUID]


class PlacedOrder(Out):
    """The receipt for an order."""

    order_id: UUID


class Prolonging(In):
    """Until when an order is still needed, and why."""

    reason: Reason
    review_on: Day


class Ending(In):
    """Why an order is lifted."""

    reason: Reason


def listing(call: Call, query: OrdersQuery) -> HoldOrders:
    """List orders."""
    found, total = hold_view.listing(
        call.session, call.actor, query.order_list, offset=query.offset, limit=query.limit, now=call.now
    )
    return HoldOrders.model_validate({"items": found, "total": total}, from_attributes=True)


def show(call: Call, order_id: UUID) -> HoldOrder:
    """Show one order."""
    return HoldOrder.model_validate(hold_view.show(call.session, call.actor, order_id, call.now))


def preview(call: Call, body: OrderReach) -> WouldHold:
    """Tell what an order would hold."""
    index = call.services.index
    found = hold_preview.preview(call.session, index, call.actor, body.reach(), limit=SHOWN, now=call.now)
    return WouldHold(total=found.total, case_file_ids=[row.case_file_id for row in found.first])


def place(call: Call, body: NewHoldOrder) -> Answer:
    """Place an order."""
    owner = hold_owners.owner_by_login(call.session, body.owner_login) if body.owner_login else None
    new = NewOrder(
        body.reach(), body.reason, title=body.title, legal_basis=body.legal_basis, owner=owner, review_on=body.review_on
    )
    made = hold_orders.place(call.session, call.actor, new, call.now)
    return Answer(PlacedOrder(order_id=made.id), location=f"/hold-orders/{made.id}")


def prolong(call: Call, order_id: UUID, body: Prolonging) -> HoldOrder:
    """Find an order still needed."""
    hold_orders.prolong(call.session, call.actor, order_id, reason=body.reason, review_on=body.review_on, now=call.now)
    return show(call, order_id)


def lift(call: Call, order_id: UUID, body: Ending) -> PlacedOrder:
    """Lift an order."""
    hold_orders.lift(call.session, call.actor, order_id, reason=body.reason, now=call.now)
    return PlacedOrder(order_id=order_id)


OPERATIONS = (
    Operation(
        "GET", "/hold-orders", listing, Permission.READ, HoldOrders, "Sperranordnungen", query=OrdersQuery,
        notes="Eigene; die Schriftgutverwaltung sieht alle. Gezählt werden Akten, die man sehen darf.",
    ),
    Operation("GET", _ORDER, show, Permission.READ, HoldOrder, "Eine Sperranordnung"),
    Operation(
        "POST", "/hold-orders/preview", preview, Permission.HOLD, WouldHold, "Vorschau einer Sperranordnung",
        body=OrderReach, problems=(SearchUnavailable, IndexBehind),
        notes="Ändert nichts. Gezählt wird, was man sehen darf.",
    ),
    Operation(
        "POST", "/hold-orders", place, Permission.HOLD, PlacedOrder, "Sperre anordnen", status=201, body=NewHoldOrder,
        once=True, problems=(MissingReason,), notes="Über Personen und Suchen gilt sie auch für Künftiges.",
    ),
    Operation(
        "POST", f"{_ORDER}/reviews", prolong, Permission.READ, HoldOrder, "Sperranordnung prüfen und verlängern",
        body=Prolonging, problems=(MissingReason, MoveRefused),
    ),
    Operation(
        "POST", f"{_ORDER}/lifting", lift, Permission.READ, PlacedOrder, "Sperranordnung aufheben", body=Ending,
        problems=(MissingReason, MoveRefused),
    ),
)  # fmt: skip
