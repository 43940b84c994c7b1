"""How one scanned page is recognised: straightened where it leans, and where that reads badly, turned or in old print.

A page that reads well costs one pass. Every further pass is kept only if its words are more certain. Only what is
recognised is straightened: boxes lie on the page as it was scanned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image

from ingest.languages import FRAKTUR, fraktur
from ingest.lines import around
from ingest.model import Box
from ingest.ocr import Recognised
from ingest.paper import calmed, cleaned
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

_DOUBTFUL = 88
"""Mean confidence below which a page may be old print: as modern German that reads at 81 to 85, clean letters at 95."""

_PROOF = 40
"""Words in the middle of a page by which old print is told."""

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
        return _certainty(self.found.words)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A page as it is laid for recognition: turned, then straightened by ``angle``."""

    image: Image.Image
    angle: float = 0.0

    def on_the_scan(self, found: Recognised) -> Recognised:
        if not self.angle:
            return found
        return Recognised(tuple(laid_back(word, self.angle, self.image.size) for word in found.words), found.text)


@dataclass(frozen=True, slots=True)
class _Passes:
    """The engine, with what is the same in each pass over a page."""

    ocr: OcrEngine
    dpi: int
    scale: float
    scratch: Path

    def over(self, image: Image.Image, languages: str) -> Recognised:
        if self.scale == 1.0:
            return self.ocr.recognise(image, dpi=self.dpi, languages=languages, scratch=self.scratch)
        size = round(image.width * self.scale), round(image.height * self.scale)
        large, dpi = image.resize(size, Image.Resampling.BICUBIC), round(self.dpi * self.scale)
        found = self.ocr.recognise(large, dpi=dpi, languages=languages, scratch=self.scratch)
        return Recognised(tuple(_shrunk(word, self.scale, image.size) for word in found.words), found.text)

    def turn(self, image: Image.Image) -> int:
        return self.ocr.orientation(image, dpi=self.dpi, scratch=self.scratch)


def recognise(
    scan: Image.Image, ocr: OcrEngine, *, dpi: int, languages: str, scratch: Path, upright: bool = False
) -> Sight:
    """Return what stands on *scan*; boxes are pixels of it, turned by ``Sight.turn``: by 0 if it is *upright*.

    Raises:
        IngestError: The engine failed or took too long.
    """
    clean = cleaned(scan, dpi=dpi)
    # What was cleaned is rough at the edges of its letters: larger, they are smooth again.
    scale = _ENLARGED if clean is not scan and dpi < _FINE_DPI else 1.0
    passes = _Passes(ocr, dpi, scale, scratch)
    clean = calmed(scan) if clean is scan else clean
    page = _laid(clean)
    sight = Sight(passes.over(page.image, languages), languages=languages)
    if not upright:
        page, sight = _turned_right(clean, page, sight, passes)
    script = "" if set(FRAKTUR) & set(languages.split("+")) else fraktur()
    if script and _may_be_old_print(page, sight, script, passes):
        sight = _surer(sight, Sight(passes.over(page.image, script), sight.turn, script))
    return replace(sight, found=repaired(page.on_the_scan(sight.found)))


def _laid(clean: Image.Image, turn: int = 0) -> _Laid:
    paper = turned(clean, turn)
    angle = skew_of(paper)
    return _Laid(straightened(paper, angle), angle) if abs(angle) >= _STRAIGHT else _Laid(paper)


def _turned_right(clean: Image.Image, page: _Laid, sight: Sight, passes: _Passes) -> tuple[_Laid, Sight]:
    """The same, or turned if the page lies on its side or on its head."""
    sideways = _lies_sideways(sight.found.words)
    turn = passes.turn(page.image) if sideways or WEAK > sight.confidence > 0 else 0
    if not turn:
        return page, sight
    lying = _laid(clean, turn)
    other = Sight(passes.over(lying.image, sight.languages), turn, sight.languages)
    # Engines read some pages that lie on their side as they are; people do not.
    fair = sideways and other.confidence > sight.confidence - _BETTER_BY
    return (lying, other) if fair or _surer(sight, other) is other else (page, sight)


def _may_be_old_print(page: _Laid, sight: Sight, script: str, passes: _Passes) -> bool:
    """Whether some words in the middle of a doubtful page are more certain as old print: that costs little."""
    words = sight.found.words
    if len(words) < _FEW_WORDS or sight.confidence >= _DOUBTFUL:
        return False
    start = max(0, (len(words) - _PROOF) // 2)
    proof = words[start : start + _PROOF]
    box = around(word.box for word in proof)
    strip = page.image.crop((box.left, box.top, box.left + box.width, box.top + box.height))
    return _certainty(passes.over(strip, script).words) >= _certainty(proof) + _BETTER_BY


def _certainty(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else 0.0


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
