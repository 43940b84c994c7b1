"""What orders over people and searches hold: asked of the index for the stock, of the database for one case file.

The index is quick and may be late; one case file is read from the database itself, word for word, with the same
meaning (:mod:`search.matching`). So a destruction asks every order once more in its own transaction, and nothing that
should be held slips through because a round had not run yet. What an order once caught it holds until it is lifted,
also when the record is changed and would not be found any more.

An order reaches the whole stock, need-to-know files too: the duty to keep is the authority's, not that of whoever
placed the order. What people are shown of it is another matter (:mod:`eakte.actions.hold_view`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eakte.actions import verdicts
from eakte.actions.entries import entries_of_file, entry_of_empty
from eakte.actions.metadata import search_fields
from eakte.records.access import ALL, SYSTEM
from eakte.records.calendar import day_of
from eakte.records.holding import questions
from eakte.records.states import CaseFileState
from eakte.store.disposal import DisposalHold
from eakte.store.documents import Document
from eakte.store.files import BusinessCase, CaseFile
from eakte.store.history import record, set_to
from eakte.store.hold_orders import HoldOrder
from eakte.store.holding import asking_orders
from eakte.store.search_words import search_words
from search.engine import SearchEngine
from search.matching import Question, ReadEntry
from search.model import LIMIT, Entry, MaySee, Query, Sort

Caught = frozenset[tuple[UUID, UUID]]
"""Pairs of an order and a case file that it has to hold."""
KEYS_AT_ONCE = 500
AT_ONCE = 500
"""Case files without documents read at a time."""


def asked(session: Session, text: str) -> Query:
    """Return a question in the language of the search, with field names, synonyms and stop words of the house.

    Similar words are left out: what is only nearly so is nobody's order.
    """
    words = search_words(session)
    fields = search_fields(session)
    return Query(text, fields=fields, synonyms=words.synonyms, stop_words=words.stop_words, exact=True, facets=())


class Asking:
    """The orders in force over people and searches, or one of them, with their questions made ready once."""

    def __init__(self, session: Session, only: UUID | None = None) -> None:
        self._orders = [
            (order.id, tuple(Question(asked(session, text)) for text in questions(order.scope, order.criteria)))
            for order in asking_orders(session)
            if only in {None, order.id}
        ]

    @property
    def ids(self) -> list[UUID]:
        """The orders that are asked."""
        return [order_id for order_id, _ in self._orders]

    def caught(self, entries: Iterable[Entry]) -> Caught:
        """Return which orders find one of these entries, each with its case file."""
        found: set[tuple[UUID, UUID]] = set()
        for entry in entries if self._orders else ():
            read, file_id = ReadEntry(entry), UUID(entry.case_file_id)
            for order_id, asked_for in self._orders:
                pair = (order_id, file_id)
                if pair not in found and any(question.finds(read) for question in asked_for):
                    found.add(pair)
        return frozenset(found)


def of_file(session: Session, case_file: CaseFile, asking: Asking, now: datetime) -> Caught:
    """Return which orders find a case file, read from the database itself."""
    if not asking.ids:
        return frozenset()
    found, empty = set[tuple[UUID, UUID]](), True
    for entry in entries_of_file(session, case_file.id, now):
        empty = False
        found |= asking.caught([entry])
    return asking.caught([entry_of_empty(session, case_file)]) if empty else frozenset(found)


def not_held_yet(session: Session, case_file: CaseFile, now: datetime) -> list[str]:
    """Return the reasons of the orders that find a case file and do not hold it yet; nothing is written."""
    new = of_file(session, case_file, Asking(session), now) - held(session, [case_file.id])
    query = select(HoldOrder.reason).where(HoldOrder.id.in_({order_id for order_id, _ in new}))
    return list(session.scalars(query.order_by(HoldOrder.placed_at, HoldOrder.id))) if new else []


def hold_new(session: Session, case_file: CaseFile, now: datetime) -> None:
    """Hold a case file that this very transaction opens for every order that finds it."""
    asking = Asking(session)
    hold(session, of_file(session, case_file, asking, now), now)


def hold(session: Session, pairs: Caught, now: datetime) -> frozenset[UUID]:
    """Hold case files, whose rows the caller has locked, and return which have a new hold; twice is once.

    What is destroyed already, or is being destroyed, is left out; so is what an order lifted meanwhile would hold.
    """
    file_ids = {file_id for _, file_id in pairs}
    living = select(CaseFile.id).where(CaseFile.id.in_(file_ids), CaseFile.state != CaseFileState.DESTROYED)
    there, known = set(session.scalars(living)), held(session, file_ids)
    # After the case files: who lifts an order has its row first, then those of files it holds, which these are not.
    in_force = _locked_orders(session, {order_id for order_id, _ in pairs - known})
    made = [
        DisposalHold(order_id=order_id, case_file_id=file_id, placed_on=day_of(now), placed_by=SYSTEM.name)
        for order_id, file_id in sorted(pairs - known)
        if order_id in in_force and file_id in there
    ]
    session.add_all(made)
    session.flush()
    ids = frozenset(row.case_file_id for row in made)
    verdicts.review(session, ids, day_of(now))
    for row in made:
        _log(session, row, now)
    return ids


def held(session: Session, file_ids: Collection[UUID]) -> Caught:
    """Return what holds there are on case files, lifted ones too, as pairs of order and file."""
    query = select(DisposalHold.order_id, DisposalHold.case_file_id).where(DisposalHold.case_file_id.in_(file_ids))
    return frozenset((order_id, file_id) for order_id, file_id in session.execute(query))


def _locked_orders(session: Session, order_ids: Collection[UUID]) -> set[UUID]:
    """Return those orders that are in force, and keep them so until the transaction ends."""
    query = select(HoldOrder.id).where(HoldOrder.id.in_(order_ids), HoldOrder.lifted_at.is_(None))
    return set(session.scalars(query.order_by(HoldOrder.id).with_for_update(read=True, of=HoldOrder)))


def _log(session: Session, hold: DisposalHold, now: datetime) -> None:
    detail = {"hold": str(hold.id), "order": str(hold.order_id)}
    about = ("case_file", hold.case_file_id)
    order = hold.order
    changes = set_to(reason=order.reason, legal_basis=order.legal_basis or None, review_on=order.review_on)
    record(
        session, SYSTEM, "hold.placed", about=about, now=now, case_file_id=hold.case_file_id, detail=detail,
        changes=changes,
    )  # fmt: skip


def in_stock(session: Session, index: SearchEngine, order_id: UUID) -> Iterator[UUID]:
    """Yield the case files of the whole stock that an order finds in the index and does not hold yet, each once."""
    order = session.get_one(HoldOrder, order_id)
    known = set(session.scalars(select(DisposalHold.case_file_id).where(DisposalHold.order_id == order_id)))
    for text in questions(order.scope, order.criteria):
        for keys in _all_keys(session):
            for file_id in files_found(index, asked(session, text), MaySee(keys)):
                if (found := UUID(file_id)) not in known:
                    known.add(found)
                    yield found


def files_found(index: SearchEngine, query: Query, may_see: MaySee) -> Iterator[str]:
    """Yield the ids of all case files a question finds, without order; some more than once."""
    first = index.find(replace(query, limit=0, facets=("case_file_id",)), may_see)
    counted = first.facets["case_file_id"]
    yield from counted
    if len(counted) >= first.case_files:
        return
    # An index counts the files it finds most often; with more of them the list of documents is walked through.
    page = index.find(replace(query, limit=LIMIT, sort=Sort.REFERENCE), may_see)
    while page.hits:
        yield from {hit.case_file_id for hit in page.hits}
        if page.then is None:
            return
        page = index.find(replace(query, limit=LIMIT, sort=Sort.REFERENCE, after=page.then), may_see)


def _all_keys(session: Session) -> Iterator[frozenset[str]]:
    """Yield keys that open every record there is, need-to-know files too; a question bears only so many at once."""
    restricted = select(CaseFile.access_key).where(CaseFile.restricted).distinct().order_by(CaseFile.access_key)
    keys = [ALL, *session.scalars(restricted)]
    for start in range(0, len(keys), KEYS_AT_ONCE):
        yield frozenset(keys[start : start + KEYS_AT_ONCE])


def empty_files(session: Session, behind: UUID | None, limit: int = AT_ONCE) -> list[CaseFile]:
    """Return the next case files without any document, in the order of their ids; the index knows none of them."""
    filed = select(Document.id).join(BusinessCase, BusinessCase.id == Document.case_id)
    query = select(CaseFile).where(
        CaseFile.state != CaseFileState.DESTROYED, ~filed.where(BusinessCase.case_file_id == CaseFile.id).exists()
    )
    query = query if behind is None else query.where(CaseFile.id > behind)
    return list(session.scalars(query.order_by(CaseFile.id).limit(limit)))


def note_asked(session: Session, order_id: UUID, now: datetime) -> None:
    """Note that the whole stock was asked for an order."""
    session.execute(update(HoldOrder).where(HoldOrder.id == order_id).values(asked_at=now))
