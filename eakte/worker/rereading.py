"""Read a document again: read and record in one step, propose anew where it still waits, then delete what is left."""

import logging
from uuid import UUID

from eakte.actions import proposing, rereading
from eakte.services import Services
from eakte.worker.clock import now
from eakte.worker.learning import learned_of, near_by_index
from eakte.worker.reading import reading_of, store_files, work_folder
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)


def read_again(services: Services, document_id: str) -> None:
    """Read the document and record what was read; nothing happens where that has been done."""
    with services.database.reading() as session:
        todo = rereading.begin(session, UUID(document_id))
    if todo is None:
        return
    with work_folder(services) as work:
        reading = reading_of(services, todo, work)
        stored = store_files(services, reading)
        with services.database.begin() as session:
            rereading.record_reading(session, services.objects, UUID(document_id), reading, stored=stored, now=now())


def propose_anew(services: Services, document_id: str) -> None:
    """Propose anew for a letter that still waits in its inbox."""
    with services.database.reading() as session:
        item_id = rereading.waiting_item(session, UUID(document_id))
    if item_id is not None:
        near = near_by_index(services, item_id)
        with services.database.begin() as session:
            proposing.renew_proposals(session, item_id, now(), learned_of(services), near=near)


def tidy(services: Services, document_id: str) -> None:
    """Delete the files of the reading that does not stand."""
    with services.database.begin() as session:
        rereading.tidy(session, services.objects, UUID(document_id))


def on_fault(services: Services, code: str, document_id: str) -> None:
    """Show it at the document with the reason."""
    LOG.warning("document %s could not be read again (%s)", document_id, code)
    with services.database.begin() as session:
        rereading.record_fault(session, UUID(document_id), code, now())


REREADING = Workflow("rereading", (read_again, propose_anew, tidy), on_fault)
