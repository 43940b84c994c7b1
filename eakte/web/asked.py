"""What a search address says, and the address that says it: one form for the page, its links and saved searches."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request, url_for

from eakte.web import forms
from search import Place, Query, Sort, dates

FACETS = {
    "document_type": "Dokumenttyp",
    "plan_branch": "Aktenplan",
    "org_unit": "Zuständig",
    "sender_name": "Absender",
    "origin": "Herkunft",
    "state": "Aktenstatus",
    "retention": "Aufbewahrung",
}
"""Facets of the page in their order, with their headings."""
FILTERS = (*FACETS, "case_file_id")
MOST_VALUES = 50


def read(rows: int) -> Query:
    """Return what the address of this request asks for; what cannot be read in it is left out."""
    chosen = {name: frozenset(request.values.getlist(name)[:MOST_VALUES]) for name in FILTERS}
    return Query(
        forms.text("q", 300),
        {name: values for name, values in chosen.items() if values},
        _day("von", 0),
        _day("bis", 1),
        forms.choice("sort", Sort) or Sort.RELEVANCE,
        limit=rows,
        after=_place(forms.text("nach", 2_000)),
        facets=(*FACETS, "month"),
    )


def is_question(query: Query) -> bool:
    """Whether anything is asked for."""
    return bool(query.text or query.filters or query.first or query.last)


def arguments(query: Query) -> dict[str, Any]:
    """Return the parameters of the address that asks the same, from its beginning."""
    said: dict[str, Any] = {name: sorted(values) for name, values in query.filters.items()}
    said |= {"q": query.text or None, "von": written(query.first), "bis": written(query.last)}
    return said | {"sort": query.sort.value if query.sort is not Sort.RELEVANCE else None}


def address(query: Query, endpoint: str = "find.page", **changes: Any) -> str:
    """Return the address of a question, with some parameters changed."""
    return url_for(endpoint, **{**arguments(query), **changes})


def without(query: Query, name: str, value: str) -> str:
    """Return the address of a question without one value of a filter."""
    left = sorted(query.filters.get(name, frozenset()) - {value})
    return url_for("find.page", **{**arguments(query), name: left or None})


def behind(query: Query, then: Place | None) -> str:
    """Return the address of the next page, or an empty text."""
    if then is None:
        return ""
    place = json.dumps([then.offset, then.key, then.document_id])
    return address(query, nach=base64.urlsafe_b64encode(place.encode()).decode())


def written(day: date | None) -> str | None:
    """Return a day as people type it."""
    return f"{day:%d.%m.%Y}" if day else None


def shown(day: date | None, *, ends: bool) -> str:
    """Return a bound as short as it is meant: a year where it begins or ends one."""
    if day is None:
        return ""
    whole = (day.month, day.day) == ((12, 31) if ends else (1, 1))
    return str(day.year) if whole else f"{day:%d.%m.%Y}"


def values_of(query: Query) -> Mapping[str, frozenset[str]]:
    """Return the chosen values of all filters."""
    return query.filters


def _day(name: str, end: int) -> date | None:
    span = dates.period(forms.text(name, 30))
    return span[end] if span else None


def _place(text: str) -> Place | None:
    try:
        offset, key, document_id = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, TypeError, binascii.Error):
        return None
    if not (isinstance(offset, int) and 0 <= offset < 10**12 and isinstance(key, str) and isinstance(document_id, str)):
        return None
    return Place(offset, key, document_id)
