"""Waiting until received items are read; without a living worker, one works in this process meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from eakte.cli.running import start_worker
from eakte.records.states import LABELS, ItemState
from eakte.services import Services
from eakte.store.documents import IncomingItem
from eakte.store.heartbeats import all_beats, clock
from eakte.texts import sentence
from eakte.worker.reaper import PATIENCE

LOOK = 0.5
UNSETTLED = frozenset({ItemState.RECEIVED, ItemState.READING})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an item is."""

    state: ItemState
    fault_code: str | None

    @property
    def settled(self) -> bool:
        """Whether reading has ended, well or not."""
        return self.state not in UNSETTLED

    @property
    def text(self) -> str:
        """The state in German, with the reason of a fault."""
        if self.state is ItemState.FAULT and self.fault_code:
            return f"{LABELS[self.state]}: {sentence(self.fault_code)}"
        return LABELS[self.state]


def wait(
    services: Services, items: Collection[UUID], *, seconds: float, tell: Callable[[int], None]
) -> Mapping[UUID, Progress]:
    """Wait at most *seconds* until all items are read, calling *tell* with how many are; return how far they are."""
    deadline = time.monotonic() + seconds
    with ExitStack() as running:
        if items and not worker_lives(services):
            running.enter_context(start_worker(services))
        while True:
            found = progress(services, items)
            settled = sum(each.settled for each in found.values())
            tell(settled)
            if settled == len(items) or time.monotonic() > deadline:
                return found
            time.sleep(LOOK)


def worker_lives(services: Services) -> bool:
    """Tell whether some worker gave a sign of life just now."""
    with services.database.reading() as session:
        now = clock(session)
        return any(now - row.beat_at < PATIENCE for row in all_beats(session))


def progress(services: Services, items: Collection[UUID]) -> dict[UUID, Progress]:
    """Return how far each item is."""
    wanted = list(items)
    found: dict[UUID, Progress] = {}
    with services.database.reading() as session:
        for start in range(0, len(wanted), 500):
            rows = session.execute(
                select(IncomingItem.id, IncomingItem.state, IncomingItem.fault_code).where(
                    IncomingItem.id.in_(wanted[start : start + 500])
                )
            )
            found.update({item_id: Progress(state, code) for item_id, state, code in rows})
    return found
