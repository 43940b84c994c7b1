"""PDFs that carry their text are not recognised again; pages that do not are, one by one."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from ingest import read
from ingest.engines.null import BrokenOcr
from ingest.model import Limits, Reading, Scan, TextSource
from ingest.reading import Engines
from tests.ingest import pages

PARAGRAPHS = (
    "Elektro Blitz GmbH, Ringstr. 9, 30159 Musterstadt",
    "Ihr Zeichen: 52.01.01-2026/0417",
    "Musterstadt, den 12. März 2026",
    "Rechnung Nr. 2026-1088 für die Beleuchtung der Rathaustreppe",
    (
        "Wir haben für Sie die Leuchten an der Treppe erneuert und bitten um Zahlung des Betrages von 1.284,50 Euro "
        "auf das unten genannte Konto. Nach § 14 UStG ist die Rechnung aufzubewahren. Zahlbar bis 30.04.2026."
    ),
)


def _read(path: Path, engines: Engines, tmp_path: Path) -> Reading:
    return read(Scan(path, path.name), engines, limits=Limits(), work=tmp_path / "work")


@pytest.fixture
def no_ocr(real_engines: Engines) -> Engines:
    """Engines whose recognition fails when it is asked: whoever passes did not ask."""
    return Engines(BrokenOcr(), real_engines.rules)


def test_text_and_places_come_without_recognition(tmp_path: Path, no_ocr: Engines) -> None:
    reading = _read(pages.born_digital_pdf(tmp_path / "invoice.pdf", PARAGRAPHS), no_ocr, tmp_path)
    page = reading.pages[0]
    assert page.source is TextSource.EMBEDDED
    assert page.text.split() == " ".join(PARAGRAPHS).split()
    assert [word.text for word in page.words] == page.text.split()
    assert reading.facts.references[0].value == "52.01.01-2026/0417"
    assert reading.document_type is not None
    assert reading.document_type.value == "Rechnung"


def test_boxes_of_embedded_words_lie_on_the_raster_in_order(tmp_path: Path, no_ocr: Engines) -> None:
    page = _read(pages.born_digital_pdf(tmp_path / "a.pdf", PARAGRAPHS), no_ocr, tmp_path).pages[0]
    assert page.dpi == 300
    assert page.width == pytest.approx(2480, abs=2)
    first, second = page.words[0].box, page.words[1].box
    assert first.left == pytest.approx(page.dpi / 2.54, abs=20)  # a margin of one centimetre
    assert first.left + first.width < second.left
    assert first.height == pytest.approx(11 / 72 * 300, rel=0.4)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_stored_turned_and_shown_upright_has_upright_boxes(turn: int, tmp_path: Path, no_ocr: Engines) -> None:
    path = pages.born_digital_pdf(tmp_path / "a.pdf", PARAGRAPHS)
    upright = _read(path, no_ocr, tmp_path).pages[0]
    _store_turned(path, turn)
    turned = _read(path, no_ocr, tmp_path).pages[0]
    assert (turned.width, turned.height) == (upright.width, upright.height)
    assert [word.text for word in turned.words] == [word.text for word in upright.words]
    for before, after in zip(upright.words, turned.words, strict=True):
        assert after.box.left == pytest.approx(before.box.left, abs=2)
        assert after.box.top == pytest.approx(before.box.top, abs=2)


def _store_turned(path: Path, turn: int) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        width, height = (float(side) for side in list(page.mediabox)[2:])
        matrix = {90: (0, 1, -1, 0, height, 0), 180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width)}[turn]
        page.contents_add(f"q {' '.join(map(str, matrix))} cm\n".encode(), prepend=True)
        page.contents_add(b"\nQ")
        if turn != 180:
            page.mediabox = pikepdf.Array([0, 0, height, width])
        page.obj.Rotate = turn
        pdf.save(path)


def test_each_page_is_read_as_it_needs(tmp_path: Path, real_engines: Engines) -> None:
    digital = pages.born_digital_pdf(tmp_path / "digital.pdf", PARAGRAPHS)
    scanned = pages.scanned_pdf(tmp_path / "scanned.pdf", [pages.scan(dpi=200)], dpi=200)
    with pikepdf.new() as empty:
        empty.add_blank_page(page_size=(595, 842))
        empty.save(tmp_path / "empty.pdf")
    path = pages.joined(tmp_path / "mixed.pdf", [digital, scanned, tmp_path / "empty.pdf"])
    reading = _read(path, real_engines, tmp_path)
    assert [page.source for page in reading.pages] == [TextSource.EMBEDDED, TextSource.OCR, TextSource.NONE]
    assert "Widerspruch" in reading.pages[1].text
    assert reading.text.count("\f") == 2


def test_a_scan_with_a_printed_line_over_it_is_recognised(tmp_path: Path, real_engines: Engines) -> None:
    path = pages.scanned_pdf(tmp_path / "scan.pdf", [pages.scan(dpi=200)], dpi=200)
    stamp = pages.born_digital_pdf(tmp_path / "stamp.pdf", ["Eingang 14.03.2026 Poststelle"])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf, pikepdf.open(stamp) as over:
        pdf.pages[0].add_overlay(over.pages[0], None)
        pdf.save(path)
    page = _read(path, real_engines, tmp_path).pages[0]
    assert page.source is TextSource.OCR
    assert "Widerspruch" in page.text


def test_a_text_layer_of_wrong_signs_is_not_believed(tmp_path: Path, real_engines: Engines) -> None:
    path = pages.born_digital_pdf(tmp_path / "a.pdf", PARAGRAPHS)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
                item.ToUnicode = pikepdf.Stream(
                    pdf,
                    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> "
                    b"endcodespacerange 1 beginbfrange <0000> <FFFF> <E000> endbfrange endcmap end end",
                )
        pdf.save(path)
    page = _read(path, real_engines, tmp_path).pages[0]
    assert page.source is TextSource.OCR
    assert "52.01.01-2026/0417" in page.text


def test_a_plain_text_file_becomes_pages(tmp_path: Path, no_ocr: Engines) -> None:
    (tmp_path / "note.txt").write_text("\n".join([*PARAGRAPHS, *["Zeile"] * 70]), "utf-8")
    reading = _read(tmp_path / "note.txt", no_ocr, tmp_path)
    assert reading.media_type == "text/plain"
    assert len(reading.pages) == 2
    assert reading.facts.references[0].value == "52.01.01-2026/0417"
    assert "März" in reading.text


def test_a_pdf_protected_against_changes_is_read_with_a_note(tmp_path: Path, no_ocr: Engines) -> None:
    path = pages.born_digital_pdf(tmp_path / "a.pdf", PARAGRAPHS)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="geheim", user=""))
    reading = _read(path, no_ocr, tmp_path)
    assert "Rechnung" in reading.text
    assert "geschützt" in reading.warnings[0]
