"""Search within rights: hits with the pages that show them, facets, suggestions."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import finding
from eakte.actions.finding import FoundDocument
from eakte.api import paging
from eakte.api.models import Day, Out, Page, PageQuery, Query
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission
from eakte.records.states import CaseFileState
from search import Query as Asked
from search import Sort

_FILTERS = {"document_type": "document_type", "org_unit_code": "org_unit", "file_plan_code": "file_plan_code"}
FARTHEST = 10_000
"""Hits that can be read through; whoever needs more asks more narrowly."""
Value = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class SearchQuery(PageQuery):
    """What is searched for; several values of one filter widen it."""

    q: Annotated[str, StringConstraints(max_length=300)] = ""
    document_type: list[Value] = Field(default=[], max_length=20)
    org_unit_code: list[Value] = Field(default=[], max_length=20)
    file_plan_code: list[Value] = Field(default=[], max_length=20)
    state: CaseFileState | None = None
    case_file_id: UUID | None = None
    first: Day | None = None
    last: Day | None = None
    sort: Sort = Sort.RELEVANCE
    exact: bool = False


class SuggestionQuery(Query):
    """The beginning of a word."""

    prefix: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Snippet(Out):
    """A piece of text with the places of the found words."""

    text: str
    marks: list[tuple[int, int]]


class PageHit(Out):
    """A page that shows what was searched for."""

    number: int
    snippet: Snippet


class Hit(Out):
    """A found document."""

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
    hit_pages: list[PageHit]


class SearchPage(Page[Hit]):
    """A piece of the results with counts over all of them."""

    total: int
    case_files: int
    facets: dict[str, dict[str, int]]
    did_you_mean: str | None
    search_notes: list[str]


class Suggestions(Out):
    """Words that begin so."""

    suggestions: list[str]


class _Place(paging.Place):
    offset: Annotated[int, Field(ge=1, le=FARTHEST)]


def find(call: Call, query: SearchQuery) -> SearchPage:
    """Search the documents the person may see."""
    at = paging.place(query, _Place)
    offset = at.offset if at else 0
    found = finding.find(call.session, call.services.index, call.actor, _asked(query, offset), call.now)
    end = offset + query.limit
    more = found.total > end and end <= FARTHEST
    made: SearchPage = paging.piece(
        SearchPage,
        query,
        [_hit(hit) for hit in found.hits],
        _Place(offset=end) if more else None,
        total=found.total,
        case_files=found.case_files,
        facets=found.facets,
        did_you_mean=found.did_you_mean,
        search_notes=found.notes,
    )
    return made


def _asked(query: SearchQuery, offset: int) -> Asked:
    filters = {field: frozenset(values) for name, field in _FILTERS.items() if (values := getattr(query, name))}
    if query.state:
        filters["state"] = frozenset({query.state.value})
    if query.case_file_id:
        filters["case_file_id"] = frozenset({str(query.case_file_id)})
    return Asked(
        query.q,
        filters,
        first=query.first,
        last=query.last,
        sort=query.sort,
        offset=offset,
        limit=query.limit,
        exact=query.exact,
    )


def _hit(hit: FoundDocument) -> Hit:
    told = {name: getattr(hit, name) for name in Hit.model_fields if name != "hit_pages"}
    return Hit.model_validate({**told, "hit_pages": hit.pages}, from_attributes=True)


def suggest(call: Call, query: SuggestionQuery) -> Suggestions:
    """Complete a word from the documents the person may see."""
    return Suggestions(suggestions=list(finding.suggest(call.services.index, call.actor, query.prefix)))


OPERATIONS = (
    Operation(
        "GET", "/search", find, Permission.READ, SearchPage, "Dokumente suchen", query=SearchQuery,
        notes="Der Suchindex kann Sekunden zurück sein; angezeigt wird nur, was die Datenbank sehen lässt. "
        "Kommt zwischen zwei Seiten etwas hinzu, kann sich die Reihenfolge verschieben.",
    ),
    Operation(
        "GET", "/search/suggestions", suggest, Permission.READ, Suggestions, "Ein Wort vervollständigen",
        query=SuggestionQuery,
    ),
)  # fmt: skip
