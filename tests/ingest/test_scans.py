"""Scanned pages in every format come back as text with places, images and facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from ingest import read
from ingest.model import Limits, Page, Reading, Scan, TextSource
from ingest.reading import Engines
from tests.ingest import pages


def test_a_scanned_letter_tells_its_facts(scanned_letter: tuple[Path, Reading]) -> None:
    facts = scanned_letter[1].facts
    assert [finding.value for finding in facts.references] == ["52.01.01-2026/0417"]
    assert facts.letter_date is not None
    assert facts.letter_date.value == "2026-03-12"
    assert facts.sender is not None
    assert facts.sender.value == "Erika Beispiel"
    assert facts.subject is not None
    assert facts.subject.value == "Widerspruch gegen den Bescheid vom 3. Februar 2026"
    assert facts.foreign_reference is not None
    assert facts.foreign_reference.value == "EB-201/26"
    assert [finding.value for finding in facts.deadlines] == ["2026-04-30"]
    assert facts.legal_remedy is not None
    assert facts.legal_remedy.value == "Widerspruch"


def test_a_scanned_letter_gets_type_and_unit_with_reasons(scanned_letter: tuple[Path, Reading]) -> None:
    reading = scanned_letter[1]
    assert reading.document_type is not None
    assert reading.document_type.value == "Widerspruch"
    assert "Betreff" in reading.document_type.reason
    assert reading.file_plan_units[0].value == "52.01.01"
    assert reading.file_plan_units[0].confidence >= 0.95
    assert reading.warnings == ()


def test_the_place_of_a_reference_covers_its_ink(scanned_letter: tuple[Path, Reading]) -> None:
    evidence = scanned_letter[1].facts.references[0].evidence[0]
    box = evidence.box
    ink = pages.scan().crop((box.left, box.top, box.left + box.width, box.top + box.height))
    assert evidence.text == "52.01.01-2026/0417"
    assert min(ink.tobytes()) < 90
    around = pages.scan().crop((box.left + box.width + 8, box.top - 8, box.left + box.width + 60, box.top + box.height))
    assert min(around.tobytes()) > 90  # nothing is cut off


def test_every_page_has_an_image_and_a_thumbnail(scanned_letter: tuple[Path, Reading]) -> None:
    for page in scanned_letter[1].pages:
        with Image.open(page.image) as image, Image.open(page.thumbnail) as thumbnail:
            assert image.format == thumbnail.format == "WEBP"
            assert image.width == pytest.approx(1240, abs=2)
            assert thumbnail.width == pytest.approx(200, abs=1)
            assert image.height / image.width == pytest.approx(page.height / page.width, rel=0.01)


def test_resolutions_are_told_page_by_page(scanned_letter: tuple[Path, Reading]) -> None:
    assert [page.dpi for page in scanned_letter[1].pages] == [300, 200]
    assert [page.source for page in scanned_letter[1].pages] == [TextSource.OCR, TextSource.OCR]


def _read(path: Path, engines: Engines, work: Path) -> Page:
    return read(Scan(path, path.name), engines, limits=Limits(), work=work).pages[0]


@pytest.mark.parametrize("name", ["letter.jpg", "letter.png", "letter.tif"])
def test_image_files_are_read_like_scans(name: str, tmp_path: Path, real_engines: Engines) -> None:
    pages.scan().save(tmp_path / name, dpi=(300, 300))
    page = _read(tmp_path / name, real_engines, tmp_path / "work")
    assert "52.01.01-2026/0417" in page.text
    assert (page.width, page.height) == pages.scan().size


def test_every_page_of_a_fax_is_read(tmp_path: Path, real_engines: Engines) -> None:
    sheets = [pages.scan(seed=seed).point(lambda value: 255 if value > 140 else 0).convert("1") for seed in (1, 2)]
    sheets[0].save(tmp_path / "fax.tif", save_all=True, append_images=sheets[1:], compression="group4", dpi=(300, 300))
    reading = read(Scan(tmp_path / "fax.tif", "fax.tif"), real_engines, limits=Limits(), work=tmp_path / "work")
    assert [page.number for page in reading.pages] == [1, 2]
    assert all("Widerspruch" in page.text for page in reading.pages)


def test_colour_is_kept_for_the_eye(tmp_path: Path, blind_engines: Engines) -> None:
    image = pages.scan(mode="RGB")
    image.paste((200, 20, 20), (1500, 400, 1900, 600))  # a red stamp
    image.save(tmp_path / "stamp.png", dpi=(300, 300))
    page = _read(tmp_path / "stamp.png", blind_engines, tmp_path / "work")
    with Image.open(page.image) as shown:
        red, green, _ = shown.convert("RGB").getpixel((850, 250))  # type: ignore[misc]  # an RGB image gives three
    assert red > green + 100


def test_a_photograph_turned_by_its_own_note_is_read_upright(tmp_path: Path, real_engines: Engines) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned clockwise by a quarter
    pages.scan().transpose(Image.Transpose.ROTATE_90).save(tmp_path / "photo.jpg", exif=exif, dpi=(300, 300))
    page = _read(tmp_path / "photo.jpg", real_engines, tmp_path / "work")
    assert page.height > page.width
    assert "52.01.01-2026/0417" in page.text


def test_transparent_paper_is_white(tmp_path: Path, real_engines: Engines) -> None:
    ink = pages.scan()
    clear = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.putalpha(ink.point(lambda value: 255 if value < 128 else 0))
    clear.save(tmp_path / "clear.png", dpi=(300, 300))
    assert "Widerspruch" in _read(tmp_path / "clear.png", real_engines, tmp_path / "work").text


def test_sixteen_bit_grey_is_read(tmp_path: Path, real_engines: Engines) -> None:
    deep = Image.frombytes("I;16", pages.scan().size, b"".join(bytes((0, value)) for value in pages.scan().tobytes()))
    deep.save(tmp_path / "deep.png", dpi=(300, 300))
    assert "Widerspruch" in _read(tmp_path / "deep.png", real_engines, tmp_path / "work").text


def test_a_blank_page_has_no_text_and_says_so(tmp_path: Path, real_engines: Engines) -> None:
    Image.new("L", (2480, 3508), 255).save(tmp_path / "blank.png", dpi=(300, 300))
    reading = read(Scan(tmp_path / "blank.png", "blank.png"), real_engines, limits=Limits(), work=tmp_path / "work")
    assert reading.pages[0].source is TextSource.NONE
    assert reading.pages[0].confidence is None
    assert reading.document_type is None
    assert "kein" in reading.warnings[0].lower()


def test_weak_text_is_announced(tmp_path: Path, real_engines: Engines) -> None:
    weak = pages.degrade(pages.draw(pages.APPLICATION, dpi=60), seed=3, noise=12)
    weak.save(tmp_path / "weak.png")
    reading = read(Scan(tmp_path / "weak.png", "weak.png"), real_engines, limits=Limits(), work=tmp_path / "work")
    assert any("schwer lesbar" in warning for warning in reading.warnings)


def test_reading_twice_gives_the_same(tmp_path: Path, blind_engines: Engines) -> None:
    path = pages.scanned_pdf(tmp_path / "letter.pdf", [pages.scan()])
    work = tmp_path / "work"

    def everything() -> tuple[Reading, dict[str, bytes]]:
        reading = read(Scan(path, path.name), blind_engines, limits=Limits(), work=work)
        return reading, {file.name: file.read_bytes() for file in work.iterdir()}

    assert everything() == everything()
