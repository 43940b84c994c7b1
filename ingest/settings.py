"""What names a reader, small enough to cross the border of a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """The recognition engine by name (``tesseract``) and the folder of the classification rules."""

    engine: str
    classification: Path
