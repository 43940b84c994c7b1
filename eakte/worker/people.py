"""Once an hour: people in step with the directory, where one is set."""

import logging

from eakte.actions import directory
from eakte.records.access import SYSTEM
from eakte.services import Services
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)


def sync_directory(services: Services, hour: str) -> None:
    """Ask the directory for everybody, then change what differs."""
    del hour
    if services.directory is None:
        return
    people, unusable = services.directory.people()
    if unusable:
        LOG.warning("%d entries of the directory have no login that could be one", len(unusable))
    rules, link_logins = services.group_rules, services.settings.ldap_link_logins
    with services.database.begin() as session:
        directory.sync(session, SYSTEM, people, rules, link_logins=link_logins, now=now())


def on_fault(services: Services, code: str, hour: str) -> None:
    """Leave it to the next hour."""
    del services
    LOG.error("people were not brought in step with the directory at %s (%s)", hour, code)


DIRECTORY = Workflow("directory", (sync_directory,), on_fault)
