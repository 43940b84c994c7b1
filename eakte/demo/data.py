"""The demo city as values, read from ``config/demo`` and ``config/file_plan``."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from eakte.records.reference import DEFAULT_PATTERN, parse_pattern

CONFIG = Path(__file__).resolve().parents[2] / "config"


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation unit; the code says what it belongs to (``63.2`` in ``63`` in ``6``)."""

    code: str
    name: str

    @property
    def parent(self) -> str | None:
        """Code of the unit above, ``None`` for a Dezernat."""
        head, dot, _ = self.code.partition(".")
        if dot:
            return head
        return head[0] if len(head) > 1 else None

    @property
    def kind(self) -> str:
        """The German word for the level of the unit."""
        if "." in self.code:
            return "Bereich"
        return "Fachbereich" if len(self.code) > 1 else "Dezernat"


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One person with the post they hold."""

    login: str
    name: str
    unit: str
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One unit of the file plan; ``rule_code`` and ``lead_unit`` are empty above the Betreffseinheiten."""

    code: str
    title: str
    level: str
    rule_code: str
    lead_unit: str

    @property
    def parent(self) -> str | None:
        """Code of the unit above: ``52.01`` for ``52.01.01``, ``5`` for ``52``, ``None`` at the top."""
        head, dot, _ = self.code.rpartition(".")
        if dot:
            return head
        return self.code[0] if len(self.code) > 1 else None


@dataclass(frozen=True, slots=True)
class Event:
    """A day that starts a retention period, or an entry with its reason."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class CaseFileEntry:
    """One case file of the demo city with the words its letters use."""

    key: str
    plan: str
    unit: str
    topic: str
    matter: str
    place: str
    applicant: str
    opened: date
    closed: date | None
    cases: tuple[str, ...]
    events: tuple[Event, ...]
    hold: Event | None
    """The reason stands in ``code``."""
    restricted: bool
    """Need-to-know: no role that reads everything sees it."""
    post: int
    """How much of the post about open files it gets."""
    fields: Mapping[str, str | bool]
    """Typed metadata as programs send them."""
    reference: str
    """The reference the system gives it in an empty database."""

    @property
    def subject(self) -> str:
        """Title of the case file."""
        return f"{self.matter}, {self.place}"


@dataclass(frozen=True, slots=True)
class City:
    """Everything of the demo city but its letters."""

    name: str
    street: str
    town: str
    password: str
    units: tuple[Unit, ...]
    people: tuple[PersonEntry, ...]
    plan: tuple[PlanEntry, ...]
    case_files: tuple[CaseFileEntry, ...]
    """In the order of their opening."""

    def case_file(self, key: str) -> CaseFileEntry:
        """Return the case file called *key*."""
        return next(entry for entry in self.case_files if entry.key == key)

    def unit(self, code: str) -> Unit:
        """Return the organisation unit with this code."""
        return next(unit for unit in self.units if unit.code == code)


@cache
def load_city(config: Path = CONFIG) -> City:
    """Read the city; the same folder is read once."""
    head = _toml(config / "demo" / "city.toml")
    return City(
        name=head["name"],
        street=head["street"],
        town=head["town"],
        password=head["password"],
        units=tuple(Unit(**entry) for entry in head["unit"]),
        people=tuple(PersonEntry(**entry) for entry in head["person"]),
        plan=_plan(config / "file_plan" / "demo.csv"),
        case_files=_case_files(
            [
                row
                for path in sorted((config / "demo" / "case_files").glob("*.toml"))
                for row in _toml(path)["case_file"]
            ]
        ),
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _plan(path: Path) -> tuple[PlanEntry, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(PlanEntry(**row) for row in csv.DictReader(lines))


def _case_files(rows: list[Mapping[str, Any]]) -> tuple[CaseFileEntry, ...]:
    """Sort by opening and foresee the references: the system counts per plan unit and year."""
    counted: Counter[tuple[str, int]] = Counter()
    pattern = parse_pattern(DEFAULT_PATTERN)
    entries = []
    for row in sorted(rows, key=lambda row: (row["opened"], row["key"])):
        plan, opened = row["plan"], row["opened"]
        counted[plan, opened.year] += 1
        reference = pattern.render({"plan": plan, "year": str(opened.year)}, counted[plan, opened.year])
        entries.append(_case_file(row, reference))
    return tuple(entries)


def _case_file(row: Mapping[str, Any], reference: str) -> CaseFileEntry:
    hold = row.get("hold")
    plain = ("key", "plan", "unit", "topic", "matter", "place", "applicant", "opened")
    return CaseFileEntry(
        **{name: row[name] for name in plain},
        closed=row.get("closed"),
        cases=tuple(row["cases"]),
        events=tuple(Event(event["code"], event["on"]) for event in row.get("events", ())),
        hold=Event(hold["reason"], hold["on"]) if hold else None,
        restricted=row.get("restricted", False),
        post=row.get("post", 1),
        fields=row.get("fields", {}),
        reference=reference,
    )
