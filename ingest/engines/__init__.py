"""The engines of this library and how they are built from settings."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PIL import Image

from ingest.classify import load_rules
from ingest.engines import libtesseract
from ingest.engines.null import BrokenOcr, NullOcr
from ingest.engines.tesseract import TesseractOcr
from ingest.errors import ReaderCrashed
from ingest.reading import Engines

if TYPE_CHECKING:
    from ingest.ocr import OcrEngine
    from ingest.settings import ReaderSettings

_IN_PROCESS = "tesserocr"


def build(settings: ReaderSettings) -> Engines:
    """Return the engines *settings* name.

    Raises:
        ValueError: There is no engine of that name, or the classification rules cannot be loaded.
    """
    makers: dict[str, type[OcrEngine]] = {
        _IN_PROCESS: libtesseract.LibtesseractOcr,
        "tesseract": TesseractOcr,
        "null": NullOcr,
        "broken": BrokenOcr,
    }
    if settings.engine not in makers:
        raise ValueError(f"no recognition engine named {settings.engine!r}; there are {', '.join(makers)}")
    return Engines(makers[settings.engine](), load_rules(settings.classification))


def warm(settings: ReaderSettings, languages: str) -> None:
    """Load what the readers forked from this process would each load; what fails here fails there with its reason."""
    Image.init()
    with suppress(OSError, ValueError):
        load_rules(settings.classification)
    if settings.engine == _IN_PROCESS:
        with suppress(ReaderCrashed):
            libtesseract.warm(languages)
