"""The help on each screen: where its texts live, and which screen a request shows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Screen:
    """The help of one screen: the name in its address, the endpoints that show the screen, its text and keys."""

    name: str
    title: str
    endpoints: tuple[str, ...]
    text: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour for the beginning."""

    title: str
    text: str
    endpoint: str
    needs: str
    """The power without which it leads nowhere."""


@cache
def screens() -> tuple[Screen, ...]:
    """Return the help of all screens, in the order of ``help.toml``."""
    return tuple(
        Screen(
            name=one["name"],
            title=one["title"],
            endpoints=tuple(one["endpoints"]),
            text=one["text"],
            keys=tuple((key, what) for key, what in one.get("keys", ())),
        )
        for one in _told()["screens"]
    )


@cache
def tour() -> tuple[Step, ...]:
    """Return the steps of the tour."""
    return tuple(Step(one["title"], one["text"], one["endpoint"], one["needs"]) for one in _told()["tour"])


def screen_named(name: str) -> Screen | None:
    """Return the help with a name."""
    return next((screen for screen in screens() if screen.name == name), None)


@cache
def screen_of(endpoint: str) -> str:
    """Return the name of the help for what an endpoint shows; answers to forms are shown as the pages beside them."""
    module = f"{endpoint.partition('.')[0]}."
    exact = (screen.name for screen in screens() if endpoint in screen.endpoints)
    beside = (screen.name for screen in screens() if any(one.startswith(module) for one in screen.endpoints))
    return next(exact, "") or next(beside, "hilfe")


@cache
def _told() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((files("eakte.web") / "help.toml").read_text("utf-8"))
