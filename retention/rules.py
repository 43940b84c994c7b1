"""Which rule applies on a day: choosing among the versions on a file plan path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention.model import RetentionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from retention.model import Rule


def valid_on(rule: Rule, day: date) -> bool:
    """Whether this version applies on *day*; its first and last day (``valid_to``) both count."""
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def unit_code(rule: Rule) -> str:
    """The file plan code a rule belongs to: ``rule_id`` without its version."""
    return rule.rule_id.rpartition("/")[0] or rule.rule_id


def applicable(rules: Sequence[Rule], day: date) -> tuple[Rule, ...]:
    """The version of each file plan unit that applies on *day*, most specific unit first.

    *rules* are all versions on the path, those of the most specific unit first. Where two versions of one unit
    overlap, the younger one (later ``valid_from``, then higher version) applies.
    """
    chosen: dict[str, Rule] = {}
    for rule in rules:
        if not valid_on(rule, day):
            continue
        code = unit_code(rule)
        rival = chosen.get(code)
        if rival is None or _age(rule) > _age(rival):
            chosen[code] = rule
    return tuple(chosen.values())


def effective(rules: Sequence[Rule], day: date) -> Rule | None:
    """The one rule that leads on *day*, or ``None``.

    Order: a legal maximum (``law_max``) on the path beats all other rules; otherwise the most specific unit's rule
    leads. A longer legal minimum of a higher unit cannot lead here, because its length depends on the facts;
    ``retention.schedule.evaluate`` raises the date to it.
    """
    candidates = applicable(rules, day)
    for rule in candidates:
        if rule.kind is RetentionKind.LAW_MAX:
            return rule
    return candidates[0] if candidates else None


def _age(rule: Rule) -> tuple[date, int, str]:
    version = rule.rule_id.rpartition("/")[2]
    return rule.valid_from, int(version) if version.isdecimal() else 0, version
