"""The engines of this library and how they are built from settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.classify import load_rules
from ingest.engines.null import BrokenOcr, NullOcr
from ingest.engines.tesseract import TesseractOcr
from ingest.reading import Engines

if TYPE_CHECKING:
    from ingest.ocr import OcrEngine
    from ingest.settings import ReaderSettings


def build(settings: ReaderSettings) -> Engines:
    """Return the engines *settings* name.

    Raises:
        ValueError: There is no engine of that name, or the classification rules cannot be loaded.
    """
    makers: dict[str, type[OcrEngine]] = {"tesseract": TesseractOcr, "null": NullOcr, "broken": BrokenOcr}
    if settings.engine not in makers:
        raise ValueError(f"no recognition engine named {settings.engine!r}; there are {', '.join(makers)}")
    return Engines(makers[settings.engine](), load_rules(settings.classification))
