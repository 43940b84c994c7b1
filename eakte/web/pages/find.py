"""Search: facets, snippets, thumbnails, and the page with its words marked."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import choices, documents, finding
from eakte.actions.finding import Found
from eakte.records.states import LABELS, CaseFileState
from eakte.web import forms, viewer
from eakte.web.context import Context
from search import Query, Sort

ROWS = 20
FACETS = {
    "document_type": "Dokumenttyp",
    "file_plan_code": "Aktenplan",
    "org_unit": "Zuständig",
    "state": "Aktenstatus",
}
SHOWN_VALUES = 12
"""Values of a facet that are shown; chosen ones always."""


def page(ctx: Context) -> ResponseReturnValue:
    """Show the search; htmx gets facets and results alone."""
    text = forms.text("q", 300)
    chosen = {name: frozenset(request.args.getlist(name)) for name in FACETS if request.args.getlist(name)}
    offset = forms.whole("ab", 0) or 0
    sort = forms.choice("sort", Sort) or Sort.RELEVANCE
    query = Query(text, chosen, _year("von", 1, 1), _year("bis", 12, 31), sort, offset, ROWS)
    asked = bool(text or chosen or query.first or query.last)
    found = finding.find(ctx.session, ctx.services.index, ctx.actor, query, ctx.now) if asked else None
    first = found.hits[0] if found and found.hits else None
    values = {
        "query": query,
        "query_text": text,
        "found": found,
        "facets": _facets(ctx, found, chosen) if found else (),
        "sorts": {Sort.RELEVANCE: "Beste Treffer", Sort.DATE: "Neueste zuerst", Sort.REFERENCE: "Aktenzeichen"},
        "chosen": chosen,
        "facet_labels": FACETS,
        "rows": ROWS,
        **(_preview(ctx, first.document_id, first.pages[0].number if first.pages else 1, text) if first else {}),
    }
    if ctx.partial:
        return ctx.part("find/results.html", **values)
    return ctx.page("find.html", **values)


def _year(name: str, month: int, day: int) -> date | None:
    year = forms.whole(name)
    return date(year, month, day) if year and 1 <= year <= 9999 else None


def _facets(ctx: Context, found: Found, chosen: dict[str, frozenset[str]]) -> list[dict[str, object]]:
    """Return each facet with its values, most frequent first, chosen ones always among them."""
    titles = {one.code: f"{one.code} {one.name}" for one in choices.subject_units(ctx.session)}
    states = {state.value: LABELS[state] for state in CaseFileState}
    names = {"file_plan_code": titles, "state": states}
    facets = []
    for field, label in FACETS.items():
        counts = dict(found.facets.get(field, {}))
        for value in chosen.get(field, ()):
            counts.setdefault(value, 0)
        ordered = sorted(counts.items(), key=lambda pair: (pair[0] not in chosen.get(field, ()), -pair[1], pair[0]))
        values = [(value, names.get(field, {}).get(value, value), count) for value, count in ordered[:SHOWN_VALUES]]
        if values:
            facets.append({"field": field, "label": label, "values": values, "more": len(ordered) - len(values)})
    return facets


def preview(ctx: Context) -> ResponseReturnValue:
    """Return one page of a hit with the found words marked."""
    document_id = forms.needed_id("dokument", "Bitte wählen Sie einen Treffer.")
    number = forms.whole("seite", 1) or 1
    return ctx.part("find/preview.html", **_preview(ctx, document_id, number, forms.text("q", 300)))


def _preview(ctx: Context, document_id: UUID, number: int, text: str) -> dict[str, Any]:
    page = documents.page(ctx.session, ctx.actor, document_id, number, ctx.now)
    sheet = viewer.Sheet(
        number, page.width, page.height, found=viewer.found_on(ctx, document_id, number, text) if text else ()
    )
    document = documents.show(ctx.session, ctx.actor, document_id, ctx.now)
    return {"document": document, "document_id": document_id, "sheet": sheet, "query_text": text}
