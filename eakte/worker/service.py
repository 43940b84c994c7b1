"""The whole worker of a service: jobs, upkeep, watched folder and the archive's answers, started and ended together."""

import logging
from pathlib import Path

from eakte.actions.learning import order_by_night
from eakte.records.calendar import BERLIN
from eakte.services import Services
from eakte.store.jobs import DISPOSAL, FILED, READING, RECORDS, SUSPECTS, UPKEEP, enqueue
from eakte.worker import alerts, rebuilding, sources, upkeep
from eakte.worker.alerts import ALERTS
from eakte.worker.arranging import ARRANGING
from eakte.worker.clock import now
from eakte.worker.disposal import DESTRUCTION
from eakte.worker.exchange import DELIVERY, EXCHANGE, take_answers
from eakte.worker.holding import HOLDING
from eakte.worker.index_care import INDEX_CARE
from eakte.worker.indexing import CASE_INDEXING, INDEXING, REINDEXING, UNIT_INDEXING
from eakte.worker.intake import INTAKE
from eakte.worker.learning import LEARNING, PROPOSING
from eakte.worker.mail import MailSource
from eakte.worker.migration import MIGRATION
from eakte.worker.people import DIRECTORY
from eakte.worker.portal import PortalSource
from eakte.worker.rebuilding import REBUILDING
from eakte.worker.rehousing import REHOUSING
from eakte.worker.rereading import REREADING
from eakte.worker.rounds import Rounds
from eakte.worker.rule_preview import RULE_PREVIEW
from eakte.worker.runtime import Pace, Runtime
from eakte.worker.scanning import BATCH_CUT, BATCH_LOOK
from eakte.worker.upkeep import UPKEEP as UPKEEP_WORKFLOW
from eakte.worker.verdicts import VERDICTS
from eakte.worker.versions import VERSION_READING
from eakte.worker.watch import INTERVAL, WatchedFolder
from search.errors import SearchError

LOG = logging.getLogger(__name__)

WORKFLOWS = (
    INTAKE,
    VERSION_READING,
    REREADING,
    BATCH_LOOK,
    BATCH_CUT,
    ARRANGING,
    INDEXING,
    REINDEXING,
    CASE_INDEXING,
    UNIT_INDEXING,
    REBUILDING,
    INDEX_CARE,
    REHOUSING,
    MIGRATION,
    DESTRUCTION,
    EXCHANGE,
    DELIVERY,
    UPKEEP_WORKFLOW,
    DIRECTORY,
    LEARNING,
    PROPOSING,
    ALERTS,
    HOLDING,
    RULE_PREVIEW,
    VERDICTS,
)
GRACE = 30.0
ARCHIVE_SECONDS, ARCHIVE_SERVER_SECONDS = 10.0, 60.0
"""How often answers of the archive are looked for, in a folder and on a server."""
NIGHT = 2
"""Hour of the day in which models are trained."""


class Worker:
    """One worker process, or the worker inside the service's process."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._services = services
        self._runtime = Runtime(
            services.database, services, WORKFLOWS, pace=pace or pace_of(services), regularly=self._order_upkeep
        )
        self._rounds = _rounds(services)
        self._ordered = self._looked = ""

    def start(self) -> None:
        """Begin to work; the database must be migrated."""
        try:
            rebuilding.order(self._services)
        except SearchError:
            LOG.exception("the search index does not answer; it is looked at again in an hour")
        self._runtime.launch()
        for rounds in self._rounds:
            rounds.start()

    def close(self, grace: float = GRACE) -> bool:
        """End in order and give all jobs back; return whether nothing runs any more."""
        for rounds in self._rounds:
            rounds.close()
        return self._runtime.close(grace)

    def _order_upkeep(self) -> None:
        moment = now()
        if self._ordered != (hour := upkeep.hour_of(moment)):
            with self._services.database.begin() as session:
                upkeep.order(session, moment)
                if self._services.directory is not None:
                    enqueue(session, "directory", hour)
                if moment.astimezone(BERLIN).hour == NIGHT:
                    order_by_night(session, moment)
            self._ordered = hour
        if self._looked != (slot := alerts.slot_of(moment)):
            with self._services.database.begin() as session:
                alerts.order(session, moment)
            self._looked = slot


def _rounds(services: Services) -> list[Rounds]:
    rounds: list[Rounds] = []
    if folder := services.settings.watch_folder:
        rounds.append(Rounds("folder", WatchedFolder(services, Path(folder)).look, INTERVAL))
    found = sources.load(services.settings.sources_file)
    rounds += [
        Rounds("folder", WatchedFolder(services, Path(each.path), profile=each).look, INTERVAL)
        for each in found.folders
    ]
    rounds += [Rounds("mail", MailSource(services, each).look, each.seconds) for each in found.mailboxes]
    rounds += [Rounds("portal", PortalSource(services, each).look, INTERVAL) for each in found.portals]
    if services.archive is not None:
        seconds = ARCHIVE_SERVER_SECONDS if services.settings.archive_url else ARCHIVE_SECONDS
        rounds.append(Rounds("archive", lambda go_on: take_answers(services, go_on), seconds))
    return rounds


def pace_of(services: Services) -> Pace:
    """Return how many jobs a worker of *services* does at a time."""
    # One more than read at a time: a free place is filled at the next look at the queue; cores would idle till then.
    reading = services.settings.readers + 1
    return Pace(slots=((READING, reading), (RECORDS, 2), (FILED, 2), (DISPOSAL, 1), (UPKEEP, 1), (SUSPECTS, 1)))
