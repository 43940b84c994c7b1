"""What stands on the paper, before anybody decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass

from eakte.demo.letters.spec import LetterSpec
from eakte.demo.letters.texts import Sender


@dataclass(frozen=True, slots=True)
class Look:
    """How a letter is drawn; every value comes from the seed."""

    head: str
    """``left``, ``right``, ``centre``, ``bar`` or ``none``."""
    font: str
    size: float
    """Points."""
    ink: tuple[int, int, int]
    """Colour of the letterhead."""
    reference_place: str
    """``info`` (block on the right) or ``subject`` (line below the subject)."""
    signature: int
    """Seed of the signature's strokes."""
    site_plan: bool


@dataclass(frozen=True, slots=True)
class Content:
    """The words of one letter in the order of the page."""

    spec: LetterSpec
    look: Look
    sender: Sender
    signed_by: str
    recipient: tuple[str, ...]
    date_text: str
    salutation: str
    paragraphs: tuple[str, ...]
    grounds: tuple[str, ...]
    """Numbered reasons of a long letter."""
    closing: str
    title: str
    fields: tuple[tuple[str, str], ...]
    checks: tuple[tuple[str, bool], ...]
    items: tuple[tuple[str, float, float], ...]
    deadline_text: str
    annex_title: str
    annex: tuple[tuple[str, str], ...]
    remedy: str
    """Rechtsbehelfsbelehrung of a notice."""

    @property
    def reference_label(self) -> str:
        """What stands before the own reference: ours on letters of the city, theirs on post to it."""
        return "Mein Zeichen" if self.spec.direction == "OUTGOING" else "Ihr Zeichen"

    @property
    def total(self) -> str:
        """What an invoice asks for in Euro, with tax, as programs write it."""
        net = sum(round(quantity * price, 2) for _, quantity, price in self.items)
        return f"{net + round(net * 0.19, 2):.2f}"
