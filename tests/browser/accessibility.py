"""axe-core in a page, in German, with everything but the invisible word layer judged."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _sources() -> tuple[str, Any]:
    return (AXE / "axe.min.js").read_text("utf-8"), json.loads((AXE / "locales" / "de.json").read_text("utf-8"))


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands: rule, help and the first element of each."""
    source, german = _sources()
    page.evaluate(source)
    page.evaluate("locale => axe.configure({locale})", german)
    found = page.evaluate(
        "tags => axe.run({exclude: ['.ea-word']}, {runOnly: {type: 'tag', values: tags}})",
        TAGS,
    )
    return [f"{one['id']}: {one['help']} {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
