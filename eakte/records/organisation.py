"""The organisation as edges between unit keys: what lies below a unit, and what it takes over from former ones.

A unit's key is given once and never changes, so renaming or moving a unit touches no record. Whoever holds the
upper unit of an edge holds the lower one: a department its sections (PART), a successor its predecessors
(SUCCESSION).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is in the hierarchy of a city (GLOSSARY, people and rights)."""

    DIRECTORATE = "directorate"
    DEPARTMENT = "department"
    DIVISION = "division"
    SECTION = "section"
    OFFICE = "office"

    @classmethod
    def _missing_(cls, value: object) -> UnitKind | None:
        """Accept the German word too, as imports and forms write it."""
        return next((kind for kind, label in KIND_LABELS.items() if label == value), None)


KIND_LABELS: Mapping[UnitKind, str] = {
    UnitKind.DIRECTORATE: "Dezernat",
    UnitKind.DEPARTMENT: "Fachbereich",
    UnitKind.DIVISION: "Bereich",
    UnitKind.SECTION: "Sachgebiet",
    UnitKind.OFFICE: "Amt",
}


class Relation(StrEnum):
    """Why the holder of one unit holds another one too."""

    PART = "part"
    """The lower unit is a part of the upper one."""
    SUCCESSION = "succession"
    """The upper unit took over the lower one, which was merged, split or dissolved."""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One edge at a moment, between unit keys."""

    upper: str
    lower: str
    relation: Relation


class Organisation:
    """All edges that hold at one moment."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._down: dict[str, list[Edge]] = defaultdict(list)
        self._up: dict[str, list[str]] = defaultdict(list)
        self._below: dict[str, dict[str, tuple[Edge, ...]]] = {}
        for edge in edges:
            self._down[edge.upper].append(edge)
            if edge.relation is Relation.PART:
                self._up[edge.lower].append(edge.upper)

    def below(self, unit: str) -> Mapping[str, tuple[Edge, ...]]:
        """Return every unit the holder of *unit* holds, each with the shortest way to it; itself by no edge."""
        if unit not in self._below:
            self._below[unit] = self._walk_down(unit)
        return self._below[unit]

    def _walk_down(self, unit: str) -> dict[str, tuple[Edge, ...]]:
        ways: dict[str, tuple[Edge, ...]] = {unit: ()}
        reached = [unit]
        for upper in reached:
            for edge in self._down.get(upper, ()):
                if edge.lower not in ways:
                    ways[edge.lower] = (*ways[upper], edge)
                    reached.append(edge.lower)
        return ways

    def around(self, unit: str) -> frozenset[str]:
        """Return the units somebody who works in *unit* belongs to: it, those above it, and what these took over."""
        found = {unit}
        reached = [unit]
        for each in reached:
            former = [edge.lower for edge in self._down.get(each, ()) if edge.relation is Relation.SUCCESSION]
            for other in (*self._up.get(each, ()), *former):
                if other not in found:
                    found.add(other)
                    reached.append(other)
        return frozenset(found)


def new_key(code: str, used: Iterable[str]) -> str:
    """Return the key for a new unit: its code, with the next free suffix if a unit ever had that key."""
    taken = frozenset(used)
    number, key = 1, code
    while key in taken:
        number += 1
        key = f"{code}~{number}"
    return key


@dataclass(frozen=True, slots=True)
class Span:
    """A time from a moment on (``None``: always) until before another one (``None``: for ever)."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies in the span."""
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)
