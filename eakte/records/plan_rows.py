"""Rows of a file plan as tables carry them: their order, and what does not fit between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from eakte.errors import EakteError, InvalidInput
from eakte.records.file_plan import LEVEL_LABELS, MOST_LEVELS, PlanLevel, level_of
from eakte.records.reference import parse_pattern


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of a table; line 0 stands for the table as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        """The sentence with its line."""
        return f"Zeile {self.line}: {self.text}" if self.line else self.text


class PlanRefused(EakteError):
    """A file plan has faults and nothing of it was taken over; ``problems`` names each."""

    code, status = "plan-refused", 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems="\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One unit and what it states itself; what is empty or ``None`` is as the unit above says."""

    code: str
    title: str
    level: PlanLevel | None = None
    """``None`` only where a table leaves it out."""
    parent: str | None = None
    rule_code: str = ""
    lead_unit: str = ""
    reference_pattern: str = ""
    default_restricted: bool | None = None
    default_shares: tuple[str, ...] | None = None
    """Codes of units, in order."""
    retired: bool = False
    retired_on: date | None = None
    retired_because: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What rows may refer to."""

    rules: Collection[str]
    units: Collection[str]


def in_order(rows: Iterable[PlanRow]) -> tuple[PlanRow, ...]:
    """Return rows branch by branch, by code; rows that hang nowhere come last."""
    below: dict[str | None, list[PlanRow]] = {}
    for row in sorted(rows, key=lambda row: natural(row.code)):
        below.setdefault(row.parent, []).append(row)
    done: list[PlanRow] = []
    waiting = below.pop(None, [])[::-1]
    while waiting:
        row = waiting.pop()
        done.append(row)
        waiting += below.pop(row.code, [])[::-1]
    return (*done, *(row for rest in below.values() for row in rest))


def with_levels(rows: Sequence[PlanRow]) -> tuple[PlanRow, ...]:
    """Return rows with the levels their places give them."""
    parents = {row.code: row.parent for row in rows}
    above = set(parents.values())
    return tuple(replace(row, level=level_of(_depth(row, parents), has_children=row.code in above)) for row in rows)


def natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts numbers in codes as numbers."""
    parts = re.findall(r"\d+|\D+", code)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)


def check(rows: Sequence[PlanRow], known: Known) -> Iterator[Problem]:
    """Yield what does not fit between rows, or with what is known."""
    counts = Counter(row.code for row in rows)
    parents = {row.code: row.parent for row in rows}
    with_children = set(parents.values())
    for row in rows:
        texts = [*_place(row, counts, parents), *_named(row, known)]
        if not texts and row.level is not None:
            texts += _level(row, _depth(row, parents), has_children=row.code in with_children)
        yield from (Problem(row.line, text) for text in texts)


def _place(row: PlanRow, counts: Counter[str], parents: Mapping[str, str | None]) -> Iterator[str]:
    if row.code and counts[row.code] > 1:
        yield f"Das Kennzeichen {row.code} kommt {counts[row.code]}-mal vor."
    if row.parent is not None and row.parent not in parents:
        yield f"Die übergeordnete Einheit {row.parent} von {row.code} gibt es nicht."
    elif _depth(row, parents) >= MOST_LEVELS:
        yield f"{row.code} liegt tiefer als {MOST_LEVELS} Ebenen oder ist sich selbst übergeordnet."


def _depth(row: PlanRow, parents: Mapping[str, str | None]) -> int:
    """Return how many units stand above, at most ``MOST_LEVELS``: circles end there too."""
    depth, above = 0, row.parent
    while above is not None and depth < MOST_LEVELS:
        depth, above = depth + 1, parents.get(above)
    return depth


def _named(row: PlanRow, known: Known) -> Iterator[str]:
    if row.rule_code and row.rule_code not in known.rules:
        yield f"Die Aufbewahrungsregel {row.rule_code} gibt es nicht."
    for code in (*([row.lead_unit] if row.lead_unit else []), *(row.default_shares or ())):
        if code not in known.units:
            yield f"Die Organisationseinheit {code} gibt es nicht."
    if row.reference_pattern:
        try:
            parse_pattern(row.reference_pattern)
        except InvalidInput as refused:
            yield refused.detail["problem"]


def _level(row: PlanRow, depth: int, *, has_children: bool) -> Iterator[str]:
    right = level_of(depth, has_children=has_children)
    if row.level is not None and row.level is not right:
        below = "mit" if has_children else "ohne"
        yield (
            f"{row.code} ist als {LEVEL_LABELS[row.level]} bezeichnet, steht aber auf Ebene {depth + 1} "
            f"{below} Einheiten darunter: {LEVEL_LABELS[right]}."
        )
