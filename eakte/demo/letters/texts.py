"""Templates and senders of the demo letters, read from ``config/demo/letters``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eakte.demo.letters.spec import Shape

Choice = str | tuple[str, ...]
"""One text, or equal texts of which a letter shows one."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who writes to the city. Private people have no claim, domain or staff."""

    key: str
    kind: str
    name: str
    street: str
    town: str
    claim: str = ""
    domain: str = ""
    people: tuple[str, ...] = ()
    sign: str = ""

    @property
    def private(self) -> bool:
        """Whether this is a person writing for themselves."""
        return not self.domain


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of letter. Braces are filled with the words of the case file."""

    key: str
    topics: tuple[str, ...]
    shape: Shape
    document_type: str
    senders: tuple[str, ...]
    subject: str
    paragraphs: tuple[Choice, ...]
    grounds: tuple[str, ...] = ()
    """Numbered reasons that make some of these letters several pages long."""
    title: str = ""
    direction: str = "INCOMING"
    legal_remedy: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    checks: tuple[str, ...] = ()
    items: tuple[tuple[str, float, float], ...] = ()
    """Invoice lines: text, quantity, price in euros."""
    annex_title: str = ""
    annex: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """All templates and senders."""

    templates: tuple[Template, ...]
    senders: tuple[Sender, ...]

    def of_kind(self, kind: str) -> tuple[Sender, ...]:
        """Return the senders of one kind."""
        return tuple(sender for sender in self.senders if sender.kind == kind)

    def for_topic(self, topic: str) -> tuple[Template, ...]:
        """Return the templates that suit a topic."""
        return tuple(template for template in self.templates if topic in template.topics)


@cache
def load_texts(folder: Path) -> Texts:
    """Read every TOML file of *folder*; the same folder is read once."""
    templates: list[Template] = []
    senders: list[Sender] = []
    for path in sorted(folder.glob("*.toml")):
        content = tomllib.loads(path.read_text("utf-8"))
        templates.extend(_template(row) for row in content.get("template", ()))
        senders.extend(_sender(row) for row in content.get("sender", ()))
    return Texts(tuple(templates), tuple(senders))


def _sender(row: dict[str, Any]) -> Sender:
    return Sender(**{**row, "people": tuple(row.get("people", ()))})


def _template(row: dict[str, Any]) -> Template:
    return Template(
        key=row["key"],
        topics=tuple(row["topics"]),
        shape=Shape(row["shape"]),
        document_type=row["type"],
        senders=tuple(row["sender"]),
        subject=row["subject"],
        paragraphs=tuple(part if isinstance(part, str) else tuple(part) for part in row["paragraphs"]),
        grounds=tuple(row.get("grounds", ())),
        title=row.get("title", ""),
        direction=row.get("direction", "INCOMING"),
        legal_remedy=row.get("legal_remedy", False),
        fields=_pairs(row.get("fields", [])),
        checks=tuple(row.get("checks", ())),
        items=tuple((text, quantity, price) for text, quantity, price in row.get("items", ())),
        annex_title=row.get("annex_title", ""),
        annex=_pairs(row.get("annex", [])),
    )


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((left, right) for left, right in rows)
