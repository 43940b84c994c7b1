"""What a page may cost, in bytes and counts, never in time (UI specification, budgets)."""

from __future__ import annotations

from playwright.sync_api import Page, Response

KIB = 1024
FIRST_VISIT = 350 * KIB
"""Bytes of everything that is sent to a browser that has nothing yet."""
NEXT_PAGE = 15 * KIB
"""Bytes of a page as it is sent, without images and what the browser has already."""
SWAP = 10 * KIB
"""Bytes of a piece of a page that is put in place of another."""
NODES = 1_500
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'")


def overspent(page: Page, answer: Response | None) -> list[str]:
    """Return what the page costs too much, and what its content security policy lacks or lets through."""
    assert answer is not None
    headers = answer.headers
    sent, nodes = int(headers["content-length"]), page.evaluate("() => document.querySelectorAll('*').length")
    policy = headers.get("content-security-policy", "")
    return [
        *([f"{sent} bytes"] if sent > NEXT_PAGE else []),
        *([f"{nodes} nodes"] if nodes > NODES else []),
        *(f"no {part}" for part in POLICY if part not in policy),
        *(part for part in ("unsafe-inline", "unsafe-eval") if part in policy),
    ]
