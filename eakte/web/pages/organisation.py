"""Administration of units, posts and people, and reorganisation with its preview."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from eakte.actions import choices, organisation, organisation_view, reorganising, users
from eakte.actions.organisation_view import UnitNode
from eakte.actions.reorganisation_preview import Preview, preview
from eakte.actions.reorganising import Change, Dissolve, Merge, Move, Rename, Split, Target
from eakte.errors import InvalidInput
from eakte.records.access import ROLE_LABELS, Role
from eakte.records.organisation import KIND_LABELS, UnitKind
from eakte.web import forms
from eakte.web.context import Context

MOST_PARTS = 6
CHANGES = {
    "rename": "Umbenennen",
    "move": "Verschieben",
    "merge": "Zusammenlegen",
    "split": "Teilen",
    "dissolve": "Auflösen",
}


def tree(ctx: Context) -> ResponseReturnValue:
    """Show the tree of units with posts and people."""
    return ctx.page(
        "organisation/tree.html",
        nodes=organisation_view.tree(ctx.session, ctx.actor, ctx.now),
        former=organisation_view.former(ctx.session, ctx.actor),
        kinds=list(KIND_LABELS.items()),
        units=choices.all_units(ctx.session),
    )


def add_unit(ctx: Context) -> ResponseReturnValue:
    """Add a unit."""
    organisation.add_unit(
        ctx.session,
        ctx.actor,
        code=_code("code"),
        name=_needed("name", "Bitte einen Namen angeben."),
        kind=forms.choice("kind", UnitKind) or UnitKind.SECTION,
        parent=_code("parent", needed=False) or None,
        now=ctx.now,
    )
    return ctx.go("organisation.tree")


def add_person(ctx: Context) -> ResponseReturnValue:
    """Create the account of a person; it is opened with a one-time password on its own page."""
    login, name = forms.text("login", 80), _needed("name", "Bitte einen Namen angeben.")
    if not login or " " in login:
        raise InvalidInput(problem="Bitte einen Anmeldenamen ohne Leerzeichen angeben.", field="login")
    person_id = users.add_person(ctx.session, ctx.actor, login=login, name=name, password=None, now=ctx.now)
    return ctx.go("accounts.show", person_id=person_id)


def show(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Show one unit."""
    return _show(ctx, unit_id)


def _show(ctx: Context, unit_id: UUID, told: Preview | None = None, kind: str = "") -> ResponseReturnValue:
    return ctx.page(
        "organisation/unit.html",
        unit=organisation_view.unit(ctx.session, ctx.actor, unit_id, ctx.now),
        units=choices.all_units(ctx.session),
        roles=list(ROLE_LABELS.items()),
        parts=range(1, MOST_PARTS + 1),
        changes=CHANGES,
        told=told,
        kind=kind,
        typed={name: forms.text(name, 200) for name in request.values},
        section="organisation.tree",
    )


def foresee(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Show what a reorganisation would do; nothing is changed."""
    kind = forms.text("change", 20)
    told = preview(ctx.session, ctx.actor, _change(ctx, unit_id, kind), ctx.now)
    return _show(ctx, unit_id, told, kind)


def reorganise(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Carry a reorganisation out."""
    change = _change(ctx, unit_id, forms.text("change", 20))
    reorganising.carry_out(ctx.session, ctx.actor, change, reason=forms.text("reason"), now=ctx.now)
    return ctx.go("organisation.tree")


def assign(ctx: Context, unit_id: UUID) -> ResponseReturnValue:
    """Give a person a post in the unit."""
    unit = organisation_view.unit(ctx.session, ctx.actor, unit_id, ctx.now)
    users.assign_post(
        ctx.session,
        ctx.actor,
        forms.text("login", 80),
        unit_code=unit.code,
        title=_needed("title", "Bitte die Bezeichnung der Stelle angeben."),
        role=forms.choice("role", Role) or Role.CLERK,
        valid_from=forms.day("valid_from") or ctx.today,
        now=ctx.now,
    )
    return ctx.go("organisation.show", unit_id=unit_id)


def end_post(ctx: Context, unit_id: UUID, holder_id: UUID) -> ResponseReturnValue:
    """End somebody's hold of a post."""
    users.end_post(ctx.session, ctx.actor, holder_id, now=ctx.now)
    return ctx.go("organisation.show", unit_id=unit_id)


def _change(ctx: Context, unit_id: UUID, kind: str) -> Change:
    unit = organisation_view.unit(ctx.session, ctx.actor, unit_id, ctx.now)
    match kind:
        case "rename":
            return Rename(unit.code, _code("code"), forms.text("name", 200))
        case "move":
            return Move(unit.code, _code("parent", needed=False) or None)
        case "merge":
            others = tuple(code.split(" ", 1)[0] for code in request.values.getlist("units"))
            return Merge((unit.code, *others), Target(_code("into"), forms.text("name", 200)))
        case "split":
            return _split(unit)
        case "dissolve":
            return Dissolve(unit.code, _code("successor"))
    raise InvalidInput(problem="Bitte wählen Sie, was geschehen soll.", field="change")


def _split(unit: UnitNode) -> Split:
    parts = tuple(
        Target(code, forms.text(f"name-{number}", 200))
        for number in range(1, MOST_PARTS + 1)
        if (code := _code(f"code-{number}", needed=False))
    )
    posts = {post.post_id: code for post in unit.posts if (code := _code(f"post-{post.post_id}", needed=False))}
    return Split(unit.code, parts, posts)


def _code(name: str, *, needed: bool = True) -> str:
    code = forms.text(name, 240).split(" ", 1)[0][:40]
    if needed and not code:
        raise InvalidInput(problem="Bitte das Kurzzeichen einer Einheit angeben.", field=name)
    return code


def _needed(name: str, problem: str) -> str:
    written = forms.text(name, 200)
    if not written:
        raise InvalidInput(problem=problem, field=name)
    return written
