"""Arranging the pages of waiting items by hand: every step is an address, so nothing needs a script or is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import arranging, arranging_view
from eakte.actions.arranging_view import ToArrange
from eakte.errors import InvalidInput, NotFound
from eakte.records.arranging import ArrangementState, check
from eakte.records.page_draft import Draft, cut_at, draft_of, joined, moved_up, read, turned, without, written
from eakte.web import forms
from eakte.web.context import Context

LONGEST = 20_000
"""Letters of a draft in an address; about two thousand pages."""
STEPS: Mapping[str, Callable[[Draft, int], Draft]] = {
    "trennen": cut_at,
    "drehen": turned,
    "hoch": moved_up,
    "runter": lambda draft, place: moved_up(draft, place + 1),
}
MOVES = {"hoch": -1, "runter": 1}
"""Where the page is after a step, so that the next key press meets the same page."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk: the items and the draft of their pages."""

    items: tuple[ToArrange, ...]
    draft: Draft

    @property
    def sources(self) -> list[UUID]:
        """Ids of the items, in the order the draft counts them."""
        return [item.item_id for item in self.items]

    @property
    def text(self) -> str:
        """The draft as the address keeps it."""
        return written(self.draft, self.sources)


def page(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Show the pages of an item to arrange them, after one more step if one is asked for; or what became of them."""
    item = arranging_view.to_arrange(ctx.session, ctx.actor, item_id, ctx.now)
    standing = arranging_view.standing(ctx.session, ctx.actor, item_id, ctx.now)
    if item.refused:
        return ctx.page("arranging/made.html", item=item, standing=standing, section="inbox.start")
    desk = _desk(ctx, item)
    step, _, place = forms.text("tun", 60).partition(".")
    if step:
        return _after(ctx, item, _stepped(ctx, desk, step, place), step, place)
    candidates = arranging_view.others(ctx.session, ctx.actor, item_id, ctx.now)
    return ctx.page(
        "arranging.html",
        item=item,
        desk=desk,
        by_id={one.item_id: one for one in desk.items},
        others=[one for one in candidates if one.item_id not in desk.sources],
        problem=_problem(desk),
        failed=standing if standing and standing.state is ArrangementState.FAILED else None,
        focus=forms.text("dort", 20),
        section="inbox.start",
    )


def _desk(ctx: Context, item: ToArrange) -> Desk:
    """Return the items and the draft of an address; a draft that does not fit them any more begins anew."""
    items = [item]
    for written_id in request.values.getlist("mit")[:50]:
        try:
            other = arranging_view.to_arrange(ctx.session, ctx.actor, UUID(written_id), ctx.now)
        except (ValueError, NotFound):
            continue
        if not other.refused and other.item_id not in [one.item_id for one in items]:
            items.append(other)
    draft = read(forms.text("ordnung", LONGEST), [one.item_id for one in items])
    if draft is None or not _is_whole(draft, items):
        draft = draft_of(item.item_id, item.pages)
        for other in items[1:]:
            draft = joined(draft, other.item_id, other.pages)
    return Desk(tuple(items), draft)


def _is_whole(draft: Draft, items: list[ToArrange]) -> bool:
    there = sorted((one.item_id, number) for one in items for number in range(1, one.pages + 1))
    return sorted((each.source, each.number) for each in draft.pages) == there


def _stepped(ctx: Context, desk: Desk, step: str, place: str) -> Desk:
    if step == "dazu":
        return _with_other(ctx, desk)
    if step == "ohne":
        kept = tuple(one for one in desk.items[1:] if str(one.item_id) != place)
        gone = next((one for one in desk.items[1:] if one not in kept), None)
        draft = without(desk.draft, gone.item_id) if gone else desk.draft
        return Desk((desk.items[0], *kept), draft)
    if step in STEPS and place.isascii() and place.isdigit():
        return Desk(desk.items, STEPS[step](desk.draft, int(place)))
    return desk


def _with_other(ctx: Context, desk: Desk) -> Desk:
    chosen = forms.needed_id("weiterer", "Bitte wählen Sie den Eingang, der dazugehört.")
    other = arranging_view.to_arrange(ctx.session, ctx.actor, chosen, ctx.now)
    if other.refused or other.item_id in desk.sources:
        return desk
    return Desk((*desk.items, other), joined(desk.draft, other.item_id, other.pages))


def _after(ctx: Context, item: ToArrange, desk: Desk, step: str, place: str) -> ResponseReturnValue:
    focus = f"{step}.{int(place) + MOVES.get(step, 0)}" if place.isascii() and place.isdigit() else step
    more = [str(one) for one in desk.sources[1:]]
    return ctx.go("arranging.page", item_id=item.item_id, mit=more, ordnung=desk.text, dort=focus)


def _problem(desk: Desk) -> str:
    """Return why the draft cannot be confirmed as it stands, or nothing."""
    try:
        check(desk.draft.parts, {one.item_id: one.pages for one in desk.items})
    except InvalidInput as error:
        return error.detail["problem"]
    return ""


def confirm(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Arrange the pages as the draft says."""
    others = [_id(one) for one in request.values.getlist("mit")]
    draft = read(forms.text("ordnung", LONGEST), [item_id, *others])
    if draft is None:
        problem = "Diese Seitenordnung passt nicht zum Eingang. Bitte beginnen Sie neu."
        raise InvalidInput(problem=problem, field="ordnung")
    revisions = [int(one) for one in request.values.getlist("revision") if one.isascii() and one.isdigit()]
    seen = dict(zip([item_id, *others], revisions, strict=False))
    arranging.arrange(ctx.session, ctx.actor, draft.parts, seen=seen, now=ctx.now)
    return ctx.go("arranging.page", item_id=item_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def undo(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Take an arrangement back; the item is shown again."""
    arranging.undo(ctx.session, ctx.actor, item_id, ctx.now)
    return ctx.go("inbox.item", item_id=item_id)
