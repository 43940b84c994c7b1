"""Whatever is written to the history can be read by people."""

from __future__ import annotations

import ast
from pathlib import Path

from eakte.actions.audit import ACTION_LABELS

ROOT = Path(__file__).parents[2] / "eakte"


def logged_actions() -> set[str]:
    """Find the literal action of every call that writes history."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"record", "changed", "move", "_log"}:
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                found |= {
                    value.value for value in values if isinstance(value, ast.Constant) and _is_action(value.value)
                }
    return found


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _is_action(value: object) -> bool:
    return isinstance(value, str) and value.count(".") == 1 and value.replace(".", "").replace("_", "").isalpha()


def test_every_logged_action_has_a_german_name() -> None:
    logged = logged_actions()
    assert "document.filed" in logged
    assert logged - set(ACTION_LABELS) == set()
