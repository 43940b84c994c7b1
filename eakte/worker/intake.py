"""Read a received item and propose where it belongs.

Reading and recording are one step: what was read lies in a work folder of this machine until it is recorded, and
another machine could not go on from there. The text recognition runs in a process of its own and holds no transaction.
"""

import logging
from uuid import UUID

from eakte.actions.intake import begin_reading, record_fault, record_reading
from eakte.actions.proposing import record_proposals
from eakte.services import Services
from eakte.worker.clock import now
from eakte.worker.learning import learned_of, near_by_index
from eakte.worker.reading import reading_of, store_files, store_parts, work_folder
from eakte.worker.workflow import Workflow
from ingest.model import Reading

LOG = logging.getLogger(__name__)


def read(services: Services, item_id: str) -> None:
    """Read the item and record what was read; nothing happens where that has been done."""
    with services.database.begin() as session:
        todo = begin_reading(session, UUID(item_id), now())
    if todo is not None:
        with work_folder(services) as work:
            _record(services, item_id, reading_of(services, todo, work))


def _record(services: Services, item_id: str, reading: Reading) -> None:
    """Store the files of the reading, then record it; the files are safe before a row names them."""
    stored, parts = store_files(services, reading), store_parts(services, reading)
    with services.database.begin() as session:
        record_reading(session, services.objects, UUID(item_id), reading, stored=stored, parts=parts, now=now())


def propose(services: Services, item_id: str) -> None:
    """Propose case files, and let the item wait for its clerk. The index is asked before the transaction."""
    near = near_by_index(services, UUID(item_id))
    with services.database.begin() as session:
        record_proposals(session, UUID(item_id), now(), learned_of(services), near=near)


def on_fault(services: Services, code: str, item_id: str) -> None:
    """Put the item into the worklist of faults."""
    LOG.warning("item %s could not be read (%s)", item_id, code)
    with services.database.begin() as session:
        record_fault(session, UUID(item_id), code, now())


INTAKE = Workflow("intake", (read, propose), on_fault)
