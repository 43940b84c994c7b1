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
    """Engine, schema or analysis changed since the index was built: discard it and put everything again."""

    code = "index-outdated"


class IndexBroken(SearchError):
    """The files of the index cannot be read: discard it and put everything again."""

    code = "index-broken"


class UnknownEngine(SearchError):
    """No engine has this name."""

    code = "unknown-engine"


class TooManyKeys(SearchError):
    """A person holds more access keys than a filter may carry: a fault of the rights model."""

    code = "too-many-keys"


class SearchAway(SearchError):
    """The servers of the engine do not answer, or refuse."""

    code = "search-away"


class NoServers(SearchError):
    """The engine lives on servers and none is named."""

    code = "no-servers"
