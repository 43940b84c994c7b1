"""Tell people what their saved searches find anew."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import alerts
from eakte.services import Services
from eakte.store.jobs import enqueue
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)

MINUTES = 5
"""How often saved searches are asked again."""


def slot_of(moment: datetime) -> str:
    """Name the minutes that *moment* belongs to."""
    return f"{moment:%Y-%m-%dT%H}:{moment.minute // MINUTES * MINUTES:02}"


def order(session: Session, moment: datetime) -> None:
    """Order a look at all alerts, if there are any; however many workers do so, it is done once."""
    if alerts.any_due(session):
        enqueue(session, "alerts", slot_of(moment))


def tell(services: Services, slot: str) -> None:
    """Ask every followed search again, each within the rights of the person it is followed by."""
    del slot
    with services.database.reading() as session:
        due = alerts.due(session)
    for search_id, person_id in due:
        _tell_one(services, search_id, person_id)


def _tell_one(services: Services, search_id: UUID, person_id: UUID) -> None:
    moment = now()
    with services.database.reading() as session:
        found = alerts.look(session, services.index, search_id, person_id, moment)
    with services.database.begin() as session:
        alerts.keep(session, search_id, person_id, found, moment)


def on_fault(services: Services, code: str, slot: str) -> None:
    """Leave it to the next look, which reaches back."""
    del services
    LOG.error("the alerts of %s did not end (%s)", slot, code)


ALERTS = Workflow("alerts", (tell,), on_fault)
