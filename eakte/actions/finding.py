"""Finding: the index finds within the person's keys, the database has the last word on what is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eakte.actions import reads
from eakte.actions.guard import document_of
from eakte.actions.lagging import may_see
from eakte.actions.metadata import search_fields
from eakte.actions.narrowing import BRANCH, RETENTION, branches, narrowed, retention_counts
from eakte.records.access import Actor, Permission
from eakte.records.calendar import day_of
from eakte.records.reference import case_reference, document_reference
from eakte.records.states import CaseFileState
from eakte.store.documents import Document, page_counts, page_texts, unrestricted
from eakte.store.files import BusinessCase, CaseFile, visible
from eakte.store.search_words import search_words
from search.engine import SearchEngine
from search.model import COUNTED, LIMIT, Hit, PageHit, Place, Query
from search.synonyms import Groups


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
    offset: int = 0
    """Hits before the first of these."""
    then: Place | None = None
    """Where the next page begins, if there is one."""


def find(session: Session, index: SearchEngine, actor: Actor, query: Query, now: datetime) -> Found:
    """Search the documents the actor may see."""
    actor.require(Permission.READ)
    allowed = may_see(session, actor, now)
    asked, notes = narrowed(session, index, _of_the_house(session, query), allowed)
    wanted = tuple(name for name in asked.facets if name in COUNTED)
    needed = {BRANCH: "file_plan_code", RETENTION: "case_file_id"}
    more = tuple(needed[name] for name in asked.facets if name in needed)
    results = index.find(replace(asked, facets=tuple(dict.fromkeys((*wanted, *more)))), allowed)
    shown = _rechecked(session, actor, results.hits, now)
    vanished = len(results.hits) - len(shown)
    return Found(
        hits=shown,
        total=results.total - vanished,
        case_files=results.case_files,
        facets=_facets(session, query, results.facets),
        did_you_mean=results.did_you_mean,
        notes=(*notes, *results.notes),
        offset=results.offset,
        then=results.then,
    )


def _facets(session: Session, query: Query, counted: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    """Return the facets that were asked for, those the index does not know made from those it does."""
    facets = {name: counts for name, counts in counted.items() if name in query.facets}
    if BRANCH in query.facets:
        facets[BRANCH] = branches(session).counts(counted["file_plan_code"])
    if RETENTION in query.facets:
        facets[RETENTION] = retention_counts(session, counted["case_file_id"])
    return facets


def among(
    session: Session, index: SearchEngine, actor: Actor, query: Query, documents: Collection[UUID], now: datetime
) -> frozenset[UUID]:
    """Return those of at most ``LIMIT`` documents that the query finds and the actor may see.

    What is only similar, or holds only some of the words, is not found: it is shown where little else is, and among few
    documents that would be nearly everything.
    """
    chosen = {**query.filters, "document_id": frozenset(map(str, documents))}
    allowed = may_see(session, actor, now)
    asked, _ = narrowed(session, index, _of_the_house(session, replace(query, filters=chosen)), allowed)
    hits = index.find(replace(asked, exact=True, limit=LIMIT, facets=()), allowed).hits
    return frozenset(found.document_id for found in _rechecked(session, actor, hits, now))


def counted(session: Session, index: SearchEngine, actor: Actor, query: Query, synonyms: Groups, now: datetime) -> int:
    """Count what a question finds with these synonyms, exactly, within the rights of the actor."""
    actor.require(Permission.READ)
    asked = replace(_of_the_house(session, query), exact=True, limit=0, facets=(), synonyms=synonyms)
    return index.find(asked, may_see(session, actor, now)).total


def _of_the_house(session: Session, query: Query) -> Query:
    """Return the question with field names, stop words and, unless it is taken at its word, synonyms of the house."""
    words = search_words(session)
    synonyms = () if query.exact else words.synonyms
    return replace(query, fields=search_fields(session), synonyms=synonyms, stop_words=words.stop_words)


def suggest(session: Session, index: SearchEngine, actor: Actor, prefix: str, now: datetime) -> tuple[str, ...]:
    """Complete a word from the documents the actor may see."""
    actor.require(Permission.READ)
    return index.suggest(prefix, may_see(session, actor, now))


def similar(
    session: Session, index: SearchEngine, actor: Actor, document_id: UUID, now: datetime
) -> tuple[FoundDocument, ...]:
    """Return filed documents like this one that the actor may see, likest first.

    Raises:
        NotFound: There is no such document, or the actor may not know of it.
    """
    actor.require(Permission.READ)
    document = document_of(session, actor, document_id, now)
    text = "\n".join([document.subject, *(text for _, text in page_texts(session, document_id))])
    hits = index.similar(text, may_see(session, actor, now), but=str(document_id)).hits
    return _rechecked(session, actor, hits, now)


def _rechecked(session: Session, actor: Actor, hits: tuple[Hit, ...], now: datetime) -> tuple[FoundDocument, ...]:
    """Keep the hits that the database still lets the person see: the index may be a second late."""
    ids = [UUID(hit.document_id) for hit in hits]
    rows = session.execute(
        select(Document, BusinessCase, CaseFile)
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .join(CaseFile, CaseFile.id == BusinessCase.case_file_id)
        .where(Document.id.in_(ids), visible(actor.keys, now), unrestricted(actor.keys, now))
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
