"""Write to the archive and take in its answers; what they mean is decided in ``eakte.actions.archive_arrivals``."""

import logging
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from eakte.actions import archive_arrivals, messages
from eakte.errors import ArchiveNotConfigured, EakteError
from eakte.services import Services
from eakte.store.jobs import enqueue
from eakte.worker.clock import now
from eakte.worker.workflow import UNAVAILABLE, Later, Workflow
from retention.archive import ArchiveGateway, Incoming
from retention.arrival import Arrival
from retention.errors import ArchiveAwayError, RetentionError
from retention.xdomea.findings import Finding

LOG = logging.getLogger(__name__)
AGAIN = timedelta(days=1)
"""How long a message waits that could not be sent for hours because the archive was away."""


def compose(services: Services, process_id: str, kind: str) -> None:
    """Write what is due of a kind, check it and keep it, all of it or nothing."""
    moment = now()
    with services.database.reading() as session:
        made = messages.draft(
            session, services.objects, services.settings, process_id=UUID(process_id), kind=kind, now=moment
        )
    with tempfile.TemporaryDirectory() as folder:
        schemas = Path(services.settings.xdomea_schemas)
        kept = []
        for number, each in enumerate(made):
            into = Path(folder, str(number))
            into.mkdir()
            written = messages.write(each, kind, services.objects, schemas=schemas, folder=into)
            kept.append(messages.Kept(each, written, services.objects.put_file(written.path)))
            # Big packages are stored now: the disk need not hold them twice.
            written.path.unlink()
        if kept:
            with services.database.begin() as session:
                messages.record_written(session, services.objects, kept, kind=kind, now=moment)


def send(services: Services, process_id: str, kind: str) -> None:
    """Send the kept messages that wait for it; the same bytes again change nothing."""
    with services.database.reading() as session:
        waiting = messages.to_send(session, UUID(process_id), kind)
    for kept in waiting:
        with services.objects.path(kept.sha256) as path:
            try:
                _archive(services).send(path, kept.name)
            except ArchiveAwayError as error:
                LOG.warning("message %s of process %s cannot be sent yet: %s", kind, process_id, error)
                raise Later from error
        with services.database.begin() as session:
            messages.record_sent(session, kept.id, now())


def on_fault(services: Services, code: str, process_id: str, kind: str) -> None:
    """Leave the process as it stands: its case files stay frozen, and their history tells why nothing came.

    Where the archive was away all the time, the same is tried again, once a day.
    """
    LOG.error("message %s of process %s could not be sent (%s)", kind, process_id, code)
    moment, away = now(), code == UNAVAILABLE
    with services.database.begin() as session:
        told = ArchiveAwayError.code if away else code
        messages.record_failure(session, UUID(process_id), kind, code=told, now=moment)
        if away:
            key = f"{process_id}:{kind}:{moment:%Y-%m-%dT%H}"
            enqueue(session, "exchange", key, process_id, kind, delay=AGAIN)


def take_answers(services: Services, go_on: Callable[[], bool] = lambda: True) -> int:
    """Take in every message of the archive, or keep it for a person where it cannot be; return how many came.

    Each is stored before it is acknowledged: ended in between, it comes once more and changes nothing.
    """
    archive, taken = _archive(services), 0
    try:
        for incoming in archive.receive():
            if not go_on():
                break
            try:
                _take(services, incoming)
            except EakteError as refusal:
                LOG.warning("%s from the archive is taken in later (%s)", incoming.name, refusal.code)
                continue
            archive.acknowledge(incoming.name)
            taken += 1
    except ArchiveAwayError as error:
        LOG.warning("the answers of the archive cannot be fetched yet: %s", error)
    return taken


def _take(services: Services, incoming: Incoming) -> None:
    arrival = archive_arrivals.look_at(incoming.path, services.settings)
    stored = services.objects.put_file(incoming.path)
    findings = arrival.findings
    if arrival.message is not None and not findings:
        try:
            with services.database.begin() as session:
                archive_arrivals.take_in(
                    session,
                    services.objects,
                    services.settings,
                    arrival.message,
                    incoming.path,
                    stored=stored,
                    now=now(),
                )
                archive_arrivals.settle_same(session, stored.sha256, now())
        except RetentionError as error:
            findings = (Finding(error.code, str(error)),)
        else:
            return
    LOG.warning("%s from the archive is kept for a person (%s)", incoming.name, findings[0].code)
    left = Arrival(arrival.message, findings, arrival.process_id)
    with services.database.begin() as session:
        archive_arrivals.keep_unread(session, services.objects, left, incoming.name, stored=stored, now=now())


def _archive(services: Services) -> ArchiveGateway:
    if services.archive is None:
        raise ArchiveNotConfigured
    return services.archive


EXCHANGE = Workflow("exchange", (compose, send), on_fault)
DELIVERY = Workflow("delivery", (send,), on_fault)
