"""Which rule applies on a day: choosing among the versions that count at one place.

The order, the same for every caller and whatever order the rules are given in:

1. Of each rule the version counts that is valid on the day; where versions overlap, the younger one (later
   ``valid_from``, then higher version). So superseding needs no edit of the older version, and neither does an end:
   it is a version of its own (``ended``), and where that is the one, the rule does not count.
2. Its scope must fit the place: file plan branch, department, type of file.
3. A legal maximum (``law_max``) leads all other rules.
4. Otherwise the more specific rule leads: deeper file plan branch, then one that names the type of file, then one
   that names the department (the deeper unit first).
5. Between rules just as specific, permanent keeping leads, then the younger rule, then the lower id. They contradict
   each other: ``retention.decision`` lets the longer one count and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from retention.model import EVERYWHERE, NOWHERE, DisposalAction, Outcome, RetentionKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from retention.model import Place, Rule

_K = TypeVar("_K")
_V = TypeVar("_V")


def valid_on(rule: Rule, day: date) -> bool:
    """Whether this version applies on *day*; its first and last day (``valid_to``) both count."""
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def unit_code(rule: Rule) -> str:
    """The code all versions of a rule share: ``rule_id`` without its version."""
    return rule.rule_id.rpartition("/")[0] or rule.rule_id


def branch_of(rule: Rule) -> str:
    """The file plan code the rule counts at and below."""
    return rule.branch or unit_code(rule)


def in_scope(rule: Rule, place: Place) -> bool:
    """Whether the rule counts for case files at *place*."""
    return (
        (not place.file_plan or branch_of(rule) in (EVERYWHERE, *place.file_plan))
        and (not rule.departments or not set(rule.departments).isdisjoint(place.departments))
        and (not rule.file_types or place.file_type in rule.file_types)
    )


def current(rules: Iterable[Rule], day: date) -> list[Rule]:
    """The version of each rule that is valid on *day*, whatever its scope; a younger one has superseded the others."""
    valid = [rule for rule in rules if valid_on(rule, day)]
    youngest: dict[str, tuple[date, int, str]] = {}
    for rule in valid:
        code, age = unit_code(rule), version_order(rule)
        youngest[code] = max(age, youngest.get(code, age))
    return [rule for rule in valid if version_order(rule) == youngest[unit_code(rule)] and not rule.ended]


def applicable(rules: Iterable[Rule], day: date, place: Place = NOWHERE) -> tuple[Rule, ...]:
    """The version of each rule that applies on *day* at *place*, the most specific first.

    *rules* are all versions, in any order. Without a file plan path in *place* all of them are on the path, and the
    more segments a branch has ("12.05.01" before "12"), the more specific it is.
    """
    return _ordered(current(rules, day), place)


def _ordered(rules: Iterable[Rule], place: Place) -> tuple[Rule, ...]:
    found = [rule for rule in rules if in_scope(rule, place)]
    found.sort(key=lambda rule: (*rank(rule, place), not rule.is_permanent, -rule.valid_from.toordinal(), rule.rule_id))
    # A rule named at several units of the path counts once, where it is most specific.
    return tuple({unit_code(rule): rule for rule in reversed(found)}.values())[::-1]


def effective(rules: Iterable[Rule], day: date, place: Place = NOWHERE) -> Rule | None:
    """The one rule that leads on *day* at *place*, or ``None``.

    A longer legal minimum of another rule cannot lead here, because its length depends on the facts;
    ``retention.decision`` raises the date to it.
    """
    return leading(applicable(rules, day, place))


def leading(candidates: tuple[Rule, ...]) -> Rule | None:
    """The leading one of what :func:`applicable` returned."""
    maximum = (rule for rule in candidates if rule.kind is RetentionKind.LAW_MAX)
    return next(maximum, candidates[0] if candidates else None)


def rank(rule: Rule, place: Place) -> tuple[int, bool, int]:
    """How specific a rule is at *place*; smaller is more specific, equal is just as specific."""
    branch, path = branch_of(rule), place.file_plan
    depth = -1 - branch.count(".")
    level = len(path) if branch == EVERYWHERE else path.index(branch) if path else depth
    units = place.departments
    unit = min((units.index(code) for code in rule.departments if code in units), default=len(units))
    return level, not rule.file_types, unit


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules that count at one place on one day, made ready to be applied to many case files."""

    leader: Rule | None
    peers: tuple[Rule, ...] = ()
    """Rules just as specific as the leader."""
    others: tuple[Rule, ...] = ()
    """All less specific rules, the most specific first; next to a legal maximum, all rules."""
    superseded: bool = False
    """No version applies today any more; these are those of the day of closing."""
    due: Outcome = Outcome.OFFER
    """What is to be done when the period is over."""


def ruling(rules: Iterable[Rule], place: Place, *, superseded: bool = False) -> Ruling:
    """Make the *current* rules ready for *place*."""
    path = _ordered(rules, place)
    leader = leading(path)
    if leader is None:
        return Ruling(None)
    rest = [rule for rule in path if rule is not leader]
    capped, place_of = leader.kind is RetentionKind.LAW_MAX, rank(leader, place)
    peers = tuple(rule for rule in rest if not capped and rank(rule, place) == place_of)
    others = tuple(rule for rule in rest if rule not in peers)
    due = Outcome.DESTROY if leader.action is DisposalAction.DESTROY else Outcome.OFFER
    return Ruling(leader, peers, others, superseded, due)


class Rulebook:
    """All rules on one day, asked for one place after another; each place is worked out once.

    Args:
        rules: All versions of all rules, in any order.
        today: The day of the question.
    """

    _MOST = 50_000
    """Places kept; a city has far fewer, and memory must not grow with what is asked."""

    def __init__(self, rules: Iterable[Rule], today: date) -> None:
        self.today = today
        self.rules = tuple(rules)
        self._by_branch: dict[str, list[Rule]] = {}
        for rule in current(self.rules, today):
            self._by_branch.setdefault(branch_of(rule), []).append(rule)
        self._today: dict[Place, Ruling] = {}
        self._then: dict[tuple[Place, date], Ruling] = {}

    def ruling(self, place: Place, closed_on: date | None) -> Ruling:
        """The rules that count today at *place*; if none does any more, those of the day of closing."""
        found = self._today.get(place)
        if found is None:
            found = _kept(self._today, place, ruling(self._at(place), place), self._MOST)
        if found.leader is None and closed_on is not None:
            return self._of_closing(place, closed_on)
        return found

    def _of_closing(self, place: Place, closed_on: date) -> Ruling:
        found = self._then.get((place, closed_on))
        if found is None:
            made = ruling(current(self.rules, closed_on), place, superseded=True)
            found = _kept(self._then, (place, closed_on), made, self._MOST)
        return found

    def _at(self, place: Place) -> Iterable[Rule]:
        branches = (*place.file_plan, EVERYWHERE) if place.file_plan else self._by_branch
        return chain.from_iterable(self._by_branch.get(branch, ()) for branch in branches)


def _kept(kept: dict[_K, _V], key: _K, value: _V, most: int) -> _V:
    if len(kept) >= most:
        kept.clear()
    kept[key] = value
    return value


def version_order(rule: Rule) -> tuple[date, int, str]:
    """Return what the age of versions of one rule is compared by; the youngest comes last."""
    version = rule.rule_id.rpartition("/")[2]
    return rule.valid_from, int(version) if version.isdecimal() else 0, version
