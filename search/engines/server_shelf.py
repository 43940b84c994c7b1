"""Generations of an index on servers: two indexes each, ``…-documents-g1`` and ``…-pages-g1``, behind names that move.

Questions go to the names without number, which the server moves to another generation at one moment; the one being
built is named ``…-documents-next``. Writers use names that belong to one generation (``…-w1``) and only exist with it:
what is written late to a generation that is gone makes no new one, and is then written to what there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import starmap
from typing import Any, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException, RequestError

from search.engine import IndexState, SearchEngine
from search.engines import opensearch_schema as schemas
from search.engines.opensearch_engine import Connection, OpenSearchEngine, told
from search.errors import IndexBroken, IndexOutdated, RebuildOver, SearchAway, SearchLeaderless
from search.fingerprint import fingerprint
from search.servers import Servers
from search.switching import OUTDATED, PARTIAL, Serving

_Result = TypeVar("_Result")
_EXISTS = "resource_already_exists_exception"
_KINDS: tuple[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("pages", schemas.pages_index),
    ("documents", schemas.documents_index),
)
"""Documents come last: a generation is there when its documents are."""
_ATTEMPTS = 5
_SECONDS = 5
"""How long a writer waits for the server that leads the others to tell what there is."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Numbers of the generation that answers and of the one being built; 0 is that from before there were several."""

    serving: int | None
    building: int | None
    indexes: frozenset[tuple[str, int]]
    """What there is, by kind and number."""


class ServerShelf:
    """The generations of the index on the servers of *connection* that is marked *wanted*."""

    def __init__(self, connection: Connection, wanted: dict[str, str]) -> None:
        self._connection, self._wanted = connection, wanted
        self._prefix = connection.servers.prefix
        self._serving = OpenSearchEngine(connection, self._name("documents"), self._name("pages"))
        self._outdated: dict[int, bool] = {}

    @classmethod
    def on(cls, servers: Servers) -> ServerShelf:
        """Return the shelf on *servers* for an index of this release; that of the client does not matter to it."""
        mark = {key: value for key, value in fingerprint("opensearch", "opensearch-py").items() if key != "release"}
        return cls(Connection(servers), mark)

    def check(self) -> None:
        """Make a first generation where there is none, and tell now what cannot be read."""
        with told():
            if self._look().serving is None:
                self._move(self._moved(self._new()))
            serving = self._look().serving
            if serving is None:
                raise IndexBroken
            self._is_outdated(serving, near=False)

    @contextmanager
    def reading(self) -> Iterator[Serving]:
        """Yield the generation that answers; what its name stands for may move at any moment."""
        with told():
            layout = self._look(near=True)
            if layout.serving is None:
                raise IndexBroken
            outdated = self._is_outdated(layout.serving, near=True)
        note = OUTDATED if outdated else PARTIAL if layout.building == layout.serving else ""
        yield Serving(self._serving, note)

    def write(self, act: Callable[[SearchEngine], None]) -> None:
        """Do *act* on every generation there is; again if they changed meanwhile."""
        for _ in range(_ATTEMPTS):
            with self._leading(), told():
                layout = self._look()
            try:
                for number in dict.fromkeys((layout.serving, layout.building)):
                    if number is not None:
                        with self._leading():
                            act(self._engine(number))
            except IndexBroken:
                with told():
                    if self._look() == layout:
                        raise
            else:
                return
        raise IndexBroken

    def begin(self) -> str:
        """Begin a generation, or go on with the one that was begun, and return its name."""
        with told():
            layout = self._look()
            if layout.building is not None:
                if self._mark_of(layout.building) == self._wanted:
                    return str(layout.building)
                self._move([_remove(self._index("documents", layout.building), self._name("documents", "next"))])
            number = self._new()
            self._move([_add(self._index("documents", number), self._name("documents", "next"))])
            return str(number)

    def build(self, name: str, act: Callable[[SearchEngine], _Result]) -> _Result:
        """Do *act* on the generation *name* that is being built."""
        with told():
            if str(self._look().building) != name:
                raise RebuildOver
        return act(self._engine(int(name)))

    def serve(self, name: str) -> None:
        """Let the generation *name* that is being built answer instead of the former, which goes at that moment."""
        with told():
            layout = self._look()
            if layout.building is None or str(layout.building) != name:
                raise RebuildOver
            actions = [_remove(self._index("documents", layout.building), self._name("documents", "next"))]
            if layout.serving != layout.building:
                actions += self._moved(layout.building)
            self._move([*self._gone(layout, layout.building), *actions])

    def start_over(self) -> None:
        """Give up every generation, whatever made it, for a new one that answers while it is built."""
        with told():
            layout, number = self._look(), self._new()
            self._move(
                [
                    *self._gone(layout, number),
                    *self._moved(number),
                    _add(self._index("documents", number), self._name("documents", "next")),
                ]
            )

    def state(self) -> IndexState:
        """Tell which generations there are."""
        with self.reading() as serving, told():
            layout = self._look(near=True)
            stats = self._client.indices.stats(
                index=f"{self._name('documents')}*,{self._name('pages')}*", metric="store"
            )
            return IndexState(
                serving=str(layout.serving),
                documents=serving.engine.documents(),
                size=int(stats["_all"]["total"]["store"]["size_in_bytes"]),
                building="" if layout.building is None else str(layout.building),
                built=0 if layout.building is None else self._engine(layout.building).documents(),
                outdated=serving.note == OUTDATED,
            )

    def close(self) -> None:
        """Close the connections; a later call opens them again."""
        self._connection.close()

    def remove_all(self) -> None:
        """Delete everything of ours on the servers."""
        with told():
            found = ",".join(starmap(self._index, self._look().indexes))
            if found:
                self._client.indices.delete(index=found, params={"ignore_unavailable": "true"})

    @contextmanager
    def _leading(self) -> Iterator[None]:
        """Tell that no server leads the others, where that is why nothing can be written."""
        try:
            yield
        except SearchAway as error:
            if self._is_leaderless():
                raise SearchLeaderless from error
            raise

    def _is_leaderless(self) -> bool:
        """Ask a server what it knows by itself, which it answers at once."""
        try:
            health = self._client.cluster.health(params={"local": "true"})
        except OpenSearchException:
            return False
        return not health.get("discovered_cluster_manager", True)

    @property
    def _client(self) -> OpenSearch:
        return self._connection.client()

    def _name(self, kind: str, *more: str) -> str:
        return "-".join((self._prefix, kind, *more))

    def _index(self, kind: str, number: int) -> str:
        return self._name(kind, f"g{number}") if number else self._name(kind)

    def _engine(self, number: int) -> OpenSearchEngine:
        names = (self._name(kind, f"w{number}") for kind in ("documents", "pages"))
        return OpenSearchEngine(self._connection, *names)

    def _look(self, *, near: bool = False) -> Layout:
        """Ask which generations there are and what their names stand for.

        *near*, the server that is asked tells what it knows, perhaps a moment old: so questions are answered also while
        no server leads the others, instead of waiting for one.
        """
        asked = ",".join(f"{self._name(kind)}{ending}" for kind, _ in _KINDS for ending in ("", "-g*"))
        limits: dict[str, Any] = {} if near else {"request_timeout": _SECONDS}
        found: Mapping[str, Any] = self._client.indices.get_alias(index=asked, params=_near(near=near) | limits)
        serving = building = None
        indexes = set[tuple[str, int]]()
        for index, kept in found.items():
            match = re.fullmatch(rf"{re.escape(self._prefix)}-(documents|pages)(?:-g(\d+))?", index)
            if match is None:
                continue
            number, names = int(match[2] or 0), kept["aliases"]
            indexes.add((match[1], number))
            if match[1] == "documents" and (not number or self._name("documents") in names):
                serving = number
            if match[1] == "documents" and self._name("documents", "next") in names:
                building = number
        return Layout(serving, building, frozenset(indexes))

    def _new(self) -> int:
        """Make an empty generation that nobody asks yet."""
        number = max((number for _, number in self._look().indexes), default=0) + 1
        for kind, made in _KINDS:
            body = made(self._wanted) | {"aliases": {self._name(kind, f"w{number}"): {}}}
            try:
                self._client.indices.create(index=self._index(kind, number), body=body)
            except RequestError as error:
                if error.error != _EXISTS:  # another host was first
                    raise
        return number

    def _moved(self, number: int) -> list[dict[str, Any]]:
        return [_add(self._index(kind, number), self._name(kind)) for kind, _ in _KINDS]

    def _gone(self, layout: Layout, kept: int) -> list[dict[str, Any]]:
        """Return the removal of every other generation up to *kept*; a later one may just be made by another host."""
        return [
            {"remove_index": {"index": self._index(kind, number)}} for kind, number in layout.indexes if number < kept
        ]

    def _move(self, actions: list[dict[str, Any]]) -> None:
        """Let the server do all of it at one moment, or nothing."""
        self._client.indices.update_aliases(body={"actions": actions})

    def _mark_of(self, number: int) -> object:
        index = self._index("documents", number)
        return self._client.indices.get_mapping(index=index)[index]["mappings"].get("_meta")

    def _is_outdated(self, number: int, *, near: bool) -> bool:
        """Tell whether another release made a generation, and refuse one whose fields are others than ours."""
        if number not in self._outdated:
            self._outdated = {number: self._compare(number, near=near)}
        return self._outdated[number]

    def _compare(self, number: int, *, near: bool) -> bool:
        marks = list[object]()
        for kind, made in _KINDS:
            index = self._index(kind, number)
            found = self._client.indices.get_mapping(index=index, params=_near(near=near))
            if index not in found:
                raise IndexBroken
            kept = found[index]["mappings"]
            if {name: field["type"] for name, field in kept.get("properties", {}).items()} != {
                name: field["type"] for name, field in made({})["mappings"]["properties"].items()
            }:
                raise IndexOutdated
            marks.append(kept.get("_meta"))
            if not number:
                self._adopt(kind)
        return any(mark != self._wanted for mark in marks)

    def _adopt(self, kind: str) -> None:
        """Give an index from before there were generations the name that writers use."""
        self._move([_add(self._index(kind, 0), self._name(kind, "w0"))])


def _near(*, near: bool) -> dict[str, str]:
    return {"ignore_unavailable": "true", "local": str(near).lower()}


def _add(index: str, name: str) -> dict[str, Any]:
    return {"add": {"index": index, "alias": name}}


def _remove(index: str, name: str) -> dict[str, Any]:
    return {"remove": {"index": index, "alias": name}}
