"""Which rule applied at a place on a day: the question of an auditor or a court, answered with its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from retention import wording
from retention.rules import Ruling, branch_of, current, ruling, unit_code, version_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from retention.model import Place, Rule


class Answer(NamedTuple):
    """The rules that count at the place on the day, and the German sentences that say why."""

    ruling: Ruling
    steps: tuple[str, ...]


def at_place(rules: Collection[Rule], day: date, place: Place) -> Answer:
    """Answer for a place of the file plan; a rule that is bound to a department or a type fits only where it is named.

    Args:
        rules: All versions of all rules, in any order.
        day: The day of the question, past or to come.
        place: Where; its ``file_plan`` names at least the unit itself.
    """
    found = ruling(current(rules, day), place)
    return Answer(found, tuple(_steps(rules, found, day, place)))


def _steps(rules: Collection[Rule], found: Ruling, day: date, place: Place) -> Iterator[str]:
    yield wording.asked_place(place.file_plan, day)
    leader = found.leader
    if leader is None:
        yield wording.no_rule_then(day)
        return
    if found.peers or found.others:
        yield wording.chosen(leader, (*found.peers, *found.others), alone=not found.peers)
    yield wording.led(leader, day)
    yield from wording.scope_sentences(leader)
    yield wording.approved(leader)
    for other in (*found.peers, *found.others):
        yield wording.beside(other)
    younger = [rule for rule in rules if _follows(rule, leader, day)]
    if younger:
        yield wording.superseded(leader, min(younger, key=version_order))


def _follows(rule: Rule, leader: Rule, day: date) -> bool:
    return unit_code(rule) == unit_code(leader) and rule.valid_from > day and branch_of(rule) == branch_of(leader)
