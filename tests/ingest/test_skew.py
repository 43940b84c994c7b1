"""Pages that lean are read like upright ones, and their words are marked where they stand on the page as scanned."""

from __future__ import annotations

import math
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from bench.distance import distance
from bench.letters import font_file, office_letter, printed
from ingest import read
from ingest.engines.libtesseract import LibtesseractOcr
from ingest.engines.null import NullOcr
from ingest.model import Box, Limits, Scan, Word
from ingest.ocr import Recognised
from ingest.reading import Engines
from ingest.recognition import recognise
from ingest.skew import laid_back, skew_of
from tests.ingest import pages
from tests.ingest.test_searchable_pdf import _agree, _boxes

LETTER = office_letter(1)
DPI = 150
LEANS = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)


def _leaning(angle: float, image: Image.Image | None = None) -> Image.Image:
    """A page that lies turned counter-clockwise by *angle* degrees on the scanner."""
    drawn = image or pages.draw(LETTER, dpi=DPI)
    return pages.degrade(drawn.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white"), seed=1, skew=0)


def _seen(image: Image.Image, scratch: Path) -> Recognised:
    return recognise(image, LibtesseractOcr(), dpi=DPI, languages="deu+eng", scratch=scratch).found


def _error_rate(text: str) -> float:
    truth = " ".join(printed(LETTER).split())
    return distance(truth, " ".join(text.split())) / len(truth)


@pytest.mark.parametrize("angle", LEANS)
def test_a_leaning_letter_is_read_like_an_upright_one(angle: float, tmp_path: Path) -> None:
    page = _leaning(angle)
    found = _seen(page, tmp_path)
    upright = _seen(_leaning(0), tmp_path)
    assert _error_rate(found.text) <= _error_rate(upright.text) + 0.003  # six signs of two thousand
    assert _ink_beside(page, found.words) < 0.01


def _ink_beside(page: Image.Image, words: tuple[Word, ...]) -> float:
    """The share of the page's ink that stands in no word's box."""
    bare = page.copy()
    pen = ImageDraw.Draw(bare)
    for word in words:
        box = word.box
        pen.rectangle((box.left - 1, box.top - 1, box.left + box.width, box.top + box.height), fill=255)
    before, after = (sum(image.point(lambda grey: grey < 120).tobytes()) for image in (page, bare))
    return after / before


@pytest.mark.parametrize("angle", [-3.0, 2.0])
def test_each_box_is_the_one_around_its_word_on_the_leaning_page(angle: float, tmp_path: Path) -> None:
    page, places = _numbered_page()
    found = {word.text: word.box for word in _seen(_leaning(angle, page), tmp_path).words}
    hits = [found[text] for text in places if text in found]
    assert len(hits) > 0.95 * len(places)
    for text, place in places.items():
        if text in found:
            for side, expected in zip(_sides(found[text]), _turned_about(place, angle, page.size), strict=True):
                assert side == pytest.approx(expected, abs=4)


def _numbered_page() -> tuple[Image.Image, dict[str, tuple[float, ...]]]:
    """A page of words that all differ, and the left, top, right and bottom of each."""
    page = Image.new("L", (1240, 1754), 255)
    pen, font, places = ImageDraw.Draw(page), ImageFont.truetype(font_file(), 23), {}
    for row in range(30):
        for column, name in enumerate(("Antrag", "Bescheid", "Grundsteuer", "Akte", "Baulast")):
            word, at = f"{name}{10 + row}", (150 + 200 * column, 200 + 40 * row)
            pen.text(at, word, font=font, fill=0)
            places[word] = tuple(pen.textbbox(at, word, font=font))
    return page, places


def _turned_about(place: tuple[float, ...], angle: float, size: tuple[int, int]) -> tuple[float, float, float, float]:
    left, top, right, bottom = place
    turn = complex(math.cos(math.radians(angle)), -math.sin(math.radians(angle)))  # y grows downwards
    middle = complex(size[0] / 2, size[1] / 2)
    corners = [(complex(x, y) - middle) * turn + middle for x in (left, right) for y in (top, bottom)]
    across, down = [corner.real for corner in corners], [corner.imag for corner in corners]
    return min(across), min(down), max(across), max(down)


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.left + box.width, box.top + box.height


def test_a_leaning_scan_stays_as_it_is_and_tells_the_same_facts(tmp_path: Path, real_engines: Engines) -> None:
    leaning = pages.scan(dpi=200).rotate(-3, Image.Resampling.BICUBIC, fillcolor="white")
    path = pages.scanned_pdf(tmp_path / "leaning.pdf", [leaning], dpi=200)
    reading = read(Scan(path, path.name), real_engines, limits=Limits(), work=tmp_path / "work")
    facts, made = reading.facts, reading.renditions[0].path
    assert [finding.value for finding in facts.references] == ["52.01.01-2026/0417"]
    assert facts.subject is not None
    assert facts.subject.value == "Widerspruch gegen den Bescheid vom 3. Februar 2026"
    assert facts.sender is not None
    assert facts.sender.value == "Erika Beispiel"
    assert reading.pages[0].turn == 0
    assert _agree(reading.pages[0], _boxes(made, 1)) > 0.95
    with pikepdf.open(path) as before, pikepdf.open(made) as after:
        (old,), new = before.pages[0].get_images().values(), next(iter(after.pages[0].get_images().values()))
        assert old.read_raw_bytes() == new.read_raw_bytes()


class _Watching(NullOcr):
    """Recognises nothing and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Image.Image] = []

    def recognise(self, image: Image.Image, *, dpi: int, languages: str, scratch: Path) -> Recognised:
        """Remember *image*."""
        self.given.append(image)
        return super().recognise(image, dpi=dpi, languages=languages, scratch=scratch)


@pytest.mark.parametrize("angle", [0.0, 0.4, -0.6])
def test_pages_that_lie_straight_enough_are_recognised_as_they_are(angle: float, tmp_path: Path) -> None:
    page, engine = _leaning(angle), _Watching()
    recognise(page, engine, dpi=DPI, languages="deu", scratch=tmp_path)
    assert engine.given == [page]
    assert engine.given[0] is page


@pytest.mark.parametrize("angle", [-4.0, -1.5, 0.0, 2.5])
def test_skew_is_measured(angle: float) -> None:
    assert skew_of(_leaning(angle)) == pytest.approx(angle, abs=0.2)


def test_what_has_no_lines_has_no_skew() -> None:
    page = _leaning(0)
    drawing = Image.new("L", page.size, 255)
    pen = ImageDraw.Draw(drawing)
    for number in range(9):
        pen.ellipse((100 * number, 120 * number, 100 * number + 300, 120 * number + 300), outline=0, width=4)
    for image in (page.rotate(90, expand=True), drawing, Image.new("L", page.size, 255), Image.new("1", (3, 1))):
        assert skew_of(image) == 0.0


def test_boxes_laid_back_stay_on_the_page() -> None:
    for left, top in ((0, 0), (990, 0), (0, 1390), (990, 1390), (999, 1399)):
        word = Word("Rand", Box(left, top, 1000 - left, 1400 - top), 90)
        for angle in (-7.0, -2.0, 3.0, 7.0):
            box = laid_back(word, angle, (1000, 1400)).box
            assert 0 <= box.left < box.left + box.width <= 1000
            assert 0 <= box.top < box.top + box.height <= 1400
