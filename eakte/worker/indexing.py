"""Bring the search index to what the database says: after filing, after changes of a case file, after removal."""

import logging
from collections.abc import Collection, Iterator
from itertools import islice
from uuid import UUID

from eakte.actions.entries import (
    case_files_of_unit,
    documents_of_file,
    entries_of_case,
    entries_of_file,
    entry_of,
    gone,
)
from eakte.services import Services
from eakte.worker import holding
from eakte.worker.clock import now
from eakte.worker.workflow import Workflow
from search.model import Entry

LOG = logging.getLogger(__name__)

BATCH = 50
"""Entries held at a time: a case file may have thousands of documents."""


def put(services: Services, document_id: str) -> None:
    """Put a document into the index as it is now, or take it out where it has no place there."""
    with services.database.reading() as session:
        entry = entry_of(session, UUID(document_id), now())
    if entry is None:
        services.index.remove([document_id])
    else:
        holding.catch_in(services, [entry])
        services.index.put([entry])
        take_out_gone(services, [document_id])


def put_all(services: Services, case_file_id: str) -> None:
    """Put all documents of a case file into the index as they are now, and take out those without a place there."""
    with services.database.reading() as session:
        _put(services, entries_of_file(session, UUID(case_file_id), now()))
        documents = documents_of_file(session, UUID(case_file_id))
    take_out_gone(services, documents)


def put_case(services: Services, case_id: str) -> None:
    """Put all documents of a case and its sub-cases into the index as they are now, each once."""
    with services.database.reading() as session:
        _put(services, entries_of_case(session, UUID(case_id), now()))


def put_unit(services: Services, unit_id: str) -> None:
    """Put all documents of a unit's case files into the index: the code that is shown of the unit is another."""
    with services.database.reading() as session:
        case_file_ids = case_files_of_unit(session, UUID(unit_id))
    for case_file_id in case_file_ids:
        put_all(services, str(case_file_id))


def _put(services: Services, entries: Iterator[Entry]) -> None:
    while batch := list(islice(entries, BATCH)):
        holding.catch_in(services, batch)
        services.index.put(batch)
        take_out_gone(services, [entry.document_id for entry in batch])


def take_out_gone(services: Services, document_ids: Collection[str]) -> None:
    """Take out what lost its place while its text was on the way to the index.

    The job that takes it out may have come before the text did. Whatever goes from now on has its job after it.
    """
    with services.database.reading() as session:
        lost = gone(session, document_ids)
    if lost:
        services.index.remove(lost)


def on_fault(services: Services, code: str, record_id: str) -> None:
    """Leave it to the reconciler, which compares index and database every hour."""
    del services
    LOG.error("%s could not be indexed (%s); the hourly comparison tries again", record_id, code)


INDEXING = Workflow("indexing", (put,), on_fault)
REINDEXING = Workflow("reindexing", (put_all,), on_fault)
CASE_INDEXING = Workflow("case_indexing", (put_case,), on_fault)
UNIT_INDEXING = Workflow("unit_indexing", (put_unit,), on_fault)
