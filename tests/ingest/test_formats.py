"""Every format of letters, photographs and files becomes pages with text; nothing in a file runs or is fetched."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ingest import ReaderSettings, detect, read_apart
from ingest.model import Limits, Reading, Scan, TextSource
from tests.ingest import pages
from tests.ingest.conftest import RULES
from tests.ingest.test_containers import mail, pdf_bytes, zip_bytes

BLIND = ReaderSettings("null", RULES)
SMALL = pages.scan(dpi=100)


def read(path: Path) -> Reading:
    before = path.read_bytes()
    reading = read_apart(Scan(path, path.name), BLIND, limits=Limits(), work=path.parent / "work")
    assert path.read_bytes() == before
    return reading


@pytest.mark.parametrize("compression", ["group3", "group4", "jpeg", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_tiff_gives_its_pages_however_it_is_packed(compression: str, tmp_path: Path) -> None:
    bilevel = compression.startswith("group")
    first, second = (page.convert("1") if bilevel else page for page in (SMALL, SMALL.rotate(180)))
    first.save(tmp_path / "fax", "TIFF", save_all=True, append_images=[second], compression=compression)
    reading = read(tmp_path / "fax")
    assert (reading.media_type, len(reading.pages)) == ("image/tiff", 2)
    with pikepdf.open(reading.renditions[0].path) as pdf:
        assert len(pdf.pages) == 2


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_a_picture_is_one_page(form: str, tmp_path: Path) -> None:
    SMALL.save(tmp_path / "picture", form)
    assert len(read(tmp_path / "picture").pages) == 1


PHOTOGRAPH = Path(__file__).with_name("photograph.heic")
"""A drawing of our own, written by libheif: nothing that is set up here writes the format."""


def test_a_photograph_of_a_telephone_is_one_page(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(PHOTOGRAPH.read_bytes())
    reading = read(tmp_path / "photo.jpg")
    assert (reading.media_type, len(reading.pages)) == ("image/heic", 1)
    with Image.open(reading.pages[0].image) as view:
        red, green, blue = view.convert("RGB").getpixel((view.width // 2, view.height // 2))  # type: ignore[misc]
    assert red > green
    assert red > blue


def test_text_is_read_in_its_encoding(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"):
        (tmp_path / "notiz").write_bytes("Größe der Fläche: 3 € – geprüft\n".encode(encoding))
        reading = read(tmp_path / "notiz")
        assert reading.pages[0].text.split() == ["Größe", "der", "Fläche:", "3", "€", "–", "geprüft"], encoding


def test_text_in_other_letters_is_read(tmp_path: Path) -> None:
    (tmp_path / "notiz").write_text("Привет из Киева, Łódź", "utf-8")
    assert "Привет из Киева, Łódź" in read(tmp_path / "notiz").pages[0].text


UKRAINIAN = "Шановні пані та панове, прошу надати мені довідку про місце проживання моєї родини у вашому місті. " * 4


@pytest.mark.parametrize("text", [UKRAINIAN, "<a>" * 3_000, "xzxzqrt bcdfg " * 200])
def test_what_was_set_from_text_is_that_text_and_nothing_to_be_recognised(text: str, tmp_path: Path) -> None:
    (tmp_path / "notiz").write_text(text, "utf-8")
    reading = read(tmp_path / "notiz")
    assert {page.source for page in reading.pages} == {TextSource.EMBEDDED}
    assert "".join("".join(page.text for page in reading.pages).split()) == "".join(text.split())


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Bescheid</title><script>alert(1)</script>
<style>p{color:red}</style></head><body onload="x()"><h1>Bescheid über Gebühren</h1><p>Sehr geehrte Frau Groß,<br>zu
zahlen sind:</p><table><tr><th>Was</th><th>Betrag</th></tr><tr><td>Gebühr</td><td>12,50 €</td></tr></table>
<ul><li>erstens</li></ul><div style="display:none">versteckt</div><img src="https://example.org/zaehler.png">
<p>Ende</p></body></html>"""


def test_a_web_page_is_its_text_without_what_it_runs_or_loads(tmp_path: Path) -> None:
    (tmp_path / "seite").write_text(PAGE, "utf-8")
    reading = read(tmp_path / "seite")
    text = reading.pages[0].text
    assert reading.media_type == "text/html"
    assert all(said in text for said in ("Bescheid über Gebühren", "Groß,", "12,50 €", "erstens", "Ende"))
    assert not any(unsaid in text for unsaid in ("alert", "color", "versteckt"))
    assert any("aktive Inhalte" in notice for notice in reading.warnings)
    assert any("nicht geladen" in notice for notice in reading.warnings)


def test_a_mail_becomes_its_letter_with_what_its_headers_state(tmp_path: Path) -> None:
    text = "Sehr geehrte Damen und Herren,\n\nanbei die Pläne zum Aktenzeichen 52.01.01-2026/0417."
    (tmp_path / "upload").write_bytes(mail(("Plan.pdf", pdf_bytes()), text=text))
    reading = read(tmp_path / "upload")
    page = reading.pages[0].text
    assert all(said in page for said in ("Bauantrag Müller", "erika@example.org", "26.11.2026 10:00", "Plan.pdf"))
    assert reading.facts.subject is not None
    assert reading.facts.subject.value == "Bauantrag Müller"
    assert reading.facts.sender is not None
    assert reading.facts.sender.value == "Erika Müller"
    assert reading.facts.letter_date is not None
    assert reading.facts.letter_date.value == "2026-11-26"
    assert [(part.filename, part.media_type) for part in reading.parts] == [("Plan.pdf", "application/pdf")]
    assert reading.pages[0].source is TextSource.EMBEDDED


def test_an_archive_becomes_its_table_of_contents(tmp_path: Path) -> None:
    (tmp_path / "unterlagen.zip").write_bytes(zip_bytes({"Haus 3/plan.txt": b"Plan", "brief.txt": b"Brief"}))
    reading = read(tmp_path / "unterlagen.zip")
    assert "Haus 3/plan.txt" in reading.pages[0].text
    assert "unterlagen.zip" in reading.pages[0].text
    assert [part.path.read_bytes() for part in reading.parts] == [b"Plan", b"Brief"]


def test_scripts_and_launching_in_a_pdf_are_told(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = script
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))
        pdf.save(tmp_path / "formular")
    notices = " ".join(read(tmp_path / "formular").warnings)
    assert "aktive Inhalte" in notices
    assert "Programm starten" in notices


def _office(path: Path, names: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in names.items():
            archive.writestr(name, text)


@pytest.mark.parametrize(
    ("write", "media_type"),
    [
        (lambda path: path.write_bytes(mail()), "message/rfc822"),
        (lambda path: path.write_bytes(b"From x@y Thu Nov 26\nReceived: by z\n" + mail()), "message/rfc822"),
        (lambda path: path.write_text("Subject: only one header\n\ntext"), "text/plain"),
        (lambda path: path.write_text("<?xml version='1.0'?><html><body>x</body></html>"), "text/html"),
        (lambda path: path.write_text("<?xml version='1.0'?><a/>"), "text/xml"),
        (lambda path: path.write_text("{\\rtf1 x}"), "text/rtf"),
        (lambda path: _office(path, {"a.txt": ""}), "application/zip"),
        (
            lambda path: _office(path, {"mimetype": "application/vnd.oasis.opendocument.text"}),
            "application/vnd.oasis.opendocument.text",
        ),
        (
            lambda path: _office(path, {"[Content_Types].xml": "", "word/document.xml": ""}),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_the_type_is_the_content(write: Callable[[Path], object], media_type: str, tmp_path: Path) -> None:
    write(tmp_path / "brief.exe")
    assert detect(tmp_path / "brief.exe") == media_type
