"""The file plan (Aktenplan): its levels, the states of its versions, and what a unit hands down to those below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from eakte.errors import MoveRefused

MOST_LEVELS = 5
"""Hauptgruppe to Betreffseinheit (GLOSSARY, structure of records)."""

Value = TypeVar("Value")


class PlanLevel(StrEnum):
    """The place of a unit in the plan; case files lie at the lowest units only."""

    MAIN_GROUP = "main_group"
    UPPER_GROUP = "upper_group"
    GROUP = "group"
    SUBGROUP = "subgroup"
    SUBJECT_UNIT = "subject_unit"


LEVEL_LABELS: Mapping[PlanLevel, str] = {
    PlanLevel.MAIN_GROUP: "Hauptgruppe",
    PlanLevel.UPPER_GROUP: "Obergruppe",
    PlanLevel.GROUP: "Gruppe",
    PlanLevel.SUBGROUP: "Untergruppe",
    PlanLevel.SUBJECT_UNIT: "Betreffseinheit",
}
_BY_DEPTH = tuple(PlanLevel)[:4]


class PlanState(StrEnum):
    """Way of one version of the file plan."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


PLAN_MOVES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.IN_FORCE}),
    PlanState.IN_FORCE: frozenset({PlanState.SUPERSEDED}),
    PlanState.SUPERSEDED: frozenset(),
}
PLAN_LABELS: Mapping[PlanState, str] = {
    PlanState.DRAFT: "Entwurf",
    PlanState.IN_FORCE: "in Kraft",
    PlanState.SUPERSEDED: "abgelöst",
}


def move_plan(now: PlanState, then: PlanState) -> PlanState:
    """Return *then* if the move is in the table.

    Raises:
        MoveRefused: The table has no such move.
    """
    if then not in PLAN_MOVES[now]:
        raise MoveRefused(state=PLAN_LABELS[now])
    return then


def level_of(depth: int, *, has_children: bool) -> PlanLevel:
    """Return the level of a unit that has *depth* units above it.

    Branches may be short: a unit without any below it is a Betreffseinheit, however deep it stands.
    """
    return _BY_DEPTH[depth] if has_children and depth < len(_BY_DEPTH) else PlanLevel.SUBJECT_UNIT


@dataclass(frozen=True, slots=True)
class Inherited(Generic[Value]):
    """A value and the code of the unit that states it."""

    value: Value
    code: str


def nearest(path: Sequence[tuple[str, Value | None]]) -> Inherited[Value] | None:
    """Return what the nearest unit states; *path* names code and own value, most specific first."""
    return next((Inherited(value, code) for code, value in path if value is not None), None)


def depth_in(code: str, parent_of: Callable[[str], str | None]) -> int | None:
    """Return how many units stand above *code*, or ``None`` where they go in a circle or too deep to be a plan."""
    depth, current = 0, parent_of(code)
    while current is not None:
        depth += 1
        if depth > MOST_LEVELS:
            return None
        current = parent_of(current)
    return depth


@dataclass(frozen=True, slots=True)
class Defaults:
    """What new case files at a unit start with, and which unit states it; ``None``: nobody does."""

    restricted: Inherited[bool] | None = None
    shares: Inherited[tuple[str, ...]] | None = None
    """Keys of units."""

    @property
    def need_to_know(self) -> bool:
        """Whether new case files are need-to-know."""
        return self.restricted is not None and self.restricted.value

    @property
    def shared_with(self) -> tuple[str, ...]:
        """Keys of the units new case files are shared with."""
        return self.shares.value if self.shares else ()
