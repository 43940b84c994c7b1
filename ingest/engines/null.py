"""Engines that read nothing: one for pages that need no text, one that is out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import ReaderCrashed
from ingest.ocr import Recognised

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image


class NullOcr:
    """Finds no text on any page."""

    software = "no text recognition"

    def recognise(self, image: Image.Image, *, dpi: int, languages: str, scratch: Path) -> Recognised:  # noqa: ARG002 — the port's signature
        """Return a page without words."""
        return Recognised((), "")

    def orientation(self, image: Image.Image, *, dpi: int, scratch: Path) -> int:  # noqa: ARG002 — the port's signature
        """Leave the page as it lies."""
        return 0


class BrokenOcr:
    """Fails on every page, as an engine that is out of order does."""

    software = "broken text recognition"

    def recognise(self, image: Image.Image, *, dpi: int, languages: str, scratch: Path) -> Recognised:  # noqa: ARG002 — the port's signature
        """Fail."""
        raise ReaderCrashed("this engine is out of order")

    def orientation(self, image: Image.Image, *, dpi: int, scratch: Path) -> int:  # noqa: ARG002 — the port's signature
        """Fail."""
        raise ReaderCrashed("this engine is out of order")
