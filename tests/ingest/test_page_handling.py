"""Pages that lie wrong, are worn, empty or in old print: read well, shown upright, and marked where they are seen."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageStat

from bench.distance import distance
from bench.letters import font_file, office_letter, printed
from bench.worn import leaning, noisy, worn
from ingest import read
from ingest.model import Limits, Page, Reading, Scan
from ingest.paper import calmed, cleaned, is_blank
from ingest.reading import Engines
from tests.ingest import pages
from tests.ingest.test_searchable_pdf import _agree, _boxes


def _read(path: Path, engines: Engines) -> Reading:
    return read(Scan(path, path.name), engines, limits=Limits(), work=path.with_suffix(".work"))


def _ink_under(page: Page, text: str) -> float:
    """The darkest spot of the shown page image within the box of the word *text* (0 black to 255)."""
    box = next(word.box for word in page.words if word.text == text)
    with Image.open(page.image) as shown:
        scale = shown.width / page.width
        assert shown.height / page.height == pytest.approx(scale, rel=0.01)
        left, top, right, bottom = box.left, box.top, box.left + box.width, box.top + box.height
        area = tuple(round(side * scale) for side in (left, top, right, bottom))
        return float(min(shown.convert("L").crop(area).tobytes()))  # type: ignore[arg-type]  # four sides


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_a_page_that_lies_turned_is_shown_and_marked_upright(
    kind: str, turn: int, tmp_path: Path, real_engines: Engines
) -> None:
    lying = pages.scan(dpi=200).rotate(turn, expand=True)
    path = tmp_path / f"lying.{kind}"
    if kind == "pdf":
        pages.scanned_pdf(path, [lying], dpi=200)
    else:
        lying.save(path, dpi=(200, 200))
    reading = _read(path, real_engines)
    page = reading.pages[0]
    assert page.turn == turn
    assert page.height > page.width
    assert "52.01.01-2026/0417" in page.text
    assert _ink_under(page, "52.01.01-2026/0417") < 120
    assert _agree(page, _boxes(reading.renditions[0].path, 1)) > 0.95
    assert reading.renditions[0].standard == "PDF/A-2b"


def test_a_turned_scan_keeps_its_own_bytes_in_the_rendition(tmp_path: Path, real_engines: Engines) -> None:
    path = pages.scanned_pdf(tmp_path / "lying.pdf", [pages.scan(dpi=200).rotate(180)], dpi=200)
    made = _read(path, real_engines).renditions[0].path
    with pikepdf.open(path) as before, pikepdf.open(made) as after:
        (old,), new = before.pages[0].get_images().values(), next(iter(after.pages[0].get_images().values()))
        assert old.read_raw_bytes() == new.read_raw_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_marks_stand_on_their_words_where_a_page_lies_askew(seed: int, tmp_path: Path, real_engines: Engines) -> None:
    image = leaning(pages.draw(pages.APPLICATION), seed=seed)
    image.save(tmp_path / "askew.png", dpi=(300, 300))
    page = _read(tmp_path / "askew.png", real_engines).pages[0]
    assert "Widerspruch" in page.text
    assert _ink_under(page, "52.01.01-2026/0417") < 120
    assert _ink_under(page, "Widerspruch") < 120


def test_worn_paper_becomes_white_and_even_paper_stays() -> None:
    clean = pages.scan(dpi=150)
    assert cleaned(clean, dpi=150) is clean
    stained = worn(pages.draw(pages.APPLICATION, dpi=150), seed=1)
    bright = cleaned(stained, dpi=150)
    assert bright.size == stained.size
    assert sum(bright.tobytes()) / len(bright.tobytes()) > sum(stained.tobytes()) / len(stained.tobytes()) + 40


@pytest.mark.parametrize(("dpi", "seed"), [(150, 2), (300, 2)])
def test_letters_on_stained_paper_are_read(dpi: int, seed: int, tmp_path: Path, real_engines: Engines) -> None:
    letter = office_letter(seed)
    worn(pages.draw(letter, dpi=dpi), seed=seed).save(tmp_path / "worn.png", dpi=(dpi, dpi))
    text = " ".join(_read(tmp_path / "worn.png", real_engines).pages[0].text.split())
    truth = " ".join(printed(letter).split())
    assert distance(truth, text) < 0.05 * len(truth)


def test_noisy_pages_are_calmed_and_others_stay() -> None:
    clean = pages.scan(dpi=150)
    assert calmed(clean) is clean
    grain = noisy(pages.draw(pages.APPLICATION, dpi=150), seed=1)
    calm = calmed(grain)
    paper = (100, 1400, 300, 1600)
    assert calm.size == grain.size
    assert _spread(calm.crop(paper)) < 0.7 * _spread(grain.crop(paper))
    for other in (clean.convert("1"), Image.new("L", (1, 1))):
        assert calmed(other) is other


def _spread(image: Image.Image) -> float:
    return ImageStat.Stat(image).stddev[0]


def _paper(*, dust: bool = False) -> Image.Image:
    page = pages.degrade(Image.new("L", (2480, 3508), 235), seed=4, noise=9)
    if dust:
        pen = ImageDraw.Draw(page)
        for number in range(60):
            x, y = number * 997 % 2480, number * 619 % 3508
            pen.ellipse((x, y, x + 8, y + 8), fill=60)
        pen.ellipse((100, 1600, 170, 1670), fill=10)  # a punch hole
    return page


def test_paper_dust_and_punch_holes_are_a_blank_page() -> None:
    assert is_blank(_paper())
    assert is_blank(_paper(dust=True))
    assert is_blank(worn(Image.new("L", (2480, 3508), 255), seed=3))


def test_the_smallest_note_is_no_blank_page() -> None:
    written, typed = _paper(), _paper()
    ImageDraw.Draw(written).line((900, 1500, 1000, 1460, 1050, 1530), fill=40, width=6)
    font = ImageFont.truetype(font_file(), 46)
    ImageDraw.Draw(typed).text((1200, 1700), "ja", font=font, fill=0)
    assert not is_blank(written)
    assert not is_blank(typed)


def test_a_blank_page_is_told_and_stays_in_the_rendition(tmp_path: Path, real_engines: Engines) -> None:
    path = pages.scanned_pdf(tmp_path / "duplex.pdf", [pages.scan(), _paper(dust=True), pages.scan(seed=2)])
    reading = _read(path, real_engines)
    assert [page.is_blank for page in reading.pages] == [False, True, False]
    with pikepdf.open(reading.renditions[0].path) as pdf:
        assert len(pdf.pages) == 3
