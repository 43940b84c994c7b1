"""Read a further version of a document, as received items are read: one step, in a process of its own."""

import logging
from uuid import UUID

from eakte.actions.versions import begin_reading, record_fault, record_reading
from eakte.services import Services
from eakte.worker.clock import now
from eakte.worker.reading import reading_of, store_files, work_folder
from eakte.worker.workflow import Workflow

LOG = logging.getLogger(__name__)


def read_version(services: Services, upload_id: str) -> None:
    """Read the version and record it; nothing happens where that has been done."""
    with services.database.begin() as session:
        todo = begin_reading(session, UUID(upload_id), now())
    if todo is None:
        return
    with work_folder(services) as work:
        reading = reading_of(services, todo, work)
        stored = store_files(services, reading)
        with services.database.begin() as session:
            record_reading(session, services.objects, UUID(upload_id), reading, stored=stored, now=now())


def on_fault(services: Services, code: str, upload_id: str) -> None:
    """Show it at its document with the reason."""
    LOG.warning("version %s could not be read (%s)", upload_id, code)
    with services.database.begin() as session:
        record_fault(session, UUID(upload_id), code, now())


VERSION_READING = Workflow("version_reading", (read_version,), on_fault)
