"""Evaluate retention of the whole stock and keep what has changed: every hour, and when a rule has come to count."""

import logging

from eakte.actions import verdicts
from eakte.records.calendar import day_of
from eakte.services import Services
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)


def renew(services: Services) -> None:
    """Evaluate all case files and write the verdicts that differ, some in each transaction."""
    today = day_of(now())
    with services.database.reading() as stock:
        for found in verdicts.changed(stock, today):
            with services.database.begin() as session:
                verdicts.review(session, found.ids, today)


def renew_after(services: Services, rule_id: str) -> None:
    """Do so because a version of a rule was approved."""
    del rule_id
    renew(services)


def on_fault(services: Services, code: str, rule_id: str) -> None:
    """Leave it to the upkeep of the hour."""
    del services
    LOG.error("the verdicts were not renewed after %s (%s); the upkeep does it within the hour", rule_id, code)


VERDICTS = Workflow("verdicts", (renew_after,), on_fault)
