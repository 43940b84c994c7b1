"""What another service tells about a person, and which posts its groups mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from eakte.errors import IdentityIncomplete
from eakte.records.access import Role

LOGIN = re.compile(r"[\w.@+-]{1,80}")
LONGEST_NAME = 200
ANY = "*"
DIRECTORY = "ldap"
"""The issuer of people who come from the directory."""


@dataclass(frozen=True, slots=True)
class Told:
    """A person as an OpenID provider or a directory tells of them.

    ``subject`` names the person for ever; the login may be given to somebody else one day (OpenID Connect Core 5.7).
    """

    issuer: str
    subject: str
    login: str
    name: str
    groups: frozenset[str]
    active: bool = True


@dataclass(frozen=True, slots=True)
class GroupRule:
    """What membership of a group means: a post of a role in a unit.

    A ``*`` in the group's name stands for a unit's code, which then is the unit: ``akte-sb-*`` with unit ``*``.
    """

    group: str
    unit: str
    role: Role
    title: str


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """A post somebody should hold."""

    unit: str
    role: Role
    title: str


def wanted_posts(groups: Collection[str], rules: Collection[GroupRule]) -> frozenset[Wanted]:
    """Return the posts that groups mean."""
    return frozenset(
        Wanted(unit, rule.role, rule.title)
        for rule in rules
        for group in groups
        if (unit := _unit_of(group, rule)) is not None
    )


def _unit_of(group: str, rule: GroupRule) -> str | None:
    if ANY not in rule.group:
        return rule.unit if group.casefold() == rule.group.casefold() else None
    head, _, tail = rule.group.partition(ANY)
    pattern = f"{re.escape(head)}(.+){re.escape(tail)}"
    found = re.fullmatch(pattern, group, re.IGNORECASE)
    if found is None:
        return None
    return found[1] if rule.unit == ANY else rule.unit


def told_by(
    issuer: str, subject: object, values: Mapping[str, Any], *, login: str, name: str, groups: str, active: bool = True
) -> Told:
    """Return the person in claims or attributes; *login*, *name* and *groups* name the values to take.

    Raises:
        IdentityIncomplete: Subject or login is missing or cannot be one.
    """
    sign, said = _text(subject), _text(values.get(login))
    if not sign or len(sign) > 300:
        raise IdentityIncomplete(claim="sub")
    if not LOGIN.fullmatch(said):
        raise IdentityIncomplete(claim=login)
    shown = " ".join("".join(one if one.isprintable() else " " for one in _text(values.get(name))).split())
    return Told(issuer, sign, said.lower(), shown[:LONGEST_NAME] or said, frozenset(_texts(values.get(groups))), active)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []
