"""What came in one mail or submission belongs together: what of it goes when records of it are destroyed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from eakte.records.states import ItemState

UNRECORDED = frozenset({ItemState.DROPPED, ItemState.FAULT})
"""States in which what came in is no record: set aside as not relevant, or never readable."""


def part_id(lead_id: UUID, number: int) -> str:
    """Return under which upload id part *number* (from 1) of a container is kept for ever, also when taken out."""
    return f"part:{lead_id}:{number}"


def lead_id_of(upload_id: str) -> UUID | None:
    """Return the container a part came in, or ``None`` for what came by itself."""
    kind, _, rest = upload_id.partition(":")
    if kind != "part":
        return None
    try:
        return UUID(rest.partition(":")[0])
    except ValueError:
        return None


def gone_along(lead: UUID, states: Mapping[UUID, ItemState], gone: Collection[UUID]) -> frozenset[UUID]:
    """Return what else of one arrival goes when items of it are destroyed.

    With its container goes what was no record of its own. A container that is no record, such as a mail from which
    only an attachment was filed, holds the bytes of all its parts and goes with the last record that came from it.

    Args:
        lead: id of the container, there or not.
        states: of all items of the arrival that are there.
        gone: items being destroyed.
    """
    unrecorded = {key for key, state in states.items() if state in UNRECORDED and key not in gone}
    if lead in gone:
        return frozenset(unrecorded)
    kept = set(states) - unrecorded - set(gone)
    return frozenset() if kept else frozenset(unrecorded)
