"""Reads of need-to-know files and of what is restricted: marked where reached, in the history before the answer leaves.

An edge (web, interface for programs, command line) calls :func:`settle` after a read transaction and
:func:`write` inside a write transaction; if that fails, nothing is answered. One request gives one entry per
case file. Lists that only name a case file are no reads; its page, its documents, their pages, texts, files
and search hits are.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from eakte.records.access import Actor, person_key
from eakte.store.database import Database
from eakte.store.files import CaseFile
from eakte.store.history import HistoryEntry, record, told_files
from eakte.store.processing import files_opened
from eakte.store.standing_in import stood_in_for

READ = "case_file.read"
BURST = timedelta(minutes=10)
"""A page shows its images one by one: after the entry of the document they are part of it for so long."""
_MARKS = "restricted_reads"
_OPENED = "restrictions_opened"


def mark(session: Session, actor: Actor, case_file: CaseFile, document_id: UUID | None = None) -> None:
    """Note that a person is shown (a document of) a case file that is need-to-know or restricted in its processing."""
    if actor.person_id is not None and (case_file.restricted or case_file.id in _opened(session, actor.person_id)):
        session.info.setdefault(_MARKS, {}).setdefault(case_file.id, set()).add(document_id)


def _opened(session: Session, person_id: UUID) -> frozenset[UUID]:
    """Return the files of restrictions the person ever opened, asked once per transaction."""
    known: dict[UUID, frozenset[UUID]] = session.info.setdefault(_OPENED, {})
    if person_id not in known:
        known[person_id] = files_opened(session, person_key(person_id))
    return known[person_id]


def settle(
    database: Database, session: Session, actor: Actor, *, surface: str, now: datetime, burst: bool = False
) -> None:
    """Write what a read transaction that has ended has marked, in a write transaction of its own."""
    if session.info.get(_MARKS):
        with database.begin() as writing:
            writing.info[_MARKS] = session.info.pop(_MARKS)
            write(writing, actor, surface=surface, now=now, burst=burst)


def write(session: Session, actor: Actor, *, surface: str, now: datetime, burst: bool = False) -> None:
    """Write what this transaction has marked, unless it tells of the case file anyway, by a change or a download.

    ``burst`` says that the request was for a part of a page, such as one image.
    """
    marks: dict[UUID, set[UUID | None]] = session.info.pop(_MARKS, {})
    for case_file_id in sorted(marks.keys() - told_files(session)):
        documents = sorted(str(each) for each in marks[case_file_id] if each is not None)
        about = ("document", documents[0]) if len(documents) == 1 else ("case_file", str(case_file_id))
        if burst and _told_lately(session, actor, about, case_file_id, now):
            continue
        detail = {"surface": surface, **_several(documents)}
        record(session, actor, READ, about=about, now=now, case_file_id=case_file_id, detail=detail)


def _several(documents: Collection[str]) -> dict[str, object]:
    return {"documents": list(documents)} if len(documents) > 1 else {}


def _told_lately(session: Session, actor: Actor, about: tuple[str, str], case_file_id: UUID, now: datetime) -> bool:
    query = select(HistoryEntry.sequence).where(
        HistoryEntry.about_id == about[1],
        HistoryEntry.action == READ,
        HistoryEntry.actor_id == actor.person_id,
        HistoryEntry.on_behalf_of.is_not_distinct_from(stood_in_for(session, actor, about, case_file_id, now)),
        HistoryEntry.at > now - BURST,
    )
    return session.scalar(query.limit(1)) is not None
