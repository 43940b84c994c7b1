"""The rendition is PDF/A, says a validator that had no part in making it, and harms nothing of the scan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, AttachedFileSpec, Dictionary, Name
from PIL import Image

from ingest import read
from ingest.model import Limits, Reading, Scan
from ingest.reading import Engines
from tests import verapdf
from tests.ingest import pages


def _read(path: Path, engines: Engines) -> Reading:
    return read(Scan(path, path.name), engines, limits=Limits(), work=path.with_suffix(".work"))


def _fax() -> Image.Image:
    return pages.scan().point(lambda value: 255 if value > 140 else 0).convert("1")


def _write_all(folder: Path) -> list[Path]:
    """One file of each kind that comes in."""
    scan, colour = pages.scan(), pages.scan(mode="RGB")
    scan.save(folder / "grey.png", dpi=(300, 300))
    colour.save(folder / "colour.jpg", dpi=(300, 300))
    _fax().save(folder / "fax.tif", save_all=True, append_images=[_fax()], compression="group4", dpi=(300, 300))
    colour.save(folder / "lzw.tif", compression="tiff_lzw", dpi=(300, 300))
    pages.scanned_pdf(folder / "scanned.pdf", [scan, colour])
    digital = pages.born_digital_pdf(folder / "digital.pdf", ["Sehr geehrte Damen und Herren, wir danken Ihnen."] * 9)
    pages.joined(folder / "mixed.pdf", [digital, folder / "scanned.pdf"])
    (folder / "note.txt").write_text("Vermerk: Die Nachbarn wurden gehört.\n" * 4, "utf-8")
    return sorted(file for file in folder.iterdir() if file.is_file())


def test_every_kind_of_file_becomes_pdf_a_2b(tmp_path: Path, real_engines: Engines) -> None:
    readings = {file: _read(file, real_engines) for file in _write_all(tmp_path)}
    assert {file.name: reading.renditions[0].standard for file, reading in readings.items()} == {
        file.name: "PDF/A-2b" for file in readings
    }
    found = verapdf.faults([reading.renditions[0].path for reading in readings.values()])
    assert not any(found.values()), found


def test_the_validator_is_no_rubber_stamp(tmp_path: Path) -> None:
    path = pages.scanned_pdf(tmp_path / "plain.pdf", [pages.scan(dpi=100)], dpi=100)
    assert verapdf.faults([path])[path]


def _script(pdf: pikepdf.Pdf) -> None:
    run = Dictionary(S=Name.JavaScript, JS="app.alert('x')")
    pdf.Root.OpenAction = pdf.make_indirect(run)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", pdf.make_indirect(run)])))
    pdf.pages[0].AA = Dictionary(O=run)


def _button(pdf: pikepdf.Pdf) -> None:
    launch = Dictionary(S=Name.Launch, F="cmd.exe")
    button = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 99, 99], A=launch, F=4)
    pdf.pages[0].Annots = Array([pdf.make_indirect(button)])


def _attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["plan.exe"] = AttachedFileSpec(pdf, b"MZ", filename="plan.exe")


@pytest.mark.parametrize("arm", [_script, _button, _attachment])
def test_nothing_in_it_acts_or_hides(
    arm: Callable[[pikepdf.Pdf], None], tmp_path: Path, blind_engines: Engines
) -> None:
    with pikepdf.open(pages.scanned_pdf(tmp_path / "scan.pdf", [pages.scan(dpi=100)], dpi=100)) as pdf:
        arm(pdf)
        pdf.save(tmp_path / "armed.pdf")
    before = (tmp_path / "armed.pdf").read_bytes()
    made = _read(tmp_path / "armed.pdf", blind_engines).renditions[0]
    assert made.standard == "PDF/A-2b"
    with pikepdf.open(made.path) as pdf:
        everything = [str(each.objgen) + repr(each) for each in pdf.objects]
    assert not any(bad in text for text in everything for bad in ("JavaScript", "Launch", "EmbeddedFile"))
    assert not any(verapdf.faults([made.path]).values())
    assert (tmp_path / "armed.pdf").read_bytes() == before


def test_the_data_of_an_invoice_stays_in_its_rendition(tmp_path: Path, blind_engines: Engines) -> None:
    with pikepdf.open(pages.scanned_pdf(tmp_path / "scan.pdf", [pages.scan(dpi=100)], dpi=100)) as pdf:
        pdf.attachments["factur-x.xml"] = AttachedFileSpec(
            pdf, b"<CrossIndustryInvoice/>", filename="factur-x.xml", mime_type="text/xml"
        )
        pdf.save(tmp_path / "invoice.pdf")
    made = _read(tmp_path / "invoice.pdf", blind_engines).renditions[0]
    assert made.standard == "PDF/A-3b"
    with pikepdf.open(made.path) as pdf:
        assert pdf.attachments["factur-x.xml"].get_file().read_bytes() == b"<CrossIndustryInvoice/>"
    assert not any(verapdf.faults([made.path], "3b").values())


def test_what_cannot_conform_is_kept_searchable_and_not_called_pdf_a(tmp_path: Path, blind_engines: Engines) -> None:
    with pikepdf.new() as pdf:  # a font that is not in the file: another machine would show other letters
        page = pdf.add_blank_page()
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        words = "Sehr geehrte Damen und Herren wir danken Ihnen"
        page.Contents = pdf.make_stream(f"BT /F1 11 Tf 40 700 Td ({words}) Tj ET".encode())
        pdf.save(tmp_path / "fontless.pdf")
    reading = _read(tmp_path / "fontless.pdf", blind_engines)
    assert reading.renditions[0].standard == ""
    assert "Damen und Herren" in reading.text
    with pikepdf.open(reading.renditions[0].path) as pdf:
        assert pdf.open_metadata().pdfa_status == ""
