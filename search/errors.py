"""What can go wrong in a search index; ``texts.toml`` holds a German sentence per code."""

from __future__ import annotations

from typing import ClassVar

from search.texts import sentence


class SearchError(Exception):
    """A fault of the search; ``str(error)`` is a German sentence."""

    code: ClassVar[str] = "search"

    def __init__(self, **values: object) -> None:
        super().__init__(sentence(self.code, **values))


class IndexOutdated(SearchError):
    """Engine or fields changed so much since the index was built that it cannot be read: begin it anew."""

    code = "index-outdated"


class IndexBroken(SearchError):
    """The files of the index cannot be read: begin it anew."""

    code = "index-broken"


class RebuildOver(SearchError):
    """The generation that was being built serves already, or was given up."""

    code = "rebuild-over"


class UnknownEngine(SearchError):
    """No engine has this name."""

    code = "unknown-engine"


class TooManyKeys(SearchError):
    """A person holds more access keys than a filter may carry: a fault of the rights model."""

    code = "too-many-keys"


class SearchAway(SearchError):
    """The servers of the engine do not answer, or refuse."""

    code = "search-away"


class SearchLeaderless(SearchAway):
    """The servers of the engine answer, and none leads them: nothing can be written, only found."""

    code = "search-leaderless"


UNAVAILABLE = (SearchAway, IndexBroken, IndexOutdated)
"""Faults that pass: servers come back, an index that cannot be read is built anew."""


class NoServers(SearchError):
    """The engine lives on servers and none is named."""

    code = "no-servers"
