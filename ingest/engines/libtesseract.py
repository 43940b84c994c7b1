"""Text recognition by libtesseract in this process, through tesserocr.

It costs about a sixth less than the program, which is started and loads its models anew for every page.
The models are those of the system's Tesseract: the library that comes with tesserocr brings none.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import tesserocr

from ingest.engines.tsv import LEAST_CERTAINTY, ORIENTATION, parse_tsv
from ingest.errors import ReaderCrashed, ReadTimedOut
from ingest.languages import model_folder

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from ingest.ocr import Recognised

_LONGEST_SIDE = 32_767
"""Leptonica and Tesseract count pixels of a side in 16 bits."""

_MOST_KEPT = 4
"""Combinations of languages whose models a fork server holds ready."""

_idle: dict[str, list[tesserocr.PyTessBaseAPI]] = {}
_lock = threading.Lock()


class LibtesseractOcr:
    """Reads a page in one pass that gives words, boxes, confidence and lines together.

    Each page under way has a recogniser of its own, so several threads read several pages at once; the
    interpreter's lock is given up meanwhile.
    """

    software = f"{tesserocr.tesseract_version().splitlines()[0].capitalize()} (tesserocr {tesserocr.__version__})"

    def __init__(self, *, seconds_per_page: int = 300) -> None:
        self._seconds_per_page = seconds_per_page

    def orientation(self, image: Image.Image, *, dpi: int, scratch: Path) -> int:  # noqa: ARG002 — the port's signature
        """Tell how *image* lies; see ``OcrEngine.orientation``."""
        api = _take(ORIENTATION)
        api.SetImageBytes(_grey(image).tobytes(), image.width, image.height, 1, image.width)
        api.SetSourceResolution(dpi)
        turn = -_orientation_found(api) % 360
        api.Clear()
        _give_back(ORIENTATION, api)
        return turn

    def recognise(self, image: Image.Image, *, dpi: int, languages: str, scratch: Path) -> Recognised:  # noqa: ARG002 — the port's signature
        """Read *image*; see ``OcrEngine.recognise``."""
        if max(image.size) > _LONGEST_SIDE:
            raise ReaderCrashed(f"a page of {image.width} × {image.height} pixels is too long to recognise")
        api = _take(languages)
        api.SetImageBytes(_grey(image).tobytes(), image.width, image.height, 1, image.width)
        api.SetSourceResolution(dpi)
        if not api.Recognize(1000 * self._seconds_per_page):
            raise ReadTimedOut("tesseract took too long for one page")
        table = api.GetTSVText(0)
        api.Clear()
        api.ClearAdaptiveClassifier()  # one page must not colour the next
        _give_back(languages, api)  # not after an error: then its state is unknown
        return parse_tsv(table)


def _orientation_found(api: tesserocr.PyTessBaseAPI) -> int:
    told = api.DetectOrientationScript()
    return int(told["orient_deg"]) % 360 if told and told["orient_conf"] >= LEAST_CERTAINTY else 0


def warm(languages: str) -> None:
    """Hold a recogniser ready that processes forked from this one inherit: loading models costs a tenth of a page.

    Raises:
        ReaderCrashed: There are no models for *languages*.
    """
    with _lock:
        if languages in _idle or len(_idle) >= _MOST_KEPT:
            return
    _give_back(languages, _made(languages))


def _take(languages: str) -> tesserocr.PyTessBaseAPI:
    with _lock:
        idle = _idle.get(languages)
        if idle:
            return idle.pop()
    return _made(languages)


def _give_back(languages: str, api: tesserocr.PyTessBaseAPI) -> None:
    with _lock:
        _idle.setdefault(languages, []).append(api)


def _made(languages: str) -> tesserocr.PyTessBaseAPI:
    try:
        mode = tesserocr.PSM.OSD_ONLY if languages == ORIENTATION else tesserocr.PSM.AUTO
        api = tesserocr.PyTessBaseAPI(path=model_folder(), lang=languages, psm=mode)
    except RuntimeError as error:
        raise ReaderCrashed(f"tesseract cannot be started for {languages!r} in {model_folder()!r}") from error
    api.SetVariable("debug_file", os.devnull)
    return api


def _grey(image: Image.Image) -> Image.Image:
    return image if image.mode == "L" else image.convert("L")
