"""axe-core in a page, in German, with everything but the invisible word layer judged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.chromium import told

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose answer depends on the colours alone: what else there is to find, one look in light finds."""


@cache
def _sources() -> tuple[str, Any]:
    return (AXE / "axe.min.js").read_text("utf-8"), json.loads((AXE / "locales" / "de.json").read_text("utf-8"))


def violations(page: Page, only: Sequence[str] = ()) -> list[str]:
    """Return what axe finds on the page as it stands: rule, help and the first element of each; *only* some rules."""
    source, german = _sources()
    # One call: were the page replaced between two, the second would not find what the first had brought.
    judge = f"""([locale, chosen]) => {{
        {source};
        axe.configure({{locale}});
        return axe.run({{exclude: ['.ea-word']}}, {{runOnly: chosen}});
    }}"""
    chosen = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": TAGS}
    found = told(page, judge, [german, chosen])
    return [f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
