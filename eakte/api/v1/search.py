"""Search within rights: hits with the pages that show them, facets, suggestions."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import finding
from eakte.actions.finding import FoundDocument
from eakte.actions.intake import Source
from eakte.actions.lagging import IndexBehind
from eakte.api import paging
from eakte.api.models import Day, Out, Page, PageQuery, Query
from eakte.api.operation import Call, Operation
from eakte.errors import SearchUnavailable
from eakte.records.access import Permission
from eakte.records.states import CaseFileState
from retention.model import Outcome
from search import FACETS, Place, Sort
from search import Query as Asked

_FILTERS = {"document_type": "document_type", "org_unit_code": "org_unit", "file_plan_code": "file_plan_code"}
_FILTERS |= {name: name for name in ("plan_branch", "sender_name", "origin", "retention")}
Value = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Facet(StrEnum):
    """What can be counted on demand."""

    SENDER = "sender_name"
    ORIGIN = "origin"
    MONTH = "month"
    PLAN_BRANCH = "plan_branch"
    RETENTION = "retention"


class SearchQuery(PageQuery):
    """What is searched for; several values of one filter widen it."""

    q: Annotated[str, StringConstraints(max_length=300)] = ""
    document_type: list[Value] = Field(default=[], max_length=20)
    org_unit_code: list[Value] = Field(default=[], max_length=20)
    file_plan_code: list[Value] = Field(default=[], max_length=20)
    plan_branch: list[Value] = Field(default=[], max_length=20)
    sender_name: list[Value] = Field(default=[], max_length=20)
    origin: list[Source] = Field(default=[], max_length=20)
    retention: list[Outcome] = Field(default=[], max_length=20)
    state: CaseFileState | None = None
    case_file_id: UUID | None = None
    first: Day | None = None
    last: Day | None = None
    sort: Sort = Sort.RELEVANCE
    exact: bool = False
    facet: list[Facet] = Field(default=[], max_length=len(Facet))
    """What is counted besides the usual."""


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


class Similar(Out):
    """Documents like one, likest first."""

    items: list[Hit]


class _Place(paging.Place):
    offset: Annotated[int, Field(ge=0, le=10**12)]
    key: Annotated[str, StringConstraints(max_length=1_000)]
    document_id: UUID


def find(call: Call, query: SearchQuery) -> SearchPage:
    """Search the documents the person may see."""
    at = paging.place(query, _Place)
    after = Place(at.offset, at.key, str(at.document_id)) if at else None
    found = finding.find(call.session, call.services.index, call.actor, _asked(query, after), call.now)
    then = found.then
    made: SearchPage = paging.piece(
        SearchPage,
        query,
        [_hit(hit) for hit in found.hits],
        _Place(offset=then.offset, key=then.key, document_id=UUID(then.document_id)) if then else None,
        total=found.total,
        case_files=found.case_files,
        facets=found.facets,
        did_you_mean=found.did_you_mean,
        search_notes=found.notes,
    )
    return made


def _asked(query: SearchQuery, after: Place | None) -> Asked:
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
        after=after,
        facets=(*FACETS, *query.facet),
        limit=query.limit,
        exact=query.exact,
    )


def _hit(hit: FoundDocument) -> Hit:
    told = {name: getattr(hit, name) for name in Hit.model_fields if name != "hit_pages"}
    return Hit.model_validate({**told, "hit_pages": hit.pages}, from_attributes=True)


def suggest(call: Call, query: SuggestionQuery) -> Suggestions:
    """Complete a word from the documents the person may see."""
    return Suggestions(
        suggestions=list(finding.suggest(call.session, call.services.index, call.actor, query.prefix, call.now))
    )


def similar(call: Call, document_id: UUID) -> Similar:
    """Find documents like this one."""
    found = finding.similar(call.session, call.services.index, call.actor, document_id, call.now)
    return Similar(items=[_hit(hit) for hit in found])


OPERATIONS = (
    Operation(
        "GET", "/search", find, Permission.READ, SearchPage, "Dokumente suchen", query=SearchQuery,
        problems=(SearchUnavailable, IndexBehind),
        notes="Der Suchindex kann Sekunden zurück sein; angezeigt wird nur, was die Datenbank sehen lässt. "
        "Nach Datum und Zeichen geordnet zeigen die Seiten jeden Treffer genau einmal, auch wenn dazwischen etwas "
        "hinzukommt; nach Treffergüte geht es hinter dem zuletzt gezeigten weiter.",
    ),
    Operation(
        "GET", "/search/suggestions", suggest, Permission.READ, Suggestions, "Ein Wort vervollständigen",
        query=SuggestionQuery, problems=(SearchUnavailable, IndexBehind),
    ),
    Operation(
        "GET", "/documents/<uuid:document_id>/similar", similar, Permission.READ, Similar, "Ähnliche Dokumente",
        problems=(SearchUnavailable, IndexBehind),
    ),
)  # fmt: skip
