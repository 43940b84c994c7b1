"""Whatever is written to the history can be read by people."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TypeGuard

from eakte.actions.audit import ACTION_LABELS

ROOT = Path(__file__).parents[2] / "eakte"


def logged_actions() -> set[str]:
    """Find the literal action of every call that writes history."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"record", "changed", "move", "_log", "log"}:
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                found |= {each for value in values for each in _literals(value) if _is_action(each)}
    return found


def _literals(value: ast.expr) -> list[object]:
    """Return the literal values that an argument may have: one, or those of a choice between them."""
    if isinstance(value, ast.IfExp):
        return [*_literals(value.body), *_literals(value.orelse)]
    return [value.value] if isinstance(value, ast.Constant) else []


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _is_action(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.count(".") == 1 and value.replace(".", "").replace("_", "").isalpha()


def test_every_logged_action_has_a_german_name() -> None:
    logged = logged_actions()
    assert {"document.filed", "document.voided", "version.read", "document.reread", "page.unsettled"} <= logged
    assert logged - set(ACTION_LABELS) == set()
