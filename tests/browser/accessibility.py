"""axe-core in a page, in German, with everything but the invisible word layer judged."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.chromium import told

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _sources() -> tuple[str, Any]:
    return (AXE / "axe.min.js").read_text("utf-8"), json.loads((AXE / "locales" / "de.json").read_text("utf-8"))


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands: rule, help and the first element of each."""
    source, german = _sources()
    # One call: were the page replaced between two, the second would not find what the first had brought.
    judge = f"""([locale, tags]) => {{
        {source};
        axe.configure({{locale}});
        return axe.run({{exclude: ['.ea-word']}}, {{runOnly: {{type: 'tag', values: tags}}}});
    }}"""
    found = told(page, judge, [german, TAGS])
    return [f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
