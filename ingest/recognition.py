"""How one scanned page is recognised: straightened where it leans, and where that reads badly, turned or in old print.

A page that reads well costs one pass. Every further pass is kept only if its words are more certain. Only what is
recognised is straightened: boxes lie on the page as it was scanned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image

from ingest.languages import FRAKTUR, fraktur
from ingest.model import Box
from ingest.ocr import Recognised
from ingest.paper import cleaned
from ingest.repair import repaired
from ingest.skew import laid_back, skew_of, straightened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.model import Word
    from ingest.ocr import OcrEngine

WEAK = 75
"""Mean confidence of the words (0 to 100) below which a page reads badly."""

_BETTER_BY = 3
"""How much more certain another way of reading must be to be believed."""

_STRAIGHT = 0.8
"""Degrees of skew that recognition does not mind: pages that lean less read the same as they are."""

_FEW_WORDS = 5
_LONG_WORD = 4
"""Letters from which on a word is wider than high."""
_FINE_DPI = 300
_ENLARGED = 1.5
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Sight:
    """What was recognised on a page, and by how many degrees clockwise it had to be turned for that."""

    found: Recognised
    turn: int = 0
    languages: str = ""

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, 0 without words."""
        words = self.found.words
        return sum(word.confidence for word in words) / len(words) if words else 0.0


def recognise(
    scan: Image.Image, ocr: OcrEngine, *, dpi: int, languages: str, scratch: Path, upright: bool = False
) -> Sight:
    """Return what stands on *scan*; boxes are pixels of it, turned by ``Sight.turn``: by 0 if it is *upright*.

    Raises:
        IngestError: The engine failed or took too long.
    """
    clean = paper = cleaned(scan)
    # What was cleaned is rough at the edges of its letters: larger, they are smooth again.
    scale = _ENLARGED if clean is not scan and dpi < _FINE_DPI else 1.0

    def passed(image: Image.Image, wanted: str) -> Recognised:
        angle = skew_of(image)
        if abs(angle) < _STRAIGHT:
            return enlarged(image, wanted)
        found = enlarged(straightened(image, angle), wanted)
        return Recognised(tuple(laid_back(word, angle, image.size) for word in found.words), found.text)

    def enlarged(image: Image.Image, wanted: str) -> Recognised:
        if scale == 1.0:
            return ocr.recognise(image, dpi=dpi, languages=wanted, scratch=scratch)
        large = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
        found = ocr.recognise(large, dpi=round(dpi * scale), languages=wanted, scratch=scratch)
        return Recognised(tuple(_shrunk(word, scale, image.size) for word in found.words), found.text)

    sight = Sight(passed(paper, languages), languages=languages)
    sideways = _lies_sideways(sight.found.words)
    if not upright and (sideways or WEAK > sight.confidence > 0):
        turn = ocr.orientation(paper, dpi=dpi, scratch=scratch)
        if turn:
            paper = turned(paper, turn)
            other = Sight(passed(paper, languages), turn, languages)
            # Engines read some pages that lie on their side as they are; people do not.
            fair = sideways and other.confidence > sight.confidence - _BETTER_BY
            sight = other if fair else _surer(sight, other)
    paper = turned(clean, sight.turn)
    script = "" if set(FRAKTUR) & set(languages.split("+")) else fraktur()
    if script and WEAK > sight.confidence > 0 and len(sight.found.words) >= _FEW_WORDS:
        sight = _surer(sight, Sight(passed(paper, script), sight.turn, script))
    return replace(sight, found=repaired(sight.found))


def _lies_sideways(words: Sequence[Word]) -> bool:
    long = [word.box for word in words if len(word.text) >= _LONG_WORD]
    return len(long) >= _FEW_WORDS and sum(box.height > box.width for box in long) > len(long) / 2


def _shrunk(word: Word, scale: float, size: tuple[int, int]) -> Word:
    box = word.box
    left, top = min(round(box.left / scale), size[0] - 1), min(round(box.top / scale), size[1] - 1)
    width, height = max(1, round(box.width / scale)), max(1, round(box.height / scale))
    return replace(word, box=Box(left, top, min(width, size[0] - left), min(height, size[1] - top)))


def turned(image: Image.Image, turn: int) -> Image.Image:
    """Return *image* turned clockwise by *turn* degrees (0, 90, 180 or 270)."""
    return image.transpose(_TURNS[turn]) if turn else image


def _surer(known: Sight, other: Sight) -> Sight:
    return other if other.confidence >= known.confidence + _BETTER_BY else known
