"""Old print (Fraktur) is told by itself and read with its own model, today's print is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from bench.distance import distance
from bench.worn import faded, noisy
from ingest.engines.libtesseract import LibtesseractOcr
from ingest.languages import fraktur
from ingest.recognition import Sight, recognise
from tests.ingest import pages

FONT = (
    Path(__file__)
    .parents[2]
    .joinpath("node_modules/@expo-google-fonts/unifrakturmaguntia/400Regular/UnifrakturMaguntia_400Regular.ttf")
)
PERMIT = """Baupolizeiliche Erlaubnis

Dem Bauherrn Auguſt Schröder in Muſterſtadt wird hiermit die Erlaubnis erteilt,
auf ſeinem Grundſtück in der Lindenſtraße ein zweiſtöckiges Wohnhaus nebſt
Stallgebäude zu errichten. Die Ausführung hat nach den geprüften Zeichnungen
zu geſchehen.

Vor Beginn der Arbeiten iſt dem Bauamte ſchriftlich Anzeige zu erſtatten. Die
Umfaſſungsmauern ſind maſſiv herzuſtellen und das Dach iſt mit Ziegeln
einzudecken. Der Schornſtein muß mindeſtens einen halben Meter über den Firſt
geführt werden.

Die Erlaubnis erliſcht, wenn binnen Jahresfriſt mit dem Bau nicht begonnen
worden iſt. Gegen dieſen Beſcheid ſteht dem Bauherrn binnen zwei Wochen die
Beſchwerde an den Regierungspräſidenten zu."""

needs_fraktur = pytest.mark.skipif(
    not FONT.exists() or not fraktur(), reason="needs the font of package.json and a Tesseract model of Fraktur"
)


def _printed_of_old(*, dpi: int, seed: int = 1, lean: float = 0.0) -> Image.Image:
    page = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 245)
    font = ImageFont.truetype(str(FONT), round(12 * dpi / 72))
    ImageDraw.Draw(page).multiline_text((dpi, dpi), PERMIT, font=font, fill=25, spacing=dpi / 15)
    return pages.degrade(page.rotate(lean, Image.Resampling.BICUBIC, fillcolor=245), seed=seed)


def _sight(page: Image.Image, dpi: int, languages: str, scratch: Path) -> Sight:
    return recognise(page, LibtesseractOcr(), dpi=dpi, languages=languages, scratch=scratch)


def _error_rate(text: str) -> float:
    truth = " ".join(PERMIT.split())
    return distance(truth.replace("ſ", "s"), " ".join(text.split()).replace("ſ", "s")) / len(truth)


@needs_fraktur
@pytest.mark.parametrize(("dpi", "lean"), [(150, 0.0), (300, 0.0), (200, -2.5)])
def test_old_print_is_told_and_read_better_than_as_german(dpi: int, lean: float, tmp_path: Path) -> None:
    page = _printed_of_old(dpi=dpi, lean=lean)
    as_german = LibtesseractOcr().recognise(page, dpi=dpi, languages="deu", scratch=tmp_path)
    for languages in ("deu", "deu+eng"):
        sight = _sight(page, dpi, languages, tmp_path)
        assert sight.languages == fraktur()
        assert sight.turn == 0
        assert _error_rate(sight.found.text) < 0.01 < _error_rate(as_german.text)


@needs_fraktur
def test_words_of_old_print_stand_where_they_are_printed(tmp_path: Path) -> None:
    page = _printed_of_old(dpi=150)
    words = _sight(page, 150, "deu", tmp_path).found.words
    word = next(word for word in words if word.text == "Baupolizeiliche")
    assert (word.box.left, word.box.top) == pytest.approx((150, 154), abs=8)
    heads = [word for word in words if word.text in ("Dem", "Vor", "Die")]
    assert len({word.box.left // 10 for word in heads if word.box.left < 160}) == 1


def test_print_of_today_is_not_taken_for_old(tmp_path: Path) -> None:
    for spoil in (noisy, faded):
        page = spoil(pages.draw(pages.APPLICATION, dpi=150), seed=1)
        assert _sight(page, 150, "deu+eng", tmp_path).languages == "deu+eng"
    weak = pages.degrade(pages.draw(pages.APPLICATION, dpi=70), seed=3, noise=12)
    assert _sight(weak, 70, "deu+eng", tmp_path).languages == "deu+eng"
