"""Cut the parts of an arrangement out of their files, in a process of its own, then let all become items at once."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from eakte.actions import arranging
from eakte.records.arranging import Part, sources_of
from eakte.services import Services
from eakte.store.documents import DocumentVersion, IncomingItem
from eakte.store.objects import ObjectMissingError
from eakte.worker.clock import now
from eakte.worker.reading import OriginalMissing, means, work_folder
from eakte.worker.workflow import Workflow
from ingest import cut_apart
from ingest.model import PageOrder, RenditionKind, Scan

LOG = logging.getLogger(__name__)


def cut(services: Services, arrangement_id: str) -> None:
    """Cut the parts and record them; nothing happens where that has been done."""
    with services.database.reading() as session:
        parts = arranging.plan_of(session, UUID(arrangement_id))
        files = {source: _files(session, source) for source in sources_of(parts)}
    if not parts:
        return
    with work_folder(services) as work:
        made = [services.objects.put_file(file) for file in _cut(services, parts, files, work)]
        with services.database.begin() as session:
            arranging.record_parts(session, services.objects, UUID(arrangement_id), made, now())


def _files(session: Session, item_id: UUID) -> tuple[str, str, str | None]:
    """Return name and hash of what an item's pages are taken from, and the hash of the PDF people see of it."""
    item = session.get_one(IncomingItem, item_id)
    version: DocumentVersion | None = item.document.versions[-1] if item.document else None
    if version is None:
        raise OriginalMissing
    kind = RenditionKind.SEARCHABLE_PDF.value
    shown = next((made.sha256 for made in version.renditions if made.kind == kind), None)
    return version.filename or item.filename, version.original, shown


def _cut(
    services: Services, parts: Sequence[Part], files: dict[UUID, tuple[str, str, str | None]], work: Path
) -> tuple[Path, ...]:
    place = {source: number for number, source in enumerate(files)}
    pieces = [[PageOrder(page.number, page.turn, place[page.source]) for page in part] for part in parts]
    reader, limits = means(services.settings)
    with ExitStack() as open_files:
        try:
            scans = [
                Scan(
                    open_files.enter_context(services.objects.path(original)),
                    name,
                    shown=open_files.enter_context(services.objects.path(shown)) if shown else None,
                )
                for name, original, shown in files.values()
            ]
        except ObjectMissingError:
            raise OriginalMissing from None
        return cut_apart(scans, pieces, reader, limits=limits, work=work)


def on_fault(services: Services, code: str, arrangement_id: str) -> None:
    """Let the items wait as before, with the reason."""
    LOG.warning("the pages of arrangement %s cannot be cut (%s)", arrangement_id, code)
    with services.database.begin() as session:
        arranging.give_up(session, UUID(arrangement_id), code, now())


ARRANGING = Workflow("arranging", (cut,), on_fault)
