"""Separator sheets on page images as scanners make them: turned, skewed, at 200 and 300 dpi, among ordinary pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingest import ReaderSettings, cut_apart, look_apart
from ingest.document import view_of
from ingest.errors import DamagedFile
from ingest.model import Code, Limits, PageOrder, Scan
from ingest.separators import codes_on
from ingest.sheets import is_blank

SETTINGS = ReaderSettings("null", Path(__file__).parents[2] / "config" / "classification")
TEXT = "EAKTE1." + "QmF1YW50cmFn" * 16
FONT = ImageFont.load_default(40)


def paper(dpi: int) -> Image.Image:
    return Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 255)


def code(text: str, kind: zxingcpp.BarcodeFormat, dpi: int, inches: float) -> Image.Image:
    page = paper(dpi)
    bars = Image.fromarray(np.array(zxingcpp.create_barcode(text, kind).to_image(scale=8)))
    wide = round(inches * dpi)
    page.paste(bars.resize((wide, round(bars.height * wide / bars.width)), Image.Resampling.LANCZOS), (dpi, dpi))
    return page


def patch(dpi: int, bars: str = "NWNW") -> Image.Image:
    page = paper(dpi)
    pen, top = ImageDraw.Draw(page), round(0.5 * dpi)
    for bar in bars:
        high = round((0.08 if bar == "N" else 0.2) * dpi)
        pen.rectangle((2.5 * dpi, top, 5.5 * dpi, top + high - 1), fill=0)
        top += high + round(0.08 * dpi)
    return page


def letter(dpi: int) -> Image.Image:
    page = paper(dpi)
    pen = ImageDraw.Draw(page)
    for line in range(30):
        pen.text((dpi, dpi + line * 70), "Antrag auf Baugenehmigung IIII |||| 7.000,00 EUR", font=FONT, fill=0)
    return page


def scanned(page: Image.Image, turn: float) -> Image.Image:
    """A page as it comes out of a feeder: turned or skewed, a little soft, with noise."""
    turned = page.rotate(turn, expand=turn % 90 == 0, fillcolor=255, resample=Image.Resampling.BICUBIC)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.8))).astype(np.int16)
    noise = np.random.default_rng(7).normal(0, 12, soft.shape)
    return Image.fromarray(np.clip(soft + noise, 0, 255).astype(np.uint8))


MARKS = {
    "qr": (lambda dpi: code(TEXT, zxingcpp.BarcodeFormat.QRCode, dpi, 2.6), Code("qr", TEXT)),
    "code128": (lambda dpi: code("TRENN-7", zxingcpp.BarcodeFormat.Code128, dpi, 3), Code("code128", "TRENN-7")),
    "patch_t": (patch, Code("patch_t")),
}  # fmt: skip


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 2.5, -3])
@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_read_however_the_sheet_lay_in_the_feeder(mark: str, dpi: int, turn: float) -> None:
    draw, expected = MARKS[mark]
    assert codes_on(view_of(scanned(draw(dpi), turn))) == (expected,)


@pytest.mark.parametrize("page", [letter(300), patch(300, "WWNN"), patch(300, "NWWN"), paper(200)])
def test_text_other_patches_and_blank_paper_are_no_separators(page: Image.Image) -> None:
    assert codes_on(view_of(scanned(page, 1))) == ()


def test_dust_leaves_a_side_blank_and_one_line_of_text_does_not() -> None:
    dusty = scanned(paper(200), 0)
    ImageDraw.Draw(dusty).ellipse((400, 400, 406, 406), fill=0)
    written = paper(200)
    ImageDraw.Draw(written).text((300, 900), "Keine weiteren Angaben.", font=FONT, fill=0)
    assert is_blank(view_of(dusty))
    assert not is_blank(view_of(written))


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """Sheet, its blank back, two pages, sheet, one page."""
    pages = [patch(200), paper(200), letter(200), letter(200), patch(200), letter(200)]
    path = tmp_path / "stapel.pdf"
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=200)
    return path


def test_a_stack_is_looked_at_in_a_process_of_its_own(stack: Path, tmp_path: Path) -> None:
    looks = look_apart(Scan(stack, "stapel.pdf"), SETTINGS, limits=Limits(), work=tmp_path / "work")
    assert [(one.number, bool(one.codes), one.blank) for one in looks] == [
        (1, True, False), (2, False, True), (3, False, False), (4, False, False), (5, True, False), (6, False, False),
    ]  # fmt: skip
    assert all(one.image.is_file() and one.thumbnail.is_file() for one in looks)


def test_pieces_hold_the_very_pages_of_the_scan_turned_where_asked(stack: Path, tmp_path: Path) -> None:
    pieces = [[PageOrder(3), PageOrder(4, 90)], [PageOrder(6)]]
    files = cut_apart([Scan(stack, "stapel.pdf")], pieces, SETTINGS, limits=Limits(), work=tmp_path / "work")
    with pikepdf.open(stack) as whole, pikepdf.open(files[0]) as first, pikepdf.open(files[1]) as second:
        assert [len(first.pages), len(second.pages)] == [2, 1]
        for taken, number in ((first.pages[0], 3), (first.pages[1], 4), (second.pages[0], 6)):
            ours, theirs = (next(iter(page.get_images().values())) for page in (taken, whole.pages[number - 1]))
            assert ours.read_raw_bytes() == theirs.read_raw_bytes()
        assert [int(page.obj.get("/Rotate", 0)) for page in first.pages] == [0, 90]


def test_a_tiff_becomes_a_pdf_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "stapel.tif"
    patch(200).convert("1").save(path, save_all=True, append_images=[letter(200).convert("1")], compression="group4")
    [piece] = cut_apart([Scan(path, path.name)], [[PageOrder(2)]], SETTINGS, limits=Limits(), work=tmp_path / "work")
    with pikepdf.open(piece) as pdf:
        assert len(pdf.pages) == 1


def test_a_page_that_is_not_there_is_told(stack: Path, tmp_path: Path) -> None:
    with pytest.raises(DamagedFile):
        cut_apart([Scan(stack, "s")], [[PageOrder(7)]], SETTINGS, limits=Limits(), work=tmp_path / "work")
