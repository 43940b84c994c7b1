"""Carry out what an administrator orders for the search index: a comparison with the database, or a rebuild."""

import logging

from eakte.actions.comparing import differences
from eakte.actions.index_care import CARE, Care
from eakte.services import Services
from eakte.store.jobs import FIRST_INDEXING, enqueue, live_jobs
from eakte.worker import rebuilding
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)


def compare(services: Services, key: str) -> None:
    """Order the indexing of every document whose entry is missing, old, or should not be there.

    An index that has to be built anew is; one that answers from what is built so far is compared in the end.
    """
    if rebuilding.order(services).partial:
        return
    with services.database.reading() as session:
        found = differences(session, services.index)
    live = live_jobs(services.database, "indexing")
    ways = dict.fromkeys(found.missing, FIRST_INDEXING) | dict.fromkeys((*found.outdated, *found.superfluous))
    different = {name: way for name, way in ways.items() if name not in live}
    if different:
        LOG.warning("%d documents differ between database and index", len(different))
    with services.database.begin() as session:
        rebuilding.keep(session, found)
        for name, way in sorted(different.items()):
            enqueue(session, "indexing", f"{name}:{key}", name, way=way)


def care(services: Services, key: str, what: str) -> None:
    """Do what was ordered."""
    if what == Care.REBUILD:
        services.index.rebuild()
        rebuilding.order(services)
    else:
        compare(services, key)


def on_fault(services: Services, code: str, key: str, what: str) -> None:
    """Leave it to who ordered it; the hourly comparison comes anyway."""
    del services, what
    LOG.error("what was ordered for the search index could not be done (%s, %s)", code, key)


INDEX_CARE = Workflow(CARE, (care,), on_fault)
