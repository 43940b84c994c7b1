"""Search: facets, histogram, snippets, thumbnails, the page with its words marked, and the list as a table."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eakte.actions import alerts, documents, exporting, finding, narrowing, saved_searches
from eakte.actions.exporting import HEADS, Piece
from eakte.actions.finding import Found
from eakte.actions.guard import case_file_of
from eakte.errors import NotFound, SearchUnavailable
from eakte.records.access import Actor, Permission
from eakte.records.desk import OUTCOME_LABELS
from eakte.records.states import LABELS, CaseFileState
from eakte.texts import sentence
from eakte.web import asked, forms, long_table, viewer
from eakte.web.context import Context
from eakte.web.histogram import HEIGHT, WIDTH, bars
from search import Query, Sort
from search.errors import UNAVAILABLE

LOG = logging.getLogger(__name__)
ROWS = 20
SHOWN_VALUES = 12
"""Values of a facet that are shown; chosen ones always."""
SORTS = {Sort.RELEVANCE: "Beste Treffer", Sort.DATE: "Neueste zuerst", Sort.REFERENCE: "Aktenzeichen"}
ORIGINS = {
    "upload": "Hochgeladen", "folder": "Scanordner", "command": "Befehlszeile", "program": "Fachverfahren",
    "mail": "E-Mail", "portal": "Portal", "migration": "Papierübernahme", "scan": "Scanarbeitsplatz",
}  # fmt: skip


def page(ctx: Context) -> ResponseReturnValue:
    """Show the search; htmx gets facets and results alone."""
    query = asked.read(ROWS)
    news_of = forms.optional_id("neu")
    try:
        found = _found(ctx, query, news_of) if asked.is_question(query) or news_of else None
    except (*UNAVAILABLE, SearchUnavailable) as error:
        if ctx.partial:
            raise  # the page stays as it is, with what was typed
        return _away(ctx, query, news_of, error if isinstance(error, SearchUnavailable) else SearchUnavailable())
    first = found.hits[0] if found and found.hits else None
    place = (first.document_id, first.pages[0].number if first.pages else 1) if first else None
    values = {
        "query": query,
        "query_text": query.text,
        "found": found,
        "facets": _facets(ctx, found, query) if found else (),
        "chips": _chips(ctx, query),
        "bars": bars(found.facets["month"]) if found else (),
        "histogram": (WIDTH, HEIGHT),
        "completions": _completions(ctx, query),
        "sorts": SORTS,
        "asked": asked,
        "news_of": news_of,
        "saved": saved_searches.listing(ctx.session, ctx.actor) if not found else (),
        "news": alerts.counts(ctx.session, ctx.actor, ctx.now) if not found else {},
        "units": saved_searches.units_to_share_with(ctx.session, ctx.actor),
        **(_first_preview(ctx, *place, query.text) if place else {}),
    }
    if ctx.partial:
        return ctx.part("find/results.html", **values)
    return ctx.page("find.html", **values)


def _away(ctx: Context, query: Query, news_of: UUID | None, error: SearchUnavailable) -> ResponseReturnValue:
    """Show the page with the question and its filters, though the search does not answer."""
    values = {"query": query, "query_text": query.text, "chips": _chips(ctx, query), "sorts": SORTS, "asked": asked}
    values |= {"found": None, "facets": (), "bars": (), "completions": (), "news_of": news_of, "saved": ()}
    answer = ctx.page("find.html", status=error.status, away=sentence(error.code, error.detail), **values)
    answer.headers["Retry-After"] = error.detail["seconds"]
    return answer


def _found(ctx: Context, query: Query, news_of: UUID | None) -> Found:
    if news_of is not None:
        new = alerts.news(ctx.session, ctx.actor, news_of, ctx.now)
        query = replace(query, filters={**query.filters, "document_id": frozenset(map(str, new)) or narrowing.NOBODY})
    return finding.find(ctx.session, ctx.services.index, ctx.actor, query, ctx.now)


def _completions(ctx: Context, query: Query) -> list[tuple[str, str]]:
    """Return words the last typed one may become, each with the address of the search for it."""
    if not ctx.partial or not query.text[-1:].isalpha():
        return []
    begun = query.text.split()[-1]
    rest = query.text[: len(query.text) - len(begun)]
    words = finding.suggest(ctx.session, ctx.services.index, ctx.actor, begun, ctx.now)
    return [(word, asked.address(replace(query, text=rest + word))) for word in words if word != begun]


def _names(ctx: Context) -> dict[str, dict[str, str]]:
    """Return the German names of coded values, by facet."""
    plan = narrowing.branches(ctx.session)
    return {
        "plan_branch": {code: f"{code} {title}" for code, title in plan.titles.items()},
        "state": {state.value: LABELS[state] for state in CaseFileState},
        "retention": {outcome.value: label for outcome, label in OUTCOME_LABELS.items()},
        "origin": ORIGINS,
    }


def _facets(ctx: Context, found: Found, query: Query) -> list[dict[str, object]]:
    """Return each facet with its values, chosen ones first, then the most frequent."""
    names, facets = _names(ctx), []
    for field, label in asked.FACETS.items():
        chosen = query.filters.get(field, frozenset())
        counts = dict.fromkeys(chosen, 0) | dict(found.facets.get(field, {}))
        if field == "plan_branch":
            counts = _near(ctx, counts, chosen)
        ordered = sorted(counts.items(), key=lambda pair: (pair[0] not in chosen, -pair[1], pair[0]))
        values = [(value, names.get(field, {}).get(value, value), count) for value, count in ordered[:SHOWN_VALUES]]
        if values:
            facets.append({"field": field, "label": label, "values": values, "more": len(ordered) - len(values)})
    return facets


def _near(ctx: Context, counts: dict[str, int], chosen: frozenset[str]) -> dict[str, int]:
    """Return the branches one step below the chosen ones, those chosen, and the topmost where none is."""
    plan = narrowing.branches(ctx.session)
    tops = [code for code in counts if not plan.above.get(code)]
    if len(tops) == 1:
        chosen |= frozenset(tops)
    shown = chosen | frozenset(tops) | frozenset(code for code in counts if plan.above.get(code) in chosen)
    return {code: count for code, count in counts.items() if code in shown}


def _chips(ctx: Context, query: Query) -> list[tuple[str, str]]:
    """Return the chosen filters in words, each with the address of the search without it."""
    names, chips = _names(ctx), []
    for field, values in query.filters.items():
        for value in sorted(values):
            label, name = asked.FACETS.get(field, "In Akte"), names.get(field, {}).get(value, value)
            if field == "case_file_id":
                name = _reference(ctx, value)
            chips.append((f"{label}: {name or '(ohne)'}", asked.without(query, field, value)))
    if query.first or query.last:
        ends = [asked.shown(query.first, ends=False), asked.shown(query.last, ends=True)]
        chips.append(("–".join(ends), asked.address(query, von=None, bis=None)))
    return chips


def _reference(ctx: Context, value: str) -> str:
    """Return the reference of the file that is searched; of one the person may not know of nothing is told."""
    try:
        return case_file_of(ctx.session, ctx.actor, UUID(value), ctx.now).file_reference
    except (ValueError, NotFound):
        return "unbekannt"


def preview(ctx: Context) -> ResponseReturnValue:
    """Return one page of a hit with the found words marked."""
    document_id = forms.needed_id("dokument", "Bitte wählen Sie einen Treffer.")
    number = forms.whole("seite", 1) or 1
    return ctx.part("find/preview.html", **_preview(ctx, document_id, number, forms.text("q", 300)))


def _first_preview(ctx: Context, document_id: UUID, number: int, text: str) -> dict[str, Any]:
    """Return the preview of the first hit, or nothing where its page is gone: the list stands without it."""
    try:
        return _preview(ctx, document_id, number, text)
    except NotFound:
        return {}


def _preview(ctx: Context, document_id: UUID, number: int, text: str) -> dict[str, Any]:
    page = documents.page(ctx.session, ctx.actor, document_id, number, ctx.now)
    sheet = viewer.Sheet(
        number, page.width, page.height, found=viewer.found_on(ctx, document_id, number, text) if text else ()
    )
    document = documents.show(ctx.session, ctx.actor, document_id, ctx.now)
    return {"document": document, "document_id": document_id, "sheet": sheet, "query_text": text}


def similar(ctx: Context, document_id: UUID) -> ResponseReturnValue:
    """Show documents like one."""
    document = documents.show(ctx.session, ctx.actor, document_id, ctx.now)
    hits = finding.similar(ctx.session, ctx.services.index, ctx.actor, document_id, ctx.now)
    return ctx.page("find/similar.html", document=document, document_id=document_id, hits=hits)


def export(ctx: Context) -> ResponseReturnValue:
    """Send all hits as a table for spreadsheets, piece by piece; the history tells of it before the first."""
    piece = exporting.begin(ctx.session, ctx.services.index, ctx.actor, asked.read(ROWS), ctx.now)

    def go_on(session: Session, actor: Actor, then: Query, now: datetime) -> Piece:
        try:
            return exporting.go_on(session, ctx.services.index, actor, then, now)
        except UNAVAILABLE as error:
            LOG.warning("the search does not answer (%s)", type(error).__name__)
            raise SearchUnavailable from error

    return long_table.answer(ctx, "treffer", HEADS, piece, go_on, needs=Permission.READ, surface="web find.export")
