"""Finding: the index finds within the person's keys, the database has the last word on what is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import reads
from eakte.actions.metadata import search_fields
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseFileState
from eakte.store.documents import Document, page_counts
from eakte.store.files import BusinessCase, CaseFile, visible
from search.engine import SearchEngine
from search.model import Hit, MaySee, PageHit, Query


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A hit as the result list shows it."""

    document_id: UUID
    reference: str
    subject: str
    document_type: str
    sender: str
    document_date: date
    case_file_id: UUID
    case_file_reference: str
    case_file_subject: str
    state: CaseFileState
    unit_code: str
    page_count: int
    pages: tuple[PageHit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results with counts over everything the person may see."""

    hits: tuple[FoundDocument, ...]
    total: int
    case_files: int
    facets: Mapping[str, Mapping[str, int]]
    did_you_mean: str | None
    notes: tuple[str, ...]


def find(session: Session, index: SearchEngine, actor: Actor, query: Query, now: datetime) -> Found:
    """Search the documents the actor may see."""
    actor.require(Permission.READ)
    results = index.find(replace(query, fields=search_fields(session)), MaySee(actor.keys))
    shown = _rechecked(session, actor, results.hits, now)
    vanished = len(results.hits) - len(shown)
    return Found(
        hits=shown,
        total=results.total - vanished,
        case_files=results.case_files,
        facets=results.facets,
        did_you_mean=results.did_you_mean,
        notes=results.notes,
    )


def among(
    session: Session, index: SearchEngine, actor: Actor, query: Query, documents: Collection[UUID], now: datetime
) -> frozenset[UUID]:
    """Return those of at most ``LIMIT`` documents that the query finds and the actor may see."""
    chosen = {**query.filters, "document_id": frozenset(map(str, documents))}
    asked = replace(query, filters=chosen, fields=search_fields(session))
    hits = index.find(asked, MaySee(actor.keys)).hits
    return frozenset(found.document_id for found in _rechecked(session, actor, hits, now))


def suggest(index: SearchEngine, actor: Actor, prefix: str) -> tuple[str, ...]:
    """Complete a word from the documents the actor may see."""
    actor.require(Permission.READ)
    return index.suggest(prefix, MaySee(actor.keys))


def _rechecked(session: Session, actor: Actor, hits: tuple[Hit, ...], now: datetime) -> tuple[FoundDocument, ...]:
    """Keep the hits that the database still lets the person see: the index may be a second late."""
    ids = [UUID(hit.document_id) for hit in hits]
    rows = session.execute(
        select(Document, BusinessCase, CaseFile)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.id.in_(ids), visible(actor.keys, now))
        .options(joinedload(CaseFile.org_unit))
    ).all()
    known = {document.id: (document, case, file) for document, case, file in rows}
    for document, _, file in known.values():
        reads.mark(session, actor, file, document.id)
    counts = page_counts(session, known)
    return tuple(
        _found(*known[key], hit, counts.get(key, 0)) for hit in hits if (key := UUID(hit.document_id)) in known
    )


def _found(document: Document, case: BusinessCase, file: CaseFile, hit: Hit, page_count: int) -> FoundDocument:
    reference = case_reference(file.file_reference, case.number)
    return FoundDocument(
        document_id=document.id,
        reference=document_reference(reference, document.position or 0),
        subject=document.subject,
        document_type=document.document_type,
        sender=document.sender,
        document_date=document.letter_date or day_of(document.item.received_at),
        case_file_id=file.id,
        case_file_reference=file.file_reference,
        case_file_subject=file.subject,
        state=file.state,
        unit_code=file.org_unit.current.code,
        page_count=page_count,
        pages=hit.pages,
    )
