"""The file that says which groups of another service mean which posts."""

from __future__ import annotations

import tomllib
from pathlib import Path

from eakte.errors import SettingsInvalid
from eakte.records.access import Role
from eakte.records.identity import ANY, GroupRule

FIELDS = {"name", "unit", "role", "title"}


def load(file: Path | None) -> tuple[GroupRule, ...]:
    """Read the rules; none without a file.

    Raises:
        SettingsInvalid: The file is missing or a rule in it is wrong; the sentence names the rule.
    """
    if file is None:
        return ()
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("group", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalid(name="groups_file", problem=f"„{file}“ ist nicht lesbar ({error}).") from error
    return tuple(_rule(number, entry) for number, entry in enumerate(entries, 1))


def _rule(number: int, entry: dict[str, object]) -> GroupRule:
    group, unit, role = (str(entry.get(name, "")) for name in ("name", "unit", "role"))
    problem = ""
    if unknown := sorted(set(entry) - FIELDS):
        problem = f"„{unknown[0]}“ gibt es nicht."
    elif not group or not unit or role not in set(Role):
        problem = f"name, unit und eine Rolle aus {', '.join(Role)} sind nötig."
    elif group.count(ANY) > 1 or (unit == ANY and ANY not in group):
        problem = "Ein Stern im Namen der Gruppe steht für den Code der Einheit; unit = „*“ nimmt ihn."
    if problem:
        raise SettingsInvalid(name="groups_file", problem=f"Gruppe Nummer {number}: {problem}")
    return GroupRule(group, unit, Role(role), str(entry.get("title", "")) or "Aus Gruppe")
