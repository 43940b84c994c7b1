"""Active content: what a file would run, start or fetch. It is told, never done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf

from ingest.errors import warning_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ingest.html import WebPage

_MOST_OBJECTS = 200_000
_DEEPEST = 6
_BROKEN = (pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError)


def in_web_page(page: WebPage) -> tuple[str, ...]:
    """Return notices about scripts and foreign pictures of *page*."""
    found = (("active-content", page.is_active), ("remote-content", page.loads))
    return tuple(warning_text(code) for code, is_there in found if is_there)


def in_pdf(path: Path) -> tuple[str, ...]:
    """Return notices about what the PDF at *path* would do (ISO 32000-1, 12.6: actions)."""
    codes: set[str] = set()
    try:
        with pikepdf.open(path) as pdf:
            for number, item in enumerate(pdf.objects):
                if number > _MOST_OBJECTS:
                    break
                codes.update(_codes_of(item))
    except _BROKEN:
        pass  # whoever draws the pages tells what is wrong with it
    return tuple(warning_text(code) for code in sorted(codes))


def _codes_of(item: pikepdf.Object) -> Iterable[str]:
    waiting = [(item, 0)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, pikepdf.Stream):
            each = each.stream_dict
        if isinstance(each, pikepdf.Array) and depth < _DEEPEST:
            waiting += [(inner, depth + 1) for inner in each.as_list() if not _is_elsewhere(inner)]
        if not isinstance(each, pikepdf.Dictionary):
            continue
        yield from _said_by(each)
        if depth < _DEEPEST:
            waiting += [(inner, depth + 1) for inner in each.as_dict().values() if not _is_elsewhere(inner)]


def _is_elsewhere(item: object) -> bool:
    """Whether *item* is no object of its own here: a number, a name, or one that is visited by itself."""
    return not isinstance(item, pikepdf.Object) or item.is_indirect


def _said_by(entry: pikepdf.Dictionary) -> Iterable[str]:
    action = str(entry.get("/S", ""))
    if "/JS" in entry or action == "/JavaScript":
        yield "active-content"
    if action in ("/Launch", "/SubmitForm", "/ImportData"):
        yield "launches"
    if "/RichMedia" in str(entry.get("/Subtype", "")) or action == "/Rendition":
        yield "active-content"
