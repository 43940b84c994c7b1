"""Chance that repeats itself."""

from __future__ import annotations

from random import Random


def chance(*parts: object) -> Random:
    """Return a generator that depends on *parts* alone."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - the letters must repeat, not be secret
