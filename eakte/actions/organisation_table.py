"""Organisation units and people's posts from tables, whole or not at all, every fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from eakte.actions import organisation, users
from eakte.actions.plan_tables import read_table
from eakte.errors import InvalidInput
from eakte.records.access import ROLE_LABELS, Actor, Role
from eakte.records.calendar import day_of
from eakte.records.plan_rows import PlanRefused, Problem

UNITS = ("Kennzeichen", "Name", "Art", "Übergeordnet")
"""Columns of a table of units; upper units come first."""
PEOPLE = ("Anmeldename", "Name", "Einheit", "Stelle", "Rolle")
"""Columns of a table of people; who holds several posts stands in several lines."""


def load_units(session: Session, actor: Actor, data: bytes, now: datetime) -> int:
    """Add the units of a table and return how many.

    Raises:
        PlanRefused: Something is wrong with the table; names every line. The caller keeps nothing then.
    """

    def add(cells: Sequence[str]) -> None:
        code, name, kind, parent = cells
        if not code or not name:
            raise InvalidInput(problem="Kennzeichen oder Name fehlt.", field="code")
        organisation.add_unit(session, actor, code=code, name=name, kind=kind, parent=parent or None, now=now)

    return _each(data, UNITS, add)


def load_people(session: Session, actor: Actor, data: bytes, now: datetime) -> int:
    """Add the people of a table with their posts and return how many lines; passwords are given afterwards.

    Raises:
        PlanRefused: Something is wrong with the table; names every line. The caller keeps nothing then.
    """
    seen: set[str] = set()

    def add(cells: Sequence[str]) -> None:
        login, name, unit, title, role = cells
        if not login or not name or not title:
            raise InvalidInput(problem="Anmeldename, Name oder Stelle fehlt.", field="login")
        if login not in seen:
            users.add_person(session, actor, login=login, name=name, password=None, now=now)
            seen.add(login)
        users.assign_post(
            session,
            actor,
            login,
            unit_code=unit,
            title=title,
            role=_role(role),
            valid_from=day_of(now),
            now=now,
        )

    return _each(data, PEOPLE, add)


def _role(written: str) -> Role:
    names = {label.casefold(): role for role, label in ROLE_LABELS.items()} | {role.value: role for role in Role}
    if (found := names.get(written.casefold())) is None:
        raise InvalidInput(problem=f"Die Rolle „{written}“ gibt es nicht. Möglich: {', '.join(names)}.", field="role")
    return found


def _each(data: bytes, columns: Sequence[str], add: Callable[[Sequence[str]], None]) -> int:
    problems: list[Problem] = []
    lines = read_table(data, columns)
    for line, cells in lines:
        try:
            add([" ".join(cell.split()) for cell in cells])
        except InvalidInput as refused:
            problems.append(Problem(line, refused.detail["problem"]))
    if problems:
        raise PlanRefused(problems)
    return len(lines)
