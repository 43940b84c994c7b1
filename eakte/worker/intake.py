"""Read a received item and propose where it belongs.

Reading and recording are one step: what was read lies in a work folder of this machine until it is recorded, and
another machine could not go on from there. The text recognition runs in a process of its own and holds no transaction.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from eakte.actions.intake import ToRead, begin_reading, record_fault, record_reading
from eakte.actions.proposing import record_proposals
from eakte.errors import EakteError
from eakte.services import Services
from eakte.store.objects import ObjectMissingError
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow
from ingest import ReaderSettings, read_apart
from ingest.model import Limits, Reading, Scan

LOG = logging.getLogger(__name__)


class OriginalMissing(EakteError):
    """The bytes of a received item are not in the object store."""

    code = "original-missing"


def read(services: Services, item_id: str) -> None:
    """Read the item and record what was read; nothing happens where that has been done."""
    with services.database.begin() as session:
        todo = begin_reading(session, UUID(item_id), now())
    if todo is not None:
        with _work_folder(services) as work:
            _record(services, item_id, _reading(services, todo, work))


def _reading(services: Services, todo: ToRead, work: Path) -> Reading:
    settings = services.settings
    reader = ReaderSettings(settings.ocr_engine, settings.config_folder / "classification")
    limits = Limits(
        max_bytes=settings.max_read_bytes,
        max_pages=settings.max_read_pages,
        cpu_seconds=settings.read_seconds,
        wall_seconds=settings.read_seconds,
    )
    try:
        with services.objects.path(todo.sha256) as original:
            scan = Scan(original, todo.filename, settings.ocr_languages)
            return read_apart(scan, reader, limits=limits, work=work)
    except ObjectMissingError:
        raise OriginalMissing from None


def _record(services: Services, item_id: str, reading: Reading) -> None:
    """Store the files of the reading, then record it; the files are safe before a row names them."""
    files = [rendition.path for rendition in reading.renditions]
    files += [file for page in reading.pages for file in (page.image, page.thumbnail)]
    stored = {file: services.objects.put_file(file) for file in files}
    with services.database.begin() as session:
        record_reading(session, services.objects, UUID(item_id), reading, stored=stored, now=now())


def propose(services: Services, item_id: str) -> None:
    """Propose case files, and let the item wait for its clerk."""
    with services.database.begin() as session:
        record_proposals(session, UUID(item_id), now())


def on_fault(services: Services, code: str, item_id: str) -> None:
    """Put the item into the worklist of faults."""
    LOG.warning("item %s could not be read (%s)", item_id, code)
    with services.database.begin() as session:
        record_fault(session, UUID(item_id), code, now())


@contextmanager
def _work_folder(services: Services) -> Iterator[Path]:
    """Lend an empty folder; two workers on the same item, one of them paused for long, do not meet in it."""
    base = services.settings.data_folder / "work"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


INTAKE = Workflow("intake", (read, propose), on_fault)
