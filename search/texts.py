"""German sentences of the search, by code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def sentences() -> dict[str, str]:
    """Return every sentence of ``texts.toml`` by its code."""
    return tomllib.loads(files("search").joinpath("texts.toml").read_text(encoding="utf-8"))


def sentence(code: str, **values: object) -> str:
    """Return the German sentence of *code* with *values* filled in."""
    return sentences()[code].format(**values)
