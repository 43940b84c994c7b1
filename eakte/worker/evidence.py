"""Evidence kept by the upkeep: the rolling fixity check, the seals of each day and their renewal."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from eakte.actions import fixity, sealing
from eakte.errors import TimestampFailed
from eakte.services import Services
from eakte.store.timestamps import ask
from eakte.worker.clock import now

LOG = logging.getLogger(__name__)


def check_objects(services: Services, hour: str) -> None:
    """Read this hour's share of the objects and report those that are missing or changed."""
    share = fixity.share_of(datetime.fromisoformat(f"{hour}:00+00:00"))
    for sha256 in fixity.read_share(services.database, services.objects, share, now()):
        LOG.error("object %s is missing or changed", sha256)


def seal_objects(services: Services, hour: str) -> None:
    """Seal what was stored since yesterday, once a day; on the first of a month look for what was left out."""
    del hour
    moment, url = now(), services.settings.timestamp_url
    with services.database.reading() as session:
        due = sealing.is_due(session, moment)
    asking = partial(ask, url) if url else None
    if due:
        sealing.seal(services.database, asking, moment, whole=moment.day == 1)
    if asking is None:
        return
    try:
        sealing.stamp_waiting(services.database, asking)
        sealing.renew(services.database, asking, moment)
    except TimestampFailed:
        LOG.exception("seals could not be stamped; it is tried again in an hour")
