"""One good file of every format that is read, as bytes; with the reason where a good file must wait for somebody."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, String

from ingest.errors import EncryptedFile, IngestError
from tests.ingest import invoice_files, office_files, outlook_files, pages
from tests.ingest.nasty.images import HEIC, saved
from tests.ingest.nasty.pdfs import GOOD
from tests.ingest.test_containers import mail, pdf_bytes, zip_bytes
from tests.ingest.test_formats import PAGE
from tests.ingest.test_signatures import form, new_signer, signed_by

SMALL = pages.scan(dpi=72)
OLD_AND_FREE = ("doc", "xls", "ppt", "pptx", "odt", "ods", "odp", "rtf")
"""Written by LibreOffice itself, where it is set up."""
WAITING: Mapping[str, type[IngestError]] = {"verschlüsselt.pdf": EncryptedFile}


def _pdfs(folder: Path) -> dict[str, bytes]:
    scan, letter = folder / "scan.pdf", folder / "brief.pdf"
    pages.scanned_pdf(scan, [SMALL, SMALL], dpi=72)
    pages.born_digital_pdf(letter, ["Sehr geehrte Damen und Herren,", "anbei die Pläne für das Grundstück."])
    pages.joined(folder / "gemischt.pdf", [letter, scan])
    with pikepdf.open(letter) as pdf:
        pdf.save(folder / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u", R=6))
    return {
        "scan.pdf": scan.read_bytes(),
        "text.pdf": letter.read_bytes(),
        "gemischt.pdf": (folder / "gemischt.pdf").read_bytes(),
        "verschlüsselt.pdf": (folder / "locked.pdf").read_bytes(),
        "unterschrieben.pdf": signed_by(new_signer(), folder),
        "formular.pdf": form("Erika Musterfrau beantragt Wohngeld"),
        "mappe.pdf": _portfolio(),
        "anlagen.pdf": pdf_bytes(plan=GOOD, notiz=b"Notiz zum Plan"),
        "zugferd.pdf": invoice_files.in_pdf(folder),
    }


def _portfolio() -> bytes:
    """A PDF that is nothing but the cover of the files in it (ISO 32000-1, 12.3.5)."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_bytes(a=GOOD, b=b"Ein Vermerk"))) as pdf:
        pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D, D=String("a"), Schema=Dictionary())
        pdf.save(file)
    return file.getvalue()


def _images() -> dict[str, bytes]:
    found = {}
    for packing in ("group3", "group4", "jpeg", "tiff_lzw", "packbits"):
        file = io.BytesIO()
        page = SMALL.convert("1") if packing.startswith("group") else SMALL
        page.save(file, "TIFF", save_all=True, append_images=[page], compression=packing)
        found[f"{packing}.tif"] = file.getvalue()
    return {**found, **{f"bild.{form.lower()}": saved(form) for form in ("JPEG", "PNG", "GIF", "BMP", "WEBP")}}


def _others() -> dict[str, bytes]:
    inner = outlook_files.message(outlook_files.attachment("plan.pdf", GOOD), is_inside=True)
    return {
        "foto.heic": HEIC.read_bytes(),
        "notiz.txt": "Größe der Fläche: 3 € – geprüft\n".encode("cp1252"),
        "seite.html": PAGE.encode(),
        "daten.xml": b'<?xml version="1.0"?><antrag><name>Hollmann</name></antrag>',
        "post.eml": mail(
            ("Plan.pdf", GOOD), ("weiter.eml", mail(("b.txt", b"Text"))), ("x.zip", zip_bytes({"a": GOOD}))
        ),
        "post.msg": outlook_files.msg(outlook_files.attachment("Plan.pdf", GOOD), outlook_files.inside(inner)),
        "unterlagen.zip": zip_bytes({"Haus 3/plan.pdf": GOOD, "brief.txt": b"Brief an das Amt"}),
        "xrechnung-ubl.xml": invoice_files.ubl(enclosed=b"Beleg"),
        "xrechnung-cii.xml": invoice_files.cii(),
    }


def _office(folder: Path) -> dict[str, bytes]:
    if shutil.which("soffice") is None:
        return {}
    made = {f"alt.{kind}": office_files.converted(folder, kind).read_bytes() for kind in OLD_AND_FREE}
    return {"brief.docx": office_files.docx(), "tabelle.xlsx": office_files.xlsx(), **made}


def one_of_each(folder: Path) -> dict[str, bytes]:
    """Return name and bytes of one good file per format; *folder* is for making them."""
    folder.mkdir(parents=True, exist_ok=True)
    return {**_pdfs(folder), **_images(), **_others(), **_office(folder)}
