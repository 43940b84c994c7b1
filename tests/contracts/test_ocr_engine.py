"""What every recognition engine keeps to, the real ones and the one that finds nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from ingest.engines.libtesseract import LibtesseractOcr
from ingest.engines.null import BrokenOcr, NullOcr
from ingest.engines.tesseract import TesseractOcr
from ingest.engines.tsv import parse_tsv
from ingest.errors import IngestError, ReaderCrashed, ReadTimedOut
from ingest.languages import model_folder
from ingest.ocr import OcrEngine, Recognised
from tests.ingest import pages

REAL: list[OcrEngine] = [TesseractOcr(), LibtesseractOcr()]
ENGINES: list[OcrEngine] = [*REAL, NullOcr()]


def _name(engine: OcrEngine) -> str:
    return type(engine).__name__


@pytest.fixture(params=ENGINES, ids=_name)
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    chosen: OcrEngine = request.param
    return chosen


def _read(engine: OcrEngine, image: Image.Image, scratch: Path) -> Recognised:
    return engine.recognise(image, dpi=200, languages="deu+eng", scratch=scratch)


LETTER = pages.scan(dpi=200)


@pytest.mark.parametrize("mode", ["L", "1", "RGB"])
def test_words_lie_on_the_page_and_make_the_text(engine: OcrEngine, mode: str, tmp_path: Path) -> None:
    found = _read(engine, LETTER.convert(mode), tmp_path)
    for word in found.words:
        assert word.text
        assert word.text == word.text.strip()
        assert 0 <= word.confidence <= 100
        assert word.box.width > 0
        assert word.box.height > 0
        assert 0 <= word.box.left <= word.box.left + word.box.width <= LETTER.width
        assert 0 <= word.box.top <= word.box.top + word.box.height <= LETTER.height
    assert found.text.split() == [part for word in found.words for part in word.text.split()]


def test_an_empty_page_has_no_words(engine: OcrEngine, tmp_path: Path) -> None:
    assert _read(engine, Image.new("L", (600, 800), 255), tmp_path) == Recognised((), "")


def test_a_page_of_one_pixel_is_no_mishap(engine: OcrEngine, tmp_path: Path) -> None:
    assert _read(engine, Image.new("L", (1, 1), 255), tmp_path).words == ()


def test_nothing_is_left_behind(engine: OcrEngine, tmp_path: Path) -> None:
    _read(engine, Image.new("L", (600, 800), 255), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_engine_names_itself(engine: OcrEngine) -> None:
    assert engine.software


@pytest.mark.parametrize("broken", [BrokenOcr(), *REAL], ids=_name)
def test_an_engine_that_fails_says_so_as_one_of_our_errors(broken: OcrEngine, tmp_path: Path) -> None:
    with pytest.raises(IngestError):
        broken.recognise(LETTER, dpi=200, languages="there_is_no_such_language", scratch=tmp_path)


@pytest.mark.parametrize("hasty", [TesseractOcr(seconds_per_page=1), LibtesseractOcr(seconds_per_page=1)], ids=_name)
def test_a_page_that_takes_too_long_is_given_up(hasty: OcrEngine, tmp_path: Path) -> None:
    large = LETTER.resize((LETTER.width * 3, LETTER.height * 3))
    with pytest.raises(ReadTimedOut):
        hasty.recognise(large, dpi=600, languages="deu+eng", scratch=tmp_path)
    assert _read(type(hasty)(), Image.new("L", (60, 80), 255), tmp_path).words == ()  # the next page goes on


@pytest.mark.parametrize("row", ["5\t1\t1\t1\t1\t1\tx\t1\t1\t1\t90\tWort", "5\t1\t1"])
def test_a_garbled_table_is_refused(row: str) -> None:
    with pytest.raises(ReaderCrashed):
        parse_tsv(f"level\n{row}\n")


@pytest.mark.parametrize("real", REAL, ids=_name)
def test_a_real_engine_reads_what_is_written(real: OcrEngine, tmp_path: Path) -> None:
    found = _read(real, pages.scan(), tmp_path)
    assert "Ihr Zeichen: 52.01.01-2026/0417" in found.text
    assert "fristgerecht Widerspruch" in " ".join(found.text.split())


@pytest.mark.parametrize("real", REAL, ids=_name)
def test_a_page_reads_the_same_whatever_was_read_before_or_beside_it(real: OcrEngine, tmp_path: Path) -> None:
    alone = _read(real, LETTER, tmp_path)
    _read(real, LETTER.rotate(180), tmp_path)
    with ThreadPoolExecutor(3) as pool:
        beside = list(pool.map(lambda _: _read(real, LETTER, tmp_path), range(3)))
    assert beside == [alone] * 3


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("real", REAL, ids=_name)
def test_a_turned_page_is_known(real: OcrEngine, turn: int, tmp_path: Path) -> None:
    lying = LETTER.rotate(turn, expand=True)  # against the clock: the turn clockwise makes it upright again
    assert real.orientation(lying, dpi=200, scratch=tmp_path) == turn
    assert list(tmp_path.iterdir()) == []


def test_how_an_empty_page_lies_cannot_be_told(engine: OcrEngine, tmp_path: Path) -> None:
    assert engine.orientation(Image.new("L", (600, 800), 255), dpi=200, scratch=tmp_path) == 0


@pytest.mark.parametrize("real", REAL, ids=_name)
def test_a_page_too_long_for_the_engine_is_refused_as_one_of_our_errors(real: OcrEngine, tmp_path: Path) -> None:
    with pytest.raises(IngestError):
        _read(real, Image.new("L", (40_000, 10), 255), tmp_path)


def test_the_models_are_those_an_administrator_names(monkeypatch: pytest.MonkeyPatch) -> None:
    model_folder.cache_clear()
    monkeypatch.setenv("TESSDATA_PREFIX", "/srv/models")
    assert model_folder() == "/srv/models"
    model_folder.cache_clear()
