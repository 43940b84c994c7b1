"""Questions whose words must stand together on named pages.

Pages know neither rights nor filters. So the documents that a person may see and that hold the words at all are asked
for first, then the pages of these alone; what is counted and shown is asked for among the documents that are left.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from search import plan
from search.document import document_of_key, page_key
from search.model import Found, Sort
from search.page_numbers import Pages
from search.plan import Column, Plan, Question

MOST_DOCUMENTS = 10_000
"""Documents whose pages are asked for one question; with more nothing is guessed, but told."""


class Reader(Protocol):
    """What is needed of a view of an index."""

    def count(self, question: Question) -> int:
        """Count the documents found."""

    def top(self, question: Question, sort: Sort, *, offset: int, limit: int) -> list[Found]:
        """Return a piece of the ordered list of documents found."""

    def holding(self, keys: Collection[str], wanted: Plan) -> frozenset[str]:
        """Return those document versions of which a page matches."""


class Asking:
    """Makes questions of what is wanted, within rights, filters and pages."""

    def __init__(self, reader: Reader, within: Plan, pages: Pages | None) -> None:
        self._reader, self._within, self._pages = reader, within, pages
        self.too_many = False
        """A question found more documents than can be leafed through; it finds nothing then."""

    def question(self, wanted: Plan, found_by: Plan | None = None) -> Question:
        """Return the question for *wanted*, which *found_by* finds as well."""
        whole, shown = Question(wanted, self._within, found_by), self.shown(wanted)
        if self._pages is None or shown is None:
            return whole
        count = self._reader.count(whole)
        if count > MOST_DOCUMENTS:
            self.too_many = True
            return Question(plan.NOTHING, self._within)
        found = self._reader.top(whole, Sort.RELEVANCE, offset=0, limit=count)
        keys = [page_key(one.document_id, one.version) for one in found]
        ids = frozenset(map(document_of_key, self._reader.holding(keys, shown))) if keys else frozenset[str]()
        return Question(wanted, plan.All((self._within, plan.OneOf(Column.ID, ids))), found_by)

    def shown(self, wanted: Plan) -> Plan | None:
        """Return what is asked of the pages of a document that is shown."""
        if self._pages is None:
            leaves = tuple(dict.fromkeys(plan.wanted_in_text(wanted)))
            return plan.AnyOf(leaves) if leaves else None
        whole = plan.on_page(wanted)
        return whole and plan.All((whole, plan.Numbered(self._pages.first, self._pages.last)))
