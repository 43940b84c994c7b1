"""Look at the scans of a batch, compare the counts, and cut its documents out, each in a process of its own."""

import logging
from uuid import UUID

from eakte.actions import scan_split
from eakte.actions.scan_counts import current
from eakte.actions.scan_split import Marks, PartToCut
from eakte.services import Services
from eakte.store.objects import ObjectMissingError, Stored
from eakte.store.scanning import BatchScan, ScanBatch
from eakte.store.signing import SigningKey
from eakte.texts import sentence
from eakte.worker.clock import now
from eakte.worker.reading import OriginalMissing, means, work_folder
from eakte.worker.workflow import Workflow
from ingest import cut_apart, look_apart
from ingest.model import PageOrder, Scan
from ingest.virus import refuse_infected

LOG = logging.getLogger(__name__)


def look(services: Services, batch_id: str) -> None:
    """Look at every scan that was not looked at yet, one after the other."""
    with services.database.reading() as session:
        batch = session.get(ScanBatch, UUID(batch_id))
        waiting = (
            [(scan.id, scan.sha256, scan.filename) for scan in current(batch) if not scan.looked_at] if batch else []
        )
    for scan_id, sha256, filename in waiting:
        _look(services, scan_id, sha256, filename)


def _look(services: Services, scan_id: UUID, sha256: str, filename: str) -> None:
    reader, limits = means(services.settings)
    with work_folder(services) as work:
        try:
            with services.objects.path(sha256) as original:
                if services.settings.clamav:
                    refuse_infected(original, services.settings.clamav)
                looks = look_apart(Scan(original, filename), reader, limits=limits, work=work)
        except ObjectMissingError:
            raise OriginalMissing from None
        stored = {file: services.objects.put_file(file) for one in looks for file in (one.image, one.thumbnail)}
        marks = Marks(SigningKey(services.settings.data_folder).signed, services.settings.separator_prefix)
        with services.database.begin() as session:
            scan_split.record_look(session, services.objects, scan_id, looks, stored=stored, marks=marks, now=now())


def check(services: Services, batch_id: str) -> None:
    """Split the batch, or stop it."""
    with services.database.begin() as session:
        scan_split.check(session, UUID(batch_id), now())


def cut(services: Services, batch_id: str) -> None:
    """Cut every document out of its scan, then let all of them become items at once."""
    with services.database.reading() as session:
        batch = session.get(ScanBatch, UUID(batch_id))
        parts = scan_split.parts_to_cut(batch) if batch else ()
        scans = {scan.id: scan for scan in batch.scans} if batch else {}
        session.expunge_all()
    made: list[tuple[PartToCut, Stored]] = []
    for scan_id in dict.fromkeys(part.scan_id for part in parts):
        own = [part for part in parts if part.scan_id == scan_id]
        made += zip(own, _cut(services, scans[scan_id], own), strict=True)
    with services.database.begin() as session:
        scan_split.record_parts(session, services.objects, UUID(batch_id), made, now())


def _cut(services: Services, scan: BatchScan, parts: list[PartToCut]) -> list[Stored]:
    reader, limits = means(services.settings)
    pieces = [[PageOrder(number, turn) for number, turn in part.pages] for part in parts]
    with work_folder(services) as work:
        try:
            with services.objects.path(scan.sha256) as original:
                files = cut_apart([Scan(original, scan.filename)], pieces, reader, limits=limits, work=work)
                return [services.objects.put_file(file) for file in files]
        except ObjectMissingError:
            raise OriginalMissing from None


def on_fault(services: Services, code: str, batch_id: str) -> None:
    """Stop the batch with the reason."""
    LOG.warning("batch %s cannot go on (%s)", batch_id, code)
    with services.database.begin() as session:
        scan_split.record_scan_fault(session, UUID(batch_id), code, sentence(code), now())


BATCH_LOOK = Workflow("batch_look", (look, check), on_fault)
BATCH_CUT = Workflow("batch_cut", (cut,), on_fault)
