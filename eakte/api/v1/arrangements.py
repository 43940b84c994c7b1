"""Arranging pages (Seitenordnung): split, merge, turn and reorder waiting items, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from eakte.actions import arranging, arranging_view
from eakte.actions.arranging_view import Related
from eakte.api.models import In, Nothing, Out
from eakte.api.operation import Answer, Call, Operation
from eakte.api.v1 import incoming_items
from eakte.errors import (
    ArrangingAttachments,
    ArrangingMigrated,
    ArrangingScanned,
    ArrangingUndoTooLate,
    ArrangingUnits,
    InvalidInput,
    NotWaiting,
)
from eakte.records.access import Permission
from eakte.records.arranging import MOST_SOURCES, ArrangementState, PageRef, Part, sources_of
from eakte.records.page_draft import draft_of
from eakte.records.states import ItemState

_ITEM = "/incoming-items/<uuid:item_id>"
_REFUSED = (NotWaiting, ArrangingScanned, ArrangingAttachments, ArrangingMigrated, ArrangingUnits)


class TakenPage(In):
    """A page of an item, and how it is turned."""

    item_id: UUID
    page: Annotated[int, Field(ge=1, le=100_000)]
    turn: Literal[0, 90, 180, 270] = 0


_Pages = Annotated[list[TakenPage], Field(min_length=1, max_length=2_000)]


class Arranging(In):
    """The pages of each new item; every page of every item that is named."""

    new_items: Annotated[list[_Pages], Field(min_length=1, max_length=500)]
    copies: bool = False


class Merging(In):
    """Which items become one with an item, in this order behind it."""

    item_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_SOURCES - 1)]


class ArrangedItem(Out):
    """An item that was arranged, or was made by it."""

    item_id: UUID
    filename: str
    subject: str
    state: ItemState
    received_at: datetime


class Arrangement(Out):
    """What became of the pages of an item, and what it came from itself."""

    arrangement_state: ArrangementState | None
    made_at: datetime | None
    made_by: str
    made_items: list[ArrangedItem]
    arranged_items: list[ArrangedItem]
    origins: list[ArrangedItem]
    fault_code: str | None
    undoable: bool


def show(call: Call, item_id: UUID) -> Arrangement:
    """Show what became of the pages of an item; nothing where nobody arranged them."""
    found = arranging_view.standing(call.session, call.actor, item_id, call.now)
    came_from = arranging_view.origins(call.session, call.actor, item_id, call.now)
    return Arrangement(
        arrangement_state=found.state if found else None,
        made_at=found.made_at if found else None,
        made_by=found.made_by if found else "",
        made_items=_told(found.parts if found else ()),
        arranged_items=_told(found.sources if found else ()),
        origins=_told(came_from),
        fault_code=found.fault_code if found else None,
        undoable=found.undoable if found else False,
    )


def _told(items: Sequence[Related]) -> list[ArrangedItem]:
    return [ArrangedItem.model_validate(item) for item in items]


def arrange(call: Call, item_id: UUID, body: Arranging) -> Answer:
    """Put new items in the place of an item and of the others whose pages are named."""
    parts = [tuple(PageRef(page.item_id, page.page, page.turn) for page in pages) for pages in body.new_items]
    return _arranged(call, item_id, parts, copies=body.copies)


def merge(call: Call, item_id: UUID, body: Merging) -> Answer:
    """Make one of an item and others, with all their pages one behind another."""
    ids = dict.fromkeys([item_id, *body.item_ids])
    items = [arranging_view.to_arrange(call.session, call.actor, one, call.now) for one in ids]
    if not all(item.pages for item in items):
        raise NotWaiting  # nothing was read of it: it would be left out silently
    pages = [page for item in items for page in draft_of(item.item_id, item.pages).pages]
    return _arranged(call, item_id, [tuple(pages)])


def _arranged(call: Call, item_id: UUID, parts: Sequence[Part], *, copies: bool = False) -> Answer:
    arranging_view.to_arrange(call.session, call.actor, item_id, call.now)  # who may not know of it learns nothing
    if item_id not in sources_of(parts):
        raise InvalidInput(problem="Der Eingang der Adresse fehlt unter den Seiten.", field="new_items")
    seen = {item_id: call.seen} if call.seen is not None else {}
    arranging.arrange(call.session, call.actor, parts, seen=seen, copies=copies, now=call.now)
    shown = incoming_items.show(call, item_id)
    return Answer(shown.content, shown.revision, location=f"/incoming-items/{item_id}/arrangement")


def undo(call: Call, item_id: UUID, body: Nothing) -> Answer:
    """Take an arrangement back: what was arranged waits again."""
    del body
    arranging.undo(call.session, call.actor, item_id, call.now, revision=call.seen)
    return incoming_items.show(call, item_id)


OPERATIONS = (
    Operation(
        "GET", f"{_ITEM}/arrangement", show, Permission.FILE, Arrangement, "Was aus den Seiten eines Eingangs wurde"
    ),
    Operation(
        "POST", f"{_ITEM}/arrangement", arrange, Permission.FILE, incoming_items.IncomingItem, "Seiten ordnen",
        body=Arranging, status=202, current=incoming_items.show, tagged=True, problems=_REFUSED,
        notes="Jede Seite jedes genannten Eingangs muss vorkommen; weglassen lässt sich keine. Die neuen Eingänge "
        "werden danach gemacht und gelesen; sie stehen dann unter arrangement. Die Originale bleiben unverändert.",
    ),
    Operation(
        "POST", f"{_ITEM}/merging", merge, Permission.FILE, incoming_items.IncomingItem, "Eingänge zusammenführen",
        body=Merging, status=202, current=incoming_items.show, tagged=True, problems=_REFUSED,
    ),
    Operation(
        "POST", f"{_ITEM}/arrangement/undo", undo, Permission.FILE, incoming_items.IncomingItem,
        "Seitenordnung zurücknehmen", body=Nothing, current=incoming_items.show, tagged=True,
        problems=(ArrangingUndoTooLate,),
    ),
)  # fmt: skip
