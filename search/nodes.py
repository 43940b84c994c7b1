"""What a question may mean: the tree that ``search.query`` reads from a typed text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search import german
from search.fields import FieldNode
from search.page_numbers import Pages


class Field(StrEnum):
    """The fields a person may name; the value is the word typed before the colon."""

    REFERENCE = "az"
    TYPE = "typ"
    SENDER = "absender"
    DATE = "datum"
    ORG_UNIT = "amt"
    SUBJECT = "betreff"
    PAGE = "seite"


@dataclass(frozen=True, slots=True)
class Words:
    """One typed word, in ``field`` or anywhere; of several parts (``Kfz-Steuer``) they stand side by side."""

    tokens: tuple[german.Token, ...]
    field: Field | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin with the folded ``start``."""

    start: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference number by its key; documents of that file first, then those that mention it."""

    key: str
    mentions: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """Documents of the organisational unit with this code or of one below it."""

    code: str


@dataclass(frozen=True, slots=True)
class Period:
    """Documents dated from ``first`` to ``last``, inclusive; ``None`` is an open end."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Without:
    """Documents that ``node`` does not find."""

    node: Node


@dataclass(frozen=True, slots=True)
class Either:
    """Documents that one of ``nodes`` finds."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """Documents that all of ``nodes`` find."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OnPages:
    """``seite:`` with its value: no node, for it binds the whole question."""

    value: str
    excluded: bool


Node = Words | Prefix | Reference | Unit | Period | FieldNode | Without | Either | Every
Clause = Node | OnPages | str
"""What was typed, piece by piece; the only string is ``ODER``."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a typed text means; without ``node`` it asks for nothing in particular."""

    node: Node | None
    notes: tuple[str, ...] = ()
    impossible: bool = False
    """The text holds no word at all, though something was typed: nothing can match."""
    pages: Pages | None = None
    """The words must stand on one of these pages."""


def unit_key(code: str) -> str:
    """Return a unit's code as it is compared: ``OE 63.2`` and ``63.2`` are equal."""
    return re.sub(r"^(?:oe|amt|fb)[\s.]*(?=\d)", "", code.strip().casefold()).strip(" .")
