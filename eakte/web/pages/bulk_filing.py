"""Bulk filing (Sammelablage): the sheet of sure proposals, one confirmation for all, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import bulk_filing, documents, filing, inbox
from eakte.actions.bulk_filing import MOST, Shown, SureProposal
from eakte.actions.filing import Filed
from eakte.errors import EakteError
from eakte.texts import sentence
from eakte.web import forms
from eakte.web.context import Context

UNNAMED = "Ein Schreiben"
SHOWN_LEFT_OUT = 20
"""Letters to be looked at by themselves that are named; of the rest only the number."""


class Grouping(StrEnum):
    """By what the letters of a sheet stand together."""

    FILE = "akte"
    TYPE = "typ"


Done = TypeVar("Done")
GROUPINGS = {Grouping.FILE: "Nach Akte", Grouping.TYPE: "Nach Dokumenttyp"}


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that stand together."""

    label: str
    rows: tuple[SureProposal, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not done, and why."""

    name: str
    reason: str
    item_id: UUID | None = None


def page(ctx: Context) -> ResponseReturnValue:
    """Show what may be filed at once."""
    return _sheet(ctx)


def file(ctx: Context) -> ResponseReturnValue:
    """File the chosen letters; one that is refused stops no other."""
    filed: list[Filed] = []
    left: list[Refused] = []
    for shown in _chosen()[:MOST]:
        done = _tried(ctx, partial(bulk_filing.file_as_shown, ctx.session, ctx.actor, shown, ctx.now))
        if isinstance(done, EakteError):
            left.append(Refused(_name_of_item(ctx, shown.item_id), _told(done), shown.item_id))
        else:
            filed.append(done)
    views = [documents.show(ctx.session, ctx.actor, one.document_id, ctx.now) for one in filed]
    return ctx.page("bulk/result.html", filed=views, left=left, section="inbox.start")


def undo(ctx: Context) -> ResponseReturnValue:
    """Take one filing back, or all that are named."""
    wanted = forms.ids("one") or forms.ids("filed")[:MOST]
    back, refused = 0, []
    for document_id in wanted:
        done = _tried(ctx, partial(filing.undo, ctx.session, ctx.actor, document_id, ctx.now))
        if isinstance(done, EakteError):
            refused.append(Refused(_name_of_document(ctx, document_id), _told(done)))
        else:
            back += 1
    return _sheet(ctx, back=back, refused=refused)


def _sheet(ctx: Context, *, back: int = 0, refused: Sequence[Refused] = ()) -> ResponseReturnValue:
    found = bulk_filing.sheet(ctx.session, ctx.actor, ctx.now)
    grouping = forms.choice("nach", Grouping) or Grouping.FILE
    return ctx.page(
        "bulk/sheet.html",
        found=found,
        groups=tuple(_groups(found.sure, grouping)),
        left_out=found.left_out[:SHOWN_LEFT_OUT],
        grouping=grouping,
        groupings=GROUPINGS,
        back=back,
        refused=refused,
        section="inbox.start",
    )


def _groups(rows: Iterable[SureProposal], grouping: Grouping) -> Iterable[Group]:
    def label(row: SureProposal) -> str:
        return row.document_type if grouping is Grouping.TYPE else f"{row.reference} {row.case_file_subject}"

    for name, found in groupby(sorted(rows, key=lambda row: (label(row), row.received_at)), key=label):
        yield Group(name, tuple(found))


def _chosen() -> list[Shown]:
    """Return the chosen letters, each with its case and what stands for all that was shown of it."""
    found = []
    for value in request.form.getlist("chosen"):
        written, _, rest = value.partition(".")
        case, _, fingerprint = rest.partition(".")
        item_id, case_id = forms.read_id(written), forms.read_id(case)
        if item_id and case_id:
            found.append(Shown(item_id, case_id, fingerprint))
    return found


def _tried(ctx: Context, act: Callable[[], Done]) -> Done | EakteError:
    """Do one of many in a savepoint, so that what is refused leaves nothing half done."""
    try:
        with ctx.session.begin_nested():
            return act()
    except EakteError as error:
        return error


def _told(error: EakteError) -> str:
    return sentence(error.code, error.detail)


def _name_of_document(ctx: Context, document_id: UUID) -> str:
    try:
        return documents.show(ctx.session, ctx.actor, document_id, ctx.now).reference or UNNAMED
    except EakteError:
        return UNNAMED


def _name_of_item(ctx: Context, item_id: UUID) -> str:
    try:
        row = inbox.show(ctx.session, ctx.actor, item_id, ctx.now).row
    except EakteError:
        return UNNAMED
    return row.subject or row.filename
