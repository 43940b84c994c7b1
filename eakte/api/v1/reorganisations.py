"""Reorganisation: units renamed, moved, merged, split or dissolved; the tree with its posts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from eakte.actions import organisation_view, reorganising, users
from eakte.actions import reorganisation_preview as previews
from eakte.api.models import Code, In, Out, Reason
from eakte.api.operation import Call, Operation
from eakte.errors import MissingReason
from eakte.records.access import Permission

_Name = Annotated[str, StringConstraints(max_length=200)]


class NewUnit(In):
    """The unit that takes over: a living one by its code, or a new one, which needs a name."""

    code: Code
    name: _Name = ""


class Rename(In):
    """A unit gets another code or name."""

    kind: Literal["rename"]
    org_unit_code: Code
    code: Code
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]


class Move(In):
    """A unit comes below another one, or to the top."""

    kind: Literal["move"]
    org_unit_code: Code
    parent: Code | None = None


class Merge(In):
    """Units become one."""

    kind: Literal["merge"]
    org_unit_codes: Annotated[list[Code], Field(min_length=1, max_length=50)]
    successor: NewUnit


class Split(In):
    """A unit becomes several; posts that are not named go to the first."""

    kind: Literal["split"]
    org_unit_code: Code
    successors: Annotated[list[NewUnit], Field(min_length=2, max_length=20)]
    posts_to: dict[UUID, Code] = Field(default_factory=dict)


class Dissolve(In):
    """A unit ends with its posts; another one takes over."""

    kind: Literal["dissolve"]
    org_unit_code: Code
    successor_code: Code


Change = Annotated[Rename | Move | Merge | Split | Dissolve, Field(discriminator="kind")]


class Foreseen(In):
    """A reorganisation to be told."""

    change: Change


class Decided(In):
    """A reorganisation with its reason."""

    change: Change
    reason: Reason


class Sight(Out):
    """A person and the units whose files they would see, or no longer see."""

    name: str
    org_units: list[str]


class AffectedPost(Out):
    """A post of a unit that changes."""

    post_id: UUID
    title: str
    holders: list[str]


class ReorganisationPreview(Out):
    """What a reorganisation would do; no case file is changed."""

    affected_posts: list[AffectedPost]
    case_files_held: int
    items_waiting: int
    sight_gained: list[Sight]
    sight_lost: list[Sight]


class Reorganised(Out):
    """The receipt for a reorganisation."""

    kind: str


class Holder(Out):
    """Somebody who holds a post."""

    holder_id: UUID
    login: str
    name: str


class PostInUnit(Out):
    """A post with who acts in it."""

    post_id: UUID
    title: str
    role_name: str
    people: list[Holder]
    deputies: list[str]


class UnitInTree(Out):
    """A living unit."""

    code: str
    name: str
    kind: str
    parent: str
    staffed_posts: list[PostInUnit]


class UnitTree(Out):
    """All living units, each after the one it belongs to."""

    items: list[UnitInTree]


class EndedPost(Out):
    """The receipt for an ended hold of a post."""

    holder_id: UUID


def tree(call: Call) -> UnitTree:
    """List the living units with their posts."""
    found = list(organisation_view.tree(call.session, call.actor, call.now))
    for node in found:
        found += node.children
    return UnitTree(items=[_unit(node) for node in found])


def _unit(node: organisation_view.UnitNode) -> UnitInTree:
    posts = [
        PostInUnit(
            post_id=post.post_id,
            title=post.title,
            role_name=post.role,
            people=[Holder(holder_id=one.holder_id, login=one.login, name=one.name) for one in post.holders],
            deputies=list(post.deputies),
        )
        for post in node.posts
    ]
    return UnitInTree(code=node.code, name=node.name, kind=node.kind, parent=node.parent, staffed_posts=posts)


def preview(call: Call, body: Foreseen) -> ReorganisationPreview:
    """Tell what a reorganisation would do; nothing is changed."""
    told = previews.preview(call.session, call.actor, _change(body.change), call.now)
    posts = [
        AffectedPost(post_id=UUID(post.post_id), title=post.title, holders=list(post.people)) for post in told.posts
    ]
    return ReorganisationPreview(
        affected_posts=posts,
        case_files_held=told.case_files,
        items_waiting=told.items,
        sight_gained=[Sight(name=one.name, org_units=list(one.units)) for one in told.gained],
        sight_lost=[Sight(name=one.name, org_units=list(one.units)) for one in told.lost],
    )


def carry_out(call: Call, body: Decided) -> Reorganised:
    """Carry a reorganisation out."""
    reorganising.carry_out(call.session, call.actor, _change(body.change), reason=body.reason, now=call.now)
    return Reorganised(kind=body.change.kind)


def end_post(call: Call, holder_id: UUID) -> EndedPost:
    """End somebody's hold of a post at once."""
    users.end_post(call.session, call.actor, holder_id, now=call.now)
    return EndedPost(holder_id=holder_id)


def _change(asked: Rename | Move | Merge | Split | Dissolve) -> reorganising.Change:
    match asked:
        case Rename():
            return reorganising.Rename(asked.org_unit_code, asked.code, asked.name)
        case Move():
            return reorganising.Move(asked.org_unit_code, asked.parent)
        case Merge():
            target = reorganising.Target(asked.successor.code, asked.successor.name)
            return reorganising.Merge(tuple(asked.org_unit_codes), target)
        case Split():
            parts = tuple(reorganising.Target(one.code, one.name) for one in asked.successors)
            return reorganising.Split(asked.org_unit_code, parts, asked.posts_to)
        case Dissolve():
            return reorganising.Dissolve(asked.org_unit_code, asked.successor_code)


OPERATIONS = (
    Operation("GET", "/org-units/tree", tree, Permission.USERS, UnitTree, "Organisation mit Stellen"),
    Operation(
        "POST", "/reorganisations/preview", preview, Permission.USERS, ReorganisationPreview,
        "Vorschau einer Neuordnung", body=Foreseen,
        notes="Sagt, welche Stellen es betrifft und wer danach mehr oder weniger sieht.",
    ),
    Operation(
        "POST", "/reorganisations", carry_out, Permission.USERS, Reorganised, "Neu ordnen", body=Decided,
        problems=(MissingReason,),
        notes="Umbenennen, verschieben, zusammenlegen, teilen, auflösen; keine Akte ändert sich.",
    ),
    Operation(
        "DELETE", "/post-holders/<uuid:holder_id>", end_post, Permission.USERS, EndedPost,
        "Besetzung einer Stelle beenden",
    ),
)  # fmt: skip
