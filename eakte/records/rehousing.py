"""Re-mapping (Umbettung): where the case files of one version of the file plan go in the next, and their numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from eakte.errors import MoveRefused
from eakte.records.plan_rows import Problem, natural

STAYS = "bleibt"
"""The cell that says: case files here keep their unit of the old version."""
KEEP, ANEW = "behalten", "neu"
COLUMNS = ("Bisher", "Künftig", "Aktenzeichen")
"""Columns of a table of targets; the last says whether numbers are kept (default) or given anew."""


class RehousingState(StrEnum):
    """Way of one re-mapping."""

    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"


REHOUSING_MOVES: Mapping[RehousingState, frozenset[RehousingState]] = {
    RehousingState.DRAFT: frozenset({RehousingState.RUNNING}),
    RehousingState.RUNNING: frozenset({RehousingState.DONE}),
    RehousingState.DONE: frozenset(),
}
REHOUSING_LABELS: Mapping[RehousingState, str] = {
    RehousingState.DRAFT: "in Vorbereitung",
    RehousingState.RUNNING: "läuft",
    RehousingState.DONE: "abgeschlossen",
}


def move_rehousing(now: RehousingState, then: RehousingState) -> RehousingState:
    """Return *then* if the move is in the table.

    Raises:
        MoveRefused: The table has no such move.
    """
    if then not in REHOUSING_MOVES[now]:
        raise MoveRefused(state=REHOUSING_LABELS[now])
    return then


@dataclass(frozen=True, slots=True)
class Target:
    """Where the case files of a unit go; ``code`` empty: they stay. ``renumber``: they get new numbers there."""

    code: str = ""
    renumber: bool = False


Targets = Mapping[str, Target]
"""By the code of the old unit; a unit that is missing is not decided yet."""


def automatic(old: Collection[str], new: Collection[str]) -> dict[str, Target]:
    """Return what follows by itself: same code, same place, same number."""
    return {code: Target(code) for code in old if code in new}


def undecided(targets: Targets, old: Collection[str]) -> tuple[str, ...]:
    """Return the old units nobody has decided about, in order."""
    return tuple(sorted((code for code in old if code not in targets), key=natural))


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One line of a table of targets."""

    line: int
    old: str
    new: str
    numbers: str


def read_targets(
    lines: Collection[TargetLine], old: Collection[str], new: Collection[str]
) -> tuple[dict[str, Target], tuple[Problem, ...]]:
    """Return the targets of a table and everything that is wrong with it; targets count only if nothing is."""
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for line in lines:
        problems += (Problem(line.line, text) for text in _faults(line, targets, old, new))
        code = "" if line.new.casefold() == STAYS else line.new
        targets[line.old] = Target(code, line.numbers.casefold() == ANEW)
    return targets, tuple(problems)


def _faults(line: TargetLine, before: Targets, old: Collection[str], new: Collection[str]) -> Iterator[str]:
    if line.old not in old:
        yield f"Eine Betreffseinheit {line.old or '(leer)'} gibt es in der bisherigen Fassung nicht."
    if line.old in before:
        yield f"Die Einheit {line.old} kommt zweimal vor."
    if not line.new:
        yield f"Das Ziel für {line.old} fehlt; „{STAYS}“ lässt die Akten, wo sie sind."
    elif line.new.casefold() != STAYS and line.new not in new:
        yield f"Eine Betreffseinheit {line.new}, an der Akten liegen dürfen, gibt es in der neuen Fassung nicht."
    if line.numbers.casefold() not in {"", KEEP, ANEW}:
        yield f"Aktenzeichen: „{line.numbers}“ ist weder {KEEP} noch {ANEW}."


def stored(targets: Targets) -> dict[str, list[str]]:
    """Return targets as the database keeps them."""
    return {code: [target.code, ANEW if target.renumber else KEEP] for code, target in targets.items()}


def from_stored(kept: Mapping[str, list[str]]) -> dict[str, Target]:
    """Return targets as they were kept."""
    return {code: Target(where, numbers == ANEW) for code, (where, numbers) in kept.items()}
