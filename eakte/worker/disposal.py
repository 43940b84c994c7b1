"""Destroy an approved case file, step by step; the decision and every check are in ``eakte.actions.destruction``."""

import logging
from uuid import UUID

from eakte.actions import catching, destruction, key_care
from eakte.records.calendar import day_of
from eakte.records.states import DisposalState
from eakte.services import Services
from eakte.store.disposal import Disposal
from eakte.store.sealing import seal_of
from eakte.worker.clock import now
from eakte.worker.workflow import ENOUGH, Workflow

LOG = logging.getLogger(__name__)


def begin(services: Services, disposal_id: str) -> str | None:
    """Check once more, freeze the reason and hide the case file."""
    # What an order holds is kept as held also where the destruction is refused for it, which takes its own work back.
    with services.database.begin() as session:
        disposal = session.get(Disposal, UUID(disposal_id))
        if disposal is not None and disposal.state is DisposalState.APPROVED:
            catching.catch_file(session, disposal.case_file, now())
    with services.database.begin() as session:
        backups = services.settings.backups
        begun = destruction.begin(session, UUID(disposal_id), now(), backups=backups, keys=services.keys)
        return None if begun else ENOUGH


def forget_entries(services: Services, disposal_id: str) -> None:
    """Take its documents out of the index."""
    with services.database.reading() as session:
        documents = destruction.document_ids(session, UUID(disposal_id))
    services.index.remove(documents)


def delete_rows(services: Services, disposal_id: str) -> None:
    """Delete its rows."""
    with services.database.begin() as session:
        destruction.delete_rows(session, UUID(disposal_id), now())


def delete_objects(services: Services, disposal_id: str) -> None:
    """Delete its bytes, one object per transaction, except those that another record shares."""
    with services.database.reading() as session:
        hashes = destruction.objects_of(session, UUID(disposal_id))
    for sha256 in hashes:
        with services.database.begin() as session:
            destruction.delete_object(session, services.objects, sha256)


def finish(services: Services, disposal_id: str) -> None:
    """Leave the certificate."""
    seal, keys, settings = seal_of(services.settings), services.keys, services.settings
    useless = keys and key_care.useless_from(
        keys, day_of(now()), rotation_days=settings.key_rotation_days, backup_days=settings.key_backup_days
    )
    with services.database.begin() as session:
        destruction.finish(session, UUID(disposal_id), now(), seal=seal, keys=keys, key_backups_until=useless or None)


def on_fault(services: Services, code: str, disposal_id: str) -> None:
    """Leave the process as it stands, visible in the worklist; upkeep tries it again every day."""
    del services
    LOG.error("the destruction %s did not end (%s); it is tried again tomorrow", disposal_id, code)


DESTRUCTION = Workflow("destruction", (begin, forget_entries, delete_rows, delete_objects, finish), on_fault)
