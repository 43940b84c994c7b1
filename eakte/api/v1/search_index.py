"""How the search index stands, and orders to compare it or to build it anew, for administrators."""

from __future__ import annotations

from datetime import datetime

from eakte.actions import index_care
from eakte.actions.index_care import Care
from eakte.api.models import In, Out
from eakte.api.operation import Answer, Call, Operation
from eakte.records.access import Permission


class Generation(Out):
    """A generation of the index."""

    generation: str
    documents: int


class Comparison(Out):
    """What the last comparison with the database found."""

    compared_at: datetime
    documents: int
    missing: int
    outdated: int
    superfluous: int


class SearchIndex(Out):
    """How the index stands; without an answer of the engine ``serving`` is null."""

    engine: str
    wanted: int
    serving: Generation | None
    building: Generation | None
    outdated: bool
    size_bytes: int
    waiting_changes: int
    waiting_since: datetime | None
    care_ordered: bool
    last_comparison: Comparison | None


class NewOrder(In):
    """What is to be done."""

    care: Care


class Ordered(Out):
    """Whether it was ordered now; otherwise a comparison or a rebuild was ordered before and is not done."""

    ordered: bool


def show(call: Call) -> SearchIndex:
    """Show the index."""
    services = call.services
    view = index_care.show(call.session, services.index, services.settings.search_engine, call.actor)
    state, compared = view.state, view.compared
    return SearchIndex(
        engine=view.engine,
        wanted=view.wanted,
        serving=Generation(generation=state.serving, documents=state.documents) if state else None,
        building=Generation(generation=state.building, documents=state.built) if state and state.building else None,
        outdated=bool(state and state.outdated),
        size_bytes=state.size if state else 0,
        waiting_changes=view.waiting.jobs,
        waiting_since=view.waiting.since,
        care_ordered=bool(view.ordered.jobs),
        last_comparison=Comparison(
            compared_at=compared.compared_at,
            documents=compared.documents,
            missing=compared.missing,
            outdated=compared.outdated,
            superfluous=compared.superfluous,
        )
        if compared
        else None,
    )


def order(call: Call, body: NewOrder) -> Answer:
    """Order a comparison or a rebuild."""
    return Answer(Ordered(ordered=index_care.order(call.session, call.actor, body.care, call.now)))


OPERATIONS = (
    Operation(
        "GET", "/search-index", show, Permission.USERS, SearchIndex, "Stand des Suchindex",
        notes="`waiting_changes` zählt Änderungen, die der Index noch nicht kennt.",
    ),
    Operation(
        "POST", "/search-index/orders", order, Permission.USERS, Ordered, "Abgleich oder Neuaufbau anordnen",
        status=202, body=NewOrder,
        notes="Läuft im Hintergrund; solange etwas angeordnet ist, wird nichts weiter angeordnet.",
    ),
)  # fmt: skip
