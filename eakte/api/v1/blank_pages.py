"""Blank pages of a document: left out of what is shown until somebody wants to see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from eakte.actions import blank_pages
from eakte.api.models import Nothing, Out
from eakte.api.operation import Call, Operation
from eakte.records.access import Permission

_BLANK = "/documents/<uuid:document_id>/blank-pages"


class BlankPages(Out):
    """The blank pages of a document and whether they are shown."""

    document_id: UUID
    blank_pages: list[int]
    left_out: bool
    shown_by: str
    shown_at: datetime | None


def show(call: Call, document_id: UUID) -> BlankPages:
    """Return the blank pages of the newest version."""
    found = blank_pages.of_document(call.session, call.actor, document_id, call.now)
    return BlankPages(
        document_id=document_id,
        blank_pages=list(found.numbers),
        left_out=bool(found.left_out),
        shown_by=found.shown_by,
        shown_at=found.shown_at,
    )


def restore(call: Call, document_id: UUID, body: Nothing) -> BlankPages:
    """Show them."""
    del body
    blank_pages.show(call.session, call.actor, document_id, now=call.now)
    return show(call, document_id)


def leave_out(call: Call, document_id: UUID, body: Nothing) -> BlankPages:
    """Leave them out again."""
    del body
    blank_pages.show(call.session, call.actor, document_id, shown=False, now=call.now)
    return show(call, document_id)


OPERATIONS = (
    Operation(
        "GET", _BLANK, show, Permission.READ, BlankPages, "Leere Seiten eines Dokuments",
        notes="Original, abgeleitete Dateien und jede Seitenzahl enthalten sie immer; ausgelassen werden sie nur in "
        "der Ansicht.",
    ),
    Operation(
        "POST", f"{_BLANK}/restore", restore, Permission.FILE, BlankPages, "Leere Seiten zeigen", body=Nothing
    ),
    Operation(
        "POST", f"{_BLANK}/leave-out", leave_out, Permission.FILE, BlankPages, "Leere Seiten auslassen", body=Nothing
    ),
)  # fmt: skip
