"""Build the search index anew beside the one that answers, and let it answer when it agrees with the database.

What changes meanwhile reaches both generations by the usual jobs. A round puts some documents in the order of their ids
and orders the next one, so that a stop or a kill costs at most a round. In the end the new generation is compared with
the database: that finds what was destroyed while its text was on the way there.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions.comparing import Differences, compared
from eakte.actions.entries import entry_of, expected_after
from eakte.services import Services
from eakte.store.comparisons import keep_comparison
from eakte.store.jobs import enqueue, live_jobs
from eakte.worker.clock import now
from eakte.worker.indexing import take_out_gone
from eakte.worker.workflow import Workflow
from search.engine import Building, IndexState
from search.errors import RebuildOver

LOG = logging.getLogger(__name__)

AT_ONCE = 50
"""Documents put in one go: what is filed meanwhile waits for it at most."""
ROUND = 1_000
"""Documents put in one round."""
BREATH = 0.02
"""Seconds between two goes, for others who want to write."""
FIRST, LAST = "", "~"
"""Where the first round begins, and the one that compares."""


def order(services: Services) -> IndexState:
    """Order the index to be built anew if it has to be and nobody is at it; return how it stands."""
    state = services.index.state()
    if state.needs_rebuild and not live_jobs(services.database, "rebuilding"):
        LOG.warning("the search index is built anew")
        with services.database.begin() as session:
            _order(session, f"{state.serving}:{now():%Y-%m-%dT%H:%M}", FIRST)
    return state


def work(services: Services, run: str, after: str) -> None:
    """Do one round of *run*, from behind the document *after*, and order the next one."""
    if not services.index.state().needs_rebuild:
        return
    try:
        building = services.index.rebuild()
        if after == LAST:
            _finish(services, building)
            return
        put = _round(services, building, after)
    except RebuildOver:
        return  # another one has ended it
    with services.database.begin() as session:
        _order(session, run, put[-1] if put else LAST)


def rebuild(services: Services, told: Callable[[int], None]) -> int:
    """Build the index anew in one go, telling how many documents each round has put; return how many there are.

    Raises:
        RebuildOver: another one has ended it.
    """
    building = services.index.rebuild()
    after = FIRST
    while put := _round(services, building, after):
        told(len(put))
        after = put[-1]
    return _finish(services, building)


def _order(session: Session, run: str, after: str) -> None:
    enqueue(session, "rebuilding", f"{run}:{after}", run, after)


def _round(services: Services, building: Building, after: str) -> Sequence[str]:
    """Put the next documents and return their ids."""
    with services.database.reading() as session:
        wanted = expected_after(session, after, ROUND)
    _add(services, building, wanted)
    return wanted


def _finish(services: Services, building: Building) -> int:
    """Mend what differs from the database, and let the new index answer; return how many documents it should hold.

    What is missing after that has changed since, so its own job brings it. What was destroyed while it was being added
    here has none any more.
    """
    found = _differences(services, building)
    building.remove([*found.superfluous, *found.outdated])
    _add(services, building, [*found.missing, *found.outdated])
    found = _differences(services, building)
    building.remove(found.superfluous)
    building.serve()
    with services.database.begin() as session:
        keep(session, replace(found, superfluous=()))
    LOG.warning("the search index has been built anew: %d documents", found.documents)
    return found.documents


def keep(session: Session, found: Differences) -> None:
    """Keep how many differences there were, for the administrators."""
    keep_comparison(
        session,
        at=now(),
        documents=found.documents,
        missing=len(found.missing),
        outdated=len(found.outdated),
        superfluous=len(found.superfluous),
    )


def _differences(services: Services, building: Building) -> Differences:
    held = dict(building.versions())
    with services.database.reading() as session:
        return compared(session, held)


def _add(services: Services, building: Building, document_ids: Sequence[str]) -> None:
    for start in range(0, len(document_ids), AT_ONCE):
        with services.database.reading() as session:
            few = document_ids[start : start + AT_ONCE]
            found = [entry_of(session, UUID(document_id), now()) for document_id in few]
        building.add([entry for entry in found if entry is not None])
        take_out_gone(services, few)
        time.sleep(BREATH)


def on_fault(services: Services, code: str, run: str, after: str) -> None:
    """Leave it to the next hour, which orders it again; what is built so far stays."""
    del services, after
    LOG.error("the search index could not be built anew (%s, %s); it is tried again", code, run)


REBUILDING = Workflow("rebuilding", (work,), on_fault)
