"""The searchable PDF, checked with a program that had no part in making it (poppler's pdftotext)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from PIL import Image

from ingest import read
from ingest.model import Limits, Page, Reading, Scan
from ingest.reading import Engines
from tests.ingest import pages


def _boxes(pdf: Path, number: int) -> list[tuple[str, list[float]]]:
    """The words another program finds, with left, top, right and bottom in points."""
    made = subprocess.run(
        ["pdftotext", "-bbox", "-f", str(number), "-l", str(number), pdf, "-"], capture_output=True, check=True
    )
    words = etree.fromstring(made.stdout).iter("{*}word")
    return [(w.text or "", [float(w.get(side, "0")) for side in ("xMin", "yMin", "xMax", "yMax")]) for w in words]


def _agree(page: Page, found: list[tuple[str, list[float]]], *, points: float = 72) -> float:
    """The share of the page's words that stand where the other program finds them, within two points."""
    scale = points / page.dpi
    expected = [
        (w.text, [w.box.left * scale, w.box.top * scale, (w.box.left + w.box.width) * scale])
        for w in page.words
        if any(sign.isalnum() for sign in w.text)  # hyphens and dots take the height of their line
    ]
    hits = 0
    for text, sides in expected:
        hits += any(
            text == other and all(abs(a - b) < 2 for a, b in zip(sides, box, strict=False)) for other, box in found
        )
    return hits / len(expected)


def test_words_stand_where_the_boxes_say(scanned_letter: tuple[Path, Reading]) -> None:
    reading = scanned_letter[1]
    for page in reading.pages:
        assert _agree(page, _boxes(reading.renditions[0].path, page.number)) > 0.97


def test_lines_read_in_order(scanned_letter: tuple[Path, Reading]) -> None:
    pdf = scanned_letter[1].renditions[0].path
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "Ihr Zeichen: 52.01.01-2026/0417" in text
    assert "Widerspruch gegen den Bescheid vom 3. Februar 2026" in text


def test_scans_are_never_encoded_again(scanned_letter: tuple[Path, Reading]) -> None:
    original, reading = scanned_letter
    with pikepdf.open(original) as before, pikepdf.open(reading.renditions[0].path) as after:
        for old, new in zip(before.pages, after.pages, strict=True):
            (image,) = old.get_images().values()
            same = next(iter(new.get_images().values()))
            assert image.read_raw_bytes() == same.read_raw_bytes()


def test_the_page_looks_as_before(scanned_letter: tuple[Path, Reading], tmp_path: Path) -> None:
    original, reading = scanned_letter
    for name, pdf in (("before", original), ("after", reading.renditions[0].path)):
        subprocess.run(["pdftoppm", "-gray", "-r", "50", pdf, tmp_path / name], check=True)
    before, after = (sorted(tmp_path.glob(f"{name}*")) for name in ("before", "after"))
    assert [file.read_bytes() for file in before] == [file.read_bytes() for file in after]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_get_their_words_at_the_right_place(turn: int, tmp_path: Path, real_engines: Engines) -> None:
    upright = pages.scan()
    laid = upright.rotate(turn, expand=True)  # stored turned left, shown turned right: upright again
    pages.scanned_pdf(tmp_path / "laid.pdf", [laid])
    with pikepdf.open(tmp_path / "laid.pdf") as pdf:
        pdf.Root.Pages.Rotate = turn  # inherited from the tree, as some scanners write it
        pdf.save(tmp_path / "turned.pdf")
    reading = read(Scan(tmp_path / "turned.pdf", "x"), real_engines, limits=Limits(), work=tmp_path / "work")
    page = reading.pages[0]
    assert "52.01.01-2026/0417" in page.text
    assert _agree(page, _boxes(reading.renditions[0].path, 1)) > 0.95


def test_cropped_pages_get_their_words_at_the_right_place(tmp_path: Path, real_engines: Engines) -> None:
    pages.scanned_pdf(tmp_path / "whole.pdf", [pages.scan()])
    with pikepdf.open(tmp_path / "whole.pdf") as pdf:
        box = [float(side) for side in pdf.pages[0].mediabox]
        pdf.pages[0].cropbox = pikepdf.Array([20, 30, box[2] - 25, box[3] - 10])
        pdf.save(tmp_path / "cropped.pdf")
    reading = read(Scan(tmp_path / "cropped.pdf", "x"), real_engines, limits=Limits(), work=tmp_path / "work")
    found = subprocess.run(
        ["pdftotext", "-bbox", "-cropbox", reading.renditions[0].path, "-"], capture_output=True, check=True
    )
    words = [
        (w.text or "", [float(w.get(side, "0")) for side in ("xMin", "yMin", "xMax")])
        for w in etree.fromstring(found.stdout).iter("{*}word")
    ]
    assert _agree(reading.pages[0], words) > 0.95


def test_an_image_file_becomes_a_pdf_without_loss(tmp_path: Path, real_engines: Engines) -> None:
    image = pages.scan()
    image.save(tmp_path / "letter.png", dpi=(300, 300))
    reading = read(Scan(tmp_path / "letter.png", "x"), real_engines, limits=Limits(), work=tmp_path / "work")
    with pikepdf.open(reading.renditions[0].path) as pdf:
        (stored,) = pdf.pages[0].get_images().values()
        assert isinstance(stored, pikepdf.Stream)
        assert pikepdf.PdfImage(stored).as_pil_image().tobytes() == image.tobytes()
    assert _agree(reading.pages[0], _boxes(reading.renditions[0].path, 1)) > 0.97


def test_a_jpeg_goes_into_the_pdf_byte_for_byte(tmp_path: Path, blind_engines: Engines) -> None:
    pages.scan(mode="RGB").save(tmp_path / "letter.jpg", dpi=(300, 300))
    reading = read(Scan(tmp_path / "letter.jpg", "x"), blind_engines, limits=Limits(), work=tmp_path / "work")
    with pikepdf.open(reading.renditions[0].path) as pdf:
        (stored,) = pdf.pages[0].get_images().values()
        assert stored.read_raw_bytes() == (tmp_path / "letter.jpg").read_bytes()


@pytest.mark.parametrize("inverted", [False, True])
def test_a_fax_page_stays_black_on_white(inverted: bool, tmp_path: Path, blind_engines: Engines) -> None:  # noqa: FBT001 — a parameter of the test
    sheet = pages.scan().point(lambda value: 255 if value > 140 else 0).convert("1")
    tags = {262: 1} if inverted else {}
    sheet.save(tmp_path / "fax.tif", compression="group4", dpi=(300, 300), tiffinfo=tags)
    reading = read(Scan(tmp_path / "fax.tif", "x"), blind_engines, limits=Limits(), work=tmp_path / "work")
    subprocess.run(["pdftoppm", "-r", "30", "-png", reading.renditions[0].path, tmp_path / "page"], check=True)
    with Image.open(next(tmp_path.glob("page*.png"))) as shown:
        shades = shown.convert("L").tobytes()
    assert sum(shades) / len(shades) > 220
