"""Move the case files of an ordered re-mapping; what moves and what stays is decided in ``eakte.actions``."""

import logging
from uuid import UUID

from eakte.actions import rehousing_run
from eakte.services import Services
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)


def move_files(services: Services, rehousing_id: str) -> None:
    """Move case files, one transaction for each batch: whoever begins anew finds only those that have not moved."""
    last: UUID | None = None
    while True:
        with services.database.begin() as session:
            last = rehousing_run.move_batch(session, UUID(rehousing_id), last, now())
        if last is None:
            return


def finish(services: Services, rehousing_id: str) -> None:
    """Note the end."""
    with services.database.begin() as session:
        rehousing_run.finish(session, UUID(rehousing_id), now())


def on_fault(services: Services, code: str, rehousing_id: str) -> None:
    """Show the fault at the re-mapping, which can be ordered again."""
    LOG.error("the re-mapping %s did not end (%s)", rehousing_id, code)
    with services.database.begin() as session:
        rehousing_run.stop(session, UUID(rehousing_id), code)


REHOUSING = Workflow("rehousing", (move_files, finish), on_fault)
