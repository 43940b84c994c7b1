"""Text recognition by the program ``tesseract``, called once per page through pytesseract."""

from __future__ import annotations

import os
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytesseract

from ingest.engines.tsv import LEAST_CERTAINTY, ORIENTATION, parse_tsv
from ingest.errors import ReaderCrashed, ReadTimedOut

if TYPE_CHECKING:
    from PIL import Image

    from ingest.ocr import Recognised


class TesseractOcr:
    """Reads a page in one call that gives words, boxes, confidence and lines together."""

    def __init__(self, *, seconds_per_page: int = 300) -> None:
        # Tesseract's own threads cost four times the CPU for little time (measured: 5.97 s against 1.28 s a page).
        os.environ["OMP_THREAD_LIMIT"] = "1"
        self._seconds_per_page = seconds_per_page

    @cached_property
    def software(self) -> str:
        """Name and version of the engine."""
        return f"Tesseract {pytesseract.get_tesseract_version()}"

    def recognise(self, image: Image.Image, *, dpi: int, languages: str, scratch: Path) -> Recognised:
        """Read *image*; see ``OcrEngine.recognise``."""
        with tempfile.NamedTemporaryFile(dir=scratch, suffix=".pnm") as page:
            # Uncompressed grey: compressing and reading back a PNG of a page costs more than writing 8 MB.
            grey = image if image.mode in ("1", "L") else image.convert("L")
            grey.save(page, format="PPM")
            page.flush()
            return parse_tsv(self._call(page.name, dpi=dpi, languages=languages))

    def orientation(self, image: Image.Image, *, dpi: int, scratch: Path) -> int:
        """Tell how *image* lies; see ``OcrEngine.orientation``."""
        with tempfile.NamedTemporaryFile(dir=scratch, suffix=".pnm") as page:
            image.convert("L").save(page, format="PPM")
            page.flush()
            try:
                told = pytesseract.image_to_osd(
                    page.name,
                    lang=ORIENTATION,
                    config=f"--dpi {dpi}",
                    output_type=pytesseract.Output.DICT,
                    timeout=self._seconds_per_page,
                )
            except (pytesseract.TesseractError, RuntimeError):
                return 0  # too little text to tell
        return -int(told["orientation"]) % 360 if told["orientation_conf"] >= LEAST_CERTAINTY else 0

    def _call(self, path: str, *, dpi: int, languages: str) -> str:
        try:
            table = pytesseract.image_to_data(
                path, lang=languages, config=f"--dpi {dpi}", timeout=self._seconds_per_page
            )
        except pytesseract.TesseractNotFoundError as error:
            raise ReaderCrashed("tesseract is not installed") from error
        except pytesseract.TesseractError as error:
            raise ReaderCrashed(f"tesseract failed: {error.message}") from error
        except RuntimeError as error:  # what pytesseract raises when the time is over
            raise ReadTimedOut("tesseract took too long for one page") from error
        return str(table)
