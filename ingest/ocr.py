"""The port to a text recognition engine, and what one page of recognition returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from ingest.model import Word


@dataclass(frozen=True, slots=True)
class Recognised:
    """The words of one page in reading order and the text they make, lines and paragraphs kept."""

    words: tuple[Word, ...]
    text: str


class OcrEngine(Protocol):
    """Recognises the text of a page image. Safe to call from several threads."""

    @property
    def software(self) -> str:
        """Name and version of the engine, for the transfer note."""
        ...

    def recognise(self, image: Image.Image, *, dpi: int, languages: str, scratch: Path) -> Recognised:
        """Read *image* (grey or bilevel, upright).

        Args:
            image: The page; boxes in the result are pixels of it.
            dpi: Resolution of the image.
            languages: Language codes joined by ``+``, e.g. ``deu+eng``.
            scratch: A folder for temporary files, emptied afterwards.

        Raises:
            ReaderCrashed: The engine died or gave something unreadable.
            ReadTimedOut: The engine took longer than a page may take.
        """
        ...

    def orientation(self, image: Image.Image, *, dpi: int, scratch: Path) -> int:
        """Return by how many degrees clockwise *image* must be turned to be upright: 0, 90, 180 or 270.

        0 where that cannot be told. Costs about half of recognising the page.
        """
        ...
