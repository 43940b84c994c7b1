"""Case files a letter may belong to, found without reading many: by the index, by alike letters, by subject and sender.

Texts are read only for the few that are then compared. The index is asked outside of the transaction, with the keys of
the inbox, and what it answers is checked again against the rights in the database.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from eakte.actions import proposals
from eakte.records.access import unit_key
from eakte.store.documents import Document, DocumentVersion, IncomingItem, PageRow, is_newest, page_texts
from eakte.store.files import BusinessCase
from eakte.store.organisation import branch_keys
from eakte.store.processing import unlifted_document
from ingest.likeness import FileText, marks_of
from ingest.model import CaseCandidate, Facts
from search.model import Hit, MaySee, Query, Results

WORDS = 14
"""Words the index is asked for, those first that point to one matter."""
NEAR = 25
"""Case files taken from the index."""
NEWEST = 4
"""Documents of a file that are compared, the newest."""
CHARACTERS = 700
"""What is compared of each: its head says who and what about."""
_WORD = re.compile(r"[A-ZÄÖÜ][^\W\d_]{3,}")
_FORMULAS = """
Sehr Damen Herren Stadt Rathausplatz Musterstadt Freundlichen Grüßen Schreiben Telefon Datum Ihre Unser Zeichen Anlage
Anlagen Betreff Bitte
"""
_EVERYWHERE = frozenset(_FORMULAS.split())


class Index(Protocol):
    """The part of the search engine that is asked."""

    def find(self, query: Query, may_see: MaySee) -> Results: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Question:
    """What the index is asked for one item, and with which keys."""

    text: str
    keys: frozenset[str]


def question(session: Session, item_id: UUID, now: datetime) -> Question | None:
    """Return what to ask the index for an item that was read; ``None`` where there is nothing to ask."""
    item = session.get(IncomingItem, item_id)
    if item is None or item.document is None:
        return None
    facts = proposals.from_json(item.proposals).facts
    words = _telling(facts, "\n".join(text for _, text in page_texts(session, item.document.id)))
    keys = frozenset(unit_key(key) for key in branch_keys(session, item.org_unit_id, now))
    return Question(" ODER ".join(f'"{word}"' for word in words), keys) if words else None


def found(index: Index, asked: Question | None) -> tuple[UUID, ...]:
    """Return case files whose documents answer the question best, best first."""
    if asked is None or not asked.keys:
        return ()
    query = Query(asked.text, limit=2 * NEAR, facets=(), exact=True)
    hits: Sequence[Hit] = index.find(query, MaySee(asked.keys)).hits
    return tuple(dict.fromkeys(UUID(hit.case_file_id) for hit in hits))[:NEAR]


def _telling(facts: Facts, text: str) -> list[str]:
    """Return words that point to one matter: names, subject, addresses and numbers, then other nouns in order."""
    named = [finding.value for finding in (facts.sender, facts.subject, facts.foreign_reference) if finding]
    words = [word for value in named for word in _WORD.findall(value)]
    words += sorted(mark for mark in marks_of(text) if '"' not in mark)[:WORDS]
    words += _WORD.findall(text)
    return list(dict.fromkeys(word for word in words if word not in _EVERYWHERE))[:WORDS]


def texts_of(session: Session, candidates: Collection[CaseCandidate]) -> list[FileText]:
    """Return the subject of each case file with the heads of its newest documents, to compare a letter with."""
    ids = [UUID(candidate.case_file_id) for candidate in candidates]
    newest = (
        select(
            Document.id.label("document_id"),
            BusinessCase.case_file_id.label("case_file_id"),
            func.row_number()
            .over(partition_by=BusinessCase.case_file_id, order_by=(Document.filed_at.desc(), Document.id))
            .label("place"),
        )
        .join(BusinessCase, BusinessCase.id == Document.case_id)
        .where(BusinessCase.case_file_id.in_(ids), Document.voided_at.is_(None), ~unlifted_document(Document.id))
        .subquery()
    )
    rows = session.execute(
        select(newest.c.case_file_id, func.substr(PageRow.text, 1, CHARACTERS))
        .join(DocumentVersion, DocumentVersion.document_id == newest.c.document_id)
        .join(PageRow, and_(PageRow.version_id == DocumentVersion.id, PageRow.number == 1))
        .where(newest.c.place <= NEWEST, is_newest())
        .order_by(newest.c.case_file_id, newest.c.place)
    )
    heads: dict[UUID, list[str]] = {}
    for case_file_id, head in rows:
        heads.setdefault(case_file_id, []).append(head)
    return [
        FileText(one.case_file_id, one.subject, "\n".join((*heads.get(UUID(one.case_file_id), ()), *one.senders)))
        for one in candidates
    ]
