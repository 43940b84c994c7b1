"""German sentences by error code, the service's own and those of the libraries."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

_SOURCES = ("eakte", "ingest", "search", "retention")


class _Blank(dict[str, str]):
    """Placeholders without a value stay empty instead of failing on the way to the person."""

    def __missing__(self, key: str) -> str:
        return ""


@cache
def sentences() -> dict[str, str]:
    """Return every known error code with its German sentence."""
    found: dict[str, str] = {}
    for package in _SOURCES:
        source = files(package) / "texts.toml"
        if source.is_file():
            texts = tomllib.loads(source.read_text("utf-8"))
            found.update(texts.get("errors", texts))  # the libraries' files hold nothing but sentences by code
    return found


def sentence(code: str, detail: dict[str, str] | None = None) -> str:
    """Return the German sentence for an error code, with its placeholders filled."""
    text = sentences().get(code, sentences()["fault"])
    return text.format_map(_Blank(detail or {}))
