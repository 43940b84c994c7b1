"""Changes documents and brings each change to the search index as a worker does, until it is killed; forked by tests.

No job is ordered for what it changes: what a kill leaves undone is found by comparing database and index, or never.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from multiprocessing.connection import Connection
from random import Random
from uuid import UUID

from eakte.services import Services, build
from eakte.settings import Settings
from eakte.store.documents import Document
from eakte.store.files import BusinessCase
from eakte.worker import indexing

Place = tuple[str, str, int]
"""A document, the case it belongs to, and its number there."""


def main(settings: Settings, places: Sequence[Place], seed: int, begun: Connection) -> None:
    """Tell when the first change has reached the index, and go on for ever."""
    services, chance = build(settings), Random(seed)
    for number in count():
        if number == 1:
            begun.send_bytes(b"begun")
        document_id, case_id, position = chance.choice(places)
        if chance.random() < 0.7:
            rewrite(services, document_id, case_id)
        else:
            take_out_or_back(services, document_id, case_id, position)


def rewrite(services: Services, document_id: str, case_id: str) -> None:
    """Give a document another subject and, every other time, its whole file another one."""
    with services.database.begin() as session:
        document = session.get_one(Document, UUID(document_id))
        document.revision += 1
        document.subject = f"Stellplatz Fassung{document.revision}"
        file = session.get_one(BusinessCase, UUID(case_id)).case_file
        if whole := document.revision % 2 == 0:
            file.revision += 1
        case_file_id = str(file.id)
    if whole:
        indexing.put_all(services, case_file_id)
    else:
        indexing.put(services, document_id)


def take_out_or_back(services: Services, document_id: str, case_id: str, position: int) -> None:
    """Take a document out of its case, or back into it."""
    with services.database.begin() as session:
        document = session.get_one(Document, UUID(document_id))
        inside = document.case_id is not None
        document.revision += 1
        document.case_id, document.position = (None, None) if inside else (UUID(case_id), position)
    indexing.put(services, document_id)
