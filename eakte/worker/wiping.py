"""What deletion leaves on the disk: overwritten in the night after a destruction, in the databases and in the index.

Rows are deleted and documents forgotten at once, and nobody is shown them; but the bytes of deleted rows stand in logs
and gaps of a database, and those of removed documents in segments of Tantivy, until these are written anew.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from eakte.records.calendar import BERLIN
from eakte.records.states import DisposalState
from eakte.services import Services
from eakte.store.disposal import Disposal
from eakte.worker import rebuilding
from eakte.worker.clock import now

LOG = logging.getLogger(__name__)

SUNDAY = 6
LEAVING = "tantivy"
"""The engine that leaves the bytes of removed documents to later merges; the others write segments anew at once."""


def wipe_database(services: Services, hour: str) -> None:
    """Overwrite what destroyed records left: on SQLite hourly, on PostgreSQL in the two nights after a destruction.

    Two, because in the first one somebody may have been reading all the while.
    """
    del hour
    due = _is_night(services) and _destroyed_since(services, timedelta(days=2))
    for database in (services.database, services.keys.database if services.keys else None):
        if database and (database.is_sqlite or due) and not database.wipe():
            again = "in an hour" if database.is_sqlite else "next night"
            LOG.warning("deleted rows could not be overwritten because somebody was reading; it is tried %s", again)


def wipe_index(services: Services, hour: str) -> None:
    """Let the index be built anew in the night to Sunday after a week with destructions, where it would keep bytes."""
    del hour
    if services.settings.search_engine != LEAVING or not _is_night(services):
        return
    if now().astimezone(BERLIN).weekday() == SUNDAY and _destroyed_since(services, timedelta(days=7)):
        services.index.rebuild()
        rebuilding.order(services)


def _is_night(services: Services) -> bool:
    return now().astimezone(BERLIN).hour == services.settings.wipe_hour


def _destroyed_since(services: Services, time: timedelta) -> bool:
    ended = select(Disposal.id).where(Disposal.state == DisposalState.DONE, Disposal.done_at > now() - time)
    with services.database.reading() as session:
        return session.scalar(ended.limit(1)) is not None
